"""A library: the article store with its two indexes, opened, written and checked together.

`make_library` and `open_library` open the one that the settings name; `Library.writing` returns its only writer.
"""

from rag.library.base import LibraryStatus, ReadableLibrary, SearchableLibrary
from rag.library.library import Library, make_library, open_library
from rag.library.writer import LibraryWriter

__all__ = [
    "Library",
    "LibraryStatus",
    "LibraryWriter",
    "ReadableLibrary",
    "SearchableLibrary",
    "make_library",
    "open_library",
]
