"""Making a database, or bringing one of an older format up to date.

The format of a library is the fact `schema_version`, which an older Dateline checks too; Alembic is told where to
begin by it, and not by a table of its own. Formats from 3 on are
revisions of Alembic (`revisions/versions/`); formats 1 and 2 are first brought to format 3.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select

from rag.errors import LibraryVersionError
from rag.store.migrations.before_3 import TO_FORMAT_3
from rag.store.repositories.facts import SCHEMA_FACT, set_fact
from rag.store.sql.schema import facts, metadata

SCHEMA_VERSION = "7"
KNOWN_FORMATS = (*TO_FORMAT_3, "3", "4", "5", "6", SCHEMA_VERSION)


def prepare(engine: Engine, file: Path) -> None:
    """Make the tables of a new database; bring those of an older one up to date, all or nothing.

    Args:
        engine: The database.
        file: Its file, for messages.

    Raises:
        LibraryVersionError: Its format is not known.
    """
    with engine.connect() as connection:
        if _format(connection) == SCHEMA_VERSION:
            return
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            # Python's driver begins a transaction at the first insert only, and not at a change of a table.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        _bring_up_to_date(connection, file)


def _bring_up_to_date(connection: Connection, file: Path) -> None:
    version = _format(connection)  # another process may have been faster
    if version is not None and version not in KNOWN_FORMATS:
        raise LibraryVersionError(
            f"the library at {file.parent} has format {version}, this Dateline writes format {SCHEMA_VERSION}; "
            "use the Dateline that made it, or ingest the sources into a new --data directory"
        )
    if version is None:
        metadata.create_all(connection)
    elif version != SCHEMA_VERSION:
        if version in TO_FORMAT_3:
            TO_FORMAT_3[version](connection)
            version = "3"
        from rag.store.migrations.upgrade import upgrade  # noqa: PLC0415 - Alembic takes a while to import

        upgrade(connection, version)
    set_fact(connection, SCHEMA_FACT, SCHEMA_VERSION)


def _format(connection: Connection) -> str | None:
    """The format of a database; `None` if it is new."""
    if not inspect(connection).has_table(facts.name):
        return None
    return connection.execute(select(facts.c.value).where(facts.c.name == SCHEMA_FACT)).scalar()
