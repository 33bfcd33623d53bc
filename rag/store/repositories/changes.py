"""Storing, changing, withdrawing and deleting articles, each in one transaction."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from rag.models import Article, Passage
from rag.store.blocked.blocklist import block
from rag.store.repositories.crawl_state import delete_visits
from rag.store.repositories.facts import MODEL_FACT, set_fact
from rag.store.repositories.journal import intend, strike
from rag.store.sql.database import Repository, in_batches, values_must_fit
from rag.store.sql.rows import address_values, article_values, passage_values
from rag.store.sql.schema import addresses, articles, bands, paragraphs, passages
from rag.store.values import NewArticle


class ArticleChanges(Repository):
    """Changes to articles; what they require of the indexes and the cache is written to the journal with them."""

    def put(self, batch: Iterable[NewArticle]) -> None:
        """Store articles with their passages, all or none; older versions are no longer current.

        Raises:
            UnstorableError: A column cannot hold a value of one of them.
        """
        with values_must_fit(), self._engine.begin() as connection:
            _put(connection, list(batch))

    def rechunk(self, article: Article, new_passages: Sequence[Passage], *, erase: Iterable[str] = ()) -> None:
        """Give the current version of an article another text and passages, which neither index holds then.

        Args:
            article: The article with its new text.
            new_passages: The passages of that text.
            erase: Digests of vectors that no passage has any more.
        """
        with self._engine.begin() as connection:
            row = connection.execute(
                update(articles)
                .where(articles.c.id == article.id, articles.c.current)
                .values(
                    text=article.text,
                    stub=article.headline_only,
                    original=func.coalesce(articles.c.original, articles.c.text),
                    in_lexical=False,
                    in_vectors=False,
                )
                .returning(articles.c.row)
            ).scalar_one()
            old = delete(passages).where(passages.c.article_row == row).returning(passages.c.id)
            kept = {passage.id for passage in new_passages}
            intend(connection, "drop", set(connection.execute(old).scalars()) - kept)
            intend(connection, "erase", erase)
            _put_passages(connection, [(row, new_passages, True)])

    def withdraw(self, article_ids: Sequence[str], *, for_good: bool = False) -> int:
        """Make articles impossible to find; their versions are kept, marked as withdrawn.

        Args:
            article_ids: Unknown ids are ignored.
            for_good: Block them, so that they are not ingested again under any name.

        Returns:
            How many current articles were withdrawn.
        """
        now = datetime.now(UTC).isoformat()
        withdrawn = 0
        with self._engine.begin() as connection:
            if for_good:
                block(connection, article_ids)
            for batch in in_batches(article_ids):
                change = update(articles).where(articles.c.current, articles.c.id.in_(batch))
                withdrawn += connection.execute(change.values(current=False, withdrawn_at=now)).rowcount
                _follow_articles(connection, batch)
        return withdrawn

    def forget(self, article_ids: Sequence[str], *, erase: Iterable[str]) -> None:
        """Delete articles with all versions and everything derived from them, and block them.

        The journal then says what the other stores, and the file of this one, have still to lose.

        Args:
            article_ids: Unknown ids are ignored.
            erase: Digests of the vectors of their passages.
        """
        with self._engine.begin() as connection:
            block(connection, article_ids)
            intend(connection, "erase", erase)
            intend(connection, "empty")
            for batch in in_batches(article_ids):
                _delete(connection, batch)
            delete_visits(connection, article_ids)

    def reset_indexes(self, *, embedding_model: str, backup: str = "") -> None:
        """Record that both indexes are to be derived again.

        Args:
            embedding_model: Name of the model that is to make the vectors.
            backup: Digest of the backup that this store was restored from, if it was.
        """
        with self._engine.begin() as connection:
            connection.execute(update(articles).values(in_lexical=False, in_vectors=False))
            set_fact(connection, MODEL_FACT, embedding_model)
            strike(connection, "drop", "empty", "derive")
            intend(connection, "derive" if backup else "empty", [backup])


def _put(connection: Connection, batch: Sequence[NewArticle]) -> None:
    if not batch:
        return
    newest = {new.article.id: place for place, new in enumerate(batch)}
    older = update(articles).where(articles.c.id == bindparam("of")).values(current=False, latest=False)
    connection.execute(older, [{"of": article_id} for article_id in newest])
    _follow_articles(connection, newest)
    values = [article_values(new, current=newest[new.article.id] == place) for place, new in enumerate(batch)]
    stored = insert(articles).returning(articles.c.row, sort_by_parameter_order=True)
    rows = list(connection.execute(stored, values).scalars())
    current = [row["current"] for row in values]
    _put_passages(connection, zip(rows, (new.passages for new in batch), current, strict=True))
    stated = [address for row, new in zip(rows, batch, strict=True) for address in address_values(row, new.article)]
    keys = [
        {"key": key, "article_row": row}
        for row, new in zip(rows, batch, strict=True)
        for key in dict.fromkeys(new.bands)
    ]
    for table, new_rows in ((addresses, stated), (bands, keys)):
        if new_rows:
            connection.execute(insert(table), new_rows)


def _put_passages(connection: Connection, passages_of: Iterable[tuple[int, Sequence[Passage], bool]]) -> None:
    values = [
        passage_values(row, ordinal, passage, current=current)
        for row, of_article, current in passages_of
        for ordinal, passage in enumerate(of_article)
    ]
    if values:
        connection.execute(insert(passages), values)


def _follow_articles(connection: Connection, article_ids: Collection[str]) -> None:
    """Mark passages as not current if their articles are not."""
    rows = select(articles.c.row).where(articles.c.id.in_(article_ids), ~articles.c.current)
    connection.execute(update(passages).where(passages.c.article_row.in_(rows)).values(current=False))


def _delete(connection: Connection, article_ids: Sequence[str]) -> None:
    """Delete articles with their rows in other tables; a cluster that was named after one of them loses its name."""
    rows = select(articles.c.row).where(articles.c.id.in_(article_ids))
    for table in (passages, bands, addresses):
        connection.execute(delete(table).where(table.c.article_row.in_(rows)))
    connection.execute(delete(paragraphs).where(paragraphs.c.article_id.in_(article_ids)))
    connection.execute(delete(articles).where(articles.c.id.in_(article_ids)))
    connection.execute(update(articles).where(articles.c.cluster_id.in_(article_ids)).values(cluster_id=None))
