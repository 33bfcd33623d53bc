"""The interface of what finds passages for a question."""

from typing import Protocol

from rag.models import Hit, Query


class Retriever(Protocol):
    """Finds passages of articles that were published up to the query's `as_of` and match its filters."""

    def search(self, query: Query, *, k: int) -> tuple[Hit, ...]:
        """Return the best passages for a query, at most `k`, best first.

        Scores are comparable within one result; the best is near 1 where the query's words and meaning are met.

        Raises:
            EmbeddingError: The embedding model failed.
        """

    def newest(self, query: Query, *, k: int) -> tuple[Hit, ...]:
        """Return the beginnings of the newest articles of the query's time, at most `k`, newest first."""
