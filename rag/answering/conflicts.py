"""Articles that give different values for the same thing: at one time a disagreement, later a development. Pure.

Two sentences are about the same thing if both hold the kind of value that the question asks for and
about as much of the question as the best sentence does. Outlets that differ within days disagree;
values of articles further apart, but of one story's time, are a development.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from rag.reading.answer_types import answer_values
from rag.reading.sentence_scoring import Asked, Candidate, Stems, share_of

_ABOUT_THE_SAME = 0.75
"""Least share of the best sentence's coverage of the question."""
_STILL_THE_SAME = 0.9
"""The same where time has passed: much else may have been counted since."""
_AT_ONE_TIME = timedelta(days=3)
_ONE_STORY = timedelta(days=45)
_ROUNDED = 1.01
"""Most times that one value is another that is rounded."""
_ALIKE = 2
"""Most times that one value of a thing is another: a larger one is the whole of a part, or of something else."""
_YEAR = re.compile(r"\b(?:in|since|from|of) ((?:19|20)\d\d)\b")
_COMPARED = 12
"""Best sentences that are compared; what is ranked lower is about something else."""
_MOST_SIDES = 3


def sides(question: Asked, ranked: Sequence[Candidate], stems: Stems) -> list[Candidate]:
    """The best sentence of each outlet that gives a value of its own; empty where the sources do not differ.

    Args:
        question: As the sentences were ranked for.
        ranked: Best first.
        stems: Words of a text as the lexical index holds them.
    """
    chosen: dict[str, tuple[Candidate, frozenset[float]]] = {}
    for sentence, values in _figures(question, ranked, stems, _ABOUT_THE_SAME):
        article = sentence.passage.article
        story = article.cluster_id or article.id
        if not article.source or story in chosen:
            continue
        if not all(
            _differ(values, others) and _within(_AT_ONE_TIME, sentence, other) for other, others in chosen.values()
        ):
            continue
        if article.source not in {other.passage.article.source for other, _ in chosen.values()}:
            chosen[story] = (sentence, values)
    return [sentence for sentence, _ in chosen.values()][:_MOST_SIDES] if len(chosen) > 1 else []


def development(question: Asked, ranked: Sequence[Candidate], stems: Stems) -> list[Candidate]:
    """Sentences that give a figure as it changed, oldest first; empty where it did not change.

    Args:
        question: As the sentences were ranked for.
        ranked: Best first.
        stems: Words of a text as the lexical index holds them.
    """
    changes: list[tuple[Candidate, frozenset[float]]] = []
    for sentence, values in _figures(question, ranked, stems, _STILL_THE_SAME):
        if all(
            _differ(values, others)
            and _within(_ONE_STORY, sentence, other)
            and not _within(_AT_ONE_TIME, sentence, other)
            for other, others in changes
        ):
            changes.append((sentence, values))
    changed = [sentence for sentence, _ in changes[:_MOST_SIDES]]
    return sorted(changed, key=_published) if len(changed) > 1 else []


def _figures(
    question: Asked, ranked: Sequence[Candidate], stems: Stems, alike: float
) -> Iterator[tuple[Candidate, frozenset[float]]]:
    """The best sentences about what the best one is about, with the figures in them that would answer.

    One that names a year before its article's tells of what was then.
    """
    needed: float | None = None
    for sentence in ranked[:_COMPARED]:
        values = answer_values(question.expected, sentence.text, question.text)
        covered = share_of(question.weights, {*sentence.stems, *stems(sentence.passage.article.title)})
        needed = alike * covered if needed is None else needed
        if values and covered >= needed and not _looks_back(sentence):
            yield sentence, values


def _differ(values: Collection[float], others: Collection[float]) -> bool:
    """No value in common but for rounding, and some so near that they may be of one thing."""
    pairs = [(min(a, b), max(a, b)) for a in values for b in others]
    return all(more > _ROUNDED * less for less, more in pairs) and any(more <= _ALIKE * less for less, more in pairs)


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
