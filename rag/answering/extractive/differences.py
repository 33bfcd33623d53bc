"""Points on which outlets differ in what they report of one subject. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

from rag.answering.base import PassageSpan
from rag.models import Hit
from rag.reading.coverage import Stems
from rag.reading.values import SIZES, Value, differ, figures_in, same
from rag.text import content_words

_AT_ONE_TIME = timedelta(days=3)
_STEM = 5
"""Letters by which two words are taken for forms of one."""
_LEAST_SHARED = 2
_LEAST_SHARE = 0.25
"""Of the telling words of the shorter sentence, which the other one holds too."""
_ALIKE = 2
"""Most times that one figure of a thing is another: a larger one is the whole of a part, or of something else."""
_MOST_POINTS = 4


@dataclass(frozen=True, slots=True)
class _Report:
    """A sentence that gives a figure."""

    where: PassageSpan
    figure: Value
    stems: frozenset[str]


def differing_reports(
    hits: Sequence[Hit], subject: Collection[str], analyze: Stems
) -> list[tuple[PassageSpan, PassageSpan]]:
    """Return pairs of sentences in which two outlets give different figures for one thing, the likeliest first.

    Both sentences were published within three days, count the same unit and share telling words; a figure that the
    other article gives too is no difference.

    Args:
        hits: Passages.
        subject: Terms that an article on it holds.
        analyze: Returns the terms of a text.
    """
    reports = list(_reports([hit for hit in hits if _is_on(hit, subject, analyze)]))
    given: dict[str, list[Value]] = {}
    for report in reports:
        given.setdefault(report.where[0].article.id, []).append(report.figure)
    pairs = [
        (_shared(one, other), one, other)
        for one, other in combinations(reports, 2)
        if _are_of_one_thing(one, other) and not _gives_too(given, one, other) and not _gives_too(given, other, one)
    ]
    points: list[tuple[PassageSpan, PassageSpan]] = []
    told: list[_Report] = []
    for _, one, other in sorted(pairs, key=lambda pair: -pair[0]):
        if not any(
            _is(report.figure, each.figure) or report.where == each.where for report in told for each in (one, other)
        ):
            told += [one, other]
            points.append((one.where, other.where))
    return points[:_MOST_POINTS]


def _reports(hits: Sequence[Hit]) -> Iterator[_Report]:
    for hit in hits:
        passage = hit.passage
        for span in passage.sentences:
            text = passage.article.text[span.start : span.end]
            words = {word.lower() for word in content_words(text) if not word[0].isdigit()} - SIZES
            for figure in figures_in(text):
                stems = frozenset(word[:_STEM] for word in words - figure.words)
                yield _Report((passage, span), figure, stems)


def _is_on(hit: Hit, subject: Collection[str], analyze: Stems) -> bool:
    article = hit.passage.article
    return set(subject) <= set(analyze(f"{article.title} {article.text}"))


def _are_of_one_thing(one: _Report, other: _Report) -> bool:
    first, second = one.where[0].article, other.where[0].article
    if None in (first.source, second.source) or first.source == second.source:
        return False
    if not first.published_at or not second.published_at:
        return False
    if abs(first.published_at.at - second.published_at.at) > _AT_ONE_TIME:
        return False
    if one.figure.words != other.figure.words or not differ(one.figure, other.figure):
        return False
    less, more = sorted((one.figure.amount or 0.0, other.figure.amount or 0.0))
    return (
        more <= _ALIKE * less and len(one.stems & other.stems) >= _LEAST_SHARED and _shared(one, other) >= _LEAST_SHARE
    )


def _shared(one: _Report, other: _Report) -> float:
    return len(one.stems & other.stems) / max(1, min(len(one.stems), len(other.stems)))


def _gives_too(given: dict[str, list[Value]], one: _Report, other: _Report) -> bool:
    """Whether one sentence's article gives the other's figure as well."""
    return any(_is(figure, other.figure) for figure in given[one.where[0].article.id])


def _is(figure: Value, another: Value) -> bool:
    return figure.words == another.words and same(figure, another)
