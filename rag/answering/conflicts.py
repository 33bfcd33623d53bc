"""Outlets that give different figures for the same thing: at one time a disagreement, later a development. Pure.

Two sentences are compared if the reader finds an answer in both. Names are not: most that differ are of the same thing
in other words, or of something beside it (docs/measurements/answers.md).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from rag.reading.evidence import Candidate
from rag.reading.values import differ

_LIKELY = 0.2
"""Least score of a sentence, as a share of the best one's, to be set against it."""
_LEAST_MARGIN = -2.0
"""Least margin over "no answer here" of a sentence that is set against another."""
_AT_ONE_TIME = timedelta(days=3)
_ONE_STORY = timedelta(days=45)
_ALIKE = 2
"""Most times that one figure of a thing is another: a larger one is the whole of a part, or of something else."""
_MOST_SIDES = 3
_YEAR = re.compile(r"\b(?:in|since|from|of) ((?:19|20)\d\d)\b")


def sides(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Return the best sentence of each outlet that gives an answer of its own; none where the sources do not differ.

    Args:
        ranked: Best first.
    """
    chosen: list[Candidate] = []
    for each in _sure(ranked):
        outlets = {other.passage.article.source for other in chosen}
        stories = {other.story for other in chosen}
        if each.passage.article.source in (None, *outlets) or each.story in stories:
            continue
        if all(_of_one_thing(each, other) and _within(_AT_ONE_TIME, each, other) for other in chosen):
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
        if each.signals.margin >= _LEAST_MARGIN and not _looks_back(each):
            yield each


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
