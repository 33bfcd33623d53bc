"""The article store: articles, their passages and everything that is known about them, in SQLite.

Both indexes of a library are derived from it. `open_article_store` opens the store of a data directory;
`ArticleStore` is the interface that the rest of Dateline uses.
"""

from rag.store.base import ArticleStore
from rag.store.record import open_article_store
from rag.store.values import NewArticle, OutletCount, PassageMetadata, StoredVersion

__all__ = ["ArticleStore", "NewArticle", "OutletCount", "PassageMetadata", "StoredVersion", "open_article_store"]
