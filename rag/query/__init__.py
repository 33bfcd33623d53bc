"""From a question in a conversation to a query: intent, time, outlets, standalone wording."""

from rag.query.base import Rewriter
from rag.query.parsing import understand

__all__ = ["Rewriter", "understand"]
