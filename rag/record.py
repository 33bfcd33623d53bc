"""The record: every article and the offsets of its passages, in SQLite. The indexes derive from it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Text,
    create_engine,
    event,
    func,
    select,
    update,
)
from sqlalchemy.exc import DatabaseError

from rag.dates import NewsDate, parse_iso
from rag.domain import Article, Passage, Span
from rag.errors import LibraryError, LibraryVersionError

SCHEMA_VERSION = "1"

_metadata = MetaData()
_facts = Table("facts", _metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False))
_articles = Table(
    "articles",
    _metadata,
    Column("row", Integer, primary_key=True),
    Column("id", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("current", Boolean, nullable=False),
    Column("in_lexical", Boolean, nullable=False, default=False),
    Column("in_vectors", Boolean, nullable=False, default=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("url", Text),
    Column("canonical_url", Text),
    Column("source", Text),
    Column("authors", Text, nullable=False),
    Column("published_at", String),
    Column("published_epoch", Integer),
    Column("updated_at", String),
    Column("fetched_at", String),
    Column("date_confidence", String, nullable=False),
    Column("section", Text),
    Column("kind", String, nullable=False),
    Column("language", String),
    Column("digest", String, nullable=False),
    Column("cluster_id", String),
    Index("one_version", "id", "version", unique=True),
    Index("not_in_lexical", "in_lexical", "current"),
    Index("not_in_vectors", "in_vectors", "current"),
    Index("by_publication", "current", "published_epoch"),
)
_passages = Table(
    "passages",
    _metadata,
    Column("id", String, primary_key=True),
    Column("article_row", ForeignKey("articles.row"), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("sentences", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the record already holds under an id."""

    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class OutletCount:
    """One outlet's articles in the library; dates are `None` where none is dated."""

    source: str
    articles: int
    oldest: NewsDate | None
    newest: NewsDate | None


class Record:
    """The articles and passages of one library.

    Args:
        file: SQLite file; made with its tables if absent.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._engine = _engine(file)
        try:
            with self._engine.begin() as connection:
                _metadata.create_all(connection)
        except DatabaseError as error:
            raise LibraryError(f"{file} cannot be used as a library's record: {error.orig}") from error
        self._check_version()

    def _check_version(self) -> None:
        version = self.fact("schema_version")
        if version is None:
            self.set_fact("schema_version", SCHEMA_VERSION)
        elif version != SCHEMA_VERSION:
            raise LibraryVersionError(
                f"the library at {self._file.parent} has format {version}, this Dateline writes format "
                f"{SCHEMA_VERSION}; use the Dateline that made it, or ingest the sources into a new --data directory"
            )

    def close(self) -> None:
        """Releases the file."""
        self._engine.dispose()

    def fact(self, name: str) -> str | None:
        """A remembered fact about the library, e.g. its embedding model."""
        with self._engine.connect() as connection:
            return connection.execute(select(_facts.c.value).where(_facts.c.name == name)).scalar()

    def set_fact(self, name: str, value: str) -> None:
        """Remembers a fact, replacing what was remembered."""
        with self._engine.begin() as connection:
            connection.execute(_facts.insert().prefix_with("OR REPLACE").values(name=name, value=value))

    def known(self, article_id: str) -> Known | None:
        """The current version under an id."""
        with self._engine.connect() as connection:
            row = connection.execute(
                select(_articles.c.version, _articles.c.digest).where(_articles.c.id == article_id, _articles.c.current)
            ).first()
        return Known(row.version, row.digest) if row else None

    def put(self, batch: Iterable[tuple[Article, Sequence[Passage]]]) -> None:
        """Stores articles with their passages, all or none; an older version stops being current."""
        with self._engine.begin() as connection:
            for article, passages in batch:
                self._put_one(connection, article, passages)

    def _put_one(self, connection: Connection, article: Article, passages: Sequence[Passage]) -> None:
        connection.execute(update(_articles).where(_articles.c.id == article.id).values(current=False))
        row = connection.execute(
            _articles.insert().values(_article_values(article)).returning(_articles.c.row)
        ).scalar_one()
        rows = [
            {
                "id": passage.id,
                "article_row": row,
                "ordinal": ordinal,
                "start": passage.start,
                "end": passage.end,
                "sentences": json.dumps([[s.start, s.end] for s in passage.sentences]),
            }
            for ordinal, passage in enumerate(passages)
        ]
        if rows:
            connection.execute(_passages.insert(), rows)

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Passages by id, of current versions only; unknown ids are left out."""
        found: dict[str, Passage] = {}
        query = select(_passages, _articles).join(_articles, _passages.c.article_row == _articles.c.row)
        with self._engine.connect() as connection:
            for first in range(0, len(ids), 500):
                some = ids[first : first + 500]
                rows = connection.execute(query.where(_passages.c.id.in_(some), _articles.c.current))
                found |= {row._mapping[_passages.c.id]: _passage(row) for row in rows}
        return found

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """The passages of an article's current version, in order."""
        query = (
            select(_passages, _articles)
            .join(_articles, _passages.c.article_row == _articles.c.row)
            .where(_articles.c.id == article_id, _articles.c.current)
            .order_by(_passages.c.ordinal)
        )
        with self._engine.connect() as connection:
            return tuple(_passage(row) for row in connection.execute(query))

    def published_epochs(self, ids: Sequence[str]) -> dict[str, int | None]:
        """Passage id -> publication time in epoch seconds, of current versions only."""
        found: dict[str, int | None] = {}
        query = select(_passages.c.id, _articles.c.published_epoch).join(
            _articles, _passages.c.article_row == _articles.c.row
        )
        with self._engine.connect() as connection:
            for first in range(0, len(ids), 500):
                some = ids[first : first + 500]
                found |= {
                    r[0]: r[1] for r in connection.execute(query.where(_passages.c.id.in_(some), _articles.c.current))
                }
        return found

    def missing_from(self, index: str) -> list[str]:
        """Ids of current articles that `index` (`lexical` or `vectors`) does not hold yet, newest first."""
        query = (
            select(_articles.c.id)
            .where(_articles.c.current, ~_articles.c[f"in_{index}"])
            .order_by(_articles.c.published_epoch.desc(), _articles.c.row)
        )
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def superseded(self) -> list[str]:
        """Ids of passages of versions that are no longer current but may still be in an index."""
        query = (
            select(_passages.c.id)
            .join(_articles, _passages.c.article_row == _articles.c.row)
            .where(~_articles.c.current, _articles.c.in_lexical | _articles.c.in_vectors)
        )
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def mark(self, index: str, article_ids: Sequence[str]) -> None:
        """Notes that `index` holds the current versions of these articles."""
        with self._engine.begin() as connection:
            for article_id in article_ids:
                connection.execute(
                    update(_articles)
                    .where(_articles.c.id == article_id, _articles.c.current)
                    .values({f"in_{index}": True})
                )

    def mark_superseded_gone(self) -> None:
        """Notes that no index holds versions that are no longer current."""
        with self._engine.begin() as connection:
            connection.execute(update(_articles).where(~_articles.c.current).values(in_lexical=False, in_vectors=False))

    def mark_nothing_indexed(self) -> None:
        """Notes that both indexes are empty, so that all is derived again."""
        with self._engine.begin() as connection:
            connection.execute(update(_articles).values(in_lexical=False, in_vectors=False))

    def article_count(self) -> int:
        """Current articles."""
        with self._engine.connect() as connection:
            return connection.execute(select(func.count()).where(_articles.c.current)).scalar_one()

    def passage_count(self) -> int:
        """Passages of current articles."""
        query = select(func.count()).join_from(_passages, _articles).where(_articles.c.current)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def unembedded_passages(self) -> int:
        """Passages of current articles that the vector index does not hold yet."""
        query = select(func.count()).join_from(_passages, _articles).where(_articles.c.current, ~_articles.c.in_vectors)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def newest_publication(self) -> NewsDate | None:
        """When the newest current article was published."""
        query = select(_articles.c.published_at).where(_articles.c.current, _articles.c.published_epoch.is_not(None))
        with self._engine.connect() as connection:
            return _date(connection.execute(query.order_by(_articles.c.published_epoch.desc())).scalar())

    def outlets(self) -> tuple[OutletCount, ...]:
        """Outlets with their article counts and dates, most articles first."""
        query = (
            select(
                func.coalesce(_articles.c.source, "unknown outlet").label("source"),
                func.count().label("articles"),
                func.min(_articles.c.published_at).label("oldest"),
                func.max(_articles.c.published_at).label("newest"),
            )
            .where(_articles.c.current)
            .group_by("source")
            .order_by(func.count().desc(), "source")
        )
        with self._engine.connect() as connection:
            return tuple(
                OutletCount(row.source, row.articles, _date(row.oldest), _date(row.newest))
                for row in connection.execute(query)
            )

    def articles(self) -> Iterator[Article]:
        """Every current article, oldest row first."""
        with self._engine.connect() as connection:
            for row in connection.execute(select(_articles).where(_articles.c.current).order_by(_articles.c.row)):
                yield _article(row)


def _engine(file: Path) -> Engine:
    engine = create_engine(f"sqlite:///{file}")
    event.listen(engine, "connect", _configure)
    return engine


def _configure(connection: Any, _pool_record: object) -> None:
    # FULL: an article that was reported as added survives a power cut.
    for pragma in ("journal_mode=WAL", "busy_timeout=30000", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _article_values(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "version": article.version,
        "current": True,
        "title": article.title,
        "text": article.text,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "source": article.source,
        "authors": json.dumps(article.authors),
        "published_at": str(article.published_at) if article.published_at else None,
        "published_epoch": article.published_at.epoch if article.published_at else None,
        "updated_at": str(article.updated_at) if article.updated_at else None,
        "fetched_at": (article.fetched_at or datetime.now(UTC)).isoformat(),
        "date_confidence": article.date_confidence,
        "section": article.section,
        "kind": article.kind,
        "language": article.language,
        "digest": article.digest,
        "cluster_id": article.cluster_id,
    }


def _article(row: Row[Any]) -> Article:
    values = row._mapping
    return Article(
        id=values[_articles.c.id],
        title=values["title"],
        text=values["text"],
        url=values["url"],
        canonical_url=values["canonical_url"],
        source=values["source"],
        authors=tuple(json.loads(values["authors"])),
        published_at=_date(values["published_at"]),
        updated_at=_date(values["updated_at"]),
        fetched_at=datetime.fromisoformat(values["fetched_at"]),
        date_confidence=values["date_confidence"],
        section=values["section"],
        kind=values["kind"],
        language=values["language"],
        version=values["version"],
        digest=values["digest"],
        cluster_id=values["cluster_id"],
    )


def _passage(row: Row[Any]) -> Passage:
    article = _article(row)
    values = row._mapping
    start, end = values["start"], values["end"]
    return Passage(
        id=values[_passages.c.id],
        article=article,
        text=article.text[start:end],
        start=start,
        end=end,
        sentences=tuple(Span(*span) for span in json.loads(values["sentences"])),
    )


def _date(text: str | None) -> NewsDate | None:
    return parse_iso(text) if text else None
