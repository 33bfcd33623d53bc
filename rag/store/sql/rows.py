"""Rows of the tables as articles and passages, and the other way round."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, select

from rag.dates import NewsDate, parse_iso
from rag.models import Article, Passage, Span
from rag.store.sql.schema import addresses, articles
from rag.store.values import NewArticle

_url, _canonical, _fetched = (addresses.alias(f"{role}_address") for role in ("url", "canonical", "fetched"))
_joined = (
    articles.outerjoin(_url, and_(_url.c.article_row == articles.c.row, _url.c.role == "url"))
    .outerjoin(_canonical, and_(_canonical.c.article_row == articles.c.row, _canonical.c.role == "canonical"))
    .outerjoin(_fetched, and_(_fetched.c.article_row == articles.c.row, _fetched.c.role == "fetched_from"))
)


def select_articles() -> Select[Any]:
    """Return a query for articles with their addresses, to be narrowed by conditions on `articles`."""
    return select(
        articles,
        _url.c.address.label("url"),
        _canonical.c.address.label("canonical"),
        _fetched.c.address.label("fetched_from"),
    ).select_from(_joined)


def article_values(new: NewArticle, *, current: bool) -> dict[str, Any]:
    """Return the row of a new version.

    Args:
        new: The article.
        current: `False` if another article of the batch supersedes it.
    """
    article = new.article
    return {
        "id": article.id,
        "version": article.version,
        "current": current,
        "latest": current,
        "title": article.title,
        "text": article.text,
        "original": None if new.original == article.text else new.original,
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
        "raw_digest": new.raw_digest,
        "cluster_id": article.cluster_id,
        "signature": new.signature,
    }


def address_values(article_row: int, article: Article) -> list[dict[str, Any]]:
    """Return the rows of an article's addresses."""
    by_role = {"url": article.url, "canonical": article.canonical_url, "fetched_from": article.fetched_from}
    return [
        {"article_row": article_row, "role": role, "address": address} for role, address in by_role.items() if address
    ]


def passage_values(article_row: int, ordinal: int, passage: Passage, *, current: bool) -> dict[str, Any]:
    """Return the row of a passage.

    Args:
        article_row: Primary key of its article.
        ordinal: Its place among the passages of the article, from 0.
        passage: The passage.
        current: Whether its article is current.
    """
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
    """Return the article of a row of `select_articles`."""
    values = row._mapping
    return Article(
        id=values["id"],
        title=values["title"],
        text=values["text"],
        url=values["url"],
        canonical_url=values["canonical"],
        fetched_from=values["fetched_from"],
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
    """Return the passage of a row of `passages`, given its article."""
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
    """Return the date that a column holds."""
    return parse_iso(text) if text else None
