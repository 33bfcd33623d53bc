"""Which articles each of the two indexes holds."""

from collections.abc import Sequence

from sqlalchemy import func, select, update

from rag.store.sql.database import Repository, in_batches
from rag.store.sql.schema import articles, passages


class IndexState(Repository):
    """What the indexes hold, as far as it was reported; `index` is `lexical` or `vectors`."""

    def missing_from(self, index: str) -> list[str]:
        """Return the ids of current articles that an index does not hold yet, newest first."""
        query = select(articles.c.id).where(articles.c.current, ~articles.c[f"in_{index}"])
        return self._column(query.order_by(articles.c.published_epoch.desc(), articles.c.row))

    def unembedded_passages(self) -> int:
        """Return the number of passages of current articles that the vector index does not hold yet."""
        return self._count(
            select(func.count()).join_from(passages, articles).where(articles.c.current, ~articles.c.in_vectors)
        )

    def not_current(self) -> list[str]:
        """Return the ids of passages that are no longer current but may still be in an index."""
        query = select(passages.c.id).join(articles, passages.c.article_row == articles.c.row)
        return self._column(query.where(~articles.c.current, articles.c.in_lexical | articles.c.in_vectors))

    def some_passage_ids(self, *, index: str, count: int = 50) -> list[str]:
        """Return the ids of up to `count` passages that an index should hold, to test it."""
        query = select(passages.c.id).join(articles, passages.c.article_row == articles.c.row)
        query = query.where(articles.c.current, articles.c[f"in_{index}"])
        return self._column(query.order_by(passages.c.id.desc()).limit(count))

    def mark(self, index: str, article_ids: Sequence[str]) -> None:
        """Record that an index holds the current versions of these articles."""
        with self._engine.begin() as connection:
            for batch in in_batches(article_ids):
                change = update(articles).where(articles.c.id.in_(batch), articles.c.current)
                connection.execute(change.values({f"in_{index}": True}))

    def mark_not_current_gone(self) -> None:
        """Record that no index holds versions that are not current."""
        with self._engine.begin() as connection:
            connection.execute(update(articles).where(~articles.c.current).values(in_lexical=False, in_vectors=False))

    def mark_nothing_indexed(self) -> None:
        """Record that both indexes are empty, so that everything is indexed again."""
        with self._engine.begin() as connection:
            connection.execute(update(articles).values(in_lexical=False, in_vectors=False))
