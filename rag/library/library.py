"""The library: the record of articles with the two indexes that are derived from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from uuid import uuid4

from filelock import FileLock, Timeout
from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.errors import EmbeddingError, LibraryBusyError, LibraryError, LibraryModelError
from rag.indexes.base import LexicalIndex, VectorIndex
from rag.indexes.embedding import embedding_from
from rag.indexes.embedding_cache import VectorCache
from rag.indexes.factory import LEXICAL_FOLDER, VECTOR_FOLDER, lexical_index_from, vector_index_from
from rag.library.base import LibraryStatus
from rag.library.writer import INDEX_ERRORS, LibraryWriter
from rag.models import Filters
from rag.settings import Settings
from rag.store import LibraryRecord, article_store_from
from rag.store.deletion import discard
from rag.store.factory import RECORD_FILE
from rag.store.repositories.facts import MODEL_FACT
from rag.store.storage_errors import storage_errors

GENERATION_FACT = "generation"
"""Changes whenever the vector index does, after which all of an ingest can be found."""
LAST_INGEST_FACT = "last_ingest"
"""JSON: when the last ingest `finished`, and its counts."""
_LOOK_EVERY_SECONDS = 3.0
_UNNAMED = "unknown"
"""What LlamaIndex calls an embedding model that was given no name."""


class Library:
    """One data directory, opened; `make_library` opens the one that the settings name.

    Args:
        folder: The data directory.
        record: The articles.
        lexical: Index of words.
        vectors: Index of vectors.
        embedding: Makes the vectors of passages and questions.
        cache: Of its vectors.
    """

    def __init__(
        self,
        folder: Path,
        *,
        record: LibraryRecord,
        lexical: LexicalIndex,
        vectors: VectorIndex,
        embedding: BaseEmbedding,
        cache: VectorCache,
    ) -> None:
        self.folder = folder
        self.record = record
        self.lexical = lexical
        self.vectors = vectors
        self.embedding = embedding
        self._cache = cache
        self._generation = self.record.facts.get(GENERATION_FACT)
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
        generation = self.record.facts.get(GENERATION_FACT)
        if generation != self._generation:
            self._generation = generation
            self._outlets = None
            self.vectors.reopen()

    def vectors_changed(self) -> None:
        """Tells other processes that the vector index is not what they opened."""
        self._generation = uuid4().hex
        self._outlets = None
        self.record.facts.set(GENERATION_FACT, self._generation)

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


def open_library(settings: Settings, *, embedding: BaseEmbedding | None = None) -> Library:
    """The library that the settings name, to read; it must exist.

    Args:
        settings: Name the data directory.
        embedding: See `make_library`.

    Raises:
        LibraryError: The library does not exist, or cannot be used.
        EmbeddingError: The embedding model cannot be loaded.
    """
    if not holds_library(settings.data):
        raise LibraryError(
            f"no library at {settings.data}; make one with `python -m ingest SOURCE --data {settings.data}`"
        )
    return make_library(settings, embedding=embedding)


def make_library(
    settings: Settings,
    *,
    embedding: BaseEmbedding | None = None,
    lexical: LexicalIndex | None = None,
    vectors: VectorIndex | None = None,
) -> Library:
    """The library that the settings name, made if absent.

    Args:
        settings: Name the data directory, the vector cache, and the parts that are not given.
        embedding: Any LlamaIndex embedding model, with a `model_name` of its own.
        lexical: Any index of words.
        vectors: Any index of vectors.

    Raises:
        LibraryVersionError: Another version's data directory.
        LibraryModelError: Its vectors come from another model.
        LibraryError: It cannot be used.
        EmbeddingError: The embedding model cannot be loaded, or has no name.
    """
    folder = settings.data
    model = embedding_from(settings) if embedding is None else embedding
    if model.model_name == _UNNAMED:
        # The name is the key of the cache: two models of one name would be given each other's vectors.
        raise EmbeddingError(f"{type(model).__name__} has no name; give it one of its own: model_name=...")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(f"data directory {folder}: {error.strerror}; choose another with --data") from error
    record = article_store_from(settings)
    _check_model(record, model.model_name, folder)
    with storage_errors(folder, *INDEX_ERRORS):
        return Library(
            folder,
            record=record,
            lexical=lexical_index_from(settings) if lexical is None else lexical,
            vectors=vector_index_from(settings) if vectors is None else vectors,
            embedding=model,
            cache=VectorCache(settings.cache, model),
        )


def _check_model(record: LibraryRecord, model: str, folder: Path) -> None:
    held = record.facts.get(MODEL_FACT)
    if held is None:
        record.facts.set(MODEL_FACT, model)
    elif held != model:
        raise LibraryModelError(
            f"the vectors in {folder} were made by the model {held!r}, this one is {model!r}; open it with {held!r} "
            "(DATELINE_EMBEDDING_MODEL, or the `embedding` given in a program), "
            f"or make new ones with `python -m ingest rebuild --data {folder}`"
        )


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
        record = article_store_from(settings)
        record.reset_indexes(embedding_model=settings.embedding_model)
        record.close()
        discard_index_files(settings.data)


def discard_index_files(folder: Path) -> None:
    """Deletes what a data directory holds of indexes; its record must say so first."""
    for index in (LEXICAL_FOLDER, VECTOR_FOLDER):
        discard(folder / index)
