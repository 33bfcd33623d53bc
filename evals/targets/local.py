"""What can be evaluated: a Dateline in this process, asked or only searched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Protocol

from evals.datasets import Case
from evals.multiple_choice import ChoiceScorer
from evals.predictions import FAILED, FOUND_NOTHING, UNDECIDED, Response, from_answer, from_hits
from rag.engine import Dateline
from rag.models import Hit
from rag.schemas import answer_json, search_json


class Target(Protocol):
    """Responds to cases; called from several threads at once."""

    @property
    def name(self) -> str:
        """What the report calls it."""

    @property
    def failed(self) -> Response:
        """What a case is scored as that raised an error."""

    def respond(self, case: Case) -> Response:
        """The system's response, with nothing but question, history, `as_of` and choices passed to it."""


class Searchable(Protocol):
    """What is searched: `rag.engine.Dateline`, or a variant of it."""

    def search(self, question: str, *, k: int = ..., as_of: datetime | None = ...) -> tuple[Hit, ...]:
        """Return the best passages."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Asks a Dateline for answers, and for choices where a case has some."""

    dateline: Dateline
    name: str = "dateline"
    failed: Response = FAILED

    def respond(self, case: Case) -> Response:
        """The answer; `result` is what `python -m rag ask --json` prints, with the choice added."""
        answer = self.dateline.ask(case.question, history=case.history, as_of=case.as_of)
        result = answer_json(answer)
        chosen = None
        if case.choices:
            scorer = ChoiceScorer(self.dateline)
            scores = scorer.scores(case.question, case.choices, history=case.history, as_of=case.as_of)
            chosen = best_choice(scores)
            result |= {"choice": {"chosen": chosen, "scores": [round(score, 6) for score in scores]}}
        return from_answer(answer, chosen=chosen, result=result)


@dataclass(frozen=True, slots=True)
class Searched:
    """Only searches a Dateline: no answer is made."""

    dateline: Searchable
    k: int = 10
    name: str = "dateline, retrieval only"
    failed: Response = FOUND_NOTHING

    def respond(self, case: Case) -> Response:
        """The passages; `result` is what `python -m rag search --json` prints."""
        started = perf_counter()
        hits = self.dateline.search(case.question, k=self.k, as_of=case.as_of)
        milliseconds = {"total": round((perf_counter() - started) * 1000, 1)}
        result = {"question": case.question, **search_json(hits), "timings_ms": milliseconds}
        return Response(
            status="answered",
            text=None,
            citations=None,
            hits=from_hits(hits),
            as_of=case.as_of,
            timings_ms=milliseconds,
            result=result,
        )


def best_choice(scores: Sequence[float]) -> int:
    """Index of the highest score, the first of equals; `UNDECIDED` where nothing tells the choices apart."""
    return scores.index(max(scores)) if scores and max(scores) > min(scores) else UNDECIDED
