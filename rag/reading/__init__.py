"""From passages to the sentences that answer a question: scored, selected, and cut to length."""

from rag.reading.base import SpanReader, Window
from rag.reading.confidence import confidence_in
from rag.reading.coverage import Asked, asked
from rag.reading.evidence import Candidate, candidates
from rag.reading.quote_selection import Quote, all_quotes, best_quotes

__all__ = [
    "Asked",
    "Candidate",
    "Quote",
    "SpanReader",
    "Window",
    "all_quotes",
    "asked",
    "best_quotes",
    "candidates",
    "confidence_in",
]
