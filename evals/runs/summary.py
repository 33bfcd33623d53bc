"""A run in figures: every metric with its interval, and the curves that the report draws."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from evals.runs.cases import CaseRecord
from evals.metrics import decline_f1, decline_precision, decline_recall, risk_coverage_area, risks
from evals.metrics import MOST_RANKS, within
from evals.metrics import Estimate, Statistic, Values, estimate, mean, quantile
from rag.errors import SuiteError

SUMMARY_FILE = "summary.json"

_DERIVED: Mapping[str, Statistic] = {
    "decline_precision": Statistic(("declined", "unanswerable"), decline_precision),
    "decline_recall": Statistic(("declined", "unanswerable"), decline_recall),
    "decline_f1": Statistic(("declined", "unanswerable"), decline_f1),
    "risk_coverage_area": Statistic(("confidence", "correct_if_answered"), risk_coverage_area),
    "latency_ms_p50": Statistic(("latency_ms",), quantile(0.5)),
    "latency_ms_p95": Statistic(("latency_ms",), quantile(0.95)),
    "first_words_ms_p50": Statistic(("first_words_ms",), quantile(0.5)),
    "first_words_ms_p95": Statistic(("first_words_ms",), quantile(0.95)),
}
_ONLY_IN_DERIVED = {"unanswerable", "correct_if_answered"}
HEADLINE = (
    "right",
    "correct",
    "answer_contains",
    "choice_accuracy",
    "declined_unknowable",
    "declined_answerable",
    "gold_article_at_1",
    "gold_article_at_5",
    "gold_article_at_10",
    "answer_string_at_1",
    "answer_string_at_5",
    "answer_string_at_10",
    "exact_match",
    "token_f1",
    "numbers_equal",
    "required_present",
    "cited_passage_has_answer",
    "claims_cited",
    "claims_verified",
    "quotes_verbatim",
    "citation_recall",
    "citation_precision",
    "declined",
    "decline_precision",
    "decline_recall",
    "decline_f1",
    "risk_coverage_area",
    "published_after_as_of",
    "failed",
)
"""What comes first; the rest follows by name."""

LOWER_IS_BETTER = frozenset(
    {
        "answer_words",
        "completion_tokens",
        "declined",
        "declined_answerable",
        "failed",
        "first_words_ms",
        "first_words_ms_p50",
        "first_words_ms_p95",
        "latency_ms",
        "latency_ms_p50",
        "latency_ms_p95",
        "newest_source_age_days",
        "price",
        "prompt_tokens",
        "published_after_as_of",
        "risk_coverage_area",
    }
)
TIMED = frozenset(name for name in LOWER_IS_BETTER if "_ms" in name)
"""Metrics that differ between two runs of the same thing."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a run.

    Attributes:
        metrics: Name -> figure with its interval.
        curves: Name -> values: recall at ranks 1 to 10, risk at each coverage.
        run: What made it.
    """

    metrics: Mapping[str, Estimate]
    curves: Mapping[str, Sequence[float]] = field(default_factory=dict)
    run: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The object that `summary.json` holds and `--json` prints."""
        metrics = {
            name: {key: round(value, 6) for key, value in asdict(estimated).items()} for name, estimated in self.metrics.items()
        }
        return {"metrics": metrics, "curves": {k: list(v) for k, v in self.curves.items()}, "run": dict(self.run)}


def summarise(records: Sequence[CaseRecord], run: Mapping[str, Any]) -> Summary:
    """The figures over all cases; a case counts for the metrics that apply to it."""
    metrics: dict[str, Estimate] = {}
    for name, statistic in statistics_of(records).items():
        rows = columns(records, statistic.columns)
        interval = estimate(rows, statistic.value)
        if interval is not None:
            metrics[name] = interval
    return Summary(metrics, _curves(records), run)


def statistics_of(records: Sequence[CaseRecord]) -> dict[str, Statistic]:
    """The figures that these cases have, in the order of tables."""
    per_case = {name for record in records for name in record.metrics}
    derived = {name: statistic for name, statistic in _DERIVED.items() if set(statistic.columns) <= per_case}
    statistics = {name: Statistic((name,), mean) for name in per_case - _ONLY_IN_DERIVED} | derived
    return {name: statistics[name] for name in sorted(statistics, key=_position)}


def columns(records: Sequence[CaseRecord], names: Sequence[str]) -> Values:
    """The values of the cases that have all the metrics, `(len(names), cases)`."""
    rows = [[record.metrics[name] for name in names] for record in records if set(names) <= record.metrics.keys()]
    return np.array(rows, dtype=np.float64).reshape(-1, len(names)).T


def write_summary(folder: Path, summary: Summary) -> None:
    """Writes `summary.json`."""
    text = json.dumps(summary.as_json(), ensure_ascii=False, indent=2)
    (folder / SUMMARY_FILE).write_text(text + "\n", "utf-8")


def read_summary(folder: Path) -> Summary:
    """The summary of an earlier run.

    Raises:
        SuiteError: The folder holds none, or a broken one.
    """
    file = folder / SUMMARY_FILE
    try:
        fields = json.loads(file.read_text("utf-8"))
        metrics = {name: Estimate(**table) for name, table in fields["metrics"].items()}
        return Summary(metrics, fields["curves"], fields["run"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SuiteError(f"{file}: {error}; give the --out folder of a finished run") from error


def _position(name: str) -> tuple[int, str]:
    return (HEADLINE.index(name) if name in HEADLINE else len(HEADLINE), name)


def _curves(records: Sequence[CaseRecord]) -> dict[str, list[float]]:
    curves = {}
    for name, rank in (("gold_article", "gold"), ("answer_string", "answer")):
        ranks = [record.ranks.get(rank) for record in records if f"{name}_at_1" in record.metrics]
        if ranks:
            curves[name] = [
                round(sum(within(rank, k) for rank in ranks) / len(ranks), 6) for k in range(1, MOST_RANKS + 1)
            ]
    confidence, correct = columns(records, ("confidence", "correct_if_answered"))
    if len(confidence):
        curves["risk"] = [round(float(risk), 6) for risk in risks(confidence, correct)]
    return curves
