"""The gate: floors under the figures of the project's own suite, so that a change cannot quietly lower them.

The floors' file holds the digest of the corpus and questions they were measured on: on other
material they say nothing, and the gate is red until they are measured again. Floors are only
raised by default; lowering one needs to be asked for by name.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evals.datasets import Suite, path_digest
from evals.metrics import Estimate
from evals.reporting import figure, table
from evals.runs import LOWER_IS_BETTER, fingerprint
from rag.errors import SuiteError
from rag.settings import read_toml

TOLERANCE = 0.005
FLOORS_FILE = Path(__file__).parent / "floors.toml"
GATED = (
    "right",
    "answer_contains",
    "answer_string_at_5",
    "gold_article_at_5",
    "claims_cited",
    "quotes_verbatim",
    "published_after_as_of",
    "failed",
)


@dataclass(frozen=True, slots=True)
class Floors:
    """What a run must reach.

    Attributes:
        digest: Of the suite that they were measured on.
        tolerance: How far a figure may fall short of its floor.
        floors: Metric -> floor; a ceiling for metrics of which less is better.
    """

    digest: str
    tolerance: float
    floors: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the gate is open, and why not.

    Attributes:
        rows: Metric, floor, value (`None` where the run lacks it), passed.
        problem: What keeps the floors from being applied at all.
    """

    rows: tuple[tuple[str, float, float | None, bool], ...] = ()
    problem: str | None = None

    @property
    def open(self) -> bool:
        """Every figure reaches its floor."""
        return self.problem is None and all(passed for *_, passed in self.rows)


def suite_digest(suite: Suite) -> str:
    """Digest of what is asked and of what."""
    corpus = path_digest(suite.corpus) if suite.corpus else ""
    return fingerprint({"corpus": corpus, "questions": path_digest(suite.questions_file)})


def read_floors(file: Path) -> Floors:
    """The floors in a TOML file.

    Raises:
        SuiteError: It cannot be read or is not in the format.
    """
    try:
        fields = read_toml(file, error=SuiteError)
        return Floors(str(fields["digest"]), float(fields["tolerance"]), dict(fields["floors"]))
    except (SuiteError, KeyError, TypeError, ValueError) as error:
        raise SuiteError(f"floors {file}: {error}; measure them with `python -m evals gate --raise`") from error


def judge(floors: Floors, metrics: Mapping[str, Estimate], digest: str) -> Verdict:
    """Compares a run's figures with the floors."""
    if digest != floors.digest:
        return Verdict(problem="the suite is not the one the floors were measured on; run `gate --raise` and review")
    rows = []
    for name, floor in floors.floors.items():
        value = metrics[name].value if name in metrics else None
        rows.append((name, floor, value, value is not None and _reaches(name, value, floor, floors.tolerance)))
    return Verdict(tuple(rows))


def raised(
    floors: Floors | None, metrics: Mapping[str, Estimate], digest: str, *, tolerance: float, allow_lower: bool
) -> Floors:
    """New floors from a run's figures.

    Args:
        floors: Those so far, if there are any.
        metrics: Of the run.
        digest: Of its suite; on another suite than before every floor may move, which counts as lowering.
        tolerance: Written into new floors; known ones keep theirs.
        allow_lower: Take a figure that is worse than its floor.

    Raises:
        SuiteError: A floor would be lowered and that was not allowed; the message names it.
    """
    measured = {name: round(metrics[name].value, 4) for name in GATED if name in metrics}
    if floors is None:
        return Floors(digest, tolerance, measured)
    lowered = [name for name, floor in floors.floors.items() if not _at_least(name, measured.get(name), floor)]
    if (lowered or digest != floors.digest) and not allow_lower:
        why = f"lower {', '.join(lowered)}" if lowered else "measure on another suite"
        raise SuiteError(f"this would {why}; if that is meant, add --allow-lower")
    return Floors(digest, floors.tolerance, measured)


def write_floors(file: Path, floors: Floors) -> None:
    """Writes the file; JSON strings and numbers are TOML's too."""
    lines = [
        "# Floors of `python -m evals gate`; `--raise` measures them again, `--allow-lower` lets one sink.",
        f"digest = {json.dumps(floors.digest)}",
        f"tolerance = {floors.tolerance}",
        "",
        "[floors]",
        *(f"{name} = {value}" for name, value in floors.floors.items()),
    ]
    file.write_text("\n".join(lines) + "\n", "utf-8")


def verdict_table(verdict: Verdict) -> str:
    """The verdict for the terminal."""
    if verdict.problem:
        return f"gate: red: {verdict.problem}"
    rows = [
        (name, figure(floor), "missing" if value is None else figure(value), "ok" if passed else "RED")
        for name, floor, value, passed in verdict.rows
    ]
    return f"{table(('metric', 'floor', 'value', ''), rows)}\n\ngate: {'open' if verdict.open else 'red'}"


def _reaches(name: str, value: float, floor: float, tolerance: float) -> bool:
    return value <= floor + tolerance if name in LOWER_IS_BETTER else value >= floor - tolerance


def _at_least(name: str, value: float | None, floor: float) -> bool:
    return value is not None and _reaches(name, value, floor, 0.0)
