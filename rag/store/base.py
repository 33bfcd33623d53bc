"""The interfaces of the article store, the record from which both indexes are derived.

`ArticleStore` is what retrieval and the engine read, `LibraryRecord` that and all that is written and maintained.
`rag.store.article_store_from` opens the one that a library uses; any class with these methods can take its place.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from rag.dates import NewsDate
from rag.models import Article, Filters, Passage
from rag.store.blocked.blocklist import Blocklist
from rag.store.repositories.crawl_state import CrawlState
from rag.store.repositories.facts import Facts
from rag.store.repositories.fingerprints import Fingerprints
from rag.store.repositories.journal import Journal
from rag.store.values import NewArticle, OutletCount, PassageMetadata, StoredVersion


class ArticleStore(Protocol):
    """Articles and passages as searching and answering read them; only current ones are found.

    Every method raises `StorageError` if the data cannot be read.
    """

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Return passages of current articles by id; unknown ids are left out."""

    def passage_metadata(self, ids: Sequence[str]) -> dict[str, PassageMetadata]:
        """Return what candidates are filtered and ranked by, by id; passages that are not current are left out."""

    def count_between(self, start: int | None, end: int) -> int:
        """Return the number of passages published from `start` to `end`, in epoch seconds, both included."""

    def ids_between(self, start: int | None, end: int) -> list[str]:
        """Return the ids of the passages that `count_between` counts."""

    def ids_within(self, filters: Filters) -> list[str]:
        """Return the ids of the passages in the sections and articles of the filters; other fields are ignored."""

    def latest_openings(self, before: int, *, limit: int, filters: Filters) -> list[Passage]:
        """Return the first passage of each of the newest articles, newest first, without undated and empty ones."""

    def passage_count(self) -> int:
        """Return the number of passages of current articles."""

    def article_count(self, filters: Filters | None = None) -> int:
        """Return the number of current articles; of the outlets, kinds, sections and ids in the filters."""

    def newest_publication(self, filters: Filters | None = None) -> NewsDate | None:
        """Return when the newest current article was published, of those that match the filters."""

    def outlet_names(self) -> tuple[str, ...]:
        """Return the names of the outlets of current articles, sorted."""

    def outlets(self, filters: Filters | None = None) -> tuple[OutletCount, ...]:
        """Return the outlets of articles that match the filters, with counts and dates; most articles first."""


class ArticleReader(Protocol):
    """What else can be asked of stored articles; see `rag.store.repositories.articles.ArticleQueries`."""

    def articles(self) -> Iterator[Article]:
        """Yield every current article, in the order in which they were stored."""

    def current(self, article_id: str) -> Article | None:
        """Return the current version of an article."""

    def newest(self, article_id: str) -> Article | None:
        """Return the newest version of an article, even if it was withdrawn."""

    def versions(self, article_id: str) -> tuple[Article, ...]:
        """Return all versions of an article, oldest first, including withdrawn ones."""

    def stored_version(self, article_id: str) -> StoredVersion | None:
        """Return number and digest of the newest version under an id, even if it was withdrawn."""

    def original_length(self, article_id: str) -> int:
        """Return the length in characters of the current version's text before cleaning; 0 if there is none."""

    def current_ids(self) -> list[str]:
        """Return the ids of the current articles, in the order in which they were stored."""

    def ids_of_input(self, raw_digest: str) -> list[str]:
        """Return the ids of articles with a version, superseded or not, from an input with these bytes."""

    def is_newest_input(self, raw_digest: str) -> bool:
        """Return whether the newest version of any article, withdrawn or not, is from an input with these bytes."""

    def ids_at(self, address: str) -> list[str]:
        """Return the ids of articles at exactly this address; if there are none, at one that usually is the same.

        Raises:
            ValueError: It is not an http or https URL.
        """

    def ids_of_outlet(self, outlet: str) -> list[str]:
        """Return the ids of an outlet's articles."""

    def section_names(self) -> tuple[str, ...]:
        """Return the sections of current articles as their outlets spell them, sorted."""


class PassageReader(Protocol):
    """What else can be asked of stored passages; see `rag.store.repositories.passages.PassageQueries`."""

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """Return the passages of an article's current version, in order."""

    def neighbours(self, passage: Passage) -> tuple[str, str]:
        """Return the texts of the passages before and after; empty at either end of the article."""

    def all_passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """Return the passages of all versions of an article."""


class IndexRecord(Protocol):
    """Which articles the indexes hold; see `rag.store.repositories.index_state.IndexState`."""

    def missing_from(self, index: str) -> list[str]:
        """Return the ids of current articles that an index does not hold yet, newest first."""

    def unembedded_passages(self) -> int:
        """Return the number of passages of current articles that the vector index does not hold yet."""

    def not_current(self) -> list[str]:
        """Return the ids of passages that are no longer current but may still be in an index."""

    def some_passage_ids(self, *, index: str, count: int = 50) -> list[str]:
        """Return the ids of up to `count` passages that an index should hold, to test it."""

    def mark(self, index: str, article_ids: Sequence[str]) -> None:
        """Record that an index holds the current versions of these articles."""

    def mark_not_current_gone(self) -> None:
        """Record that no index holds versions that are not current."""

    def mark_nothing_indexed(self) -> None:
        """Record that both indexes are empty, so that everything is indexed again."""


class ArticleWriter(Protocol):
    """Changes to articles, each all or nothing; see `rag.store.repositories.changes.ArticleChanges`."""

    def put(self, batch: Iterable[NewArticle]) -> None:
        """Store articles with their passages; older versions are no longer current.

        Raises:
            UnstorableError: The store cannot hold a value of one of them.
        """

    def rechunk(self, article: Article, new_passages: Sequence[Passage], *, erase: Iterable[str] = ()) -> None:
        """Give the current version of an article another text and passages."""

    def withdraw(self, article_ids: Sequence[str], *, for_good: bool = False) -> int:
        """Make articles impossible to find, and block them if it is for good; return how many there were."""

    def forget(self, article_ids: Sequence[str], *, erase: Iterable[str]) -> None:
        """Delete articles with everything derived from them, and block them."""

    def reset_indexes(self, *, embedding_model: str, backup: str = "") -> None:
        """Record that both indexes are to be derived again."""


class LibraryRecord(ArticleStore, ArticleReader, PassageReader, IndexRecord, ArticleWriter, Protocol):
    """The articles of one library, with what is known about them: all that `ingest` and the pages need.

    Every method raises `StorageError` if the data cannot be read or written.
    """

    @property
    def facts(self) -> Facts:
        """Facts about the library as a whole."""

    @property
    def journal(self) -> Journal:
        """What is still to be done to the other stores."""

    @property
    def fingerprints(self) -> Fingerprints:
        """Recurring paragraphs and near-duplicates."""

    @property
    def blocklist(self) -> Blocklist:
        """Articles that are not ingested again."""

    @property
    def crawl_state(self) -> CrawlState:
        """The last visit to each address."""

    def close(self) -> None:
        """Release files and connections."""

    def vacuum(self) -> None:
        """Remove the remains of deleted rows from the disk.

        Raises:
            LibraryBusyError: Another process is reading and keeps them from being removed.
        """

    def copy_to(self, file: Path) -> None:
        """Write a consistent copy to an SQLite file while others may write."""
