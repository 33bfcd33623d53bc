"""The interface of what writes follow-ups out."""

from collections.abc import Sequence
from typing import Protocol

from rag.models import Message


class Rewriter(Protocol):
    """Writes out what a follow-up leaves to the conversation."""

    def standalone(self, question: str, history: Sequence[Message]) -> str:
        """Return a question that can be understood without the conversation.

        Args:
            question: As the reader wrote it.
            history: Earlier messages, oldest first.

        Raises:
            GenerationError: It could not be rewritten.
        """
