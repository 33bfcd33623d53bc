"""Whether a system declines when it should, and whether its confidence tells.

Each function takes samples: arrays `(..., n)` of per-case values, so that one call serves all
bootstrap resamples.
"""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def decline_precision(declined: Values, unanswerable: Values) -> Values:
    """Share of the declines that were right; NaN without a decline.

    Source: Manning, Raghavan & Schuetze 2008, ch. 8, with declines as the positives.
    """
    return _ratio((declined * unanswerable).sum(-1), declined.sum(-1))


def decline_recall(declined: Values, unanswerable: Values) -> Values:
    """Share of the unanswerable questions that were declined; NaN where all can be answered."""
    return _ratio((declined * unanswerable).sum(-1), unanswerable.sum(-1))


def decline_f1(declined: Values, unanswerable: Values) -> Values:
    """Harmonic mean of the two (van Rijsbergen, *Information Retrieval*, 1979); NaN with nothing to decline."""
    f1 = _ratio(2 * (declined * unanswerable).sum(-1), declined.sum(-1) + unanswerable.sum(-1))
    return np.where(unanswerable.sum(-1) == 0, np.nan, f1)


def risk_coverage_area(confidence: Values, correct: Values) -> Values:
    """Area under the risk-coverage curve: mean error over all coverages; 0 is best.

    Source: El-Yaniv & Wiener, *On the Foundations of Noise-free Selective Classification*, JMLR
    2010; Geifman, Uziel & El-Yaniv, *Bias-Reduced Uncertainty Estimation*, ICLR 2019.
    """
    flat_confidence = confidence.reshape(-1, confidence.shape[-1])
    flat_correct = correct.reshape(-1, correct.shape[-1])
    areas = [
        risks(confidence, correct).mean() for confidence, correct in zip(flat_confidence, flat_correct, strict=True)
    ]
    return np.array(areas).reshape(confidence.shape[:-1])


def risks(confidence: Values, correct: Values) -> Values:
    """Share of wrong answers among the 1, 2, ... n most confident, `(n,)`.

    Cases of equal confidence have no order among themselves: each counts as their mean.
    """
    order = np.argsort(-confidence, kind="stable")
    _, group, size = np.unique(-confidence[order], return_inverse=True, return_counts=True)
    mean = np.bincount(group, weights=correct[order]) / size
    return np.asarray(1 - np.cumsum(mean[group]) / np.arange(1, len(order) + 1), dtype=np.float64)


def _ratio(part: Values, whole: Values) -> Values:
    ratios: Values = np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0)
    return ratios
