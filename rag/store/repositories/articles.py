"""Looking up and counting articles."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, text

from rag.dates import NewsDate
from rag.models import Article, Filters
from rag.store.sql.conditions import current_matching
from rag.store.sql.database import Repository
from rag.store.sql.rows import article_of, date_of, select_articles
from rag.store.sql.schema import addresses, articles, passages
from rag.store.values import OutletCount, StoredVersion
from rag.urls import canonical_url, differ, exact_url


class ArticleQueries(Repository):
    """Queries for articles; an article is current unless it was superseded or withdrawn."""

    def articles(self) -> Iterator[Article]:
        """Yield every current article, in the order in which they were stored."""
        yield from self._articles(select_articles().where(articles.c.current).order_by(articles.c.row))

    def current(self, article_id: str) -> Article | None:
        """Return the current version of an article."""
        return next(self._articles(select_articles().where(articles.c.id == article_id, articles.c.current)), None)

    def newest(self, article_id: str) -> Article | None:
        """Return the newest version of an article, even if it was withdrawn."""
        return next(self._articles(select_articles().where(articles.c.id == article_id, articles.c.latest)), None)

    def versions(self, article_id: str) -> tuple[Article, ...]:
        """Return all versions of an article, oldest first, including withdrawn ones."""
        query = select_articles().where(articles.c.id == article_id).order_by(articles.c.version)
        return tuple(self._articles(query))

    def stored_version(self, article_id: str) -> StoredVersion | None:
        """Return number and digest of the newest version under an id, even if it was withdrawn."""
        query = select(articles.c.version, articles.c.digest, articles.c.fetched_at)
        query = query.where(articles.c.id == article_id, articles.c.latest)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return StoredVersion(row.version, row.digest, datetime.fromisoformat(row.fetched_at)) if row else None

    def original_length(self, article_id: str) -> int:
        """Return the length in characters of the current version's text before cleaning; 0 if there is none."""
        length = func.length(func.coalesce(articles.c.original, articles.c.text))
        return self._count(
            select(func.coalesce(func.max(length), 0)).where(articles.c.id == article_id, articles.c.current)
        )

    def current_ids(self) -> list[str]:
        """Return the ids of the current articles, in the order in which they were stored."""
        return self._column(select(articles.c.id).where(articles.c.current).order_by(articles.c.row))

    def ids_of_input(self, raw_digest: str) -> list[str]:
        """Return the ids of articles with a version, superseded or not, from an input with these bytes.

        A file may hold two texts of one article; the second supersedes the first, and the first must
        not come back when the file is read again.
        """
        return self._column(select(articles.c.id).where(articles.c.raw_digest == raw_digest).distinct())

    def is_newest_input(self, raw_digest: str) -> bool:
        """Return whether the newest version of any article, withdrawn or not, is from an input with these bytes."""
        return bool(self._column(select(articles.c.id).where(articles.c.raw_digest == raw_digest, articles.c.latest)))

    def ids_at(self, address: str) -> list[str]:
        """Return the ids of articles at exactly this address; if there are none, at one that usually is the same.

        Raises:
            ValueError: It is not an http or https URL.
        """
        exact, shown = exact_url(address), addresses.alias()
        query = (
            select(articles.c.id, shown.c.address.label("url"))
            .join_from(articles, addresses)
            .outerjoin(shown, (shown.c.article_row == articles.c.row) & (shown.c.role == "url"))
            .where(addresses.c.role == "canonical", addresses.c.address.in_((exact, canonical_url(address))))
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query.distinct()).all()
        at_it = [row.id for row in rows if row.url and exact_url(row.url) == exact]
        near = [row.id for row in rows if not (row.url and differ(row.url, address))]
        return list(dict.fromkeys(at_it or near))

    def ids_of_outlet(self, outlet: str) -> list[str]:
        """Return the ids of an outlet's articles."""
        return self._column(select(articles.c.id).where(articles.c.source == outlet).distinct())

    def article_count(self, filters: Filters | None = None) -> int:
        """Return the number of current articles; of the outlets, kinds, sections and ids in the filters."""
        return self._count(select(func.count()).select_from(articles).where(*current_matching(filters or Filters())))

    def newest_publication(self, filters: Filters | None = None) -> NewsDate | None:
        """Return when the newest current article was published, of those that match the filters."""
        dated = articles.c.published_epoch.is_not(None)
        query = select(articles.c.published_at).where(*current_matching(filters or Filters()), dated)
        dates = self._column(query.order_by(articles.c.published_epoch.desc()).limit(1))
        return date_of(dates[0]) if dates else None

    def outlet_names(self) -> tuple[str, ...]:
        """Return the names of the outlets of current articles, sorted."""
        query = select(passages.c.source).where(passages.c.current, passages.c.source.is_not(None))
        return tuple(self._column(query.distinct().order_by(passages.c.source)))

    def section_names(self) -> tuple[str, ...]:
        """Return the sections of current articles as their outlets spell them, sorted."""
        query = select(articles.c.section).where(articles.c.current, articles.c.section.is_not(None))
        return tuple(self._column(query.distinct().order_by(articles.c.section)))

    def outlets(self, filters: Filters | None = None) -> tuple[OutletCount, ...]:
        """Return the outlets of articles that match the filters, with counts and dates; most articles first."""
        query = (
            select(
                articles.c.source,
                func.count().label("articles"),
                func.min(articles.c.published_at).label("oldest"),
                func.max(articles.c.published_at).label("newest"),
            )
            .where(*current_matching(filters or Filters()))
            .group_by(text("1"))
            .order_by(text("2 DESC, 1"))
        )
        with self._engine.connect() as connection:
            return tuple(
                OutletCount(row.source, row.articles, date_of(row.oldest), date_of(row.newest))
                for row in connection.execute(query)
            )

    def _articles(self, query: Select[Any]) -> Iterator[Article]:
        with self._engine.connect() as connection:
            for row in connection.execute(query):
                yield article_of(row)
