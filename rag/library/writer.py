"""Writing to a library: articles into the record, and passages from there into both indexes."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, TypeVar

from chromadb.errors import InternalError
from sqlalchemy.exc import DBAPIError

from rag.errors import EmbeddingError, StorageError
from rag.indexes.base import Vectors
from rag.indexes.chunking import passages_of
from rag.indexes.embedding import embedded_text
from rag.indexes.embedding_cache import VectorCache
from rag.models import Article
from rag.store import LibraryRecord, NewArticle
from rag.store.deletion import discard_rest
from rag.store.storage_errors import storage_errors

if TYPE_CHECKING:
    from rag.library.library import Library

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")

RESTORING = "restoring"
"""Folder in the data directory in which a backup is unpacked; a restore that was killed leaves it."""
INDEX_ERRORS = (InternalError, DBAPIError)
"""Raised by Chroma, and by the vector cache, if they cannot read or write their files."""
_LOOK_AHEAD_SECONDS = 0.2
_BATCH_ARTICLES = 20


class LibraryWriter:
    """Changes to a library while its lock is held; made by `Library.writing`.

    Articles are in the record when `put` returns, and in the indexes after `index_words` and
    `index_vectors`, which also finish what a killed process left.

    Args:
        library: Open, its lock held by this process.
        cache: Vectors by digest of model and text.

    Attributes:
        record: The articles, to be read; changes that concern the indexes go through this class.
    """

    def __init__(self, library: "Library", cache: VectorCache) -> None:
        self._library = library
        self._cache = cache
        self.record: LibraryRecord = library.record

    def put(self, batch: Sequence[NewArticle]) -> None:
        """Store articles with their passages, all or none.

        Raises:
            UnstorableError: The record cannot hold a value of one of them.
        """
        self.record.put(batch)

    def rechunk(self, article: Article) -> None:
        """Give an article another text; `index_words` then removes the old passages from indexes and cache."""
        new_passages = passages_of(article)
        old = {embedded_text(passage) for passage in self.record.passages_of(article.id)}
        erase = self._cache.digests(old.difference(map(embedded_text, new_passages)))
        self.record.rechunk(article, new_passages, erase=erase)

    def withdraw(self, article_ids: Sequence[str], *, for_good: bool = False) -> int:
        """Make articles impossible to find, keeping them in the record.

        Args:
            article_ids: Unknown ids are ignored.
            for_good: Block them, so that they are not ingested again under any name.

        Returns:
            How many current articles were withdrawn.
        """
        withdrawn = self.record.withdraw(article_ids, for_good=for_good)
        self.index_words()
        return withdrawn

    def forget(self, article_ids: Sequence[str]) -> None:
        """Delete articles from record, indexes, cache and disk, and block them.

        `index_vectors` then derives the vectors of the other articles again.
        """
        gone = (passage for article_id in article_ids for passage in self.record.all_passages_of(article_id))
        self.record.forget(article_ids, erase=self._cache.digests(map(embedded_text, gone)))
        self.index_words()

    def index_words(self) -> None:
        """Carry out what the journal says, and bring the lexical index up to date.

        Raises:
            StorageError: A file cannot be read or written.
        """
        with self._storage_errors():
            self._empty_indexes()
            self._remove_not_current()
            missing = self.record.missing_from("lexical")
            if missing:
                self._library.lexical.put(
                    passage for article_id in missing for passage in self.record.passages_of(article_id)
                )
                self.record.mark("lexical", missing)

    def index_vectors(self) -> Iterator[int]:
        """Embed the passages that have no vectors yet, newest articles first; call `index_words` before.

        Yields:
            Number of passages embedded since the last yield.

        Raises:
            EmbeddingError: The model failed; what was yielded is kept, the rest stays pending.
            StorageError: A file cannot be read or written.
        """
        missing = self.record.missing_from("vectors")
        batches = [missing[first : first + _BATCH_ARTICLES] for first in range(0, len(missing), _BATCH_ARTICLES)]
        for article_ids, passage_ids, vectors in _one_ahead(self._embedded, batches):
            with self._storage_errors():
                if passage_ids:
                    self._library.vectors.put(passage_ids, vectors)
            self.record.mark("vectors", article_ids)
            self._library.vectors_changed()
            yield len(passage_ids)
        if self.record.journal.subjects("derive"):
            self.record.journal.strike("derive")

    @contextmanager
    def embedding_ahead(self) -> Iterator[None]:
        """Embed what is stored while the block reads and stores more, on a core that the block leaves idle.

        The vectors wait in the cache for `index_vectors`, so it does not matter if an article is superseded
        meanwhile, or if the model fails: `index_vectors` will report that.
        """
        ended = Event()
        thread = Thread(target=self._fill_cache, args=(ended,))
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def unembedded_passages(self) -> int:
        """Return the number of passages that `index_vectors` has still to embed."""
        return self.record.unembedded_passages()

    def pending(self) -> set[str]:
        """Return the ids of articles that an index does not hold yet."""
        return {*self.record.missing_from("lexical"), *self.record.missing_from("vectors")}

    def _storage_errors(self) -> AbstractContextManager[None]:
        return storage_errors(self._library.folder, *INDEX_ERRORS)

    def _fill_cache(self, ended: Event) -> None:
        done: set[str] = set()
        try:
            while not ended.wait(_LOOK_AHEAD_SECONDS):
                missing = self.record.missing_from("vectors")
                batch = [article_id for article_id in missing if article_id not in done][:_BATCH_ARTICLES]
                done.update(batch)
                self._embed_into_cache(batch, ended)
        except (EmbeddingError, StorageError) as error:
            log.info("embedding ahead stopped: %s", error)

    def _embed_into_cache(self, article_ids: Sequence[str], ended: Event) -> None:
        for passage in (passage for article_id in article_ids for passage in self.record.passages_of(article_id)):
            if ended.is_set():
                return
            with self._storage_errors():
                self._cache.vectors([embedded_text(passage)])

    def _embedded(self, article_ids: Sequence[str]) -> tuple[Sequence[str], list[str], Vectors]:
        """Return the articles with the ids and vectors of their passages."""
        passages = [passage for article_id in article_ids for passage in self.record.passages_of(article_id)]
        with self._storage_errors():
            vectors = self._cache.vectors([embedded_text(passage) for passage in passages])
        return article_ids, [passage.id for passage in passages], vectors

    def _empty_indexes(self) -> None:
        """Empty both indexes if the journal says so: what is deleted remains in their files for a while."""
        journal = self.record.journal
        if not journal.subjects("empty"):
            return
        self._erase_vectors()
        self.record.mark_nothing_indexed()
        self._library.lexical.clear()
        self._library.vectors.clear()
        self._library.vectors_changed()
        for folder in (RESTORING, "lexical", "chroma"):
            discard_rest(self._library.folder / folder)
        self.record.vacuum()
        journal.strike("empty", "drop", then="derive")

    def _remove_not_current(self) -> None:
        """Remove from indexes and cache what the record does not hold as current any more."""
        self._erase_vectors()
        gone = [*self.record.not_current(), *self.record.journal.subjects("drop")]
        if gone:
            self._library.lexical.remove(gone)
            self._library.vectors.remove(gone)
            self._library.vectors_changed()
            self.record.mark_not_current_gone()
            self.record.journal.strike("drop")

    def _erase_vectors(self) -> None:
        digests = self.record.journal.subjects("erase")
        if digests:
            self._cache.erase(digests)
            self.record.journal.strike("erase")


def _one_ahead(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Yield what `work` returns for each item, working on the next while the caller uses this one."""
    with ThreadPoolExecutor(1) as pool:
        upcoming: deque[Future[Result]] = deque()
        for item in items:
            upcoming.append(pool.submit(work, item))
            if len(upcoming) > 1:
                yield upcoming.popleft().result()
        while upcoming:
            yield upcoming.popleft().result()
