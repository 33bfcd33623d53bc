"""The article store: articles, their passages and everything that is known about them, in SQLite.

Both indexes of a library are derived from it. `article_store_from` opens the store of a data directory;
`ArticleStore` is the interface that searching and answering use, `LibraryRecord` that of the rest of Dateline.
"""

from rag.store.base import ArticleStore, LibraryRecord
from rag.store.factory import article_store_from
from rag.store.values import NewArticle, OutletCount, PassageMetadata, StoredVersion

__all__ = [
    "ArticleStore",
    "LibraryRecord",
    "NewArticle",
    "OutletCount",
    "PassageMetadata",
    "StoredVersion",
    "article_store_from",
]
