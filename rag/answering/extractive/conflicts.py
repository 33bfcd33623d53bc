"""Outlets that answer differently: at one time a disagreement, figures later a development. Pure.

Two sentences are compared if the reader finds an answer in both. If one is the other with words exchanged, as in a
report that an outlet took over and changed, whatever differs is a disagreement. Figures of a kind are compared as such.
Of other answers most that differ are of the same thing in other words, or of something beside it: there the entailment
head must say that one outlet claims what the other's sentence would say with its answer (docs/measurements/answers.md).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from rag.reading.base import SpanReader
from rag.reading.evidence import Candidate
from rag.reading.values import differ, same
from rag.text import content_words, says_otherwise

_LIKELY = 0.2
"""Least score of a sentence, as a share of the best one's, to be set against it."""
_AT_ONE_TIME = timedelta(days=3)
_ONE_STORY = timedelta(days=45)
_ALIKE = 2
"""Most times that one figure of a thing is another: a larger one is the whole of a part, or of something else."""
_MOST_SIDES = 3
_COMPARED = 6
"""Most sentences that are compared."""
_CLAIMED = 0.8
"""Probability of entailment from which an outlet claims something, and its complement from which it does not."""
_YEAR = re.compile(r"\b(?:in|since|from|of) ((?:19|20)\d\d)\b")


def sides(ranked: Sequence[Candidate], reader: SpanReader) -> list[Candidate]:
    """Return the best sentence of each outlet that gives an answer of its own; none where the sources do not differ.

    Args:
        ranked: Best first.
        reader: Judges whether one sentence would say what another says.
    """
    chosen: list[Candidate] = []
    sure = list(islice(_sure(ranked), _COMPARED))
    for each in sure:
        outlets = {other.passage.article.source for other in chosen}
        if each.passage.article.source in (None, *outlets):
            continue
        if any(_gives_too(sure, each, other) or _gives_too(sure, other, each) for other in chosen):
            continue
        if all(_within(_AT_ONE_TIME, each, other) and _disagree(reader, each, other) for other in chosen):
            chosen.append(each)
    return chosen[:_MOST_SIDES] if len(chosen) > 1 else []


def development(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Return sentences that give a figure as it changed, oldest first; none where it did not change.

    Args:
        ranked: Best first.
    """
    changes: list[Candidate] = []
    for each in _sure(ranked):
        if each.value.amount is None:
            continue
        if all(
            _of_one_thing(each, other) and _within(_ONE_STORY, each, other) and not _within(_AT_ONE_TIME, each, other)
            for other in changes
        ):
            changes.append(each)
    return sorted(changes[:_MOST_SIDES], key=_published) if len(changes) > 1 else []


def _sure(ranked: Sequence[Candidate]) -> Iterator[Candidate]:
    """Sentences that may well answer; one that names a year before its article's tells of then."""
    for each in ranked:
        if each.score < _LIKELY * ranked[0].score:
            return
        if not _looks_back(each):
            yield each


def _gives_too(sure: Sequence[Candidate], one: Candidate, other: Candidate) -> bool:
    """Whether one sentence's article gives the other's answer in another sentence."""
    return any(
        each.passage.article.id == one.passage.article.id and each.span != one.span and same(each.value, other.value)
        for each in sure
    )


def _disagree(reader: SpanReader, first: Candidate, second: Candidate) -> bool:
    """Whether two outlets' sentences answer differently; copies of one story do only where one was changed."""
    if says_otherwise(first.text, second.text):
        return not (_says(first, second.answer) or _says(second, first.answer))
    if first.story == second.story or not differ(first.value, second.value):
        return False
    if first.value.amount is not None:
        return _of_one_thing(first, second)
    return _claims(reader, first, second) or _claims(reader, second, first)


def _claims(reader: SpanReader, one: Candidate, other: Candidate) -> bool:
    """Whether one outlet claims what the other's sentence would say with its answer, and the other does not."""
    if not one.answer or not other.answer:
        return False
    said, unsaid = reader.entailment(other.text.replace(other.answer, one.answer), [one.window, other.window])
    return said >= _CLAIMED and unsaid <= 1 - _CLAIMED


def _says(sentence: Candidate, answer: str) -> bool:
    return {word.lower() for word in content_words(answer)} <= {word.lower() for word in content_words(sentence.text)}


def _of_one_thing(first: Candidate, second: Candidate) -> bool:
    """Two figures of one unit that differ, and not by so much that they must be of two things."""
    if first.value.amount is None or second.value.amount is None or not differ(first.value, second.value):
        return False
    less, more = sorted((first.value.amount, second.value.amount))
    words, others = first.value.words, second.value.words
    return (words <= others or others <= words) and more <= _ALIKE * less


def _looks_back(sentence: Candidate) -> bool:
    published = sentence.passage.article.published_at
    years = [int(year) for year in _YEAR.findall(sentence.text)]
    return published is not None and any(year < published.at.year for year in years)


def _within(span: timedelta, sentence: Candidate, another: Candidate) -> bool:
    first, second = sentence.passage.article.published_at, another.passage.article.published_at
    return first is not None and second is not None and abs(first.at - second.at) <= span


def _published(sentence: Candidate) -> datetime:
    published = sentence.passage.article.published_at
    return published.at if published else datetime.min.replace(tzinfo=UTC)
