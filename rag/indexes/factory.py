"""The indexes that the settings ask for: Tantivy and Chroma in the data directory."""

from rag.indexes.base import LexicalIndex, VectorIndex
from rag.indexes.lexical import TantivyIndex
from rag.indexes.vector import ChromaIndex
from rag.settings import Settings

LEXICAL_FOLDER = "lexical"
VECTOR_FOLDER = "chroma"


def lexical_index_from(settings: Settings) -> LexicalIndex:
    """Open the lexical index of the data directory, made if absent.

    Raises:
        LibraryError: The folder holds something else.
    """
    return TantivyIndex(settings.data / LEXICAL_FOLDER)


def vector_index_from(settings: Settings) -> VectorIndex:
    """Open the vector index of the data directory, made if absent."""
    return ChromaIndex(settings.data / VECTOR_FOLDER)
