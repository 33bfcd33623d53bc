"""Readers' feedback: kept only with their consent, for a stated time, and erased on their word."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import Column, MetaData, String, Table, Text, delete, func, insert, select, text

from rag.errors import FeedbackError, LibraryError
from rag.store.sql.database import open_engine
from rag.text import WordRuns

FEEDBACK_FILE = "feedback.sqlite"
"""In the data directory; no backup of the library holds it."""
MOST_KEPT = 20_000

Thumb = Literal["up", "down"]

_metadata = MetaData()
_feedback = Table(
    "feedback",
    _metadata,
    Column("receipt", String, primary_key=True),
    Column("given_at", String, nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("thumb", String, nullable=False),
    Column("reason", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader says of an answer, and nothing about the reader."""

    question: str
    answer: str
    thumb: Thumb
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the reader gets for it.

    Attributes:
        id: Erases it; nobody can guess it.
        until: When it is deleted anyway.
    """

    id: str
    until: datetime


class FeedbackStore:
    """A small SQLite file.

    Args:
        file: Made if absent.
        days: How long feedback is kept.
        clock: The time now, aware.

    Raises:
        FeedbackError: The file is no database or cannot be written.
    """

    def __init__(self, file: Path, *, days: int, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._days = timedelta(days=days)
        self._clock = clock
        self._engine = open_engine(file)
        try:
            _metadata.create_all(self._engine)
        except LibraryError as error:
            raise FeedbackError(f"{file} cannot hold feedback: {error}; move it away and start again") from error

    @property
    def days(self) -> int:
        """How long feedback is kept."""
        return self._days.days

    def close(self) -> None:
        """Releases the file."""
        self._engine.dispose()

    def keep(self, given: Feedback) -> Receipt:
        """Keeps feedback whose reader agreed to that.

        Raises:
            FeedbackError: So much is kept already that no more is taken.
        """
        now = self._clock()
        receipt = Receipt(secrets.token_urlsafe(16), now + self._days)
        with self._engine.begin() as connection:
            if connection.execute(select(func.count()).select_from(_feedback)).scalar_one() >= MOST_KEPT:
                raise FeedbackError("no more feedback is taken at present")
            connection.execute(
                insert(_feedback).values(
                    receipt=receipt.id,
                    given_at=now.isoformat(),
                    question=given.question,
                    answer=given.answer,
                    thumb=given.thumb,
                    reason=given.reason,
                )
            )
        return receipt

    def erase(self, receipt: str) -> bool:
        """Deletes what the receipt was given for; False if there is nothing under it."""
        with self._engine.begin() as connection:
            erased = connection.execute(delete(_feedback).where(_feedback.c.receipt == receipt)).rowcount > 0
        self._clean_file()
        return erased

    def erase_old(self) -> int:
        """Deletes what was kept for its time; returns how many."""
        before = (self._clock() - self._days).isoformat()
        with self._engine.begin() as connection:
            erased = connection.execute(delete(_feedback).where(_feedback.c.given_at <= before)).rowcount
        self._clean_file()
        return erased

    def erase_repeating(self, runs: WordRuns) -> int:
        """Deletes what repeats one of the runs of words; returns how many."""
        with self._engine.begin() as connection:
            repeating = [
                row.receipt
                for row in connection.execute(select(_feedback)).all()
                if any(runs.repeated_by(given) for given in (row.question, row.answer, row.reason))
            ]
            for receipt in repeating:
                connection.execute(delete(_feedback).where(_feedback.c.receipt == receipt))
        self._clean_file()
        return len(repeating)

    def all(self) -> tuple[Feedback, ...]:
        """Everything that is kept, oldest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(_feedback).order_by(_feedback.c.given_at, _feedback.c.receipt)).all()
        return tuple(Feedback(row.question, row.answer, row.thumb, row.reason) for row in rows)

    def _clean_file(self) -> None:
        # Deleted rows are overwritten (`secure_delete`), but their old pages remain in the log until then.
        with self._engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
