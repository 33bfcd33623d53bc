"""The time that a question speaks of, e.g. "last week" or "between 3 and 7 June", relative to its as-of. Pure."""

from rag.query.times.expressions import window_of

__all__ = ["window_of"]
