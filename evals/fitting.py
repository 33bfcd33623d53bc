"""Fits what mixes the reader's signals with retrieval's, on questions of a suite before a date.

Two logistic regressions: how likely a sentence answers, over every sentence that was read, and how likely what was
found answers at all, over questions and, where the suite has dates, the same questions asked before their answer was
known (see `evals.datasets.time_travel`). Later questions are never looked at.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.datasets.suite import Case, Suite
from evals.datasets.time_travel import time_travel
from evals.matching import any_stands_in, normalised
from evals.runs.evaluation import embedding_progress
from evals.runs.libraries import SuiteLibrary, suite_library
from rag.engine import HITS, Dateline, dateline_over
from rag.reading.confidence import Evidence, evidence_of
from rag.reading.coverage import best_coverage
from rag.reading.evidence import Candidate, candidates
from rag.settings import Settings

_RIDGE = 1.0
"""Penalty on squared weights, so that signals that say nearly the same share their weight."""
_ROUNDS = 25
_DIGITS = 4

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Read:
    """One question with every sentence that was read for it.

    Attributes:
        answerable: Its answer is known at the time it is asked.
        right: For each candidate whether an accepted answer stands in it.
    """

    case: Case
    answerable: bool
    ranked: Sequence[Candidate]
    right: Sequence[bool]
    evidence: Evidence | None


def read_questions(suite: Suite, settings: Settings, *, before: datetime, days: int) -> list[Read]:
    """Read the suite's questions of before a date, each also `days` earlier where its answer was unknown then."""
    with suite_library(suite, settings, progress=embedding_progress()) as opened:
        dateline = dateline_over(opened.library, opened.settings)
        return [_read(dateline, case) for case in _cases(suite, opened, before, days)]


def fitted(questions: Sequence[Read]) -> dict[str, dict[str, float]]:
    """Return the weights of both regressions, by the names of their signals."""
    asked = [question for question in questions if question.answerable]
    sentences = [
        (each.signals, right) for question in asked for each, right in zip(question.ranked, question.right, strict=True)
    ]
    answers = [(question.evidence, question.answerable) for question in questions if question.evidence]
    return {
        "sentence": _weights([asdict(signals) for signals, _ in sentences], [right for _, right in sentences]),
        "answer": _weights([asdict(evidence) for evidence, _ in answers], [known for _, known in answers]),
    }


def logistic(rows: Matrix, labels: Matrix, *, ridge: float = _RIDGE) -> Matrix:
    """Return the weights, the intercept first, of a logistic regression by Newton's method.

    Source: Hastie, Tibshirani & Friedman, *The elements of statistical learning*, section 4.4.1.

    Args:
        rows: [examples, signals].
        labels: [examples], 0 or 1.
        ridge: Penalty on squared weights; the intercept is free.
    """
    design = np.hstack([np.ones((len(rows), 1)), rows])
    penalty = ridge * np.eye(design.shape[1])
    penalty[0, 0] = 0.0
    weights = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        likely = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (labels - likely) - penalty @ weights
        curvature = (design * (likely * (1 - likely))[:, None]).T @ design + penalty
        weights = weights + np.linalg.solve(curvature, slope)
    return weights


def write(weights: dict[str, dict[str, float]], file: Path) -> None:
    """Write the weights as the package reads them."""
    file.write_text(json.dumps(weights, indent=2) + "\n", "utf-8")


def _weights(rows: Sequence[dict[str, float]], labels: Sequence[bool]) -> dict[str, float]:
    names = list(rows[0])
    matrix = np.array([[row[name] for name in names] for row in rows])
    bias, *weights = logistic(matrix, np.array(labels, dtype=np.float64)).tolist()
    return {"bias": round(bias, _DIGITS)} | {
        name: round(weight, _DIGITS) for name, weight in zip(names, weights, strict=True)
    }


def _cases(suite: Suite, opened: SuiteLibrary, before: datetime, days: int) -> Iterator[Case]:
    early = [case for case in suite.cases if case.as_of and case.as_of < before and case.answers]
    yield from time_travel(early, opened.corpus, days=days).cases


def _read(dateline: Dateline, case: Case) -> Read:
    query = dateline.understand(case.question, history=case.history, as_of=case.as_of)
    hits = dateline.retriever.search(query, k=HITS)
    asked = dateline.extractive.prepare(query.question, query.asked or query.question)
    analyze = dateline.library.lexical.analyze
    ranked = candidates(dateline.extractive.reader, asked, hits, analyze)
    right = [any_stands_in(case.answers, normalised(each.text)) for each in ranked]
    return Read(case, case.answerable, ranked, right, evidence_of(ranked, best_coverage(asked, hits, analyze)))
