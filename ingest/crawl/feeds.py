"""RSS, Atom and JSON feeds, from bytes."""

import io
import json
import re
from collections.abc import Mapping
from html import escape
from typing import Any
from xml.parsers import expat

import feedparser

from ingest.crawl.listings import Entry, Listing, article_address, is_absolute, shortened, stated
from ingest.extract.names import names
from ingest.formats.charset import without_stray_bytes
from rag.errors import FetchError

_DEEPEST = 256
_MOST_ATTRIBUTES = 1_000
"""Of one element; feedparser takes a time that grows with the square of both."""

_HALF_CHARACTER = re.compile(
    rb"&#(?:x0{0,20}d[89a-f][0-9a-f]{2}|0{0,20}(?:5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]));",
    re.IGNORECASE,
)
"""References to one half of a surrogate pair, which some systems write for emoji; no text can hold it."""
_FOOTER = re.compile(
    r"<p>\s{0,5}[^<>]{0,60}<a\s[^<>]{0,500}>[^<>]{0,500}</a>\s{0,3}"
    r"(?:first appeared on|appeared first on|erschien zuerst auf|est apparu en premier sur|se publicó primero en|"
    r"apareció primero en|proviene da|verscheen eerst op|apareceu primeiro em)\s{0,3}"
    r"<a\s[^<>]{0,500}>[^<>]{0,500}</a>\.?\s{0,5}</p>\s{0,50}\Z",
    re.IGNORECASE,
)
"""What WordPress adds to each text of a feed: "The post ... appeared first on ..."."""
_OF_PARTS = re.compile(r"\s[|»>–—:·-]\s|[»>|]|\brss\b|\bfeed\b|https?:|latest|search|comments", re.IGNORECASE)
"""Signs that a feed's title is more than its outlet's name."""
_MOST_AUTHORS = 50
_NO_MARKUP = re.compile(rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_BEGINS = re.compile(rb"<(?:[\w.-]{1,50}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ENDS = re.compile(rb"</(?:[\w.-]{1,50}:)?(?:item|entry)\s{0,50}>", re.IGNORECASE)
_DC_DATE = re.compile(rb"<(?:[\w.-]{1,50}:)?date[\s>]", re.IGNORECASE)
"""A date of Dublin Core, which is that of publication in RSS; feedparser gives it as one of an update."""
_CUT = re.compile(
    r"(?:\u2026|\.\.\.|\[[^\]]{1,30}\]|\b(?:read|lire|weiter|leer|leggi|lees)\b[^.!?<>]{0,40})[\s»>→)\]]{0,10}\Z",
    re.IGNORECASE,
)
"""The end of a text that goes on elsewhere."""
_PARAGRAPH = re.compile(r"<(?:p|br)\b[^<>]{0,500}>[^<]{0,20}(?:<[a-z]{1,10}[^<>]{0,500}>){0,3}[^<>\s]", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]{0,2000}>")
_LONGEST_TEXT = 2_000_000
_LEAST_WHOLE = 600
"""Characters of a text of one paragraph that is no teaser."""
_ROOT_ENDS = re.compile(rb"</(?:[\w.-]{1,50}:)?(?:rss|feed|rdf|channel)\s{0,50}>", re.IGNORECASE)


def read_feed(body: bytes, *, url: str, content_type: str = "") -> Listing:
    """The entries of a feed; one that is damaged gives those that can be read, one that is cut those before the cut.

    Args:
        body: Of the feed.
        url: Where it came from; relative links mean addresses there.
        content_type: As the server states it, for the encoding.

    Raises:
        FetchError: Its elements are nested too deeply, or have too many attributes, or it is JSON that is damaged or
            lists nothing.
    """
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        name, all_entries = _json_entries(body)
        unread = list[str]()
    else:
        name, xml_entries = _xml_entries(body, content_type)
        all_entries, unread = _whole(xml_entries, body)
    entries, more = shortened(all_entries)
    is_published = bool(_DC_DATE.search(body))
    listed = tuple(_entry(entry, url, name, updated_is_published=is_published) for entry in entries)
    return Listing(listed, unread=(*unread, *more))


def _whole(entries: list[Mapping[str, Any]], body: bytes) -> tuple[list[Mapping[str, Any]], list[str]]:
    """Return the entries without one that is cut short, and remarks on that.

    What is damaged otherwise, as many feeds are, is read nevertheless; so the cut is looked for in the bytes.
    """
    data = _NO_MARKUP.sub(b" ", body.replace(b"\0", b""))
    begins = max((tag.start() for tag in _BEGINS.finditer(data)), default=-1)
    ends = max((tag.start() for tag in _ENDS.finditer(data)), default=-1)
    if begins > ends:
        # feedparser makes no entry of a start tag that is cut itself.
        is_begun = b">" in data[begins:] or len(entries) > len(_ENDS.findall(data))
        return entries[:-1] if is_begun else entries, ["is cut short within an entry; those before it are read"]
    if begins >= 0 and not _ROOT_ENDS.search(data, ends):
        return entries, ["is cut short; the entries before the cut are read"]
    return entries, []


def _check_size(body: bytes) -> None:
    depth = 0

    def begin(_name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST or len(attributes) > _MOST_ATTRIBUTES:
            raise FetchError(
                f"is nested over {_DEEPEST} deep, or has an element of over {_MOST_ATTRIBUTES:,} attributes"
            )

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, LookupError, ValueError):
        return  # feedparser reads what is damaged, too


def _xml_entries(body: bytes, content_type: str) -> tuple[str | None, list[Mapping[str, Any]]]:
    """The name of a feed, and its entries."""
    _check_size(body)
    # A stream, since feedparser takes strings and even bytes for names of files first.
    headers = {"content-type": content_type} if content_type else {}
    readable = io.BytesIO(_HALF_CHARACTER.sub(b"&#xFFFD;", without_stray_bytes(body, content_type)))
    try:
        parsed = feedparser.parse(readable, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except UnicodeError as error:
        raise FetchError(f"holds what is no character: {error}") from error
    entries: list[Mapping[str, Any]] = parsed.get("entries", [])
    return _outlet(parsed.get("feed", {}).get("title")), entries


def _outlet(title: Any) -> str | None:
    """The title of a feed, unless it names a section or search of an outlet, too."""
    name = stated(title)
    return None if name is None or _OF_PARTS.search(name) else name


def _json_entries(body: bytes) -> tuple[str | None, list[Mapping[str, Any]]]:
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FetchError(f"is damaged or cut short: {error}") from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise FetchError("is JSON without a list of items, so no feed")
    return _outlet(feed.get("title")), [_from_json(item if isinstance(item, dict) else {}) for item in items]


def _from_json(item: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "link": item.get("url") or item.get("external_url") or item.get("id"),
        "title": item.get("title"),
        "published": item.get("date_published"),
        "updated": item.get("date_modified"),
        "authors": item.get("authors") or item.get("author"),
        "summary": item.get("summary"),
        "content": [
            {"value": item.get("content_html")},
            {"value": item.get("content_text"), "type": "text/plain"},
        ],
    }


def _entry(entry: Mapping[str, Any], base: str, outlet: str | None, *, updated_is_published: bool) -> Entry:
    updated = _said(entry, "updated")
    published = _said(entry, "published") or _said(entry, "created") or (updated if updated_is_published else None)
    guid = entry.get("id")
    return Entry(
        url=article_address(entry.get("link") or (guid if is_absolute(str(guid)) else None), base=base),
        title=_said(entry, "title"),
        published_at=published,
        stamp=updated or published,
        updated_at=updated if updated != published else None,
        publication=outlet,
        text=_whole_text(entry),
        authors=_authors(entry),
    )


def _authors(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """The authors of an entry; feedparser does not tell every address from the name behind it."""
    author = entry.get("author")
    is_mail = isinstance(author, str) and "@" in author.partition(" ")[0]
    given = names(author if is_mail else entry.get("authors") or author)
    return tuple(name for name in map(stated, given) if name)[:_MOST_AUTHORS]


def _whole_text(entry: Mapping[str, Any]) -> str | None:
    """The text of an article that a feed holds whole, as HTML; `None` where it holds a teaser at most."""
    contents = entry.get("content")
    held = [part for part in (contents if isinstance(contents, list) else []) if isinstance(part, Mapping)]
    texts = [_FOOTER.sub("", _as_html(part)) for part in (*held, {"value": entry.get("summary")})]
    longest = max(texts, key=len)
    shown = _MARKUP.sub(" ", longest).strip()
    if _CUT.search(shown[-100:]):
        return None
    return longest if len(_PARAGRAPH.findall(longest)) > 1 or len(shown) >= _LEAST_WHOLE else None


def _as_html(part: Mapping[str, Any]) -> str:
    text = part.get("value")
    if not isinstance(text, str) or len(text) > _LONGEST_TEXT:
        return ""
    return f"<pre>{escape(text)}</pre>" if part.get("type") == "text/plain" else text


def _said(entry: Mapping[str, Any], name: str) -> str | None:
    # `updated` of a feedparser entry that has none falls back to `published`, with a warning; `in` does not.
    return stated(entry[name] if name in entry else None)  # noqa: SIM401
