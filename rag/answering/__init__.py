"""From passages to a checked answer with citations."""
