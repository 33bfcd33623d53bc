"""What the readers of each site asked, by day: how many questions, and which articles the answers cited; no texts."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import Column, Integer, MetaData, String, Table, select
from sqlalchemy.dialects.sqlite import insert

from rag.store.sql.database import open_engine

Outcome = Literal["answered", "declined", "failed"]
"""What became of a question; `failed` where it was not answered to the end."""

_metadata = MetaData()
_days = Table(
    "site_days",
    _metadata,
    Column("day", String, primary_key=True),
    Column("site", String, primary_key=True),
    Column("asked", Integer, nullable=False),
    Column("declined", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
)
_citations = Table(
    "site_citations",
    _metadata,
    Column("day", String, primary_key=True),
    Column("site", String, primary_key=True),
    Column("article", String, primary_key=True),
    Column("answers", Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class DayOfQuestions:
    """What one site's readers asked in one day.

    Attributes:
        day: UTC.
        asked: Questions, of which some were declined and some failed.
        declined: The sources did not answer these.
        failed: These were not answered to the end.
    """

    day: date
    asked: int
    declined: int
    failed: int


@dataclass(frozen=True, slots=True)
class CitedArticle:
    """An article that answers of one day cited.

    Attributes:
        day: UTC.
        article: Its id.
        answers: That cited it.
    """

    day: date
    article: str
    answers: int


class SiteUsage:
    """A small SQLite file, which may be that of the `TokenLedger`.

    Args:
        file: Made if absent.
        clock: The time now, aware.

    Raises:
        LibraryError: The file is no database or cannot be written.
    """

    def __init__(self, file: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._engine = open_engine(file)
        _metadata.create_all(self._engine)

    def close(self) -> None:
        """Releases the file."""
        self._engine.dispose()

    def add(self, site: str, outcome: Outcome, cited: Collection[str] = ()) -> None:
        """Count one question of today.

        Args:
            site: Whose reader asked.
            outcome: What became of it.
            cited: Articles by id that the answer cites; each counts once.

        Raises:
            LibraryError: The file cannot be written.
        """
        day = self._clock().astimezone(UTC).date().isoformat()
        counts = {"asked": 1, "declined": int(outcome == "declined"), "failed": int(outcome == "failed")}
        statement = insert(_days).values(day=day, site=site, **counts)
        sums = {name: _days.c[name] + statement.excluded[name] for name in counts}
        with self._engine.begin() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["day", "site"], set_=sums))
            for article in set(cited):
                row = insert(_citations).values(day=day, site=site, article=article, answers=1)
                more = {"answers": _citations.c.answers + 1}
                connection.execute(row.on_conflict_do_update(index_elements=["day", "site", "article"], set_=more))

    def days(self, site: str, *, since: date) -> tuple[DayOfQuestions, ...]:
        """Return the days on which readers of a site asked, the newest first.

        Raises:
            LibraryError: The file cannot be read.
        """
        query = select(_days).where(_days.c.site == site, _days.c.day >= since.isoformat()).order_by(_days.c.day.desc())
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return tuple(DayOfQuestions(date.fromisoformat(row.day), row.asked, row.declined, row.failed) for row in rows)

    def cited(self, site: str, *, since: date) -> tuple[CitedArticle, ...]:
        """Return the articles that a site's answers cited, the newest day first, on a day the most cited first.

        Raises:
            LibraryError: The file cannot be read.
        """
        table = _citations.c
        query = (
            select(_citations)
            .where(table.site == site, table.day >= since.isoformat())
            .order_by(table.day.desc(), table.answers.desc(), table.article)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return tuple(CitedArticle(date.fromisoformat(row.day), row.article, row.answers) for row in rows)
