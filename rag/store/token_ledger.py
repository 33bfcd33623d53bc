"""What language models cost: the tokens of each day and site."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Column, Integer, MetaData, String, Table, func, select
from sqlalchemy.dialects.sqlite import insert

from rag.models import Usage
from rag.store.sql.database import open_engine

USAGE_FILE = "usage.sqlite"
"""In the data directory; no backup of the library holds it."""

_metadata = MetaData()
_sums = Table(
    "token_sums",
    _metadata,
    Column("day", String, primary_key=True),
    Column("site", String, primary_key=True),
    Column("requests", Integer, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class TokenSum:
    """What one site's readers cost in one day.

    Attributes:
        day: UTC.
        site: Its id; empty for questions that come from no site.
        requests: Answered by the language model; an answer takes several.
        usage: Their tokens.
    """

    day: date
    site: str
    requests: int
    usage: Usage


class TokenLedger:
    """A small SQLite file.

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

    def add(self, site: str, usage: Usage) -> None:
        """Adds a request's tokens to today's sum of a site.

        Raises:
            LibraryError: The file cannot be written.
        """
        row = {"requests": 1, "prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens}
        statement = insert(_sums).values(day=self._today(), site=site, **row)
        sums = {name: _sums.c[name] + statement.excluded[name] for name in row}
        with self._engine.begin() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=["day", "site"], set_=sums))

    def spent_today(self, site: str | None = None) -> int:
        """Return today's tokens, read and written: of one site, or by default of all.

        Raises:
            LibraryError: The file cannot be read.
        """
        tokens = select(func.sum(_sums.c.prompt_tokens + _sums.c.completion_tokens))
        query = tokens.where(_sums.c.day == self._today())
        with self._engine.connect() as connection:
            spent = connection.execute(query if site is None else query.where(_sums.c.site == site)).scalar_one()
        return int(spent or 0)

    def sums(self, *, since: date) -> tuple[TokenSum, ...]:
        """Return the sums from a day on, newest day first, then by site.

        Raises:
            LibraryError: The file cannot be read.
        """
        query = select(_sums).where(_sums.c.day >= since.isoformat()).order_by(_sums.c.day.desc(), _sums.c.site)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return tuple(
            TokenSum(
                date.fromisoformat(row.day), row.site, row.requests, Usage(row.prompt_tokens, row.completion_tokens)
            )
            for row in rows
        )

    def _today(self) -> str:
        return self._clock().astimezone(UTC).date().isoformat()
