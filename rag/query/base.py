"""The interfaces of understanding questions, and of what writes follow-ups out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from rag.models import Filters, Message, Query, Usage


class QueryParser(Protocol):
    """Turns a question in a conversation into a query that stands alone."""

    def parse(
        self,
        question: str,
        history: Sequence[Message],
        *,
        as_of: datetime,
        outlets: Sequence[str] = (),
        filters: Filters | None = None,
    ) -> Query:
        """Return the query that a question amounts to after the messages before it.

        Args:
            question: As the reader wrote it.
            history: Earlier messages, oldest first.
            as_of: What "now" means.
            outlets: Names of the library's outlets.
            filters: Filters that the reader set.

        Raises:
            EmbeddingError: The embedding model failed.
        """


class Rewriter(Protocol):
    """Writes out what a follow-up leaves to the conversation."""

    def standalone(self, question: str, history: Sequence[Message]) -> tuple[str, Usage]:
        """Return a question that can be understood without the conversation, and the tokens that it took.

        Args:
            question: As the reader wrote it.
            history: Earlier messages, oldest first.

        Raises:
            GenerationError: It could not be rewritten.
        """
