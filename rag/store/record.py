"""The article store in an SQLite file."""

from pathlib import Path

from sqlalchemy import inspect, text

from rag.errors import LibraryBusyError
from rag.store.blocked.blocklist import Blocklist
from rag.store.migrations import prepare
from rag.store.repositories.articles import ArticleQueries
from rag.store.repositories.changes import ArticleChanges
from rag.store.repositories.crawl_state import CrawlState
from rag.store.repositories.facts import Facts
from rag.store.repositories.fingerprints import Fingerprints
from rag.store.repositories.index_state import IndexState
from rag.store.repositories.journal import Journal
from rag.store.repositories.passages import PassageQueries
from rag.store.sql.database import open_engine
from rag.store.sql.schema import metadata

_TABLES = metadata.sorted_tables


class SqlArticleStore(ArticleQueries, PassageQueries, IndexState, ArticleChanges):
    """Articles, passages and everything that is known about them, in one SQLite file; see `LibraryRecord`.

    Args:
        file: Made with its tables if absent; one of an older format is upgraded.

    Raises:
        LibraryError: The file is no database.
        StorageError: It cannot be read or written.
        LibraryVersionError: Its format is not known.
    """

    def __init__(self, file: Path) -> None:
        engine = open_engine(file)
        super().__init__(engine)
        self._file = file
        prepare(engine, file)
        self.facts = Facts(engine)
        self.journal = Journal(engine)
        self.fingerprints = Fingerprints(engine)
        self.blocklist = Blocklist(engine)
        self.crawl_state = CrawlState(engine)

    def missing_columns(self) -> list[str]:
        """Return the columns, as `table.column`, that the file should have and has not."""
        inspector = inspect(self._engine)
        held = {
            name: {column["name"] for column in inspector.get_columns(name)} for name in inspector.get_table_names()
        }
        return [
            f"{table.name}.{column.name}"
            for table in _TABLES
            for column in table.columns
            if column.name not in held.get(table.name, ())
        ]

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def vacuum(self) -> None:
        """Rewrite the file without the space of deleted rows.

        Raises:
            LibraryBusyError: Another process is reading, and keeps the old pages from being dropped.
        """
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM"))
            if connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).scalar_one():
                raise LibraryBusyError(
                    f"{self._file} is being read by another process, so it cannot be cleared of what was forgotten; "
                    "wait for that to end, then run this again"
                )

    def copy_to(self, file: Path) -> None:
        """Write a consistent copy to another file while others may write."""
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM INTO :file"), {"file": str(file)})
