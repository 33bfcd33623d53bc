"""Answering without a language model: the sentences that answer, quoted and attributed."""

import math
import re
from collections.abc import Iterator, Sequence
from functools import reduce

from rag.answering.composing import DECLINE_BELOW, Reading, declined, listed, quoted, said_first
from rag.answering.conflicts import development, sides
from rag.answering.digests import beginning, course, openings, stories
from rag.indexes.base import LexicalIndex
from rag.messages import ARTICLE, COURSE, NEWS, SUMMARY
from rag.models import GeneratedAnswer, Hit, Message, Passage, Progress, Query, TextDelta
from rag.query.spelling import respelled
from rag.reading.multiple_choice import choice_score, statement_of, verdicts
from rag.reading.sentence_scoring import ON_SUBJECT, Asked, asked, candidates, confidence_in
from rag.text import content_words

_WORK = r"(?:analysis|editorial|column|opinion|articles?|report\w*|coverage|story)\b"
_ROLE = r"\b(?:columnist|commentator|reporter|journalist|writer|author|editor|correspondent|critic)"
_COMMON_WORD = 0.5
_LISTED = 0.5
"""Least coverage of a subject, as a share of the best passage's, of a passage that a list quotes from."""


class ExtractiveAnswerer:
    """Selects and quotes; makes nothing up.

    Args:
        index: Tells how rare a word is in this library.
    """

    def __init__(self, index: LexicalIndex) -> None:
        self._index = index

    def answer(
        self, query: Query, hits: Sequence[Hit], history: Sequence[Message]
    ) -> Iterator[Progress | TextDelta | GeneratedAnswer]:
        """The quotes that answer, or a decline with the nearest thing that the sources say."""
        if query.intent == "news":
            yield from listed(NEWS, openings(hits), confidence=1.0)
            return
        if query.intent == "article":
            yield from listed(ARTICLE, beginning(hits, query.filters.articles), confidence=1.0)
            return
        readings = [self._read(query, part, hits) for part in query.parts or (query.question,)]
        confidence = max(one.confidence for one in readings)
        answered = [one for one in readings if one.answers]
        if not answered:
            nearest = max(readings, key=lambda one: one.confidence).ranked
            yield from declined(nearest, confidence, self._meant(query, hits), query.warning)
        elif query.intent == "summary":
            yield from listed(SUMMARY, stories(answered[0].ranked), confidence)
        elif query.intent == "development":
            yield from listed(COURSE, course(answered[0].ranked) or stories(answered[0].ranked), confidence)
        else:
            left_out = [one.part for one in readings if one not in answered]
            yield from quoted(said_first(query, hits, answered, self._index.analyze), answered, left_out, query.warning)

    def is_answerable(self, query: Query, hits: Sequence[Hit]) -> bool:
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
            held = confidence_in(self._asked(statement, statement, ()), found[0], self._index.analyze)
            return tuple(held if verdict else DECLINE_BELOW for verdict in judged)
        question = self._asked(query.question, query.asked or query.question, ())
        return tuple(self._choice_score(question, choice, hits) for choice, hits in zip(choices, found, strict=True))

    def _choice_score(self, question: Asked, choice: str, hits: Sequence[Hit]) -> float:
        own = [
            stem for stem in dict.fromkeys(self._index.analyze(choice)) if stem not in question.weights
        ] or self._index.analyze(choice)
        return choice_score(question, self._weights(own), hits, self._index.analyze)

    def _meant(self, query: Query, hits: Sequence[Hit]) -> str | None:
        """The question with words that the library does not hold spelt as the found passages spell them."""
        question = query.asked or query.question
        words = {word: self._index.analyze(word) for word in content_words(question)}
        counts = self._index.document_frequencies({stem for own in words.values() for stem in own})
        unknown = [word for word, own in words.items() if own and not all(counts[stem] for stem in own)]
        return respelled(question, unknown, (f"{hit.passage.article.title} {hit.passage.text}" for hit in hits))

    def _read(self, query: Query, part: str, hits: Sequence[Hit]) -> Reading:
        authors = _authors_named(part, hits)
        if authors:
            hits = [hit for hit in hits if _by_or_about(authors, hit.passage)]
        question = self._asked(
            part, part if query.parts else query.asked or part, (*query.filters.sources, *query.mentioned, *authors)
        )
        lists = query.intent in ("summary", "development")
        ranked = candidates(question, hits, self._index.analyze, on_subject=_LISTED if lists else ON_SUBJECT)
        differing = sides(question, ranked, self._index.analyze)
        changed = [] if differing else development(question, ranked, self._index.analyze)
        return Reading(part, question, ranked, confidence_in(question, hits, self._index.analyze), differing, changed)

    def _asked(self, question: str, as_written: str, speakers: Sequence[str]) -> Asked:
        """The question, prepared; an outlet's or author's name says who is to answer, so no sentence need hold it."""
        about = reduce(_without, speakers, question)
        words = list(dict.fromkeys(self._index.analyze(" ".join(content_words(about)) or question)))
        return asked(question, as_written, self._weights(words), self._index.analyze)

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


def _without(question: str, speaker: str) -> str:
    """The question without who is to say it, e.g. `columnist Calla Winterbourne` or `Lattice Weekly's analysis`."""
    name = re.escape(speaker.removeprefix("The "))
    return re.sub(rf"(?:{_ROLE} |\b[Tt]he )?{name}(?:['’]s {_WORK})?", " ", question)


def _authors_named(question: str, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Authors of the hits whom the question names in full: it asks what they say."""
    authors = dict.fromkeys(author for hit in hits for author in hit.passage.article.authors)
    return tuple(author for author in authors if " " in author and author in question)


def _by_or_about(authors: Sequence[str], passage: Passage) -> bool:
    return any(author in passage.article.authors or author in passage.text for author in authors)
