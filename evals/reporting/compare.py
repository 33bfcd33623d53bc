"""Two runs of the same cases side by side: what changed, by how much, and which cases."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evals.metrics import Estimate, difference
from evals.reporting.terminal import figure, interval, signed, table
from evals.runs import LOWER_IS_BETTER, CaseRecord, columns, read_cases, statistics_of
from rag.errors import SuiteError

_DECIDES = ("correct", "answer_contains", "choice_accuracy", "answer_string_at_10", "gold_article_at_10")
"""The first of these that both runs have says whether a case got better or worse."""


@dataclass(frozen=True, slots=True)
class Change:
    """One metric in both runs; `by` is the second minus the first, over the same cases."""

    first: float
    second: float
    by: Estimate

    def clear(self) -> bool:
        """The interval of the difference leaves out zero."""
        return self.by.low > 0 or self.by.high < 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one run to another.

    Attributes:
        changes: Metric -> change.
        decides: The metric by which cases count as better or worse.
        better: Ids of cases that became right.
        worse: Ids of cases that became wrong.
        only_in_one: Cases that only one of the runs has; they are in no figure.
    """

    changes: Mapping[str, Change]
    decides: str
    better: tuple[str, ...]
    worse: tuple[str, ...]
    only_in_one: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The object that `--json` prints."""
        return asdict(self)


def compare(first: Path, second: Path) -> Comparison:
    """Compares the runs in two `--out` folders, case by case.

    Raises:
        SuiteError: A folder holds no run, or the runs have no case in common.
    """
    left, right = ({record.id: record for record in read_cases(folder)} for folder in (first, second))
    shared = [name for name in left if name in right]
    if not shared:
        raise SuiteError(f"the runs in {first} and {second} have no case in common")
    pairs = [(left[name], right[name]) for name in shared]
    decides = next((name for name in _DECIDES if any(name in a.metrics and name in b.metrics for a, b in pairs)), "")
    return Comparison(
        changes=_changes(pairs),
        decides=decides,
        better=tuple(a.id for a, b in pairs if _sign(a, b, decides) > 0),
        worse=tuple(a.id for a, b in pairs if _sign(a, b, decides) < 0),
        only_in_one=tuple(sorted(left.keys() ^ right.keys())),
    )


def comparison_table(comparison: Comparison) -> str:
    """The comparison for the terminal; `*` marks a difference whose interval leaves out zero."""
    rows = [
        (
            name,
            figure(change.first),
            figure(change.second),
            signed(change.by.value) + ("*" if change.clear() else " "),
            interval(change.by),
            _verdict(name, change),
        )
        for name, change in comparison.changes.items()
    ]
    cases = [
        f"{title} ({len(ids)}, by {comparison.decides}): {', '.join(ids) or 'none'}"
        for title, ids in (("better", comparison.better), ("worse", comparison.worse))
    ]
    if comparison.only_in_one:
        cases.append(
            f"only in one run ({len(comparison.only_in_one)}), in no figure: {', '.join(comparison.only_in_one)}"
        )
    headings = ("metric", "first", "second", "difference", "95 % interval", "")
    return "\n".join([table(headings, rows), "", *cases])


def _changes(pairs: Sequence[tuple[CaseRecord, CaseRecord]]) -> dict[str, Change]:
    changes: dict[str, Change] = {}
    for name, statistic in statistics_of([first for first, _ in pairs]).items():
        needed = set(statistic.columns)
        both = [(a, b) for a, b in pairs if needed <= a.metrics.keys() and needed <= b.metrics.keys()]
        if not both:
            continue
        first, second = (columns(side, statistic.columns) for side in zip(*both, strict=True))
        by = difference(first, second, statistic.value)
        if by is not None:
            changes[name] = Change(float(statistic.value(*first)), float(statistic.value(*second)), by)
    return changes


def _sign(first: CaseRecord, second: CaseRecord, metric: str) -> float:
    if metric not in first.metrics or metric not in second.metrics:
        return 0.0
    return second.metrics[metric] - first.metrics[metric]


def _verdict(name: str, change: Change) -> str:
    if not change.clear():
        return ""
    return "better" if (change.by.value > 0) != (name in LOWER_IS_BETTER) else "worse"
