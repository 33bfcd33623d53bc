"""One evaluation from a suite to its figures: library, target, cases, summary."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from tqdm import tqdm

from evals.runs.cases import CaseRecord
from evals.datasets import path_digest
from evals.runs.case_evaluation import Scorer
from evals.metrics import Judge, LexicalJudge
from evals.runs.libraries import SuiteLibrary, corpus_of, suite_library
from evals.runs.prices import Prices
from evals.runs.provenance import (
    code_digest,
    deciding_settings,
    fingerprint,
    machine,
    prompt_digest,
    shown_settings,
    version,
)
from evals.runs.runner import run_cases
from evals.datasets import Case, Suite
from evals.runs.summary import Summary, summarise, write_summary
from evals.targets import Asked, Searched, Target
from evals.datasets import time_travel
from rag.engine import dateline_over
from rag.errors import SuiteError
from rag.settings import Settings

_LOCAL_WORKERS = 2
_REMOTE_WORKERS = 8


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cases of a suite are asked, and how.

    Attributes:
        limit: Only the first so many.
        tags: Only cases with one of these.
        only: Only these ids.
        time_travel: Days to move the date of each question, `None` for none.
    """

    limit: int | None = None
    tags: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    time_travel: int | None = None

    def of(self, cases: Sequence[Case]) -> tuple[Case, ...]:
        """The cases that are selected, in order.

        Raises:
            SuiteError: An id is unknown, or nothing is left.
        """
        unknown = set(self.only) - {case.id for case in cases}
        if unknown:
            raise SuiteError(f"no question has the id {', '.join(sorted(unknown))}")
        chosen = [case for case in cases if self._wants(case)]
        if not chosen:
            raise SuiteError(f"no question has the tag {', '.join(self.tags)}")
        return tuple(chosen[: self.limit])

    def _wants(self, case: Case) -> bool:
        return (not self.only or case.id in self.only) and (not self.tags or bool(set(self.tags) & set(case.tags)))


@dataclass(frozen=True)
class Options:
    """How a suite is run.

    Attributes:
        out: Folder of the run.
        retrieval_only: Search, and make no answers.
        target: Evaluated instead of a Dateline in this process.
        workers: Cases asked at the same time; by default what suits the target.
        replaces: Deletes what another run left in the folder.
    """

    out: Path
    selection: Selection = field(default_factory=Selection)
    retrieval_only: bool = False
    target: Target | None = None
    judge: Judge = field(default_factory=LexicalJudge)
    prices: Prices | None = None
    workers: int | None = None
    replaces: bool = False


@dataclass(frozen=True)
class Run:
    """A finished run; `out` is its folder."""

    out: Path
    suite: Suite
    cases: tuple[Case, ...]
    records: tuple[CaseRecord, ...]
    summary: Summary
    scorer: Scorer


def evaluate(suite: Suite, settings: Settings, options: Options) -> Run:
    """Asks the suite's questions, scores the answers, and writes `cases.jsonl` and `summary.json`.

    Raises:
        DatelineError: The library, the embedding model or the selection cannot be used; what a
            single case raises is a recorded failure instead.
    """
    if options.target is not None:
        corpus, digest = corpus_of(suite, settings)
        scorer = Scorer(corpus, options.judge, options.prices)
        return _run(suite, options.target, scorer, options, {"corpus_digest": digest})
    with suite_library(suite, settings, progress=embedding_progress()) as opened:
        scorer = Scorer(opened.corpus, options.judge, options.prices)
        target = target_over(opened, retrieval_only=options.retrieval_only)
        return run_over(suite, target, scorer, options, opened)


def run_over(suite: Suite, target: Target, scorer: Scorer, options: Options, opened: SuiteLibrary) -> Run:
    """As `evaluate`, of a target over a suite's library that is open already."""
    return _run(suite, target, scorer, options, _library_facts(opened))


def target_over(opened: SuiteLibrary, *, retrieval_only: bool) -> Target:
    """The Dateline over a suite's library, to be asked or only searched."""
    dateline = dateline_over(opened.library, opened.settings)
    return Searched(dateline) if retrieval_only else Asked(dateline)


def _run(suite: Suite, target: Target, scorer: Scorer, options: Options, facts: dict[str, Any]) -> Run:
    cases, counts = _cases(suite, options.selection, scorer)
    deciding = _deciding(suite, target, options, facts)
    workers = options.workers or _workers(options, facts)
    started, clock = datetime.now(UTC), monotonic()
    with tqdm(total=len(cases), unit="case", desc="asking", file=sys.stderr, disable=None, leave=False) as bar:
        records = run_cases(
            cases,
            target,
            scorer,
            options.out,
            fingerprint=fingerprint(deciding),
            workers=workers,
            replaces=options.replaces,
            progress=lambda _record: bar.update() and None,
        )
    seconds = round(monotonic() - clock, 1)
    run = {
        "suite": suite.name,
        **deciding,
        **facts,
        **counts,
        "cases": len(cases),
        "models": sorted({str(record.result["model"]) for record in records if "model" in record.result}),
        "workers": workers,
        "machine": machine(),
        "started": started.isoformat(timespec="seconds"),
        "seconds": seconds,
    }
    summary = summarise(records, run)
    write_summary(options.out, summary)
    return Run(options.out, suite, cases, tuple(records), summary, scorer)


def _cases(suite: Suite, selection: Selection, scorer: Scorer) -> tuple[tuple[Case, ...], dict[str, Any]]:
    cases = selection.of(suite.cases)
    if selection.time_travel is None:
        return cases, {}
    travel = time_travel(cases, scorer.corpus, days=selection.time_travel)
    if not travel.cases:
        raise SuiteError(f"no question of {suite.name} can be asked {selection.time_travel} days earlier")
    return travel.cases, {"time_travel": {"days": selection.time_travel, **travel.counts}}


def _deciding(suite: Suite, target: Target, options: Options, facts: dict[str, Any]) -> dict[str, Any]:
    """Everything that decides what a case's record will be."""
    return {
        "target": target.name,
        "judge": options.judge.name,
        "version": version(),
        "code_digest": code_digest(),
        "prompt_digest": prompt_digest(),
        "corpus_digest": facts["corpus_digest"],
        "questions_digest": path_digest(suite.questions_file),
        "time_travel_days": options.selection.time_travel,
        "settings": facts.get("deciding_settings", {}),
        "prices": dict(options.prices.models) if options.prices else {},
    }


def _library_facts(opened: SuiteLibrary) -> dict[str, Any]:
    status = opened.library.status()
    return {
        "corpus_digest": opened.digest,
        "deciding_settings": deciding_settings(opened.settings),
        "all_settings": shown_settings(opened.settings),
        "library": {"articles": status.articles, "passages": status.passages, "ingest": opened.facts},
        "generates": opened.settings.generates,
    }


def _workers(options: Options, facts: dict[str, Any]) -> int:
    # Quoting and searching use the processor, a model server mostly makes us wait.
    return _REMOTE_WORKERS if options.target is not None or facts.get("generates") else _LOCAL_WORKERS


def embedding_progress() -> Callable[[int, int], None]:
    """A progress bar on stderr for what a new library still has to embed."""
    bar = tqdm(unit="passage", desc="embedding", file=sys.stderr, disable=None, leave=False)

    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)
        if done >= total:
            bar.close()

    return show
