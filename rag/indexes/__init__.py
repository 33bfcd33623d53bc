"""Passages cut from articles, their embeddings, and the lexical and vector indexes that find them.

The interfaces are in `rag.indexes.base`; the implementations load their libraries, so import them from their
modules.
"""

from rag.indexes.base import UNDATED, LexicalIndex, VectorIndex, Vectors

__all__ = ["UNDATED", "LexicalIndex", "VectorIndex", "Vectors"]
