"""What an ingest run did, counted so that nothing goes missing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

from rag.text import CONTROL_CHARACTER

MOST_REMARKS = 1_000
"""Refusals, and warnings, that a report keeps; it counts them all."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one input, for the operator.

    Attributes:
        origin: File and line, or address; `source` in JSON.
        reason: What is to be said of it.
    """

    origin: str
    reason: str


def printable(text: str) -> str:
    """A text with what is no character, or commands a terminal, spelled out; names of files and titles may hold any."""
    text = text.encode("utf-8", "backslashreplace").decode()
    return CONTROL_CHARACTER.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


@dataclass(slots=True)
class Report:
    """Counts of one run; `seen` is the sum of the six outcomes, always.

    Attributes:
        unchanged: Known already, or left out because the operator took it out; a warning then says so.
        pending: Recorded and findable by their words, but without vectors yet.
        passages: Passages of the articles that were added or updated.
        seconds: Wall time.
        warned: Warnings, of which the first are in `warnings`, as the first of those refused are in `refusals`.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicate: int = 0
    refused: int = 0
    pending: int = 0
    warned: int = 0
    passages: int = 0
    seconds: float = 0.0
    refusals: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)

    @property
    def seen(self) -> int:
        """Everything that was looked at."""
        return self.added + self.updated + self.unchanged + self.duplicate + self.refused + self.pending

    @property
    def complete(self) -> bool:
        """All went in or was known already."""
        return self.refused == 0 and self.pending == 0

    def refuse(self, origin: str, reason: str) -> None:
        """Counts an input that stays out."""
        self.refused += 1
        _keep(self.refusals, origin, reason)

    def warn(self, origin: str, reason: str) -> None:
        """Add a warning about an input that is accepted."""
        self.warned += 1
        _keep(self.warnings, origin, reason)

    def as_json(self) -> dict[str, Any]:
        """The object that `--json` prints."""
        remarks = {"refusals": _remarks_json(self.refusals), "warnings": _remarks_json(self.warnings)}
        return {"seen": self.seen} | asdict(self) | {"seconds": round(self.seconds, 3)} | remarks

    def counts(self, finished: datetime) -> dict[str, Any]:
        """What the library remembers of its last run: no names of inputs, for readers see it."""
        numbers = {name: value for name, value in self.as_json().items() if name not in ("refusals", "warnings")}
        return {"finished": finished.isoformat()} | numbers

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Measures the wall time of a block into `seconds`."""
        start = monotonic()
        try:
            yield
        finally:
            self.seconds = monotonic() - start


def _remarks_json(remarks: Sequence[Remark]) -> list[dict[str, str]]:
    return [{"source": remark.origin, "reason": remark.reason} for remark in remarks]


def _keep(remarks: list[Remark], origin: str, reason: str) -> None:
    if len(remarks) < MOST_REMARKS:
        remarks.append(Remark(printable(origin), printable(reason)))
