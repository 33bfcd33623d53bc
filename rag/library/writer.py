"""Writing to a library: what goes into the record, and what of it into the indexes, for as long as its lock is held."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, TypeVar

from rag.errors import EmbeddingError
from rag.indexes.base import Vectors
from rag.indexes.chunking import passages_of
from rag.indexes.embedding import embedded_text
from rag.indexes.embedding_cache import VectorCache
from rag.models import Article
from rag.store.articles import StoredVersion
from rag.store.blocklist import Blocklist
from rag.store.crawl_state import CrawlState
from rag.store.deletion import discard_rest
from rag.store.fingerprints import Fingerprints
from rag.store.schema import NewArticle

if TYPE_CHECKING:
    from rag.library.library import Library

log = logging.getLogger(__name__)

Given = TypeVar("Given")
Made = TypeVar("Made")

RESTORING = "restoring"
"""Folder in the data directory in which a backup is unpacked; one that was killed leaves it."""
_LOOK_AHEAD_SECONDS = 0.2
_BATCH_ARTICLES = 20


class LibraryWriter:
    """What may be done to a library while its lock is held; made by `Library.writing`.

    Articles are in the record when `put` returns, and in the indexes after `index_words` and
    `index_vectors`, which also pick up what an earlier, killed process left.

    Attributes:
        fingerprints: What recurs across the library's articles.
        crawl_state: What is remembered of the addresses that were asked.
        blocklist: Which articles stay out.
    """

    def __init__(self, library: "Library", cache: VectorCache) -> None:
        self._library = library
        self._record = library.record
        self._cache = cache
        self.fingerprints = Fingerprints(library.record.engine)
        self.crawl_state = CrawlState(library.record.engine)
        self.blocklist = Blocklist(library.record.engine)

    def known(self, article_id: str) -> StoredVersion | None:
        """The newest version under an id."""
        return self._record.known(article_id)

    def newest(self, article_id: str) -> Article | None:
        """The newest version under an id, a withdrawn one too."""
        return self._record.newest(article_id)

    def original_length(self, article_id: str) -> int:
        """Characters of the current version's text before anything was taken out of it."""
        return self._record.original_length(article_id)

    def articles(self) -> Iterator[Article]:
        """Every current article."""
        return self._record.articles()

    def fact(self, name: str) -> str | None:
        """A remembered fact about the library."""
        return self._record.fact(name)

    def set_fact(self, name: str, value: str) -> None:
        """Remembers a fact, replacing what was remembered."""
        self._record.set_fact(name, value)

    def ids_of_input(self, raw_digest: str) -> list[str]:
        """The articles that have a version, superseded or not, from an input with these bytes."""
        return self._record.ids_of_input(raw_digest)

    def is_newest_input(self, raw_digest: str) -> bool:
        """Whether the newest version of an article, withdrawn or not, is from an input with these bytes."""
        return self._record.is_newest_input(raw_digest)

    def current(self, article_id: str) -> Article | None:
        """The current version under an id."""
        return self._record.current(article_id)

    def put(self, batch: Sequence[NewArticle]) -> None:
        """Records articles with their passages, all or none."""
        self._record.put(batch)

    def rechunk(self, article: Article) -> None:
        """Gives an article another text; its old passages leave the indexes and the cache with `index_words`."""
        cut = passages_of(article)
        old = {embedded_text(passage) for passage in self._record.passages_of(article.id)}
        erase = self._cache.digests(old.difference(map(embedded_text, cut)))
        self._record.rechunk(article, cut, erase=erase)

    def withdraw(self, article_ids: Sequence[str], *, for_good: bool = False) -> int:
        """Takes articles out of what can be found, keeping them in the record; returns how many.

        Args:
            article_ids: Theirs.
            for_good: They stay out, under whatever name they come again.
        """
        withdrawn = self._record.withdraw(article_ids, for_good=for_good)
        self.index_words()
        return withdrawn

    def forget(self, article_ids: Sequence[str]) -> None:
        """Removes articles from record, indexes, cache and disk; they stay out, under whatever name they come again.

        `index_vectors` then derives the vectors of the others anew.
        """
        gone = (passage for one in article_ids for passage in self._record.all_passages_of(one))
        self._record.forget(article_ids, erase=self._cache.digests(map(embedded_text, gone)))
        self.index_words()

    def index_words(self) -> None:
        """Does what the journal says, and brings the lexical index up to the record."""
        self._empty_indexes()
        self._drop_gone()
        missing = self._record.missing_from("lexical")
        if missing:
            self._library.lexical.put(passage for one in missing for passage in self._record.passages_of(one))
            self._record.mark("lexical", missing)

    def index_vectors(self) -> Iterator[int]:
        """Embeds what has no vectors yet, newest articles first; call `index_words` before.

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
        if self._record.journal.subjects("derive"):
            self._record.journal.strike("derive")

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

    def _empty_indexes(self) -> None:
        """Empties both indexes if that is to be done: what is deleted stands in their files for a while."""
        journal = self._record.journal
        if not journal.subjects("empty"):
            return
        self._erase_vectors()
        self._record.mark_nothing_indexed()
        self._library.lexical.clear()
        self._library.vectors.clear()
        self._library.vectors_changed()
        for folder in (RESTORING, "lexical", "chroma"):
            discard_rest(self._library.folder / folder)
        self._record.vacuum()
        journal.strike("empty", "drop", then="derive")

    def _drop_gone(self) -> None:
        """Takes out of indexes and cache what the record does not hold as current any more."""
        self._erase_vectors()
        not_current, cut_away = self._record.not_current(), self._record.journal.subjects("drop")
        if not_current or cut_away:
            self._library.lexical.remove([*not_current, *cut_away])
            self._library.vectors.remove([*not_current, *cut_away])
            self._library.vectors_changed()
            self._record.mark_not_current_gone()
            self._record.journal.strike("drop")

    def _erase_vectors(self) -> None:
        digests = self._record.journal.subjects("erase")
        if digests:
            self._cache.erase(digests)
            self._record.journal.strike("erase")


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
