"""The library: the record of articles with the two indexes that are derived from it."""

import logging
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import TypeVar
from uuid import uuid4

from chromadb.errors import InternalError
from filelock import FileLock, Timeout
from llama_index.core.base.embeddings.base import BaseEmbedding
from sqlalchemy.exc import DBAPIError

from rag.dates import NewsDate
from rag.domain import Article, Passage
from rag.embedding import VectorCache, Vectors, embedding_from
from rag.errors import EmbeddingError, LibraryBusyError, LibraryError, LibraryModelError, StorageError
from rag.lexical import LexicalIndex
from rag.passages import passages_of
from rag.record import Known, OutletCount, Record
from rag.settings import Settings
from rag.tables import Intake
from rag.traces import Traces
from rag.vectors import VectorIndex
from rag.visits import Visits

log = logging.getLogger(__name__)

Given = TypeVar("Given")
Made = TypeVar("Made")

_RECORD = "record.sqlite"
_LEXICAL = "lexical"
_VECTORS = "chroma"
_MODEL_FACT = "embedding_model"
_GENERATION_FACT = "generation"
LAST_INGEST_FACT = "last_ingest"
"""JSON: when the last ingest `finished`, and its counts."""
_LOOK_EVERY_SECONDS = 3.0
_LOOK_AHEAD_SECONDS = 0.2
_BATCH_ARTICLES = 20
_STORAGE_ERRORS = (OSError, DBAPIError, InternalError, StorageError)
"""What the file system, SQLite, Chroma and the lexical index raise when they cannot write."""


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

    Raises:
        LibraryVersionError: Another version's data directory.
        LibraryModelError: Its vectors come from another model.
        LibraryError: The folder cannot be used.
    """

    def __init__(self, folder: Path, *, cache: Path, embedding: BaseEmbedding) -> None:
        self.folder = folder
        self.embedding = embedding
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(f"data directory {folder}: {error.strerror}; choose another with --data") from error
        with _storage_errors(folder):
            self.record = Record(folder / _RECORD)
            self._check_model()
            self.lexical = LexicalIndex(folder / _LEXICAL)
            self.vectors = VectorIndex(folder / _VECTORS)
            self._cache = VectorCache(cache, embedding)
            self._generation = self.record.fact(_GENERATION_FACT)
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
        generation = self.record.fact(_GENERATION_FACT)
        if generation != self._generation:
            self._generation = generation
            self._outlets = None
            self.vectors.reopen()

    def vectors_changed(self) -> None:
        """Tells other processes that the vector index is not what they opened."""
        self._generation = uuid4().hex
        self._outlets = None
        self.record.set_fact(_GENERATION_FACT, self._generation)

    def horizon(self) -> datetime:
        """Up to when the library can know anything: its newest article's publication, never after now.

        A publication day without a time reaches to the end of that day.
        """
        newest = self.record.newest_publication()
        now = datetime.now(UTC)
        return min(newest.latest, now) if newest else now

    @contextmanager
    def writing(self) -> Iterator["LibraryWriter"]:
        """The only writer of this data directory, for as long as the context lasts.

        Raises:
            LibraryBusyError: Another process is writing.
            StorageError: A file cannot be written, e.g. because the disk is full; all that was
                recorded before is safe, and the next run takes up the rest.
        """
        lock = FileLock(self.folder / "write.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise LibraryBusyError(
                f"another process is writing to {self.folder}; wait for it to end, then run this again"
            ) from error
        try:
            with _storage_errors(self.folder):
                yield LibraryWriter(self, self._cache)
        finally:
            lock.release()

    def _check_model(self) -> None:
        known = self.record.fact(_MODEL_FACT)
        if known is None:
            self.record.set_fact(_MODEL_FACT, self.embedding.model_name)
        elif known != self.embedding.model_name:
            raise LibraryModelError(
                f"the vectors in {self.folder} were made by {known!r}, the settings name "
                f"{self.embedding.model_name!r}; set DATELINE_EMBEDDING_MODEL={known}, or make them anew with "
                f"`python -m ingest rebuild --data {self.folder}`"
            )


class LibraryWriter:
    """What may be done to a library while its lock is held; made by `Library.writing`.

    Articles are in the record when `put` returns, and in the indexes after `index_words` and
    `index_vectors`, which also pick up what an earlier, killed run left.

    Attributes:
        traces: What recurs across the library's articles.
        visits: What is remembered of the addresses that were asked.
    """

    def __init__(self, library: Library, cache: VectorCache) -> None:
        self._library = library
        self._record = library.record
        self._cache = cache
        self.traces = Traces(library.record.engine)
        self.visits = Visits(library.record.engine)

    def known(self, article_id: str) -> Known | None:
        """The newest version under an id."""
        return self._record.known(article_id)

    def newest(self, article_id: str) -> Article | None:
        """The newest version under an id, a withdrawn one too."""
        return self._record.newest(article_id)

    def ids_of_input(self, raw_digest: str) -> list[str]:
        """The articles that have a version, superseded or not, from an input with these bytes."""
        return self._record.ids_of_input(raw_digest)

    def current(self, article_id: str) -> Article | None:
        """The current version under an id."""
        return self._record.current(article_id)

    def put(self, batch: Sequence[Intake]) -> None:
        """Records articles with their passages, all or none."""
        self._record.put(batch)

    def recut(self, article: Article) -> None:
        """Gives an article another text; its old passages leave both indexes."""
        self._drop([passage.id for passage in self._record.passages_of(article.id)])
        self._record.recut(article, passages_of(article))

    def withdraw(self, article_ids: Sequence[str], *, for_good: bool = False) -> int:
        """Takes articles out of what can be found, keeping them in the record; returns how many.

        Args:
            article_ids: Theirs.
            for_good: No listing brings them back.
        """
        if for_good:
            self.visits.bar(article_ids)
        withdrawn = self._record.withdraw(article_ids)
        self.index_words()
        return withdrawn

    def forget(self, article_ids: Sequence[str]) -> None:
        """Removes articles from record, indexes, cache and disk; no listing brings them back."""
        self.visits.bar(article_ids)
        gone = [passage for one in article_ids for passage in self._record.all_passages_of(one)]
        self._cache.forget([embedded_text(passage) for passage in gone])
        self._record.forget(article_ids)
        # Deleted rows stay in the files of both indexes for a while, so both are made anew.
        for name, index in (("lexical", self._library.lexical), ("vectors", self._library.vectors)):
            index.clear()
            self._record.mark_missing(name)
        self.index_words()
        for _ in self.index_vectors():
            pass
        self._library.vectors_changed()

    def index_words(self) -> None:
        """Brings the lexical index up to the record; what is no longer current leaves both indexes."""
        gone = self._record.not_current()
        if gone:
            self._drop(gone)
            self._record.mark_not_current_gone()
        missing = self._record.missing_from("lexical")
        if missing:
            self._library.lexical.put(passage for one in missing for passage in self._record.passages_of(one))
            self._record.mark("lexical", missing)

    def index_vectors(self) -> Iterator[int]:
        """Embeds what has no vectors yet, newest articles first.

        Yields:
            Passages embedded since the last yield.

        Raises:
            EmbeddingError: The model failed; what was yielded is kept, the rest stays pending.
        """
        missing = self._record.missing_from("vectors")
        batches = [missing[first : first + _BATCH_ARTICLES] for first in range(0, len(missing), _BATCH_ARTICLES)]
        for some, passage_ids, vectors in _one_ahead(self._embedded, batches):
            if passage_ids:
                self._library.vectors.put(passage_ids, vectors)
            self._record.mark("vectors", some)
            self._library.vectors_changed()
            yield len(passage_ids)

    @contextmanager
    def embedding_ahead(self) -> Iterator[None]:
        """Embeds what is recorded while the block reads and records more, on a core that this leaves idle.

        The vectors wait in the cache for `index_vectors`, so what becomes of an article meanwhile
        cannot matter; neither can a model that fails, which `index_vectors` will meet again.
        """
        ended = Event()
        thread = Thread(target=self._fill_cache, args=(ended,))
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _fill_cache(self, ended: Event) -> None:
        done: set[str] = set()
        while not ended.wait(_LOOK_AHEAD_SECONDS):
            fresh = [one for one in self._record.missing_from("vectors") if one not in done][:_BATCH_ARTICLES]
            done.update(fresh)
            for passage in (passage for one in fresh for passage in self._record.passages_of(one)):
                if ended.is_set():
                    return
                try:
                    self._cache.vectors([embedded_text(passage)])
                except EmbeddingError as error:
                    log.info("embedding ahead stopped: %s", error)
                    return

    def _embedded(self, article_ids: Sequence[str]) -> tuple[Sequence[str], list[str], Vectors]:
        """The articles, with the ids and vectors of their passages."""
        passages = [passage for one in article_ids for passage in self._record.passages_of(one)]
        vectors = self._cache.vectors([embedded_text(passage) for passage in passages])
        return article_ids, [passage.id for passage in passages], vectors

    def unembedded_passages(self) -> int:
        """Passages that `index_vectors` has still to do."""
        return self._record.unembedded_passages()

    def pending(self) -> set[str]:
        """Ids of articles that an index still lacks."""
        return {*self._record.missing_from("lexical"), *self._record.missing_from("vectors")}

    def _drop(self, passage_ids: Sequence[str]) -> None:
        self._library.lexical.remove(passage_ids)
        self._library.vectors.remove(passage_ids)
        self._library.vectors_changed()


def _one_ahead(work: Callable[[Given], Made], items: Iterable[Given]) -> Iterator[Made]:
    """What `work` makes of each item; it works on the next while the caller uses this one."""
    with ThreadPoolExecutor(1) as pool:
        upcoming: deque[Future[Made]] = deque()
        for item in items:
            upcoming.append(pool.submit(work, item))
            if len(upcoming) > 1:
                yield upcoming.popleft().result()
        while upcoming:
            yield upcoming.popleft().result()


@contextmanager
def _storage_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except _STORAGE_ERRORS as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise StorageError(
            f"{folder} could not be written ({cause}); what was recorded before is safe. "
            f"Make room, {shutil.disk_usage(folder).free / 1e6:.0f} MB are free there, then run this again"
        ) from error


def embedded_text(passage: Passage) -> str:
    """What is embedded for a passage: its article's headline and its text."""
    return f"{passage.article.title}\n{passage.text}"


def open_library(settings: Settings) -> Library:
    """The library that the settings name, to read; it must exist.

    Raises:
        LibraryError: There is none yet, or it cannot be used.
        EmbeddingError: The embedding model cannot be loaded.
    """
    if not (settings.data / _RECORD).exists():
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
    """Deletes both indexes and forgets the embedding model, so that opening derives them anew.

    Raises:
        LibraryError: There is no library.
        LibraryBusyError: Another process is writing.
    """
    if not (settings.data / _RECORD).exists():
        raise LibraryError(f"no library at {settings.data}; nothing to rebuild")
    lock = FileLock(settings.data / "write.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise LibraryBusyError(f"another process is writing to {settings.data}; wait for it to end") from error
    try:
        record = Record(settings.data / _RECORD)
        record.mark_nothing_indexed()
        record.set_fact(_MODEL_FACT, settings.embedding_model)
        record.close()
        for index in (_LEXICAL, _VECTORS):
            shutil.rmtree(settings.data / index, ignore_errors=True)
    finally:
        lock.release()
