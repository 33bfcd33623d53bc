"""How likely the passages found answer a question: one probability, calibrated. Pure.

Calibrated by logistic regression (Platt, *Probabilistic outputs for support vector machines*, 1999) on questions that
the reader was not trained on, asked at their date and before their answer was known (docs/measurements/answers.md).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rag.reading.evidence import Candidate
from rag.reading.mixture import probability

_NEAREST = 1e-6
"""Least distance of a probability from 0 and 1, so that its logit is finite."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for an answer.

    Attributes:
        best: Logit of the best sentence's score.
        margin: Of the surest span over "no answer here".
        answerable: Highest logit of a window.
        agreement: Of the best sentence.
        coverage: See `rag.reading.coverage.best_coverage`.
    """

    best: float
    margin: float
    answerable: float
    agreement: float
    coverage: float


def evidence_of(ranked: Sequence[Candidate], coverage: float) -> Evidence | None:
    """Return what speaks for an answer; `None` without a sentence.

    Args:
        ranked: Sentences, best first.
        coverage: See `Evidence`.
    """
    if not ranked:
        return None
    score = min(max(ranked[0].score, _NEAREST), 1 - _NEAREST)
    return Evidence(
        best=math.log(score / (1 - score)),
        margin=max(each.signals.margin for each in ranked),
        answerable=max(each.signals.answerable for each in ranked),
        agreement=ranked[0].signals.agreement,
        coverage=coverage,
    )


def confidence_in(ranked: Sequence[Candidate], coverage: float) -> float:
    """Return the probability that the sources answer, in [0, 1]; 0 without a sentence (see `evidence_of`)."""
    evidence = evidence_of(ranked, coverage)
    return probability("answer", evidence) if evidence else 0.0
