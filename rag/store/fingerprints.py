"""What recurs across articles: paragraphs of one outlet, and texts that are nearly the same."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Engine, func, insert, select, update

from rag.models import Article
from rag.store.schema import article_of, articles, bands, paragraphs

_MANY = 500


class Fingerprints:
    """Look-ups by which boilerplate and near-duplicates are found; part of the record.

    Args:
        engine: The record's.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_paragraphs(self, found: Iterable[tuple[str, str, Collection[int]]]) -> None:
        """Remembers the keys of articles' paragraphs: outlet, article id, keys."""
        rows = [
            {"outlet": outlet, "key": key, "article_id": article_id}
            for outlet, article_id, keys in found
            for key in keys
        ]
        if rows:
            with self._engine.begin() as connection:
                connection.execute(insert(paragraphs).prefix_with("OR IGNORE"), rows)

    def recurring(self, outlet: str, keys: Collection[int], *, at_least: int) -> frozenset[int]:
        """Those of the keys that stand in at least so many articles of the outlet."""
        counts = select(paragraphs.c.key).where(paragraphs.c.outlet == outlet)
        counts = counts.group_by(paragraphs.c.key).having(func.count() >= at_least)
        wanted, found = list(keys), set[int]()
        with self._engine.connect() as connection:
            for first in range(0, len(wanted), _MANY):
                some = wanted[first : first + _MANY]
                found |= set(connection.execute(counts.where(paragraphs.c.key.in_(some))).scalars())
        return frozenset(found)

    def holders(self, outlet: str, keys: Collection[int], *, limit: int | None = None) -> list[str]:
        """Ids of the outlet's articles that hold any of the paragraphs; no more than `limit`."""
        query = select(paragraphs.c.article_id).where(paragraphs.c.outlet == outlet, paragraphs.c.key.in_(keys))
        with self._engine.connect() as connection:
            return list(connection.execute(query.distinct().order_by(paragraphs.c.article_id).limit(limit)).scalars())

    def unclustered(self) -> list[tuple[Article, bytes]]:
        """Current articles that were not compared with the others yet, with their signatures."""
        query = select(articles).where(articles.c.current, articles.c.cluster_id.is_(None))
        with self._engine.connect() as connection:
            rows = connection.execute(query.where(articles.c.signature.is_not(None)).order_by(articles.c.row)).all()
        return [(article_of(row), row.signature) for row in rows]

    def candidates(self, keys: Sequence[int], *, besides: str) -> list[tuple[Article, bytes]]:
        """Other current articles that share a band key, with their signatures."""
        query = (
            select(articles)
            .where(
                articles.c.current,
                articles.c.id != besides,
                articles.c.row.in_(select(bands.c.article_row).where(bands.c.key.in_(keys))),
            )
            .order_by(articles.c.row)
        )
        with self._engine.connect() as connection:
            return [(article_of(row), row.signature) for row in connection.execute(query)]

    def cluster(self, cluster_id: str) -> tuple[Article, ...]:
        """The current articles of a cluster."""
        query = select(articles).where(articles.c.current, articles.c.cluster_id == cluster_id).order_by(articles.c.row)
        with self._engine.connect() as connection:
            return tuple(article_of(row) for row in connection.execute(query))

    def set_cluster(self, article_ids: Collection[str], cluster_id: str) -> None:
        """Puts the current versions of articles into a cluster."""
        change = update(articles).where(articles.c.current, articles.c.id.in_(article_ids))
        with self._engine.begin() as connection:
            connection.execute(change.values(cluster_id=cluster_id))
