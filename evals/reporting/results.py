"""What became of each case in words, and as a table that spreadsheets and pandas read."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.datasets import Case
from evals.runs import CaseRecord

RESULTS_FILE = "results.csv"
Pairs = Sequence[tuple[Case, CaseRecord]]
_DECIDES = ("correct", "choice_accuracy", "answer_string_at_10")
_BETWEEN = " | "
_WRONG = ("failed", "wrong", "answered", "declined")
"""Outcomes of cases that went wrong, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some cases went wrong.

    Attributes:
        text: A sentence.
        cases: Positions of the cases in the run, from 1.
        ids: Their ids.
    """

    text: str
    cases: tuple[int, ...]
    ids: tuple[str, ...]


def paired(cases: Sequence[Case], records: Sequence[CaseRecord]) -> list[tuple[Case, CaseRecord]]:
    """The records, each with its case."""
    by_id = {case.id: case for case in cases}
    return [(by_id[record.id], record) for record in records]


def outcome(case: Case, record: CaseRecord) -> str:
    """`right`, `wrong`, `declined` (wrongly), `answered` (what is not to be known), `failed` or `unscored`."""
    if record.error is not None:
        return "failed"
    decides = next((record.metrics[name] for name in _DECIDES if name in record.metrics), None)
    if decides is None:
        return "unscored"
    if decides > 0:
        return "right"
    if record.metrics.get("declined"):
        return "declined"
    return "wrong" if case.answerable else "answered"


def why_wrong(case: Case, record: CaseRecord) -> str:
    """In a sentence, at which step a case went wrong; empty for one that did not."""
    if record.error is not None:
        return f"The case failed: {record.error.removesuffix('.')}."
    kind = outcome(case, record)
    if kind in ("right", "unscored"):
        return ""
    if kind == "answered":
        return "It answered where the sources do not."
    done = "it declined" if kind == "declined" else "the answer does not say it"
    if record.metrics.get("required_present") == 0 and record.metrics.get("answer_contains") == 1:
        done = "something that is required is missing from the answer"
    return f"{_what_was_found(record)}: {done}."


def reasons(pairs: Pairs) -> list[Reason]:
    """Why cases went wrong: what failed first, and of each kind the most frequent first."""
    groups: dict[tuple[int, str], list[tuple[int, str]]] = {}
    for number, (case, record) in enumerate(pairs, 1):
        kind = outcome(case, record)
        if kind in _WRONG:
            group = _WRONG.index(kind), why_wrong(case, record)
            groups.setdefault(group, []).append((number, case.id))
    ordered = sorted(groups.items(), key=lambda group: (group[0][0], -len(group[1])))
    return [
        Reason(text, tuple(number for number, _ in cases), tuple(name for _, name in cases))
        for (_, text), cases in ordered
    ]


def in_words(pairs: Pairs) -> str:
    """How a run ended, in a sentence."""
    counts = dict.fromkeys(("right", "unscored", *_WRONG), 0)
    for case, record in pairs:
        counts[outcome(case, record)] += 1
    parts = [f"{counts['right']} of {len(pairs)} cases are right"]
    told = {
        "failed": "failed without an answer",
        "wrong": "are wrong",
        "answered": "were answered where the sources do not",
        "declined": "were declined though they have an answer",
        "unscored": "have nothing to be scored by",
    }
    parts += [f"{counts[kind]} {words}" for kind, words in told.items() if counts[kind]]
    return f"{', '.join(parts)}."


def write_results(out: Path, pairs: Pairs) -> None:
    """Writes `results.csv` into the run's folder: a row for each case, a column for each metric; UTF-8."""
    metrics = sorted({name for _, record in pairs for name in record.metrics})
    with (out / RESULTS_FILE).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", "question", "outcome", "why", "answer", "accepted", "as_of", "tags", "error", *metrics])
        for case, record in pairs:
            table.writerow(
                [
                    case.id,
                    case.question,
                    outcome(case, record),
                    why_wrong(case, record),
                    record.result.get("answer", ""),
                    _BETWEEN.join(case.answers),
                    case.as_of.isoformat() if case.as_of else "",
                    _BETWEEN.join(case.tags),
                    record.error or "",
                    *(record.metrics.get(name, "") for name in metrics),
                ]
            )


def _what_was_found(record: CaseRecord) -> str:
    if "hits" not in record.result:
        return "The system does not show what it found"
    has_answer = record.metrics.get("answer_string_at_10")
    if has_answer is None:
        return "An accepted answer stands nowhere in the corpus as it is written"
    if not has_answer:
        return "No passage among the first ten holds an accepted answer"
    return "A passage among the first ten holds an accepted answer"
