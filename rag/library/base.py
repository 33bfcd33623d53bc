"""The interface of what is searched: articles with their two indexes and the model that made the vectors."""

from datetime import datetime
from typing import Protocol

from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.indexes.base import LexicalIndex, VectorIndex
from rag.models import Filters
from rag.store.base import ArticleStore


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
