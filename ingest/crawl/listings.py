"""What feeds and sitemaps have in common: they list addresses of articles, with some evidence about each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import httpx
from lxml import etree

from ingest.http.addresses import web_address
from rag.errors import RefusedAddress

MOST_ENTRIES = 50_000
"""Entries read of one listing, which is what the sitemap protocol allows."""

Given = TypeVar("Given")
ListingKind = Literal["feed", "sitemap", "page"]

_ROOTS: Mapping[str, ListingKind] = {
    "rss": "feed",
    "feed": "feed",
    "rdf": "feed",
    "channel": "feed",
    "urlset": "sitemap",
    "sitemapindex": "sitemap",
}
_ABSOLUTE = re.compile(r"\s*https?://", re.IGNORECASE)
_MARKS = b"\xef\xbb\xbf\xff\xfe"
"""The bytes of byte order marks."""
_FEED_BEGINS = re.compile(rb"<(?:rss|feed|rdf:rdf)\s[^<>]{0,2000}>", re.IGNORECASE)
_PAGE_BEGINS = re.compile(rb"<(?:!doctype|html|body)\b", re.IGNORECASE)
_PIECE = 65_536
_LONGEST_STATED = 2_000
"""Characters of a title, name or date."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An article that a listing names.

    Attributes:
        url: `None` if it gives no http or https address.
        title: As the listing has it.
        published_at: As the listing states it: evidence where the page has no date.
        stamp: Changes when the listing says that the article did; means nothing else.
        publication: Name of the publication.
        updated_at: As the listing states it.
        text: The whole text, as HTML, where the listing holds it.
        authors: Their names, as the listing has them.
    """

    url: str | None
    title: str | None = None
    published_at: str | None = None
    stamp: str | None = None
    publication: str | None = None
    updated_at: str | None = None
    text: str | None = None
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """What a feed, sitemap or sitemap index lists.

    Attributes:
        sitemaps: Of a sitemap index; their stamps tell whether they changed.
        unread: What of it was not read, and why, for the operator.
    """

    entries: tuple[Entry, ...]
    sitemaps: tuple[Entry, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """It lists nothing."""
        return not (self.entries or self.sitemaps)


def kind_of_body(body: bytes) -> ListingKind:
    """Whether a body is a feed, a sitemap or something else, by its first element, whatever stands before that."""
    # Names of elements are ASCII: without the zeros of UTF-16, and as bytes, they are found whatever the encoding.
    data = body.replace(b"\0", b"").lstrip(_MARKS).lstrip()
    if data.startswith(b"{"):
        return "feed" if b"jsonfeed.org/version" in data.replace(b"\\/", b"/") else "page"
    if _is_list_of_addresses(data[:_PIECE]):
        return "sitemap"
    parser = etree.XMLPullParser(
        ("start",), encoding="iso-8859-1", resolve_entities=False, no_network=True, load_dtd=False, recover=True
    )
    for place in range(0, len(data), _PIECE):
        parser.feed(data[place : place + _PIECE])
        for _, element in parser.read_events():
            return _ROOTS.get(local_name(element.tag)) or _kind_behind(data[:_PIECE])
    return "page"


def _kind_behind(data: bytes) -> ListingKind:
    """The kind of a feed behind what a program printed before it, such as a warning of PHP."""
    return "feed" if _FEED_BEGINS.search(data) and not _PAGE_BEGINS.search(data) else "page"


def _is_list_of_addresses(data: bytes) -> bool:
    """A plain text sitemap: nothing but addresses, one on each line; the last may be cut."""
    lines = [line for line in data.decode("utf-8", "replace").split("\n") if line.strip()]
    return bool(lines) and all(is_absolute(line) and len(line.split()) == 1 for line in lines)


def local_name(name: str) -> str:
    """An element's name in lower case without namespace or prefix, which vary too much between outlets."""
    return re.split("[}:]", name)[-1].lower()


def shortened(entries: Sequence[Given]) -> tuple[Sequence[Given], tuple[str, ...]]:
    """Return the entries of a listing that are read, and a remark on the others."""
    unread = f"has {len(entries):,} entries, of which the first {MOST_ENTRIES:,} are read"
    return entries[:MOST_ENTRIES], (unread,) if len(entries) > MOST_ENTRIES else ()


def stated(value: object) -> str | None:
    """A text in which a listing says something of an article, fit to be kept; `None` for anything else."""
    text = value[:_LONGEST_STATED].encode("utf-8", "replace").decode().strip() if isinstance(value, str) else ""
    return text or None


def is_absolute(text: str) -> bool:
    """It begins as an http or https address does."""
    return _ABSOLUTE.match(text) is not None


def article_address(text: object, *, base: str) -> str | None:
    """The http(s) address that a link spells, relative to the listing's; `None` if it spells none."""
    if not isinstance(text, str) or not text:
        return None
    try:
        # A listing may name 50,000, and most are absolute.
        whole = text if is_absolute(text) else str(web_address(base).join(text.strip()))
        return str(web_address(whole))
    except (RefusedAddress, httpx.InvalidURL, ValueError):
        return None
