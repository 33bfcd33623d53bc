"""From a record's fields, however they are spelled, to an `Article`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, get_args

from ingest.cleaning import clean_line, clean_text
from ingest.dates import news_date
from ingest.identity import article_id, canonical_url, content_digest
from rag.dates import NewsDate
from rag.domain import Article, DateConfidence, Kind
from rag.errors import RefusedArticle

MAX_TEXT_BYTES = 2_000_000

_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "guid", "uuid"),
    "url": ("url", "link", "href"),
    "title": ("title", "headline", "name"),
    "text": ("text", "content", "body", "articleBody", "article_text", "maintext", "full_text"),
    "published_at": (
        "published_at",
        "publish_date",
        "published",
        "date_publish",
        "publishedAt",
        "datePublished",
        "pub_date",
        "pubDate",
        "date",
    ),
    "updated_at": ("updated_at", "updated", "date_modify", "dateModified", "modified"),
    "source": ("source", "outlet", "publisher", "sitename", "source_domain", "publication"),
    "authors": ("authors", "author", "byline", "creator"),
    "section": ("section", "category", "articleSection"),
    "kind": ("kind", "type"),
    "language": ("language", "lang", "inLanguage"),
}
_BY = re.compile(r"^\s*by\s+", re.IGNORECASE)
_AND = re.compile(r"\s*(?:,|;|\band\b|&)\s*")


@dataclass(frozen=True, slots=True)
class Reading:
    """An article that was read, and what is wrong with it but did not keep it out."""

    article: Article
    warnings: tuple[str, ...]


def read_record(fields: Mapping[str, Any], *, origin: str, dates: DateConfidence = "stated") -> Reading:
    """The article that a record describes.

    Args:
        fields: The record; unknown fields are ignored.
        origin: File and line, for identity where the record has neither id nor URL.
        dates: How its dates were come by.

    Raises:
        RefusedArticle: No text, or too much of it; the message is the reason.
    """
    values = {name: _first(fields, spellings) for name, spellings in _SPELLINGS.items()}
    warnings: list[str] = []
    text = _text(values["text"])
    published = _date(values["published_at"], "publication date", warnings)
    url, canonical = _url(values["url"], warnings)
    title, source = clean_line(_string(values["title"])), _name(values["source"])
    own = _string(values["id"]).strip() or None
    article = Article(
        id=article_id(own=own, canonical=canonical, origin=origin, title=title, source=source),
        title=title,
        text=text,
        url=url,
        canonical_url=canonical,
        source=source,
        authors=_authors(values["authors"]),
        published_at=published,
        updated_at=_date(values["updated_at"], "update date", warnings),
        fetched_at=datetime.now(UTC),
        date_confidence=dates if published else "none",
        section=clean_line(_string(values["section"])) or None,
        kind=_kind(values["kind"]),
        language=_string(values["language"]).strip() or None,
    )
    return Reading(replace(article, digest=content_digest(article)), tuple(warnings))


def _first(fields: Mapping[str, Any], spellings: tuple[str, ...]) -> Any:
    return next((fields[name] for name in spellings if fields.get(name) not in (None, "", [])), None)


def _string(value: Any) -> str:
    return "" if value is None else str(value)


def _text(value: Any) -> str:
    if value is None:
        raise RefusedArticle("no text")
    if not isinstance(value, str):
        raise RefusedArticle(f"its text is not a string but {type(value).__name__}")
    if len(value.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        raise RefusedArticle(f"its text is over {MAX_TEXT_BYTES // 1_000_000} MB")
    text = clean_text(value)
    if not any(letter.isalnum() for letter in text):
        raise RefusedArticle("no text")
    return text


def _date(value: Any, name: str, warnings: list[str]) -> NewsDate | None:
    if value is None:
        return None
    try:
        return news_date(value)
    except ValueError as error:
        warnings.append(f"{name}: {error}; taken in without it")
        return None


def _url(value: Any, warnings: list[str]) -> tuple[str | None, str | None]:
    if value is None:
        return None, None
    try:
        return str(value).strip(), canonical_url(str(value))
    except ValueError as error:
        warnings.append(f"link: {error}; taken in without it")
        return None, None


def _name(value: Any) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("name")
    return clean_line(_string(value)) or None


def _authors(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        names: list[Any] = _AND.split(_BY.sub("", value))
    else:
        names = list(value) if isinstance(value, list | tuple) else [value]
    return tuple(name for name in map(_name, names) if name)


def _kind(value: Any) -> Kind:
    return next((kind for kind in get_args(Kind) if kind == value), "news")
