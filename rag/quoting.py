"""Answering without a language model: the sentences that answer, quoted and attributed."""

import math
from collections.abc import Iterator, Sequence

from rag.citations import CheckedClaim, quoted_claim
from rag.disagreement import sides
from rag.domain import Citation, Draft, Hit, Passage, Query, Released, Stage, Turn
from rag.lexical import LexicalIndex, stems
from rag.phrases import NOT_FOUND, SOURCES_DIFFER, nearest_thing
from rag.selection import Asked, Candidate, asked, candidates, chosen, confidence_in
from rag.words import content_words

MODEL = "quotes"
DECLINE_BELOW = 0.35
"""Least confidence with which an answer is given."""
_COMMON_WORD = 0.5
_UNRELATED = 0.1
"""Confidence below which not even the nearest thing is named."""


class QuotingAnswerer:
    """Selects and quotes; makes nothing up.

    Args:
        index: Tells how rare a word is in this library.
    """

    def __init__(self, index: LexicalIndex) -> None:
        self._index = index

    def draft(self, query: Query, hits: Sequence[Hit], history: Sequence[Turn]) -> Iterator[Stage | Released | Draft]:
        """The quotes that answer, or a decline with the nearest thing that the sources say."""
        question = self._asked(query)
        ranked = candidates(question, hits, stems)
        confidence = confidence_in(question, hits, stems)
        if confidence < DECLINE_BELOW or not ranked:
            yield from _declined(ranked, confidence)
            return
        citations: tuple[Citation, ...] = ()
        checked: list[CheckedClaim] = []
        differing = sides(question, ranked, stems)
        opening = f"{SOURCES_DIFFER}\n\n" if differing else ""
        if opening:
            yield Released(opening)
        for one in chosen(ranked, differing):
            claim = quoted_claim(attributed(one.passage, one.text), one.passage, one.span, citations)
            new = claim.citations[len(citations) :]
            citations = claim.citations
            yield Released(("\n\n" if checked else "") + claim.text, new)
            checked.append(claim)
        yield Draft(
            claims=tuple(one.claim for one in checked),
            citations=citations,
            status="answered",
            text=opening + "\n\n".join(one.text for one in checked),
            conflicts=(tuple(range(1, len(differing) + 1)),) if differing else (),
            confidence=confidence,
            model=MODEL,
        )

    def choose(self, query: Query, hits: Sequence[Hit], choices: Sequence[str]) -> tuple[float, ...]:
        """Scores each choice by how much of it stands in the passages, the better ones counting more."""
        said = set(stems(query.question))
        top = max((hit.score for hit in hits), default=0.0) or 1.0
        held = [({*stems(hit.passage.text), *stems(hit.passage.article.title)}, (hit.score / top) ** 2) for hit in hits]
        return tuple(self._choice_score(choice, held, said) for choice in choices)

    def _choice_score(self, choice: str, held: Sequence[tuple[set[str], float]], said: set[str]) -> float:
        """The shares are squared: half of the words of a name is less than half of its evidence."""
        own = [stem for stem in dict.fromkeys(stems(choice)) if stem not in said] or stems(choice)
        weights = self._weights(own)
        total = sum(weights.values()) or 1.0
        return sum(
            score * (sum(weights[stem] for stem in weights.keys() & words) / total) ** 2 for words, score in held
        )

    def _asked(self, query: Query) -> Asked:
        words = list(dict.fromkeys(stems(" ".join(content_words(query.question)) or query.question)))
        return asked(query.question, query.asked or query.question, self._weights(words), stems)

    def _weights(self, words: Sequence[str]) -> dict[str, float]:
        """Rarity of each stem: its inverse document frequency (Robertson & Zaragoza 2009) as a share of the rarest.

        A floor keeps a library of a few articles from weighing only what it lacks.
        """
        count = self._index.passage_count()
        rarest = math.log(1 + (count + 0.5) / 0.5)
        return {
            word: _COMMON_WORD + math.log(1 + (count - frequency + 0.5) / (frequency + 0.5)) / rarest
            for word, frequency in self._index.document_frequencies(words).items()
        }


def attributed(passage: Passage, quote: str) -> str:
    """The quote behind its outlet and date, e.g. `CNN, 12 June 2022: “...”`."""
    article = passage.article
    date = article.published_at.spoken if article.published_at else "undated"
    spoken = quote[0] in '"“' and quote[-1] in '"”'
    return f"{article.source or 'Unknown outlet'}, {date}: {quote if spoken else f'“{quote}”'}"


def _declined(ranked: Sequence[Candidate], confidence: float) -> Iterator[Released | Draft]:
    if not ranked or confidence < _UNRELATED:
        yield Released(NOT_FOUND)
        yield Draft((), (), "not_found", NOT_FOUND, confidence, MODEL)
        return
    best = ranked[0]
    claim = quoted_claim(nearest_thing(attributed(best.passage, best.text)), best.passage, best.span, ())
    text = f"{NOT_FOUND} {claim.text}"
    yield Released(text, claim.citations)
    yield Draft((claim.claim,), claim.citations, "not_found", text, confidence, MODEL)
