"""Looking up and counting passages."""

from collections.abc import Sequence

from sqlalchemy import func, select

from rag.models import Filters, Passage
from rag.store.sql.conditions import current_in_sections, published_between
from rag.store.sql.database import Repository, in_batches
from rag.store.sql.rows import article_of, passage_of, select_articles
from rag.store.sql.schema import articles, passages
from rag.store.values import PassageMetadata


class PassageQueries(Repository):
    """Queries for passages, mostly of current articles."""

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Return passages of current articles by id; unknown ids are left out."""
        by_id: dict[str, Passage] = {}
        with self._engine.connect() as connection:
            for batch in in_batches(ids):
                rows = connection.execute(select(passages).where(passages.c.id.in_(batch))).all()
                of_rows = articles.c.row.in_({row.article_row for row in rows})
                query = select_articles().where(of_rows, articles.c.current)
                current = {row.row: article_of(row) for row in connection.execute(query)}
                by_id |= {
                    row.id: passage_of(row, current[row.article_row]) for row in rows if row.article_row in current
                }
        return by_id

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """Return the passages of an article's current version, in order."""
        query = select_articles().where(articles.c.id == article_id, articles.c.current)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
            if row is None:
                return ()
            of_article = select(passages).where(passages.c.article_row == row.row).order_by(passages.c.ordinal)
            article = article_of(row)
            return tuple(passage_of(passage, article) for passage in connection.execute(of_article))

    def neighbours(self, passage: Passage) -> tuple[str, str]:
        """Return the texts of the passages before and after; empty at either end of the article."""
        of_article = self.passages_of(passage.article.id)
        place = next((i for i, other in enumerate(of_article) if other.id == passage.id), None)
        if place is None:
            return "", ""
        following = of_article[place + 1].text if place + 1 < len(of_article) else ""
        return of_article[place - 1].text if place else "", following

    def all_passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """Return the passages of all versions of an article."""
        with self._engine.connect() as connection:
            rows = connection.execute(select_articles().where(articles.c.id == article_id)).all()
            versions = {row.row: article_of(row) for row in rows}
            of_versions = connection.execute(select(passages).where(passages.c.article_row.in_(versions)))
            return tuple(passage_of(row, versions[row.article_row]) for row in of_versions)

    def passage_metadata(self, ids: Sequence[str]) -> dict[str, PassageMetadata]:
        """Return what candidates are filtered and ranked by, by id; passages that are not current are left out."""
        query = select(passages.c.id, passages.c.published_epoch, passages.c.source, passages.c.kind)
        by_id: dict[str, PassageMetadata] = {}
        with self._engine.connect() as connection:
            for batch in in_batches(ids):
                rows = connection.execute(query.where(passages.c.id.in_(batch), passages.c.current))
                by_id |= {row[0]: PassageMetadata(row[1], row[2], row[3]) for row in rows}
        return by_id

    def count_between(self, start: int | None, end: int) -> int:
        """Return the number of passages published from `start` to `end`, in epoch seconds, both included.

        Without `start`, undated passages are counted too.
        """
        return self._count(select(func.count()).select_from(passages).where(published_between(start, end)))

    def ids_between(self, start: int | None, end: int) -> list[str]:
        """Return the ids of the passages that `count_between` counts."""
        return self._column(select(passages.c.id).where(published_between(start, end)))

    def ids_within(self, filters: Filters) -> list[str]:
        """Return the ids of the passages in the sections and articles of the filters; other fields are ignored."""
        query = select(passages.c.id).join(articles, passages.c.article_row == articles.c.row)
        return self._column(query.where(*current_in_sections(filters)))

    def latest_openings(self, before: int, *, limit: int, filters: Filters) -> list[Passage]:
        """Return the first passage of each of the newest articles, newest first, without undated and empty ones.

        Args:
            before: Published at this epoch second or earlier.
            limit: Maximum number of passages.
            filters: What the articles must match.
        """
        query = select(passages.c.id).where(passages.c.current, passages.c.ordinal == 0, passages.c.sentences != "[]")
        query = query.where(passages.c.published_epoch <= before)
        if filters.start:
            query = query.where(passages.c.published_epoch >= int(filters.start.timestamp()))
        if filters.sources:
            query = query.where(passages.c.source.in_(filters.sources))
        if filters.kinds:
            query = query.where(passages.c.kind.in_(filters.kinds))
        if filters.sections or filters.articles:
            query = query.where(passages.c.article_row.in_(select(articles.c.row).where(*current_in_sections(filters))))
        ids = self._column(query.order_by(passages.c.published_epoch.desc(), passages.c.id).limit(limit))
        by_id = self.passages(ids)
        return [by_id[passage_id] for passage_id in ids if passage_id in by_id]

    def passage_count(self) -> int:
        """Return the number of passages of current articles."""
        return self._count(select(func.count()).select_from(passages).where(passages.c.current))
