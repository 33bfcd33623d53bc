"""The interfaces of what is searched and shown: articles with their two indexes and the model that made the vectors."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.dates import NewsDate
from rag.indexes.base import LexicalIndex, VectorIndex
from rag.models import Filters
from rag.store.base import ArticleStore, LibraryRecord
from rag.store.values import OutletCount


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
        return max((outlet.newest for outlet in self.outlets if outlet.newest), default=None)


class SearchableLibrary(Protocol):
    """What a retriever needs of a library; `rag.library.library.Library` is one."""

    @property
    def record(self) -> ArticleStore:
        """The articles and their passages."""

    @property
    def lexical(self) -> LexicalIndex:
        """The index of words."""

    @property
    def vectors(self) -> VectorIndex:
        """The index of vectors."""

    @property
    def embedding(self) -> BaseEmbedding:
        """The model that made the vectors."""

    def refresh(self) -> None:
        """See what another process ingested; called for every question."""

    def latest_date(self, filters: Filters | None = None) -> datetime:
        """Return up to when the library can know anything, aware UTC."""


class ReadableLibrary(SearchableLibrary, Protocol):
    """What the engine and the pages need of a library: all but writing."""

    @property
    def record(self) -> LibraryRecord:
        """The articles, their passages and what else is known of them."""

    def status(self) -> LibraryStatus:
        """Return counts and outlets as they are now."""

    def outlet_names(self) -> tuple[str, ...]:
        """Return the outlets that have articles here."""
