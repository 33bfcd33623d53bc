"""From a record's fields, however they are spelled and wrapped, to an `Article`; a text may be a list of paragraphs."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from ingest.dedup.identity import Identity, content_digest, identity_of
from ingest.extract.names import names, people
from ingest.formats.rich_text import paragraphs_in
from ingest.models import RawRecord
from ingest.normalize.corrections import correction_notice, notice_date
from ingest.normalize.dates import DateOf, best_date
from ingest.normalize.fields import SPELLINGS, by_folded_name, has_text, is_nothing, is_read, statements, unwrapped
from ingest.normalize.genre import kind_of
from ingest.normalize.language import language_of
from ingest.normalize.text import clean_line, clean_text, without_cut
from ingest.sandbox import reader
from rag.dates import NewsDate
from rag.errors import RefusedArticle
from rag.models import Article, DateConfidence
from rag.text import CONTROL_CHARACTER, word_count
from rag.urls import canonical_url, exact_url

MAX_TEXT_BYTES = 2_000_000
_TEASER_WORDS = 150
"""A paywalled page with fewer words than this holds only what stands before the wall."""

_WRAPPING = ("authors", "source", "section", "text", "summary")
"""What objects and lists give by more than a single entry: names, and texts in pieces."""
_AND = re.compile(r"[,;&|]|\band\b")
_DATES = {
    "published_at": "publication date",
    "updated_at": "update date",
    "corrected_at": "date of the correction",
}
_OUTLET_ADDRESSES = ("domain", "host", "url", "uri", "href", "site", "homepage", "id")
"""Entries of an object that tell an outlet's address, from which it is known where its name is not stated."""
_ADDRESSES = ("permalink", "canonical", "href", "url", "@id", "id")
"""Entries of an object that tell an article's address, the best first."""
_LINES = ("id", "url", "title", "source", "section", "correction")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LARGEST_NUMBER = 1e100
_LONGEST_LINE = 10_000
"""Characters of a title, name, section or address."""
_MOST_NAMED, _LONGEST_NAME = 10, 30
"""Names of fields, and characters of them, that are told of a record that is no article."""
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
    reading = read_record(
        raw.fields, origin=raw.origin, dates=raw.dates, page=raw.page, address=raw.address, item=raw.item
    )
    reading = replace(reading, warnings=(*raw.remarks, *reading.warnings))
    if raw.captured_at is None:
        return reading
    return replace(reading, article=replace(reading.article, fetched_at=raw.captured_at))


def read_in_sandbox(raw: RawRecord) -> ParsedRecord:
    """As `read_raw`, in the bounded process, which is sent only what is read of the record.

    Raises:
        RefusedArticle: As `read_record`, or as `BoundedReader.read`.
    """
    fields = {name: value for name, value in raw.fields.items() if is_read(name)}
    if not raw.page and not has_text(raw.fields):
        held = ", ".join(str(name)[:_LONGEST_NAME] for name in list(raw.fields)[:_MOST_NAMED])
        raise RefusedArticle(f"no text: none of its fields is called text, content or body (it has {held or 'none'})")
    return reader.read(read_raw, replace(raw, fields=fields))


def read_record(
    fields: Mapping[str, Any],
    *,
    origin: str,
    dates: DateConfidence = "stated",
    page: bool = False,
    address: str | None = None,
    item: bool = False,
) -> ParsedRecord:
    """The article that a record describes.

    Args:
        fields: The record; unknown fields are ignored.
        origin: File and line, for identity where the record has neither id nor URL.
        dates: Whether its dates are stated or derived.
        page: The record is a page, which is kept with a headline but no text; another record without text is refused.
        address: Where that was fetched; `None` for a saved page.
        item: Its id is an agency's own name for it.

    Raises:
        RefusedArticle: No text, too much of it, or an id or address that cannot be kept; the message is the reason.
    """
    named = by_folded_name(fields)
    values = {name: next(statements(named, spellings), None) for name, spellings in SPELLINGS.items()}
    values |= {name: unwrapped(value) for name, value in values.items() if name not in _WRAPPING}
    _check_lines(values)
    warnings: list[str] = []
    title, source = clean_line(_title(values["title"])), _outlet(statements(named, SPELLINGS["source"]))
    written = values["text"]
    if not page and not paragraphs_in(written) and (summary := _longest(statements(named, SPELLINGS["summary"]))):
        written = summary
        warnings.append("it has no text but a summary, which is taken for it")
    original, text = _text(written, title=title if page else "", paywalled=bool(values["paywalled"]))
    text, cut_off = without_cut(text)
    if cut_off:
        warnings.append("its text is cut off where the record says that there is more")
    published = _date(named, "published_at", warnings)
    url, canonical = _url(_address(values["url"]), warnings)
    own = _id(values["id"])
    correction = clean_line(_string(values["correction"])) or correction_notice(text)
    section = _name(values["section"])
    article = Article(
        id="",
        title=title,
        text=text,
        url=url,
        canonical_url=canonical,
        source=source,
        authors=_authors(values["authors"]),
        published_at=published,
        updated_at=_date(named, "updated_at", warnings),
        fetched_at=datetime.now(UTC),
        date_confidence=dates if published else "none",
        section=section,
        kind=kind_of(stated=_string(values["kind"]), title=title, section=section, url=canonical),
        language=language_of(_name(values["language"]), text or title),
        correction=correction,
        corrected_at=_date(named, "corrected_at", warnings) or notice_date(correction),
        headline_only=not text,
        fetched_from=_fetched_from(url, address or _stored(origin)) if page else _place(origin, named=bool(own or url)),
    )
    entry, fetched = bool(page and own), address is not None
    identity = identity_of(article, own=own, entry=entry, fetched=fetched, origin=origin, item=item)
    article = replace(article, id=identity.claimed, digest=content_digest(article))
    return ParsedRecord(article, original, tuple(warnings), identity)


def _id(value: Any) -> str | None:
    """The record's own id; `None` for what programs write for a missing value."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    return _string(int(value) if isinstance(value, float) and value.is_integer() else value).strip() or None


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


def _title(value: Any) -> str:
    return next(names(value), "") if isinstance(value, Mapping) else _string(value)


def _longest(texts: Iterable[Any]) -> Any:
    return max(texts, key=lambda text: sum(map(len, paragraphs_in(text))), default=None)


def _text(value: Any, *, title: str, paywalled: bool) -> tuple[str, str]:
    """The text before and after cleaning; empty for a page of which only the title is known."""
    paragraphs = paragraphs_in(value)
    if value and not paragraphs and not isinstance(value, str):
        raise RefusedArticle(f"its text is not a string but {type(value).__name__}")
    original = _SURROGATE.sub("\ufffd", "\n\n".join(paragraphs))
    if len(original.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
        raise RefusedArticle(f"its text is over {MAX_TEXT_BYTES // 1_000_000} MB")
    text = clean_text(original)
    if not any(letter.isalnum() for letter in text) or (paywalled and word_count(text) < _TEASER_WORDS):
        text = ""
    if not text and not title:
        raise RefusedArticle("no text")
    return original, text


def _date(named: Mapping[str, Any], name: str, warnings: list[str]) -> NewsDate | None:
    """The date of some name, by the best of its fields; a field may be a list of statements, best first."""
    stated = (statement for value in statements(named, SPELLINGS[name]) for statement in _each(value))
    values = [statement for statement in stated if not isinstance(statement, bool)]  # flags of feed readers
    try:
        of: DateOf = "published" if name == "published_at" else "updated"
        return best_date(values, of=of, language=_name(next(statements(named, SPELLINGS["language"]), None)))
    except ValueError as error:
        warnings.append(f"{_DATES[name]}: {error}; ingested without it")
        return None


def _each(value: Any) -> list[Any]:
    return [unwrapped(item) for item in value] if isinstance(value, list | tuple) else [unwrapped(value)]


def _address(value: Any) -> Any:
    """The address in a text, or in an object or list of links."""
    for item in value if isinstance(value, list | tuple) else [value]:
        address = (
            next((item[name] for name in _ADDRESSES if item.get(name)), None) if isinstance(item, Mapping) else item
        )
        if address is not None:
            return address
    return None


def _url(value: Any, warnings: list[str]) -> tuple[str | None, str | None]:
    address = _string(value).strip()
    if value is None:
        return None, None
    try:
        return address, canonical_url(address)
    except ValueError as error:
        warnings.append(f"link: {error}; ingested without it")
        return None, None


def _outlet(stated: Iterable[Any]) -> str | None:
    """The first name of the outlet that is stated, else the host of its address."""
    values = list(stated)
    host = next((host for value in values if (host := _host(value))), None)
    return next((name for value in values if (name := _name(value))), host)


def _host(value: Any) -> str | None:
    """The host of an outlet's address, or of one in an object."""
    if isinstance(value, Mapping):
        value = next((value[name] for name in _OUTLET_ADDRESSES if value.get(name)), None)
    if not isinstance(value, str) or any(map(str.isspace, value.strip())):
        return None
    try:
        host = urlsplit(value.strip() if "//" in value else f"//{value.strip()}").hostname or ""
    except ValueError:
        return None
    return host.removeprefix("www.") if "." in host else None


def _name(value: Any) -> str | None:
    """The first name of an outlet, section or person."""
    return next(_names(value), None)


def _names(value: Any) -> Iterator[str]:
    stated = value if isinstance(value, Mapping | list | tuple) else _string(value)
    for name in map(clean_line, names(stated)):
        if not is_nothing(name) and not name.isdecimal():
            yield name


def _authors(value: Any) -> tuple[str, ...]:
    """The authors; a text alone may name several, each of a list is one."""
    stated = _AND.split(value) if isinstance(value, str) else value
    return tuple(person for name in _names(stated) for person in people(name) if person)
