"""Answering without a language model: the sentences that answer, quoted and attributed.

A sentence is scored by the share of the question's words, weighted by their rarity, that it holds;
what its headline and the sentences beside it hold counts less; one that has nothing of the kind
that the question asks for counts half. The best sentence's share also decides whether the sources
answer at all.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.citations import CheckedClaim, quoted_claim
from rag.domain import Citation, Draft, Hit, Passage, Query, Released, Span, Stage, Turn
from rag.expected import Expected, expected_answer, holds
from rag.lexical import LexicalIndex, stems
from rag.phrases import NOT_FOUND, nearest_thing
from rag.words import content_words, names_in

MODEL = "quotes"
DECLINE_BELOW = 0.3
"""Least confidence with which an answer is given."""
_MOST_WORDS = 60
_MOST_SENTENCES = 2
_SECOND_AT_LEAST = 0.6
_NEAR = 0.4
_TITLE = 0.5
_WRONG_KIND = 0.5
_NAME_MISSING = 0.5
_RANK_DISCOUNT = 0.03
_COMMON_WORD = 0.5


@dataclass(frozen=True, slots=True)
class _Scored:
    passage: Passage
    span: Span
    score: float
    confidence: float

    @property
    def text(self) -> str:
        return self.passage.article.text[self.span.start : self.span.end]


class QuotingAnswerer:
    """Selects and quotes; makes nothing up.

    Args:
        index: Tells how rare a word is in this library.
    """

    def __init__(self, index: LexicalIndex) -> None:
        self._index = index

    def draft(self, query: Query, hits: Sequence[Hit], history: Sequence[Turn]) -> Iterator[Stage | Released | Draft]:
        """The quotes that answer, or a decline with the nearest thing that the sources say."""
        scored = self._scored(query, hits)
        confidence = max((one.confidence for one in scored), default=0.0)
        if confidence < DECLINE_BELOW:
            yield from _declined(scored, confidence)
            return
        citations: tuple[Citation, ...] = ()
        checked: list[CheckedClaim] = []
        for one in _chosen(scored):
            claim = quoted_claim(attributed(one.passage, one.text), one.passage, one.span, citations)
            new = claim.citations[len(citations) :]
            citations = claim.citations
            yield Released(("\n\n" if checked else "") + claim.text, new)
            checked.append(claim)
        yield Draft(
            claims=tuple(one.claim for one in checked),
            citations=citations,
            status="answered",
            text="\n\n".join(one.text for one in checked),
            confidence=confidence,
            model=MODEL,
        )

    def choose(self, query: Query, hits: Sequence[Hit], choices: Sequence[str]) -> tuple[float, ...]:
        """Scores each choice by the words it shares with the best sentences for the question."""
        scored = self._scored(query, hits)
        asked = set(stems(query.question))
        return tuple(self._choice_score(choice, scored, asked) for choice in choices)

    def _choice_score(self, choice: str, scored: Sequence[_Scored], asked: Collection[str]) -> float:
        own = [stem for stem in dict.fromkeys(stems(choice)) if stem not in asked] or stems(choice)
        weights = self._weights(own)
        total = sum(weights.values()) or 1.0
        return sum(
            one.score * sum(weights[stem] for stem in weights.keys() & set(stems(one.text))) / total for one in scored
        )

    def _scored(self, query: Query, hits: Sequence[Hit]) -> list[_Scored]:
        asked = list(dict.fromkeys(stems(" ".join(content_words(query.question)) or query.question)))
        weights = self._weights(asked)
        expected = expected_answer(query.asked or query.question)
        names = [set(stems(name)) for name in names_in(query.asked or query.question)]
        return [one for hit in hits for one in _scored_sentences(hit, query.question, weights, expected, names)]

    def _weights(self, words: Sequence[str]) -> dict[str, float]:
        """Rarity of each stem: its inverse document frequency (Robertson & Zaragoza 2009) as a share of the rarest.

        A floor keeps a library of a few articles from weighing only what it lacks.
        """
        count = self._index.passage_count()
        frequencies = self._index.document_frequencies(words)
        rarest = math.log(1 + (count + 0.5) / 0.5)
        return {
            word: _COMMON_WORD + math.log(1 + (count - df + 0.5) / (df + 0.5)) / rarest
            for word, df in frequencies.items()
        }


def attributed(passage: Passage, quote: str) -> str:
    """The quote behind its outlet and date, e.g. `CNN, 12 June 2022: “...”`."""
    article = passage.article
    date = article.published_at.spoken if article.published_at else "undated"
    return f"{article.source or 'Unknown outlet'}, {date}: “{quote}”"


def _scored_sentences(
    hit: Hit, question: str, weights: Mapping[str, float], expected: Expected, names: Sequence[Collection[str]]
) -> list[_Scored]:
    passage = hit.passage
    texts = [passage.article.text[span.start : span.end] for span in passage.sentences]
    held = [frozenset(stems(text)) for text in texts]
    title = frozenset(stems(passage.article.title))
    everything = title.union(*held)
    asked = frozenset(stems(question))
    total = sum(weights.values()) or 1.0
    named = _NAME_MISSING if any(len(name) > 1 and not everything & set(name) for name in names) else 1.0
    found = []
    for position, (span, text) in enumerate(zip(passage.sentences, texts, strict=True)):
        near = frozenset[str]().union(*held[max(0, position - 1) : position + 2])
        share = sum(
            weight * max(float(word in held[position]), _NEAR * (word in near), _TITLE * (word in title))
            for word, weight in weights.items()
        )
        if text.endswith("?") or held[position] <= asked:
            continue  # it asks, or says nothing that the question does not
        kind = 1.0 if holds(expected, text, question) else _WRONG_KIND
        confidence = named * kind * share / total
        found.append(_Scored(passage, span, confidence * (1 - _RANK_DISCOUNT * (hit.rank - 1)), confidence))
    return found


def _chosen(scored: Sequence[_Scored]) -> list[_Scored]:
    ranked = sorted(scored, key=lambda one: (-one.score, one.passage.id, one.span.start))
    chosen: list[_Scored] = []
    words = 0
    for one in ranked:
        length = len(one.text.split())
        if chosen and (one.score < _SECOND_AT_LEAST * chosen[0].score or words + length > _MOST_WORDS):
            continue
        if any(one.text == other.text for other in chosen):
            continue
        chosen.append(one)
        words += length
        if len(chosen) == _MOST_SENTENCES:
            break
    return chosen


def _declined(scored: Sequence[_Scored], confidence: float) -> Iterator[Released | Draft]:
    best = max(scored, key=lambda one: one.score, default=None)
    if best is None or best.confidence == 0.0:
        yield Released(NOT_FOUND)
        yield Draft((), (), "not_found", NOT_FOUND, confidence, MODEL)
        return
    claim = quoted_claim(nearest_thing(attributed(best.passage, best.text)), best.passage, best.span, ())
    text = f"{NOT_FOUND} {claim.text}"
    yield Released(text, claim.citations)
    yield Draft((claim.claim,), claim.citations, "not_found", text, confidence, MODEL)
