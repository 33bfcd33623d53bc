"""Drafts as several families of language models write them, and what must come out of each; see `book.py`."""
