"""The weights that mix a reader's signals with retrieval's, as `python -m evals fit` wrote them."""

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, Literal

_FILE = Path(__file__).with_name("weights") / "mixture.json"
_LARGEST = 30.0

Regression = Literal["sentence", "answer"]
"""How likely a sentence answers; how likely what was found answers at all."""


def probability(regression: Regression, signals: Any) -> float:
    """Return what a logistic regression says of some signals, in [0, 1].

    Args:
        regression: Which one.
        signals: A dataclass whose fields are the regression's signals.
    """
    return weighed(_weights()[regression], signals)


def weighed(weights: Mapping[str, float], signals: Any) -> float:
    """Return what a logistic regression of such weights says of some signals, in [0, 1] (see `probability`)."""
    total = weights["bias"] + sum(weights[field.name] * getattr(signals, field.name) for field in fields(signals))
    return 1 / (1 + math.exp(-max(-_LARGEST, min(_LARGEST, total))))


@cache
def _weights() -> Mapping[str, Mapping[str, float]]:
    weights: Mapping[str, Mapping[str, float]] = json.loads(_FILE.read_text("utf-8"))
    return weights
