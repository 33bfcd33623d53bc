"""The article store that the settings ask for: an SQLite file in the data directory."""

from rag.settings import Settings
from rag.store.base import LibraryRecord
from rag.store.record import SqlArticleStore

RECORD_FILE = "record.sqlite"


def article_store_from(settings: Settings) -> LibraryRecord:
    """Open the article store of the data directory, made if absent and upgraded if it is older.

    Raises:
        LibraryError: The file is no database.
        StorageError: It cannot be read or written.
        LibraryVersionError: Its format is not known.
    """
    return SqlArticleStore(settings.data / RECORD_FILE)
