"""The cases of a run on disk: one JSON object a line, written as each case ends."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.runs.case_evaluation import Scored
from rag.errors import SuiteError

CASES_FILE = "cases.jsonl"


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """What became of one case.

    Attributes:
        result: As `python -m rag ask --json` prints it; empty where the case failed.
        ranks: Rank of the first passage of a gold article (`gold`) and with an accepted answer (`answer`).
        error: Why the case failed, else `None`.
    """

    id: str
    result: Mapping[str, Any]
    metrics: Mapping[str, float]
    ranks: Mapping[str, int | None] = field(default_factory=dict)
    error: str | None = None


def case_record(case_id: str, result: Mapping[str, Any], scored: Scored, error: str | None = None) -> CaseRecord:
    """The record of a scored case; figures are rounded, so that they read the same everywhere."""
    metrics = {name: round(value, 6) for name, value in scored.metrics.items()}
    return CaseRecord(case_id, result, metrics, {"gold": scored.gold_rank, "answer": scored.answer_rank}, error)


def line_of(record: CaseRecord) -> str:
    """The record as one line of `cases.jsonl`."""
    fields = {
        "id": record.id,
        "result": dict(record.result),
        "metrics": dict(record.metrics),
        "ranks": dict(record.ranks),
        "error": record.error,
    }
    return json.dumps(fields, ensure_ascii=False) + "\n"


def read_cases(folder: Path) -> list[CaseRecord]:
    """The cases that a run has written so far; a last line that a kill cut short is left out.

    Raises:
        SuiteError: There is no such file, or a line before the last is broken.
    """
    file = folder / CASES_FILE
    try:
        lines = file.read_text("utf-8").removesuffix("\n").split("\n")
    except OSError as error:
        raise SuiteError(f"{file}: {error.strerror}; give the --out folder of a run") from error
    records: list[CaseRecord] = []
    for number, line in enumerate(lines if lines != [""] else [], 1):
        try:
            records.append(_record(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            if number < len(lines):
                raise SuiteError(f"{file} line {number} is broken: {error}") from error
    return records


def write_cases(folder: Path, records: Iterable[CaseRecord]) -> None:
    """Writes the whole file again, in the order given; a kill leaves the old one or the new one."""
    draft = folder / f"{CASES_FILE}.new"
    with draft.open("w", encoding="utf-8") as out:
        out.writelines(map(line_of, records))
        out.flush()
        os.fsync(out.fileno())
    draft.replace(folder / CASES_FILE)


def _record(fields: Mapping[str, Any]) -> CaseRecord:
    return CaseRecord(
        id=fields["id"],
        result=fields["result"],
        metrics=fields["metrics"],
        ranks=fields.get("ranks", {}),
        error=fields["error"],
    )
