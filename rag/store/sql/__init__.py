"""The tables of the article store, their rows, and statements that depend on the database."""
