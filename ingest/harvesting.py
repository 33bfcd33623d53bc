"""From addresses to raw inputs: a page is itself, a feed or sitemap stands for the articles that it lists."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from ingest.decoding import page_text
from ingest.evidence import Evidence
from ingest.feeds import read_feed
from ingest.fetching import Fetched, Fetcher
from ingest.files import RawInput, RawPage, Unreadable
from ingest.listings import Entry, Listing, kind_of_body
from ingest.sitemaps import read_sitemap
from rag.errors import FetchError, RefusedArticle

log = logging.getLogger(__name__)

_MOST_SITEMAPS = 500
"""Of one index; an outlet that has more lists its newest first."""


def harvest(address: str, fetcher: Fetcher) -> Iterator[RawInput]:
    """What an address of a page, feed, sitemap or sitemap index amounts to; each article is fetched itself.

    What cannot be fetched is an `Unreadable` with the reason, and the rest goes on.
    """
    yield from _tried(address, partial(_inputs, address, fetcher))


def _inputs(address: str, fetcher: Fetcher) -> Iterator[RawInput]:
    found = fetcher.fetch(address)
    kind = kind_of_body(found.body)
    if kind == "feed":
        yield from _listed(read_feed(found.body, url=found.url, content_type=found.content_type).entries, fetcher)
    elif kind == "sitemap":
        yield from _of_sitemap(read_sitemap(found.body, url=found.url), fetcher)
    else:
        yield _page(address, found, Evidence(found.url))


def _of_sitemap(listing: Listing, fetcher: Fetcher) -> Iterator[RawInput]:
    yield from _listed(listing.entries, fetcher)
    for sitemap in listing.sitemaps[:_MOST_SITEMAPS]:
        if sitemap.url:
            yield from _tried(sitemap.url, partial(_entries_at, sitemap.url, fetcher))


def _entries_at(address: str, fetcher: Fetcher) -> Iterator[RawInput]:
    """The articles of one sitemap of an index; an index within an index is not followed, so that none is endless."""
    found = fetcher.fetch(address)
    yield from _listed(read_sitemap(found.body, url=found.url).entries, fetcher)


def _listed(entries: Iterable[Entry], fetcher: Fetcher) -> Iterator[RawInput]:
    seen: set[str] = set()
    for entry in entries:
        if entry.url is None:
            yield Unreadable(entry.title or "an entry", "the listing gives no http or https address for it")
        elif entry.url not in seen:
            seen.add(entry.url)
            yield from _tried(entry.url, partial(_article, entry, fetcher))


def _article(entry: Entry, fetcher: Fetcher) -> Iterator[RawInput]:
    address = entry.url or ""
    found = fetcher.fetch(address)
    evidence = Evidence(found.url, title=entry.title, published_at=entry.published_at, source=entry.source)
    yield _page(address, found, evidence)


def _page(address: str, found: Fetched, evidence: Evidence) -> RawInput:
    text = page_text(found.body, found.content_type)
    return RawPage(address, text, hashlib.sha256(found.body).hexdigest(), evidence)


def _tried(origin: str, made: Callable[[], Iterator[RawInput]]) -> Iterator[RawInput]:
    try:
        yield from made()
    except (FetchError, RefusedArticle) as error:
        log.info("%s: %s", origin, error)
        yield Unreadable(origin, str(error))
