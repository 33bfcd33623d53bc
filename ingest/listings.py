"""What feeds and sitemaps have in common: they list addresses of articles, with some evidence about each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ingest.addresses import web_address
from rag.errors import RefusedAddress

MOST_ENTRIES = 50_000
"""Entries read of one listing, which is what the sitemap protocol allows."""

ListingKind = Literal["feed", "sitemap", "page"]

_ROOTS: Mapping[str, ListingKind] = {
    "rss": "feed",
    "feed": "feed",
    "rdf": "feed",
    "channel": "feed",
    "urlset": "sitemap",
    "sitemapindex": "sitemap",
}
_PROLOGUE = re.compile(
    rb"(?:\s+|<\?.{0,2000}?\?>|<!--.{0,4000}?-->|<!DOCTYPE[^>\[]{0,500}(?:\[[^\]]*\])?\s*>)+", re.DOTALL
)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z]+)")
_ABSOLUTE = re.compile(r"\s*https?://", re.IGNORECASE)
_SNIFFED_BYTES = 16_384
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
        source: Name of the publication.
    """

    url: str | None
    title: str | None = None
    published_at: str | None = None
    stamp: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a feed, sitemap or sitemap index lists.

    Attributes:
        sitemaps: Of a sitemap index; their stamps tell whether they changed.
    """

    entries: tuple[Entry, ...]
    sitemaps: tuple[Entry, ...] = ()

    @property
    def empty(self) -> bool:
        """It lists nothing."""
        return not (self.entries or self.sitemaps)


def kind_of_body(body: bytes) -> ListingKind:
    """Whether a body is a feed, a sitemap or something else, by its first element."""
    start = body[:_SNIFFED_BYTES].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    if start.lstrip().startswith(b"{") and b"jsonfeed.org/version" in start.replace(b"\\/", b"/"):
        return "feed"
    prologue = _PROLOGUE.match(start)
    root = _ROOT.match(start, prologue.end() if prologue else 0)
    return _ROOTS.get(root[1].decode().lower(), "page") if root else "page"


def stated(value: object) -> str | None:
    """A text in which a listing says something of an article, fit to be kept; `None` for anything else."""
    text = value[:_LONGEST_STATED].encode("utf-8", "replace").decode().strip() if isinstance(value, str) else ""
    return text or None


def article_address(text: object, *, base: str) -> str | None:
    """The http(s) address that a link spells, relative to the listing's; `None` if it is none."""
    if not isinstance(text, str) or not text:
        return None
    try:
        # A listing may name 50,000, and most are absolute.
        whole = text if _ABSOLUTE.match(text) else str(web_address(base).join(text.strip()))
        return str(web_address(whole))
    except (RefusedAddress, ValueError):
        return None
