"""The library: the record of articles with the two indexes that are derived from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from uuid import uuid4

from filelock import FileLock, Timeout
from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.dates import NewsDate
from rag.errors import LibraryBusyError, LibraryError, LibraryModelError
from rag.indexes.base import LexicalIndex, VectorIndex
from rag.indexes.embedding import embedding_from
from rag.indexes.embedding_cache import VectorCache
from rag.indexes.factory import LEXICAL_FOLDER, VECTOR_FOLDER, lexical_index, vector_index
from rag.library.writer import INDEX_ERRORS, LibraryWriter
from rag.models import Filters
from rag.settings import Settings
from rag.store import LibraryRecord, OutletCount, open_article_store
from rag.store.deletion import discard
from rag.store.repositories.facts import MODEL_FACT
from rag.store.storage_errors import storage_errors

RECORD_FILE = "record.sqlite"
_GENERATION_FACT = "generation"
LAST_INGEST_FACT = "last_ingest"
"""JSON: when the last ingest `finished`, and its counts."""
_LOOK_EVERY_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """What a library holds."""

    articles: int
    passages: int
    pending: int
    outlets: tuple[OutletCount, ...]

    @property
    def newest(self) -> NewsDate | None:
        """Publication date of the newest article."""
        return max((o.newest for o in self.outlets if o.newest), default=None)


class Library:
    """One data directory, opened.

    Args:
        folder: The data directory; made if absent.
        cache: Folder of the vector cache.
        embedding: Makes the vectors of passages and questions.
        lexical: Index of words; by default Tantivy in the data directory.
        vectors: Index of vectors; by default Chroma in the data directory.

    Raises:
        LibraryVersionError: Another version's data directory.
        LibraryModelError: Its vectors come from another model.
        LibraryError: The folder cannot be used.
    """

    def __init__(
        self,
        folder: Path,
        *,
        cache: Path,
        embedding: BaseEmbedding,
        lexical: LexicalIndex | None = None,
        vectors: VectorIndex | None = None,
    ) -> None:
        self.folder = folder
        self.embedding = embedding
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(f"data directory {folder}: {error.strerror}; choose another with --data") from error
        self.record: LibraryRecord = open_article_store(folder / RECORD_FILE)
        self._check_model()
        with storage_errors(folder, *INDEX_ERRORS):
            self.lexical = lexical_index(folder) if lexical is None else lexical
            self.vectors = vector_index(folder) if vectors is None else vectors
            self._cache = VectorCache(cache, embedding)
        self._generation = self.record.facts.get(_GENERATION_FACT)
        self._outlets: tuple[str, ...] | None = None
        self._looked_at = monotonic()

    def close(self) -> None:
        """Releases the files."""
        self.vectors.close()
        self.record.close()

    def status(self) -> LibraryStatus:
        """Counts and outlets as they are now."""
        return LibraryStatus(
            articles=self.record.article_count(),
            passages=self.record.passage_count(),
            pending=len(set(self.record.missing_from("lexical")) | set(self.record.missing_from("vectors"))),
            outlets=self.record.outlets(),
        )

    def outlet_names(self) -> tuple[str, ...]:
        """Outlets that have articles here, as known at the last look (see `refresh`)."""
        if self._outlets is None:
            self._outlets = self.record.outlet_names()
        return self._outlets

    def vector_of(self, text: str) -> list[float]:
        """The text's vector, from the cache if it is there."""
        vector: list[float] = self._cache.vectors([text])[0].tolist()
        return vector

    def refresh(self) -> None:
        """Sees what another process ingested; looks at most every few seconds, so call it for every question.

        The record and the lexical index see it by themselves.
        """
        if monotonic() - self._looked_at < _LOOK_EVERY_SECONDS:
            return
        self._looked_at = monotonic()
        self._see_others()

    def _see_others(self) -> None:
        generation = self.record.facts.get(_GENERATION_FACT)
        if generation != self._generation:
            self._generation = generation
            self._outlets = None
            self.vectors.reopen()

    def vectors_changed(self) -> None:
        """Tells other processes that the vector index is not what they opened."""
        self._generation = uuid4().hex
        self._outlets = None
        self.record.facts.set(_GENERATION_FACT, self._generation)

    def latest_date(self, filters: Filters | None = None) -> datetime:
        """Up to when the library can know anything: its newest article's publication, never after now.

        A publication day without a time reaches to the end of that day.

        Args:
            filters: Whose outlets, kinds, sections and articles are meant; by default all.
        """
        newest = self.record.newest_publication(filters)
        now = datetime.now(UTC)
        return min(newest.latest, now) if newest else now

    @contextmanager
    def writing(self) -> Iterator[LibraryWriter]:
        """The only writer of this data directory, for as long as the context lasts.

        What a killed process began and left is finished first.

        Raises:
            LibraryBusyError: Another process is writing.
            StorageError: A file cannot be written, e.g. because the disk is full; all that was
                recorded before is safe, and the next run takes up the rest.
        """
        with write_lock(self.folder):
            self._see_others()  # what was opened before another process wrote must not be written to
            writer = LibraryWriter(self, self._cache)
            writer.index_words()
            yield writer

    def _check_model(self) -> None:
        model = self.record.facts.get(MODEL_FACT)
        if model is None:
            self.record.facts.set(MODEL_FACT, self.embedding.model_name)
        elif model != self.embedding.model_name:
            raise LibraryModelError(
                f"the vectors in {self.folder} were made by {model!r}, the settings name "
                f"{self.embedding.model_name!r}; set DATELINE_EMBEDDING_MODEL={model}, or make new ones with "
                f"`python -m ingest rebuild --data {self.folder}`"
            )


@contextmanager
def write_lock(folder: Path) -> Iterator[None]:
    """Keeps every other process from writing to a data directory.

    Raises:
        LibraryBusyError: One is writing.
    """
    lock = FileLock(folder / "write.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise LibraryBusyError(
            f"another process is writing to {folder}; wait for it to end, then run this again"
        ) from error
    try:
        yield
    finally:
        lock.release()


def holds_library(folder: Path) -> bool:
    """Return whether there is a library in a data directory.

    Raises:
        LibraryError: The directory cannot be looked into, e.g. because its name is too long.
    """
    try:
        return (folder / RECORD_FILE).exists()
    except OSError as error:
        raise LibraryError(f"data directory {folder}: {error.strerror}; choose another with --data") from error


def open_library(settings: Settings) -> Library:
    """The library that the settings name, to read; it must exist.

    Raises:
        LibraryError: The library does not exist, or cannot be used.
        EmbeddingError: The embedding model cannot be loaded.
    """
    if not holds_library(settings.data):
        raise LibraryError(
            f"no library at {settings.data}; make one with `python -m ingest SOURCE --data {settings.data}`"
        )
    return make_library(settings)


def make_library(settings: Settings) -> Library:
    """The library that the settings name, made if absent.

    Raises:
        LibraryError: It cannot be used.
        EmbeddingError: The embedding model cannot be loaded.
    """
    return Library(settings.data, cache=settings.cache, embedding=embedding_from(settings))


def discard_indexes(settings: Settings) -> None:
    """Delete both indexes and set the embedding model, so that they are derived again.

    Raises:
        LibraryError: There is no library.
        LibraryBusyError: Another process is writing.
        StorageError: The files cannot be deleted.
    """
    if not holds_library(settings.data):
        raise LibraryError(f"no library at {settings.data}; nothing to rebuild")
    with write_lock(settings.data), storage_errors(settings.data):
        record = open_article_store(settings.data / RECORD_FILE)
        record.reset_indexes(embedding_model=settings.embedding_model)
        record.close()
        discard_index_files(settings.data)


def discard_index_files(folder: Path) -> None:
    """Deletes what a data directory holds of indexes; its record must say so first."""
    for index in (LEXICAL_FOLDER, VECTOR_FOLDER):
        discard(folder / index)
