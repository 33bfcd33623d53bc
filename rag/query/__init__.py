"""From a question in a conversation to a query: intent, time, outlets, standalone wording."""
