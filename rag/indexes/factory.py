"""The indexes that a library opens: Tantivy and Chroma in its data directory."""

from pathlib import Path

from rag.indexes.base import LexicalIndex, VectorIndex
from rag.indexes.lexical import TantivyIndex
from rag.indexes.vector import ChromaIndex

LEXICAL_FOLDER = "lexical"
VECTOR_FOLDER = "chroma"


def lexical_index(data: Path) -> LexicalIndex:
    """Open the lexical index of a data directory, made if absent.

    Raises:
        LibraryError: The folder holds something else.
    """
    return TantivyIndex(data / LEXICAL_FOLDER)


def vector_index(data: Path) -> VectorIndex:
    """Open the vector index of a data directory, made if absent."""
    return ChromaIndex(data / VECTOR_FOLDER)
