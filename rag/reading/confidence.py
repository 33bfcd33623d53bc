"""How likely the passages found answer a question: one probability, calibrated. Pure.

Calibrated by logistic regression (Platt, *Probabilistic outputs for support vector machines*, 1999) on questions that
the reader was not trained on, asked at their date and before their answer was known (docs/measurements/answers.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.reading.evidence import Candidate
from rag.reading.mixture import probability

_LIKELIER = 1.4
"""Odds of an answer in the articles of the answer before, as a multiple of those in what a search finds."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer.

    Attributes:
        margin: Of the surest span over "no answer here".
        answerable: Of the surest window that it answers the question.
        sentence: Largest share of the question's words that a sentence and its neighbours hold.
        coverage: See `rag.reading.coverage.best_coverage`.
    """

    margin: float
    answerable: float
    sentence: float
    coverage: float


def evidence_of(ranked: Sequence[Candidate], coverage: float) -> Evidence | None:
    """Return what speaks for an answer; `None` without a sentence.

    Args:
        ranked: Sentences that may answer.
        coverage: See `Evidence`.
    """
    if not ranked:
        return None
    return Evidence(
        margin=max(each.signals.margin for each in ranked),
        answerable=max(each.signals.answerable for each in ranked),
        sentence=max(each.signals.coverage for each in ranked),
        coverage=coverage,
    )


def confidence_in(ranked: Sequence[Candidate], coverage: float) -> float:
    """Return the probability that the sources answer, in [0, 1]; 0 without a sentence (see `evidence_of`)."""
    evidence = evidence_of(ranked, coverage)
    return probability("answer", evidence) if evidence else 0.0


def on_the_same_story(confidence: float) -> float:
    """Return the probability where the sources are those of the answer before, which are likelier to hold the next."""
    odds = _LIKELIER * confidence / (1 - confidence)
    return odds / (1 + odds)
