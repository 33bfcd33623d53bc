"""From addresses to raw inputs: a page is itself, a feed or sitemap stands for the articles that it lists."""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from ingest.decoding import page_text
from ingest.evidence import Evidence
from ingest.feeds import read_feed
from ingest.fetching import Fetched, Fetcher
from ingest.files import RawInput, RawPage, Unreadable
from ingest.listings import Entry, Listing, kind_of_body
from ingest.sitemaps import read_sitemap
from rag.errors import FetchError, RefusedArticle
from rag.sources import Outlet

log = logging.getLogger(__name__)

_MOST_SITEMAPS = 500
"""Of one index; an outlet that has more lists its newest first."""


def harvest(address: str, fetcher: Fetcher, outlet: Outlet | None = None) -> Iterator[RawInput]:
    """What an address of a page, feed, sitemap or sitemap index amounts to; each article is fetched itself.

    What cannot be fetched is an `Unreadable` with the reason, and the rest goes on.

    Args:
        address: http or https.
        fetcher: The way to the network.
        outlet: Whose address it is; its rules tell which listed articles are taken.
    """
    yield from _tried(address, partial(_Harvest(fetcher, outlet).inputs, address))


def harvest_outlet(outlet: Outlet, fetcher: Fetcher) -> Iterator[RawInput]:
    """Everything that an outlet offers; an article that several of its listings name is fetched once."""
    harvest = _Harvest(fetcher, outlet)
    for address in (*outlet.feeds, *outlet.sitemaps, *outlet.pages):
        yield from _tried(address, partial(harvest.inputs, address))


@dataclass(frozen=True, slots=True)
class _Harvest:
    fetcher: Fetcher
    outlet: Outlet | None
    seen: set[str] = field(default_factory=set)

    def inputs(self, address: str) -> Iterator[RawInput]:
        found = self.fetcher.fetch(address)
        kind = kind_of_body(found.body)
        if kind == "feed":
            yield from self._listed(read_feed(found.body, url=found.url, content_type=found.content_type).entries)
        elif kind == "sitemap":
            yield from self._of_sitemap(read_sitemap(found.body, url=found.url))
        else:
            yield self._page(address, found, Evidence(found.url))

    def _of_sitemap(self, listing: Listing) -> Iterator[RawInput]:
        yield from self._listed(listing.entries)
        for sitemap in listing.sitemaps[:_MOST_SITEMAPS]:
            if sitemap.url:
                yield from _tried(sitemap.url, partial(self._entries_at, sitemap.url))

    def _entries_at(self, address: str) -> Iterator[RawInput]:
        """The articles of one sitemap of an index; an index within one is not followed, so that none is endless."""
        found = self.fetcher.fetch(address)
        yield from self._listed(read_sitemap(found.body, url=found.url).entries)

    def _listed(self, entries: Iterable[Entry]) -> Iterator[RawInput]:
        for entry in entries:
            if entry.url is None:
                yield Unreadable(entry.title or "an entry", "the listing gives no http or https address for it")
            elif entry.url not in self.seen and (self.outlet is None or self.outlet.takes(entry.url)):
                self.seen.add(entry.url)
                yield from _tried(entry.url, partial(self._article, entry))

    def _article(self, entry: Entry) -> Iterator[RawInput]:
        address = entry.url or ""
        found = self.fetcher.fetch(address)
        evidence = Evidence(found.url, title=entry.title, published_at=entry.published_at, source=entry.source)
        yield self._page(address, found, evidence)

    def _page(self, address: str, found: Fetched, evidence: Evidence) -> RawInput:
        if self.outlet:
            section = self.outlet.section_of(found.url)
            evidence = replace(evidence, outlet=self.outlet.name, section=section)
        text = page_text(found.body, found.content_type)
        return RawPage(address, text, hashlib.sha256(found.body).hexdigest(), evidence)


def _tried(origin: str, made: Callable[[], Iterator[RawInput]]) -> Iterator[RawInput]:
    try:
        yield from made()
    except (FetchError, RefusedArticle) as error:
        log.info("%s: %s", origin, error)
        yield Unreadable(origin, str(error))
