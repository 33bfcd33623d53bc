"""Fits what mixes the reader's signals with retrieval's, on questions of a suite before a date.

Two logistic regressions. Which sentence answers: a conditional one (McFadden, *Conditional logit analysis of
qualitative choice behavior*, 1974), over the sentences of each question. How likely what was found answers at all:
over questions, the same asked before their answer was known (see `evals.datasets.time_travel`), and questions of the
articles and written passages that training held out, each with and without the text that answers it. Later ones are
never looked at.
"""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from evals.datasets import Case, Suite
from evals.datasets.time_travel import time_travel
from evals.match_rule import any_stands_in, normalised
from evals.runs.evaluation import embedding_progress
from evals.runs.libraries import SuiteLibrary, suite_library
from rag.answering.evidence_search import HITS
from rag.engine import Dateline, dateline_over
from rag.indexes.chunking import passages_of
from rag.library.library import make_library
from rag.models import Article, Hit, Query
from rag.reading.confidence import Evidence, evidence_of
from rag.reading.coverage import best_coverage
from rag.reading.evidence import Candidate, Signals, candidates
from rag.reading.training.datasets import parted, parted_passages, squad
from rag.settings import Settings
from rag.store import NewArticle

_RIDGE = 1.0
"""Penalty on squared weights, so that signals that say nearly the same share their weight."""
_ROUNDS = 25
_COUNTED = 200.0
"""As how many questions those of a set with an answer count, and those without, beside the penalty."""
_DIGITS = 4
_LEAST = 1e-12

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Read:
    """One question with every sentence that was read for it.

    Attributes:
        answerable: Its answer is known at the time it is asked.
        right: For each candidate whether an accepted answer occurs in it.
        coverage: See `rag.reading.coverage.best_coverage`.
    """

    case: Case
    answerable: bool
    ranked: Sequence[Candidate]
    right: Sequence[bool]
    coverage: float


def read_questions(suite: Suite, settings: Settings, *, before: datetime, days: int) -> list[Read]:
    """Read the suite's questions of before a date, each also `days` earlier where its answer was unknown then."""
    with suite_library(suite, settings, progress=embedding_progress()) as opened:
        dateline = dateline_over(opened.library, opened.settings)
        return [_asked(dateline, case) for case in _cases(suite, opened, before, days)]


@dataclass(frozen=True, slots=True)
class HeldOutQuestion:
    """A question that training did not see, with the article that it is about.

    Attributes:
        answers: None where it was written to have none in the article.
    """

    text: str
    answers: tuple[str, ...]
    article: Article


def held_out_of_squad(files: Sequence[Path]) -> list[HeldOutQuestion]:
    """Return the questions of SQuAD's files that training holds out; a paragraph is an article."""
    _, held_out = parted([question for file in files for question in squad(file)])
    articles = {
        paragraph: Article(id=f"squad-{number}", title=paragraph.title, text=paragraph.text)
        for number, paragraph in enumerate(dict.fromkeys(question.paragraph for question in held_out))
    }
    return [
        HeldOutQuestion(each.text, each.answers if each.span else (), articles[each.paragraph]) for each in held_out
    ]


def held_out_of_written(files: Sequence[Path]) -> list[HeldOutQuestion]:
    """Return the questions on written passages that training holds out."""
    questions = []
    for number, passage in enumerate(parted_passages(files)[1]):
        article = Article(id=f"written-{number}", title=passage.title, text=passage.text, source=passage.outlet)
        for text, span in passage.questions:
            questions.append(HeldOutQuestion(text, (passage.text[slice(*span)],) if span else (), article))
    return questions


def read_held_out(questions: Sequence[HeldOutQuestion], settings: Settings, *, seed: int, most: int) -> list[Read]:
    """Read held-out questions, over all passages found and over those of other articles than their own.

    Those that were written to have no answer are read over all passages.

    Args:
        questions: Their articles are the library.
        settings: Name the embedding model.
        seed: Of what is drawn.
        most: Questions with an answer, and questions without.
    """
    draw = random.Random(seed)
    answered = [question for question in questions if question.answers]
    others = [question for question in questions if not question.answers]
    asked = [*draw.sample(answered, min(most, len(answered))), *draw.sample(others, min(most, len(others)))]
    with TemporaryDirectory() as folder:
        library = make_library(settings.model_copy(update={"data": Path(folder)}))
        with library.writing() as writer:
            articles = {question.article.id: question.article for question in questions}.values()
            writer.put([NewArticle(each, passages_of(each), each.text, raw_digest=each.id) for each in articles])
            writer.index_words()
            for _ in writer.index_vectors():
                pass
        dateline = dateline_over(library, settings)
        read = [each for question in asked for each in _with_and_without(dateline, question)]
        library.close()
    return read


def fitted(sets: Sequence[Sequence[Read]]) -> dict[str, dict[str, float]]:
    """Return the weights of both regressions, by the names of their signals.

    Args:
        sets: Questions of one origin each. For how likely there is an answer at all, those of a set with an answer and
            those without count as much as those of any other, however many they are: how often readers ask what
            the sources do not tell is not known from questions that were made.
    """
    asked = [[question for question in of_one if question.ranked] for of_one in sets]
    questions = [question for of_one in asked for question in of_one]
    known = [question for question in questions if question.answerable]
    groups = [(signals_of([each.signals for each in question.ranked]), np.array(question.right)) for question in known]
    sentence = conditional([(rows, right) for rows, right in groups if right.any()])
    likely = np.concatenate([rows @ sentence for rows, _ in groups])[:, None]
    bias, slope = logistic(likely, np.concatenate([right for _, right in groups]).astype(np.float64))
    evidence = [each for question in questions if (each := evidence_of(question.ranked, question.coverage))]
    answerable = np.array([question.answerable for question in questions], dtype=np.float64)
    counts = np.concatenate([_counts([question.answerable for question in of_one]) for of_one in asked])
    return {
        "sentence": _named(Signals, bias, slope * sentence),
        "answer": _named(Evidence, *_split(logistic(signals_of(evidence), answerable, counts))),
    }


def _counts(answerable: Sequence[bool]) -> Matrix:
    """As how many each question counts: together 1 for those with an answer, and 1 for those without."""
    known = sum(answerable)
    return np.array([1 / known if each else 1 / (len(answerable) - known) for each in answerable]) * _COUNTED


def conditional(groups: Sequence[tuple[Matrix, NDArray[np.bool_]]], *, ridge: float = _RIDGE) -> Matrix:
    """Return the weights of a conditional logistic regression: some row of each group is the right one.

    Steps are Newton's with the curvature of the denominator alone, which never overshoots it.

    Args:
        groups: `[rows, signals]`, and which rows are right; each has at least one that is.
        ridge: Penalty on squared weights.
    """
    signals = groups[0][0].shape[1]
    weights = np.zeros(signals)
    for _ in range(_ROUNDS):
        slope, curvature = -ridge * weights, ridge * np.eye(signals)
        for rows, right in groups:
            likely = np.exp(rows @ weights - (rows @ weights).max())
            likely /= likely.sum()
            among = likely * right / max((likely * right).sum(), _LEAST)
            mean = likely @ rows
            slope = slope + among @ rows - mean
            curvature = curvature + (rows * likely[:, None]).T @ rows - np.outer(mean, mean)
        weights = weights + np.linalg.solve(curvature, slope)
    return weights


def logistic(rows: Matrix, labels: Matrix, counts: Matrix | None = None, *, ridge: float = _RIDGE) -> Matrix:
    """Return the weights, the intercept first, of a logistic regression by Newton's method.

    Source: Hastie, Tibshirani & Friedman, *The elements of statistical learning*, section 4.4.1.

    Args:
        rows: [examples, signals].
        labels: [examples], 0 or 1.
        counts: [examples]: as how many each counts; 1 if not given.
        ridge: Penalty on squared weights; the intercept is free.
    """
    design = np.hstack([np.ones((len(rows), 1)), rows])
    counted = np.ones(len(rows)) if counts is None else counts
    penalty = ridge * np.eye(design.shape[1])
    penalty[0, 0] = 0.0
    weights = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        likely = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (counted * (labels - likely)) - penalty @ weights
        curvature = (design * (counted * likely * (1 - likely))[:, None]).T @ design + penalty
        weights = weights + np.linalg.solve(curvature, slope)
    return weights


def write(weights: dict[str, dict[str, float]], file: Path) -> None:
    """Write the weights as the package reads them."""
    file.write_text(json.dumps(weights, indent=2) + "\n", "utf-8")


def _named(signals: type, bias: float, weights: Matrix) -> dict[str, float]:
    named = zip((field.name for field in fields(signals)), weights.tolist(), strict=True)
    return {"bias": round(float(bias), _DIGITS)} | {name: round(weight, _DIGITS) for name, weight in named}


def _split(weights: Matrix) -> tuple[float, Matrix]:
    return float(weights[0]), weights[1:]


def signals_of(signals: Sequence[Signals] | Sequence[Evidence]) -> Matrix:
    """Return a row of figures for each."""
    return np.array([list(asdict(each).values()) for each in signals])


def _cases(suite: Suite, opened: SuiteLibrary, before: datetime, days: int) -> Iterator[Case]:
    early = [case for case in suite.cases if case.as_of and case.as_of < before and case.answers]
    yield from time_travel(early, opened.corpus, days=days).cases


def _with_and_without(dateline: Dateline, question: HeldOutQuestion) -> Iterator[Read]:
    hits = dateline.retriever.search(Query(question=question.text, as_of=datetime.now(UTC)), k=HITS + 2)
    case = Case(id=question.text, question=question.text, answers=question.answers)
    if not question.answers:
        yield _read(dateline, case, question.text, hits[:HITS], answerable=False)
        return
    others = [hit for hit in hits if hit.passage.article.id != question.article.id][:HITS]
    if len(others) < len(hits):
        yield _read(dateline, case, question.text, hits[:HITS], answerable=True)
    yield _read(dateline, case, question.text, others, answerable=False)


def _asked(dateline: Dateline, case: Case) -> Read:
    query = dateline.understand(case.question, history=case.history, as_of=case.as_of)
    hits = dateline.retriever.search(query, k=HITS)
    return _read(dateline, case, query.question, hits, answerable=case.answerable)


def _read(dateline: Dateline, case: Case, question: str, hits: Sequence[Hit], *, answerable: bool) -> Read:
    asked = dateline.extractive.prepare(question, question)
    analyze = dateline.library.lexical.analyze
    ranked = candidates(dateline.extractive.reader, asked, hits, analyze)
    right = [any_stands_in(case.answers, normalised(each.text)) for each in ranked]
    return Read(case, answerable, ranked, right, best_coverage(asked, hits, analyze))
