"""From passages to the sentences that answer a question: scored, selected, and cut to length."""

from rag.reading.quote_selection import Quote, all_quotes, best_quotes
from rag.reading.sentence_scoring import Asked, Candidate, asked, candidates, confidence_in

__all__ = ["Asked", "Candidate", "Quote", "all_quotes", "asked", "best_quotes", "candidates", "confidence_in"]
