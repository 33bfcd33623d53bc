"""From a question in a conversation to a query: intent, time, outlets, standalone wording."""

from rag.query.base import QueryParser, Rewriter
from rag.query.parsing import ExampleQueryParser

__all__ = ["ExampleQueryParser", "QueryParser", "Rewriter"]
