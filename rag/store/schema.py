"""The tables of the record, and how their rows become articles and passages."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    Text,
    create_engine,
    event,
)

from rag.dates import NewsDate, parse_iso
from rag.models import Article, Passage, Span

metadata = MetaData()
facts = Table("facts", metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False))
articles = Table(
    "articles",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", String, nullable=False),
    Column("version", Integer, nullable=False),
    # The version that is found and quoted; none of a withdrawn article is.
    Column("current", Boolean, nullable=False),
    # The newest version seen, withdrawn or not.
    Column("latest", Boolean, nullable=False),
    Column("withdrawn_at", String),
    Column("in_lexical", Boolean, nullable=False, default=False),
    Column("in_vectors", Boolean, nullable=False, default=False),
    Column("title", Text, nullable=False),
    Column("url", Text),
    Column("canonical_url", Text),
    Column("came_from", Text),
    Column("source", Text),
    Column("authors", Text, nullable=False),
    Column("published_at", String),
    Column("published_epoch", Integer),
    Column("updated_at", String),
    Column("fetched_at", String, nullable=False),
    Column("date_confidence", String, nullable=False),
    Column("section", Text),
    Column("kind", String, nullable=False),
    Column("language", String),
    Column("correction", Text),
    Column("corrected_at", String),
    Column("stub", Boolean, nullable=False),
    Column("digest", String, nullable=False),
    # Of the input's bytes: an input that came before need not be read again.
    Column("raw_digest", String, nullable=False),
    # Null until it was compared with the others.
    Column("cluster_id", String),
    # Large columns stand last: SQLite reads through them to reach what stands behind.
    Column("signature", LargeBinary),
    Column("text", Text, nullable=False),
    # As it came in, where cleaning changed it.
    Column("original", Text),
    Index("one_version", "id", "version", unique=True),
    Index("by_raw_digest", "raw_digest"),
    Index("by_address", "canonical_url"),
    Index("by_cluster", "cluster_id"),
    Index("not_in_lexical", "in_lexical", "current"),
    Index("not_in_vectors", "in_vectors", "current"),
    Index("by_publication", "current", "published_epoch"),
    Index("by_section", "section", "current"),
)
passages = Table(
    "passages",
    metadata,
    Column("id", String, primary_key=True),
    Column("article_row", ForeignKey("articles.row"), nullable=False, index=True),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("sentences", Text, nullable=False),
    # Of its article, repeated: candidates are judged by these, and a look-up in one compact index
    # costs a tenth of one in the articles' rows.
    Column("current", Boolean, nullable=False, default=True),
    Column("published_epoch", Integer),
    Column("source", Text),
    Column("kind", String, nullable=False, default="news"),
    Index("facts_of_passage", "id", "current", "published_epoch", "source", "kind"),
    Index("passages_by_time", "current", "published_epoch"),
)
paragraphs = Table(
    "paragraphs",
    metadata,
    Column("outlet", String, primary_key=True),
    Column("key", BigInteger, primary_key=True),
    Column("article_id", String, primary_key=True),
    sqlite_with_rowid=False,
)
bands = Table(
    "bands",
    metadata,
    Column("key", BigInteger, primary_key=True),
    Column("article_row", ForeignKey("articles.row"), primary_key=True),
    Index("bands_of_article", "article_row"),
    sqlite_with_rowid=False,
)


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article as it enters the record.

    Attributes:
        article: Cleaned.
        passages: Of its text.
        original: Its text as it came in.
        raw_digest: Of the input's bytes.
        signature: Bytes by which near-duplicates are compared; `None` for a text too short.
        bands: Keys by which near-duplicates are looked up.
    """

    article: Article
    passages: tuple[Passage, ...]
    original: str
    raw_digest: str
    signature: bytes | None = None
    bands: tuple[int, ...] = ()


def open_engine(file: Path) -> Engine:
    """SQLite that survives a power cut and keeps nothing of what was deleted."""
    engine = create_engine(f"sqlite:///{file}")
    event.listen(engine, "connect", _configure)
    return engine


def _configure(connection: Any, _pool_record: object) -> None:
    # FULL: an article that was reported as added survives a power cut.
    for pragma in ("journal_mode=WAL", "busy_timeout=30000", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def article_values(intake: NewArticle, *, current: bool) -> dict[str, Any]:
    """The row of an article's newest version; one that a later input already supersedes is not current."""
    article = intake.article
    return {
        "id": article.id,
        "version": article.version,
        "current": current,
        "latest": current,
        "title": article.title,
        "text": article.text,
        "original": None if intake.original == article.text else intake.original,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "came_from": article.fetched_from,
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
        "correction": article.correction,
        "corrected_at": str(article.corrected_at) if article.corrected_at else None,
        "stub": article.headline_only,
        "digest": article.digest,
        "raw_digest": intake.raw_digest,
        "cluster_id": article.cluster_id,
        "signature": intake.signature,
    }


def passage_values(article_row: int, ordinal: int, passage: Passage, *, current: bool) -> dict[str, Any]:
    """The row of a passage; `current` as its article's."""
    return {
        "id": passage.id,
        "article_row": article_row,
        "ordinal": ordinal,
        "start": passage.start,
        "end": passage.end,
        "sentences": json.dumps([[span.start, span.end] for span in passage.sentences]),
        "current": current,
        "published_epoch": passage.article.published_at.epoch if passage.article.published_at else None,
        "source": passage.article.source,
        "kind": passage.article.kind,
    }


def article_of(row: Row[Any]) -> Article:
    """The article of a row that holds all columns of `articles`."""
    values = row._mapping
    return Article(
        id=values["id"],
        title=values["title"],
        text=values["text"],
        url=values["url"],
        canonical_url=values["canonical_url"],
        fetched_from=values["came_from"],
        source=values["source"],
        authors=tuple(json.loads(values["authors"])),
        published_at=date_of(values["published_at"]),
        updated_at=date_of(values["updated_at"]),
        fetched_at=datetime.fromisoformat(values["fetched_at"]),
        date_confidence=values["date_confidence"],
        section=values["section"],
        kind=values["kind"],
        language=values["language"],
        version=values["version"],
        digest=values["digest"],
        cluster_id=values["cluster_id"],
        correction=values["correction"],
        corrected_at=date_of(values["corrected_at"]),
        headline_only=values["stub"],
    )


def passage_of(row: Row[Any], article: Article) -> Passage:
    """The passage of a row of `passages`, which belongs to this article."""
    start, end = row.start, row.end
    return Passage(
        id=row.id,
        article=article,
        text=article.text[start:end],
        start=start,
        end=end,
        sentences=tuple(Span(*span) for span in json.loads(row.sentences)),
    )


def date_of(text: str | None) -> NewsDate | None:
    """The date that a column holds."""
    return parse_iso(text) if text else None
