"""Figures over cases with their bootstrap intervals."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

RESAMPLES = 2000
_SEED = 20221104
_LEVEL = 95.0
_BLOCK_VALUES = 4_000_000
"""Values held at once while resampling: about 32 MB."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """A figure over cases.

    Attributes:
        columns: The per-case metrics that it is made of; a case that lacks one is left out.
        value: From one array `(..., n)` per column to one value for each leading index.
    """

    columns: tuple[str, ...]
    value: Callable[..., Values]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, its 95 % interval, and over how many cases it was taken."""

    value: float
    low: float
    high: float
    n: int


def estimate(rows: Values, value: Callable[..., Values]) -> Estimate | None:
    """The figure over the cases with its interval.

    Percentile bootstrap (Efron & Tibshirani, *An Introduction to the Bootstrap*, 1993, ch. 13) with
    2,000 resamples of the cases from a fixed seed, so that the same cases give the same interval.

    Args:
        rows: `(columns, n)`.
        value: As in `Statistic`.

    Returns:
        `None` where the figure does not exist for these cases.
    """
    n = rows.shape[1]
    point = float(value(*rows)) if n else np.nan
    if np.isnan(point):
        return None
    resampled = np.concatenate([value(*(row[picked] for row in rows)) for picked in _resamples(n)])
    low, high = np.nanpercentile(resampled, [(100 - _LEVEL) / 2, (100 + _LEVEL) / 2])
    return Estimate(point, float(low), float(high), n)


def difference(first: Values, second: Values, value: Callable[..., Values]) -> Estimate | None:
    """How much higher the figure is in the second of two runs over the same cases.

    Paired bootstrap (Koehn, *Statistical Significance Tests for Machine Translation Evaluation*,
    EMNLP 2004): each resample draws the same cases from both runs.

    Args:
        first: `(columns, n)`.
        second: `(columns, n)`, the same cases in the same order.
        value: As in `Statistic`.
    """
    both = np.concatenate([first, second])
    columns = len(first)
    return estimate(both, lambda *rows: value(*rows[columns:]) - value(*rows[:columns]))


def mean(values: Values) -> Values:
    """Arithmetic mean over the cases."""
    return np.asarray(values.mean(-1))


def quantile(share: float) -> Callable[[Values], Values]:
    """The statistic that takes a quantile, interpolated linearly."""
    return lambda values: np.asarray(np.quantile(values, share, axis=-1))


def _resamples(n: int) -> Iterator[NDArray[np.int64]]:
    generator = np.random.default_rng(_SEED)
    step = max(1, min(RESAMPLES, _BLOCK_VALUES // n))
    for first in range(0, RESAMPLES, step):
        yield generator.integers(n, size=(min(step, RESAMPLES - first), n))
