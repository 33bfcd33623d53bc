"""Fingerprints by which recurring content is found: paragraphs of one outlet, and texts that are nearly the same."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import func, select, update

from rag.models import Article
from rag.store.sql.database import Repository, in_batches, insert_missing, values_must_fit
from rag.store.sql.rows import article_of, select_articles
from rag.store.sql.schema import articles, bands, paragraphs

_LENGTHS_APART = 3
"""Times the length of one text that another has at most; what differs more has few of its words in common."""


class Fingerprints(Repository):
    """Look-ups by which boilerplate and near-duplicates are detected."""

    def add_paragraphs(self, paragraphs_of: Iterable[tuple[str, str, Collection[int]]]) -> None:
        """Add the keys of articles' paragraphs.

        Args:
            paragraphs_of: Outlet, article id and keys.

        Raises:
            UnstorableError: A column cannot hold a value of one of them.
        """
        rows = [
            {"outlet": outlet, "key": key, "article_id": article_id}
            for outlet, article_id, keys in paragraphs_of
            for key in keys
        ]
        if rows:
            with values_must_fit(), self._engine.begin() as connection:
                insert_missing(connection, paragraphs, rows)

    def recurring(self, outlet: str, keys: Collection[int], *, at_least: int) -> frozenset[int]:
        """Return those of the keys that occur in at least `at_least` articles of the outlet."""
        counts = select(paragraphs.c.key).where(paragraphs.c.outlet == outlet)
        counts = counts.group_by(paragraphs.c.key).having(func.count() >= at_least)
        recurring = set[int]()
        with self._engine.connect() as connection:
            for batch in in_batches(keys):
                recurring |= set(connection.execute(counts.where(paragraphs.c.key.in_(batch))).scalars())
        return frozenset(recurring)

    def holders(self, outlet: str, keys: Collection[int], *, limit: int | None = None) -> list[str]:
        """Return the ids of up to `limit` articles of the outlet that hold any of the paragraphs, sorted."""
        query = select(paragraphs.c.article_id).where(paragraphs.c.outlet == outlet, paragraphs.c.key.in_(keys))
        return self._column(query.distinct().order_by(paragraphs.c.article_id).limit(limit))

    def unclustered(self) -> list[tuple[Article, bytes]]:
        """Return current articles that were not compared with the others yet, with their signatures."""
        query = select_articles().where(articles.c.current, articles.c.cluster_id.is_(None))
        with self._engine.connect() as connection:
            rows = connection.execute(query.where(articles.c.signature.is_not(None)).order_by(articles.c.row)).all()
        return [(article_of(row), row.signature) for row in rows]

    def candidates(self, keys: Sequence[int], *, besides: str) -> list[tuple[Article, bytes]]:
        """Return current articles other than `besides` that share a band key, with their signatures."""
        of_bands = articles.c.row.in_(select(bands.c.article_row).where(bands.c.key.in_(keys)))
        query = select_articles().where(articles.c.current, articles.c.id != besides, of_bands).order_by(articles.c.row)
        with self._engine.connect() as connection:
            return [(article_of(row), row.signature) for row in connection.execute(query)]

    def of_few_words(self, *, like: str) -> list[Article]:
        """Return current articles whose text has too few words to share a band key, and is about as long as another."""
        length = func.length(articles.c.text)
        query = select_articles().where(articles.c.current, articles.c.signature.is_(None))
        query = query.where(length.between(len(like) // _LENGTHS_APART, len(like) * _LENGTHS_APART))
        with self._engine.connect() as connection:
            return [article_of(row) for row in connection.execute(query)]

    def cluster(self, cluster_id: str) -> tuple[Article, ...]:
        """Return the current articles of a cluster, in the order in which they were stored."""
        query = select_articles().where(articles.c.current, articles.c.cluster_id == cluster_id)
        with self._engine.connect() as connection:
            return tuple(article_of(row) for row in connection.execute(query.order_by(articles.c.row)))

    def set_cluster(self, article_ids: Collection[str], cluster_id: str) -> None:
        """Put the current versions of articles into a cluster."""
        change = update(articles).where(articles.c.current, articles.c.id.in_(article_ids))
        with self._engine.begin() as connection:
            connection.execute(change.values(cluster_id=cluster_id))
