"""What each signal of the mixture is worth, and whether its probability tells: by cross-validation, for the docs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from evals.metrics import risks
from evals.mixture_fit import Matrix, Read, conditional, fitted, signals_of
from rag.reading.confidence import evidence_of
from rag.reading.evidence import Signals
from rag.reading.mixture import weighed

FOLDS = 5
_BINS = 10
_NAMES = tuple(field.name for field in fields(Signals))

Group = tuple[Matrix, NDArray[np.bool_]]
"""Signals of a question's sentences, and which of them are right."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What weights fitted on other questions say of one.

    Attributes:
        confidence: That it can be answered, in [0, 1].
        answerable: Whether it can.
        right: Whether it can, and the best sentence holds an accepted answer.
    """

    confidence: float
    answerable: bool
    right: bool


def signal_rows(questions: Sequence[Read]) -> Iterator[tuple[str, ...]]:
    """Yield for each choice of signals the share of questions whose best one, two, three sentences hold an answer.

    Args:
        questions: Only those that can be answered from some sentence count.
    """
    known = [question for question in questions if question.answerable and any(question.right)]
    groups = [(signals_of([each.signals for each in question.ranked]), np.array(question.right)) for question in known]
    ways = {
        "all signals": _NAMES,
        "the reader alone": ("margin", "answerable"),
        "without the reader": ("standing", "coverage"),
        **{f"without {name}": tuple(other for other in _NAMES if other != name) for name in _NAMES},
    }
    for name, kept in ways.items():
        columns = [_NAMES.index(signal) for signal in kept]
        yield name, *(f"{share:.3f}" for share in _shares([(rows[:, columns], right) for rows, right in groups]))


def judged(sets: Sequence[Sequence[Read]]) -> list[list[Judged]]:
    """Return for each set of questions what each is said to be by weights that were fitted, on all sets, without it."""
    judgements: list[list[Judged]] = [[] for _ in sets]
    for fold in range(FOLDS):
        weights = fitted([_parted(each, fold)[0] for each in sets])
        for judgement, each in zip(judgements, sets, strict=True):
            judgement.extend(_judge(question, weights) for question in _parted(each, fold)[1])
    return judgements


def calibration_row(name: str, of: Sequence[Judged], threshold: float) -> tuple[str, ...]:
    """Return how well the probability tells: calibration error, ranking, what is declined, risk at coverage.

    The risk is the share that is wrong among the surest half and four fifths (El-Yaniv & Wiener, JMLR 2010); the
    error is the expected calibration error of ten bins (Naeini, Cooper & Hauskrecht, AAAI 2015).
    """
    confidence = np.array([each.confidence for each in of])
    answerable = np.array([each.answerable for each in of])
    right = np.array([each.right for each in of], dtype=np.float64)
    risk = risks(confidence, right)
    declined = confidence < threshold
    figures = (
        _calibration_error(confidence, answerable),
        _ranking(confidence, answerable),
        declined[~answerable].mean(),
        declined[answerable].mean(),
        risk[len(risk) // 2 - 1],
        risk[len(risk) * 4 // 5 - 1],
    )
    return name, *(f"{figure:.3f}" for figure in figures)


def _judge(question: Read, weights: Mapping[str, Mapping[str, float]]) -> Judged:
    evidence = evidence_of(question.ranked, question.coverage)
    if evidence is None:
        return Judged(0.0, question.answerable, right=False)
    scores = [weighed(weights["sentence"], each.signals) for each in question.ranked]
    right = question.answerable and question.right[scores.index(max(scores))]
    return Judged(weighed(weights["answer"], evidence), question.answerable, right)


def _parted(questions: Sequence[Read], fold: int) -> tuple[list[Read], list[Read]]:
    """Those to fit on and those to judge; the same question asked at another time is of the same fold."""
    names = list(dict.fromkeys(question.case.question for question in questions))
    held = {name for at, name in enumerate(names) if at % FOLDS == fold}
    fit = [question for question in questions if question.case.question not in held]
    return fit, [question for question in questions if question.case.question in held]


def _shares(groups: Sequence[Group]) -> tuple[float, ...]:
    best: list[NDArray[np.bool_]] = []
    for fold in range(FOLDS):
        weights = conditional([group for at, group in enumerate(groups) if at % FOLDS != fold])
        for rows, right in groups[fold::FOLDS]:
            ranked = right[np.argsort(-(rows @ weights), kind="stable")][:3]
            best.append(np.array([ranked[:most].any() for most in (1, 2, 3)]))
    return tuple(np.array(best).mean(axis=0).tolist())


def _calibration_error(confidence: Matrix, answerable: NDArray[np.bool_]) -> float:
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(confidence[bins == at].mean() - answerable[bins == at].mean()) * (bins == at).mean()
        for at in range(_BINS)
        if (bins == at).any()
    ]
    return float(sum(gaps))


def _ranking(confidence: Matrix, answerable: NDArray[np.bool_]) -> float:
    """Area under the ROC curve, as the share of pairs in order (Hanley & McNeil, Radiology 1982)."""
    gaps = confidence[answerable][:, None] - confidence[~answerable][None]
    return float((gaps > 0).mean() + (gaps == 0).mean() / 2)
