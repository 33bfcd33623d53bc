"""The record: articles and what is known of their sources, in SQLite."""
