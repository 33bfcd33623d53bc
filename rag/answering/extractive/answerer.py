"""Answering without a language model: the sentences that answer, quoted and attributed."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce

from rag.answering.base import AnswererEvent, PassageSpan
from rag.answering.extractive.composition import (
    Reading,
    decline,
    list_differences,
    list_quotes,
    list_sources,
    opening_remarks,
    passages_by_answer,
    quote_readings,
)
from rag.answering.extractive.conflicts import development, sides
from rag.answering.extractive.differences import differing_reports
from rag.answering.extractive.digests import beginning, corrected, course, openings, quoted, stories
from rag.indexes.base import LexicalIndex
from rag.messages import in_language
from rag.models import GeneratedAnswer, Hit, Intent, Message, Passage, Query
from rag.reading.base import SpanReader
from rag.reading.confidence import confidence_in, on_the_same_story
from rag.reading.coverage import Asked, asked, best_coverage
from rag.reading.evidence import by_subject, candidates
from rag.text import content_words

_ROLE = r"(?:columnist|commentator|reporter|journalist|(?:leader )?writer|author|editor|correspondent|critic)"
_WORK = rf"(?:analysis|editorial|column|opinion|leader|articles?|report\w*|coverage|story|{_ROLE})\b"
_DIGESTS = frozenset[Intent](("summary", "development", "disagreement", "opinion"))
"""What is met by quotes on a subject, whether they answer anything or not."""
_COMMON_WORD = 0.5
_FEWEST_OUTLETS = 2


class ExtractiveAnswerer:
    """The `Answerer` that selects sentences and quotes them.

    Args:
        index: Tells how rare a word is in this library.
        reader: Says which sentences answer.

    Attributes:
        reader: The same.
    """

    def __init__(self, index: LexicalIndex, reader: SpanReader) -> None:
        self._index = index
        self.reader = reader

    def answer(self, query: Query, hits: Sequence[Hit], history: Sequence[Message]) -> Iterator[AnswererEvent]:
        """Yield the quotes that answer, or a decline with the closest match; the history is not read."""
        listed = self._listed(query, hits)
        if listed:
            yield from listed
            return
        readings = [self._read(query, part, hits) for part in query.parts or (query.question,)]
        ranking = () if query.intent in _DIGESTS else passages_by_answer(readings)
        for event in self._composed(query, hits, readings):
            yield replace(event, ranking=ranking) if isinstance(event, GeneratedAnswer) else event

    def _composed(self, query: Query, hits: Sequence[Hit], readings: Sequence[Reading]) -> Iterator[AnswererEvent]:
        words = in_language(query.language)
        best = max(readings, key=lambda reading: reading.confidence)
        answered = [reading for reading in readings if reading.answers]
        if not answered:
            yield from decline(best.ranked, best.confidence, query)
        elif query.intent in _DIGESTS and query.form == "shorter":
            # News tells the main thing first.
            main = beginning(hits, (answered[0].ranked[0].passage.article.id,))
            yield from list_quotes(words("summary"), main, best.confidence, query)
        elif query.intent in ("summary", "disagreement"):
            heading = words("summary" if query.intent == "summary" else "no_differences")
            yield from list_quotes(heading, stories(answered[0].ranked), best.confidence, query)
        elif query.intent == "opinion":
            yield from list_sources(words("summary"), stories(answered[0].ranked), best.confidence, words)
        elif query.intent == "development":
            quotes = course(answered[0].ranked) or stories(answered[0].ranked)
            yield from list_quotes(words("course"), quotes, best.confidence, query)
        else:
            left_out = [reading.part for reading in readings if reading not in answered]
            opening = opening_remarks(query, hits, answered, self._index.analyze)
            yield from quote_readings(opening, answered, left_out, query)

    def _listed(self, query: Query, hits: Sequence[Hit]) -> Iterator[AnswererEvent] | None:
        """The answer to what is met by a list, without looking for the words that answer; `None` for anything else."""
        words = in_language(query.language)
        match query.intent:
            case "news":
                return list_quotes(words("news"), openings(hits), 1.0, query)
            case "article":
                return list_quotes(words("article"), beginning(hits, query.filters.articles), 1.0, query)
            case "source" if query.parts:
                return list_sources(words("source_of_answer"), quoted(query.parts, hits), 1.0, words)
            case "correction":
                return list_quotes(words("corrections"), corrected(hits), 1.0, query)
            case "disagreement":
                points = self._differing_reports(query, hits)
                return list_differences(points, words) if points else None
        return None

    def differences(self, query: Query, hits: Sequence[Hit]) -> Sequence[Sequence[PassageSpan]]:
        """Return the sentences of outlets that answer a question, or report on a subject, differently.

        They are those that quotes would set against each other, one tuple for each thing.
        """
        if query.intent == "disagreement":
            return self._differing_reports(query, hits)
        if query.intent != "question" or len({hit.passage.article.source for hit in hits}) < _FEWEST_OUTLETS:
            return []
        readings = [self._read(query, part, hits) for part in query.parts or (query.question,)]
        return [[(each.passage, each.span) for each in reading.sides] for reading in readings if reading.answers]

    def _differing_reports(self, query: Query, hits: Sequence[Hit]) -> list[tuple[PassageSpan, PassageSpan]]:
        about = self._index.analyze(" ".join(content_words(query.question)))
        return differing_reports(hits, about, self._index.analyze)

    def confidence(self, query: Query, hits: Sequence[Hit]) -> float:
        """Return how likely the passages answer the question, in [0, 1]; of several parts, their mean."""
        parts = query.parts or (query.question,)
        return sum(self._read(query, part, hits).confidence for part in parts) / len(parts)

    def prepare(self, question: str, as_written: str, speakers: Sequence[str] = ()) -> Asked:
        """Prepare a question for scoring sentences against it.

        Args:
            question: Standalone.
            as_written: As the reader wrote it.
            speakers: Outlets and authors who are to answer, so that no sentence need hold their names.
        """
        about = reduce(_without, speakers, question)
        words = list(dict.fromkeys(self._index.analyze(" ".join(content_words(about)) or question)))
        return asked(question, as_written, self.term_weights(words), self._index.analyze)

    def term_weights(self, terms: Sequence[str]) -> dict[str, float]:
        """Return the rarity of each term: its inverse document frequency as a share of the rarest one's, plus a floor.

        The floor keeps a library of a few articles from weighing only what it lacks.

        Source: Robertson & Zaragoza 2009.
        """
        count = self._index.passage_count()
        rarest = math.log(1 + (count + 0.5) / 0.5)
        return {
            term: _COMMON_WORD + math.log(1 + (count - frequency + 0.5) / (frequency + 0.5)) / rarest
            for term, frequency in self._index.document_frequencies(terms).items()
        }

    def _read(self, query: Query, part: str, hits: Sequence[Hit]) -> Reading:
        authors = _authors_named(part, hits)
        if authors:
            hits = [hit for hit in hits if _by_or_about(authors, hit.passage)]
        question = self.prepare(
            part, part if query.parts else query.asked or part, (*query.filters.sources, *query.mentioned, *authors)
        )
        ranked = candidates(self.reader, question, hits, self._index.analyze)
        coverage = best_coverage(question, hits, self._index.analyze)
        if query.intent in _DIGESTS:
            return Reading(part, question, by_subject(ranked), coverage, [], [])
        confidence = confidence_in(ranked, coverage)
        if query.story and query.filters.articles == query.story:
            confidence = on_the_same_story(confidence)
        differing = sides(ranked, self.reader)
        changed = [] if differing else development(ranked)
        return Reading(part, question, ranked, confidence, differing, changed)


def _without(question: str, speaker: str) -> str:
    """The question without who is to say it, e.g. `columnist Calla Winterbourne` or `the Register's analysis`."""
    name = re.escape(speaker.removeprefix("The "))
    # Papers are called by the last word of their names, too.
    last = re.escape(speaker.split()[-1])
    return re.sub(rf"(?:(?:\b{_ROLE} |\b[Tt]he )?{name}|\b[Tt]he {last})\b(?:['’]s {_WORK})?", " ", question)


def _authors_named(question: str, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Authors of the hits whom the question names in full: it asks what they say."""
    authors = dict.fromkeys(author for hit in hits for author in hit.passage.article.authors)
    return tuple(author for author in authors if " " in author and author in question)


def _by_or_about(authors: Sequence[str], passage: Passage) -> bool:
    return any(author in passage.article.authors or author in passage.text for author in authors)
