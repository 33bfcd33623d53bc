"""The database below the repositories: connections, errors, and statements that depend on the dialect."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Select, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError, ProgrammingError

from rag.errors import LibraryError, UnstorableError
from rag.store.storage_errors import storage_error

Item = TypeVar("Item")

MOST_PARAMETERS = 500
"""Values in one statement; SQLite and PostgreSQL limit them."""
_UNSTORABLE = (OverflowError, UnicodeError, DataError, IntegrityError, InterfaceError, ProgrammingError)
"""Raised for a value that a column cannot hold; a full disk or a damaged file raises none of these."""
_INSERTS: Mapping[str, Callable[[Table], sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


class Repository:
    """Base of the classes that read and write some tables of one database.

    Args:
        engine: Shared by the repositories of a store.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def _column(self, query: Select[Any]) -> list[Any]:
        """Values of the first column."""
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def _count(self, query: Select[int]) -> int:
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one()


def open_engine(file: Path) -> Engine:
    """Return an engine for an SQLite file that survives a power cut and keeps nothing of what was deleted.

    Statements, and connecting, raise `StorageError` if the file cannot be read or written, and `LibraryError` if it
    is no database or damaged.
    """
    engine = create_engine(f"sqlite:///{file}")
    event.listen(engine, "connect", _configure)
    event.listen(engine, "handle_error", partial(_translate, file))
    return engine


def _configure(connection: Any, _pool_record: object) -> None:
    # FULL: an article that was reported as added survives a power cut.
    for pragma in ("journal_mode=WAL", "busy_timeout=30000", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _translate(file: Path, context: ExceptionContext) -> None:
    error = context.sqlalchemy_exception
    if isinstance(error, OperationalError):
        raise storage_error(file.parent, error.orig or error) from error
    if type(error) is DatabaseError:
        raise LibraryError(f"{file} cannot be used as a library's record: {error.orig}") from error


@contextmanager
def values_must_fit() -> Iterator[None]:
    """Raise `UnstorableError` for statements of the block that have a value which their column cannot hold."""
    try:
        yield
    except _UNSTORABLE as error:
        raise UnstorableError(f"{type(error).__name__}: {error}") from error


def upsert(dialect: str, table: Table, *, replace: bool) -> sqlite.Insert | postgresql.Insert:
    """Return an insert for rows whose primary key may be in the table already.

    Args:
        dialect: `sqlite` or `postgresql`.
        table: Where to insert.
        replace: Replace the rows that are there, which takes rows with a value for every column; else keep them.
    """
    statement = _INSERTS[dialect](table)
    if not replace:
        return statement.on_conflict_do_nothing()
    new = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=new)


def insert_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows whose primary key is not in the table yet; the others stay as they are."""
    if rows:
        connection.execute(upsert(connection.dialect.name, table, replace=False), list(rows))


def insert_or_replace(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, each with a value for every column; a row of the same primary key is replaced."""
    if rows:
        connection.execute(upsert(connection.dialect.name, table, replace=True), list(rows))


def in_batches(items: Collection[Item], size: int = MOST_PARAMETERS) -> Iterator[Sequence[Item]]:
    """Yield the items in batches of at most `size`, so that a statement has not too many parameters."""
    listed = list(items)
    return (listed[first : first + size] for first in range(0, len(listed), size))
