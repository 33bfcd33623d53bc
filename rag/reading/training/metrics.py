"""Figures on examples that a model was not trained on. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class HeldOutFigures:
    """How well a model reads.

    Attributes:
        exact: Share of the answerable examples whose likeliest span is the answer.
        overlap: Mean F1 of the tokens of likeliest span and answer, over the same.
        discrimination: Area under the ROC curve of "answerable": how often an answerable example scores higher.
        entailment: The same of "entailed", for claims; `None` without claims of both kinds.
    """

    exact: float
    overlap: float
    discrimination: float
    entailment: float | None = None

    def __str__(self) -> str:
        claims = "" if self.entailment is None else f" claims {self.entailment:.3f}"
        return f"exact {self.exact:.3f} F1 {self.overlap:.3f} AUC {self.discrimination:.3f}{claims}"


def figures_of(
    readings: Sequence[tuple[float, Span, Span]], claims: Sequence[tuple[float, bool]] = ()
) -> HeldOutFigures:
    """Return the figures of questions and claims.

    Args:
        readings: `(answerable score, likeliest span, gold span)`; the gold span (0, 0) is no answer.
        claims: `(entailed score, whether it holds)`.

    Raises:
        ValueError: There is no answerable or no unanswerable example.
    """
    answerable = [(score, span, gold) for score, span, gold in readings if gold != (0, 0)]
    others = [score for score, _, gold in readings if gold == (0, 0)]
    if not answerable or not others:
        raise ValueError("figures need examples with and without an answer")
    exact = sum(span == gold for _, span, gold in answerable) / len(answerable)
    overlap = sum(_overlap(span, gold) for _, span, gold in answerable) / len(answerable)
    holding, false = ([score for score, holds in claims if holds == wanted] for wanted in (True, False))
    return HeldOutFigures(
        exact,
        overlap,
        area_under_roc([score for score, _, _ in answerable], others),
        area_under_roc(holding, false) if holding and false else None,
    )


def area_under_roc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return how often a positive scores higher than a negative, ties counted half (Mann & Whitney, 1947)."""
    ranked = sorted([(score, 1) for score in positive] + [(score, 0) for score in negative])
    rank_sum, place = 0.0, 0
    while place < len(ranked):
        after = place
        while after < len(ranked) and ranked[after][0] == ranked[place][0]:
            after += 1
        rank_sum += sum(label for _, label in ranked[place:after]) * (place + 1 + after) / 2
        place = after
    return (rank_sum - len(positive) * (len(positive) + 1) / 2) / (len(positive) * len(negative))


def _overlap(span: Span, gold: Span) -> float:
    common = min(span[1], gold[1]) - max(span[0], gold[0]) + 1
    return 2 * common / (span[1] - span[0] + gold[1] - gold[0] + 2) if common > 0 else 0.0
