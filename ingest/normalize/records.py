"""From a record's fields, however they are spelled and wrapped, to an `Article`.

Names of fields are compared without case, `_` and `-`. An object with a single text or number in it (`{"$date": ...}`,
`{"rendered": ...}`) and a list of one item stand for what they hold; a text may be a list of paragraphs.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ingest.dedup.identity import Identity, content_digest, identity_of
from ingest.models import RawRecord
from ingest.normalize.corrections import correction_notice, notice_date
from ingest.normalize.dates import news_date
from ingest.normalize.genre import kind_of
from ingest.normalize.language import language_of
from ingest.normalize.text import clean_line, clean_text
from ingest.sandbox import reader
from rag.dates import NewsDate
from rag.errors import RefusedArticle
from rag.models import Article, DateConfidence
from rag.text import CONTROL_CHARACTER
from rag.urls import canonical_url, exact_url

MAX_TEXT_BYTES = 2_000_000
_TEASER_WORDS = 150
"""A paywalled page with fewer words than this holds only what stands before the wall."""

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
    "correction": ("correction", "correction_notice"),
    "corrected_at": ("corrected_at", "correction_date"),
    "paywalled": ("paywalled",),
}
_KNOWN = frozenset(spelling for spellings in _SPELLINGS.values() for spelling in spellings)
_SEPARATORS = str.maketrans("", "", "_- ")
_NAMED_WITHIN = ("authors", "source")
"""What schema.org gives as objects and lists of things with a `name`."""
_DESCRIBING = {"@type", "@id", "@context", "@language", "type", "lang"}
"""Entries of an object that tell what its value is."""
_NO_NAME = {"", "nan", "null", "none", "undefined", "nil", "n/a", "<na>"}
_BY = re.compile(r"^by\s+", re.IGNORECASE)
_AND = re.compile(r"[,;&]|\band\b")
_LINES = ("id", "url", "title", "source", "section", "correction")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LARGEST_NUMBER = 1e100
_LONGEST_LINE = 10_000
"""Characters of a title, name, section or address."""
_MOST_AUTHORS = 200
_LONGEST_AUTHOR = 1_000


@dataclass(frozen=True, slots=True)
class ParsedRecord:
    """An article that was read.

    Attributes:
        original: Its text as it came in.
        warnings: What is wrong with it but did not keep it out.
        identity: Which article it claims to be.
    """

    article: Article
    original: str
    warnings: tuple[str, ...]
    identity: Identity


def read_raw(raw: RawRecord) -> ParsedRecord:
    """The article of a raw record.

    Raises:
        RefusedArticle: As `read_record`.
    """
    reading = read_record(raw.fields, origin=raw.origin, dates=raw.dates, page=raw.page, address=raw.address)
    reading = replace(reading, warnings=(*raw.remarks, *reading.warnings))
    if raw.captured_at is None:
        return reading
    return replace(reading, article=replace(reading.article, fetched_at=raw.captured_at))


def read_in_sandbox(raw: RawRecord) -> ParsedRecord:
    """As `read_raw`, in the bounded process, which is sent only what is read of the record.

    Raises:
        RefusedArticle: As `read_record`, or as `BoundedReader.read`.
    """
    fields = {name: value for name, value in raw.fields.items() if _folded(name) in _FOLDED}
    return reader.read(read_raw, replace(raw, fields=fields))


def read_record(
    fields: Mapping[str, Any],
    *,
    origin: str,
    dates: DateConfidence = "stated",
    page: bool = False,
    address: str | None = None,
) -> ParsedRecord:
    """The article that a record describes.

    Args:
        fields: The record; unknown fields are ignored.
        origin: File and line, for identity where the record has neither id nor URL.
        dates: Whether its dates are stated or derived.
        page: The record is a page, which is kept with a headline but no text; another record without text is refused.
        address: Where that was fetched; `None` for a saved page.

    Raises:
        RefusedArticle: No text, too much of it, or an id or address that cannot be kept; the message is the reason.
    """
    named = _by_folded_name(fields)
    values = {name: _first(named, spellings) for name, spellings in _SPELLINGS.items()}
    values |= {name: _unwrapped(value) for name, value in values.items() if name not in _NAMED_WITHIN}
    _check_lines(values)
    warnings: list[str] = []
    title, source = clean_line(_string(values["title"])), _name(values["source"])
    original, text = _text(values["text"], title=title if page else "", paywalled=bool(values["paywalled"]))
    published = _date(values["published_at"], "publication date", warnings)
    url, canonical = _url(values["url"], warnings)
    own = _id(values["id"])
    correction = clean_line(_string(values["correction"])) or correction_notice(text)
    section = clean_line(_string(values["section"])) or None
    article = Article(
        id="",
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
        section=section,
        kind=kind_of(stated=_string(values["kind"]), title=title, section=section, url=canonical),
        language=language_of(_string(values["language"]), text or title),
        correction=correction,
        corrected_at=_date(values["corrected_at"], "date of the correction", warnings) or notice_date(correction),
        headline_only=not text,
        fetched_from=_fetched_from(url, address or _stored(origin)) if page else _place(origin, named=bool(own or url)),
    )
    entry, fetched = bool(page and own), address is not None
    identity = identity_of(article, own=own, entry=entry, fetched=fetched, origin=origin)
    article = replace(article, id=identity.claimed, digest=content_digest(article))
    return ParsedRecord(article, original, tuple(warnings), identity)


def _folded(name: str) -> str:
    """The name of a field as names are compared."""
    return name.translate(_SEPARATORS).lower()


_FOLDED = frozenset(map(_folded, _KNOWN))


def _by_folded_name(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that say something; of two names that differ in case alone, the usual one counts."""
    named: dict[str, Any] = {}
    for name in sorted(fields, key=lambda name: name not in _KNOWN):
        if not _is_nothing(fields[name]):
            named.setdefault(_folded(name), fields[name])
    return named


def _first(named: Mapping[str, Any], spellings: tuple[str, ...]) -> Any:
    return next((named[name] for name in map(_folded, spellings) if name in named), None)


def _unwrapped(value: Any) -> Any:
    """What an object or list holds that holds one thing; any other value as it is."""
    while isinstance(value, Mapping | list | tuple):
        items = (
            [held for name, held in value.items() if name not in _DESCRIBING] if isinstance(value, Mapping) else value
        )
        held = [item for item in items if isinstance(item, str | int | float | Mapping | list | tuple)]
        held = [item for item in held if not isinstance(item, bool)] if isinstance(value, Mapping) else held
        if len(held) != 1:
            return value
        value = held[0]
    return value


def _is_nothing(value: Any) -> bool:
    """Null, empty, or the NaN that stands for nothing in the tables of data frames."""
    return value in (None, "", []) or (isinstance(value, float) and value != value)


def _id(value: Any) -> str | None:
    """The record's own id; `None` for what programs write for a missing value."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    own = _string(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
    return None if own.lower() in _NO_NAME else own


def _fetched_from(url: str | None, read: str) -> str | None:
    """Where a page was read, if that is not its address."""
    try:
        return None if url and exact_url(url) == exact_url(read) else read
    except ValueError:  # the path of a file
        return read


def _place(origin: str, *, named: bool) -> str | None:
    """File and line of a record that has no other name."""
    return None if named else _stored(os.path.abspath(origin))


def _stored(path: str) -> str:
    """A path as text that can be stored, whatever bytes it is."""
    return path.encode("utf-8", "backslashreplace").decode()


def _check_lines(values: Mapping[str, Any]) -> None:
    authors = values["authors"] if isinstance(values["authors"], list | tuple) else [values["authors"]]
    if len(authors) > _MOST_AUTHORS:
        raise RefusedArticle(f"it names {len(authors):,} authors, more than {_MOST_AUTHORS}")
    lines = [(name, values[name]) for name in _LINES] + [("author", author) for author in authors]
    for name, value in lines:
        line = _string(value)
        longest = _LONGEST_AUTHOR if name == "author" and len(authors) > 1 else _LONGEST_LINE
        if len(line) > longest:
            raise RefusedArticle(f"its {name} has {len(line):,} characters, more than {longest:,}")
        if name in ("id", "url") and _SURROGATE.search(line):
            raise RefusedArticle(f"its {name} holds half of a character (a lone surrogate), which cannot be stored")
        if name in ("id", "url") and CONTROL_CHARACTER.search(line.strip()):
            raise RefusedArticle(f"its {name} holds a control character")


def _string(value: Any) -> str:
    """A text or number, or the first of a list; what is neither says nothing."""
    while isinstance(value, list | tuple):
        value = next(iter(value), None)
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST_NUMBER
    return str(value) if isinstance(value, str) or is_number else ""


def _text(value: Any, *, title: str, paywalled: bool) -> tuple[str, str]:
    """The text before and after cleaning; empty for a page of which only the title is known."""
    paragraphs = [_unwrapped(item) for item in (value if isinstance(value, list | tuple) else [value or ""])]
    if not all(isinstance(paragraph, str) for paragraph in paragraphs):
        raise RefusedArticle(f"its text is not a string but {type(value).__name__}")
    original = _SURROGATE.sub("\ufffd", "\n\n".join(paragraphs))
    if len(original.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        raise RefusedArticle(f"its text is over {MAX_TEXT_BYTES // 1_000_000} MB")
    text = clean_text(original)
    if not any(letter.isalnum() for letter in text) or (paywalled and len(text.split()) < _TEASER_WORDS):
        text = ""
    if not text and not title:
        raise RefusedArticle("no text")
    return original, text


def _date(value: Any, name: str, warnings: list[str]) -> NewsDate | None:
    if value is None:
        return None
    try:
        return news_date(value)
    except ValueError as error:
        warnings.append(f"{name}: {error}; taken in without it")
        return None


def _url(value: Any, warnings: list[str]) -> tuple[str | None, str | None]:
    address = _string(value).strip()
    if value is None:
        return None, None
    try:
        return address, canonical_url(address)
    except ValueError as error:
        warnings.append(f"link: {error}; taken in without it")
        return None, None


def _name(value: Any) -> str | None:
    """The name of an outlet or person, which schema.org wraps in lists and objects."""
    while isinstance(value, Mapping | list | tuple):
        value = value.get("name") if isinstance(value, Mapping) else next(iter(value), None)
    name = "" if _is_nothing(value) else clean_line(_string(value))
    return None if name.lower() in _NO_NAME else name


def _authors(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        names: list[Any] = _AND.split(_BY.sub("", value.lstrip()))
    else:
        names = list(value) if isinstance(value, list | tuple) else [value]
    return tuple(name for name in map(_name, names) if name)
