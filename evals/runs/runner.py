"""Running a suite: every case asked, scored and written as it ends."""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from evals.runs.cases import CASES_FILE, CaseRecord, case_record, line_of, read_cases, write_cases
from evals.runs.case_evaluation import Scorer
from evals.datasets import Case
from evals.targets import Target
from rag.errors import SuiteError

log = logging.getLogger(__name__)

FINGERPRINT_FILE = "fingerprint"
Progress = Callable[[CaseRecord], None]


def run_cases(
    cases: Sequence[Case],
    target: Target,
    scorer: Scorer,
    out: Path,
    *,
    fingerprint: str,
    workers: int,
    replaces: bool = False,
    progress: Progress = lambda _record: None,
) -> list[CaseRecord]:
    """Asks every case that `out` does not hold yet, and writes each as it ends.

    Args:
        cases: In the order that the file will have.
        target: Asked.
        scorer: Scores what the target responds.
        out: Folder of the run; made if absent.
        fingerprint: Names everything that decides the results; see `provenance.fingerprint`.
        workers: Cases asked at the same time.
        replaces: Deletes what another run left in the folder.
        progress: Told of each case as it ends, those of an earlier, killed run first.

    Returns:
        The records, in the order of the cases.

    Raises:
        SuiteError: The folder holds finished cases of another run, or cannot be made.
    """
    done = {record.id: record for record in _finished(out, fingerprint, replaces=replaces)}
    wanted = {case.id for case in cases}
    if not (replaces or done.keys() <= wanted):
        raise SuiteError(
            f"{out} holds {len(done.keys() - wanted)} finished cases that are not asked for now; "
            "name another folder with --out"
        )
    records = {name: record for name, record in done.items() if name in wanted}
    for record in records.values():
        progress(record)
    with (out / CASES_FILE).open("a", encoding="utf-8") as file:
        for record in _responses([case for case in cases if case.id not in records], target, scorer, workers):
            file.write(line_of(record))
            file.flush()
            records[record.id] = record
            progress(record)
    ordered = [records[case.id] for case in cases]
    write_cases(out, ordered)
    return ordered


def respond_and_score(case: Case, target: Target, scorer: Scorer) -> CaseRecord:
    """The record of one case; an error is written down in it and scored as a wrong answer."""
    try:
        response = target.respond(case)
        return case_record(case.id, response.result, scorer.score(case, response))
    except Exception as error:  # one failing case, of whatever kind, must not lose the run
        log.info("case %s failed", case.id, exc_info=True)
        scored = scorer.score(case, target.failed)
        return case_record(case.id, {}, scored, error=f"{type(error).__name__}: {error}")


def _responses(cases: Sequence[Case], target: Target, scorer: Scorer, workers: int) -> Iterator[CaseRecord]:
    pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="case")
    try:
        asked = [pool.submit(respond_and_score, case, target, scorer) for case in cases]
        for future in as_completed(asked):
            yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _finished(out: Path, fingerprint: str, *, replaces: bool) -> list[CaseRecord]:
    """What an earlier run of the same fingerprint finished; failed cases are asked again."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SuiteError(f"--out {out}: {error.strerror}; name another folder") from error
    named = out / FINGERPRINT_FILE
    finished = [record for record in read_cases(out) if record.error is None] if (out / CASES_FILE).exists() else []
    if finished and not (named.exists() and named.read_text("utf-8") == fingerprint):
        if not replaces:
            raise SuiteError(
                f"{out} holds {len(finished)} finished cases of another run (other questions, articles, settings or "
                "code); name another folder with --out, or delete this one"
            )
        finished = []
    # Drops a line that was cut short, so that what is appended starts on a line of its own; before
    # the fingerprint is written, so that no case of another run ever stands under this one's name.
    write_cases(out, finished)
    named.write_text(fingerprint, "utf-8")
    return finished
