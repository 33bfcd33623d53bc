"""Answering without a language model: the sentences that answer, quoted and attributed."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

from rag.choosing import choice_score, statement_of, verdicts
from rag.citations import quoted_claim
from rag.disagreement import development, sides
from rag.domain import Citation, Claim, Draft, Hit, Passage, Query, Released, Span, Stage, Status, Turn
from rag.expected import answering_words
from rag.lexical import LexicalIndex, stems
from rag.overviews import Quote, beginning, course, openings, stories
from rag.phrases import (
    ARTICLE,
    COURSE,
    FIGURES_OVER_TIME,
    NEWS,
    NOT_FOUND,
    SOURCE,
    SOURCES_DIFFER,
    SUMMARY,
    contradicted,
    nearest_thing,
    unanswered,
    unmentioned,
)
from rag.premises import contrary, unmentioned_names
from rag.selection import MOST_WORDS, ON_SUBJECT, Asked, Candidate, asked, candidates, chosen, confidence_in
from rag.words import content_words

MODEL = "quotes"
_WORK = r"(?:analysis|editorial|column|opinion|articles?|report\w*|coverage|story)\b"
_ROLE = r"\b(?:columnist|commentator|reporter|journalist|writer|author|editor|correspondent|critic)"
DECLINE_BELOW = 0.35
"""Least confidence with which an answer is given."""
_COMMON_WORD = 0.5
_LISTED = 0.5
"""Least coverage of a subject, as a share of the best passage's, of a passage that a list quotes from."""
_UNRELATED = 0.1
"""Confidence below which not even the nearest thing is named."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """One question held against the hits.

    Attributes:
        sides: Sentences of outlets that differ.
        course: Sentences with a figure as it changed, oldest first; empty where there are sides.
    """

    part: str
    question: Asked
    ranked: list[Candidate]
    confidence: float
    sides: list[Candidate]
    course: list[Candidate]

    @property
    def answers(self) -> bool:
        return bool(self.ranked) and self.confidence >= DECLINE_BELOW

    def quotes(self, most_words: int) -> list[Candidate]:
        """The sentences to quote, in order."""
        return chosen(self.ranked, self.sides or self.course, most_words=most_words)


class QuotingAnswerer:
    """Selects and quotes; makes nothing up.

    Args:
        index: Tells how rare a word is in this library.
    """

    def __init__(self, index: LexicalIndex) -> None:
        self._index = index

    def draft(self, query: Query, hits: Sequence[Hit], history: Sequence[Turn]) -> Iterator[Stage | Released | Draft]:
        """The quotes that answer, or a decline with the nearest thing that the sources say."""
        if query.intent == "news":
            yield from _list(NEWS, openings(hits), confidence=1.0)
            return
        if query.intent == "article":
            yield from _list(ARTICLE, beginning(hits, query.filters.articles), confidence=1.0)
            return
        readings = [self._read(query, part, hits) for part in query.parts or (query.question,)]
        confidence = max(one.confidence for one in readings)
        answered = [one for one in readings if one.answers]
        if not answered:
            yield from _declined(max(readings, key=lambda one: one.confidence).ranked, confidence)
        elif query.intent == "summary":
            yield from _list(SUMMARY, stories(answered[0].ranked), confidence)
        elif query.intent == "development":
            yield from _list(COURSE, course(answered[0].ranked) or stories(answered[0].ranked), confidence)
        else:
            left_out = [one.part for one in readings if one not in answered]
            yield from _quoted(_openings(query, hits, answered), answered, left_out)

    def finds(self, query: Query, hits: Sequence[Hit]) -> bool:
        """Some part of the question would be answered."""
        parts = query.parts or (query.question,)
        return any(self._read(query, part, hits).answers for part in parts)

    def choose(self, query: Query, found: Sequence[Sequence[Hit]], choices: Sequence[str]) -> tuple[float, ...]:
        """Scores each choice by how much of it, and of the question, stands in the passages found for both.

        "True" scores how likely the passages bear the statement out, "false" what would be too little to answer.
        """
        judged = verdicts(choices)
        if judged:
            statement = statement_of(query.question)
            held = confidence_in(self._asked(statement, statement, ()), found[0], stems)
            return tuple(held if verdict else DECLINE_BELOW for verdict in judged)
        question = self._asked(query.question, query.asked or query.question, ())
        return tuple(self._choice_score(question, choice, hits) for choice, hits in zip(choices, found, strict=True))

    def _choice_score(self, question: Asked, choice: str, hits: Sequence[Hit]) -> float:
        own = [stem for stem in dict.fromkeys(stems(choice)) if stem not in question.weights] or stems(choice)
        return choice_score(question, self._weights(own), hits, stems)

    def _read(self, query: Query, part: str, hits: Sequence[Hit]) -> "_Reading":
        authors = _authors_named(part, hits)
        if authors:
            hits = [hit for hit in hits if _by_or_about(authors, hit.passage)]
        question = self._asked(
            part, part if query.parts else query.asked or part, (*query.filters.sources, *query.mentioned, *authors)
        )
        lists = query.intent in ("summary", "development")
        ranked = candidates(question, hits, stems, on_subject=_LISTED if lists else ON_SUBJECT)
        differing = sides(question, ranked, stems)
        changed = [] if differing else development(question, ranked, stems)
        return _Reading(part, question, ranked, confidence_in(question, hits, stems), differing, changed)

    def _asked(self, question: str, as_written: str, speakers: Sequence[str]) -> Asked:
        """The question, prepared; an outlet's or author's name says who is to answer, so no sentence need hold it."""
        about = reduce(
            lambda text, name: re.sub(rf"(?:{_ROLE} )?{re.escape(name)}(?:['’]s {_WORK})?", " ", text),
            speakers,
            question,
        )
        words = list(dict.fromkeys(stems(" ".join(content_words(about)) or question)))
        return asked(question, as_written, self._weights(words), stems)

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


def _authors_named(question: str, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Authors of the hits whom the question names in full: it asks what they say."""
    authors = dict.fromkeys(author for hit in hits for author in hit.passage.article.authors)
    return tuple(author for author in authors if " " in author and author in question)


def _by_or_about(authors: Sequence[str], passage: Passage) -> bool:
    return any(author in passage.article.authors or author in passage.text for author in authors)


def _openings(query: Query, hits: Sequence[Hit], answered: Sequence[_Reading]) -> list[str]:
    """What is said before the quotes."""
    said = [SOURCE] if query.intent == "source" else []
    asked_of = {*query.filters.sources, *query.mentioned}
    for one in answered:
        quoted = [quote.passage for quote in one.quotes(MOST_WORDS // len(answered))]
        expected, question = one.question.expected, one.part if query.parts else query.asked or one.part
        missing = unmentioned_names(expected, question, hits, quoted, stems, asked_of)
        said.extend([unmentioned(missing)] if missing else [])
        against = contrary(expected, question, one.ranked[0].text)
        said.extend([contradicted(*against)] if against else [])
    if any(one.sides for one in answered):
        said.append(SOURCES_DIFFER)
    if any(one.course for one in answered):
        said.append(FIGURES_OVER_TIME)
    return said


def _quoted(
    opening: Sequence[str], answered: Sequence[_Reading], left_out: Sequence[str]
) -> Iterator[Released | Draft]:
    """The best sentences of each part, with what is said before and which parts stay open."""
    answer = _Quotes()
    for text in opening:
        yield answer.say(text)
    conflicts = []
    for one in answered:
        first = len(answer.claims)
        for sentence in one.quotes(MOST_WORDS // len(answered)):
            if not answer.holds(sentence.passage, sentence.span):
                words = answering_words(one.question.expected, sentence.text, one.question.text)
                yield answer.quote(sentence.passage, sentence.span, words)
        if one.sides:
            differing = answer.claims[first : first + len(one.sides)]
            conflicts.append(tuple(marker for claim in differing for marker in claim.markers))
    if left_out:
        yield answer.say(unanswered(left_out))
    confidence = max(one.confidence for one in answered)
    yield answer.draft("partial" if left_out else "answered", confidence, tuple(conflicts))


def _list(heading: str, quotes: Sequence[Quote], confidence: float) -> Iterator[Released | Draft]:
    answer = _Quotes()
    if not quotes:
        yield answer.say(NOT_FOUND)
        yield answer.draft("not_found", 0.0)
        return
    yield answer.say(heading)
    for passage, span in quotes:
        yield answer.quote(passage, span)
    yield answer.draft("answered", confidence)


@dataclass(slots=True)
class _Quotes:
    """An answer in the making: what is said and what is quoted, a paragraph each."""

    paragraphs: list[str] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    citations: tuple[Citation, ...] = ()

    def say(self, text: str) -> Released:
        self.paragraphs.append(text)
        return Released(("\n\n" if len(self.paragraphs) > 1 else "") + text)

    def holds(self, passage: Passage, span: Span) -> bool:
        return any((one.passage.id, one.start) == (passage.id, span.start) for one in self.citations)

    def quote(self, passage: Passage, span: Span, answering: tuple[str, ...] = ()) -> Released:
        text = passage.article.text[span.start : span.end]
        checked = quoted_claim(attributed(passage, text), passage, span, self.citations)
        new = checked.citations[len(self.citations) :]
        self.citations = checked.citations
        self.claims.append(replace(checked.claim, answering=answering))
        return replace(self.say(checked.text), citations=new)

    def draft(self, status: Status, confidence: float, conflicts: tuple[tuple[int, ...], ...] = ()) -> Draft:
        return Draft(
            claims=tuple(self.claims),
            citations=self.citations,
            status=status,
            text="\n\n".join(self.paragraphs),
            confidence=confidence,
            model=MODEL,
            conflicts=conflicts,
        )


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
