"""From addresses to raw inputs: a page is itself, a feed or sitemap represents the articles that it lists."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from ingest.crawl.feeds import read_feed
from ingest.crawl.listings import Entry, Listing, kind_of_body
from ingest.crawl.requests import SeedRequests
from ingest.crawl.schedule import is_due, is_seed_due
from ingest.crawl.session import CrawlSession
from ingest.crawl.sitemaps import LARGEST_SITEMAP, read_sitemap
from ingest.http.compression import unzipped
from ingest.http.fetcher import Fetched
from ingest.models import Blocked, ListingRead, RawInput, Skipped, Unreadable
from ingest.sandbox import reader, unforeseen
from rag.errors import FetchError, LibraryError, RefusedArticle
from rag.outlets import DEFAULT_REFRESH, Outlet
from rag.store.repositories.visits import AddressState

log = logging.getLogger(__name__)

_MOST_SITEMAPS = 500
"""Of one seed; an outlet that has more lists its newest first."""
_MOST_LEVELS = 3
"""Of sitemap indexes within sitemap indexes."""


def discover(address: str, session: CrawlSession, outlet: Outlet | None = None) -> Iterator[RawInput]:
    """Yield what an address of a page, feed, sitemap or sitemap index leads to; each listed article is fetched.

    An address that cannot be fetched is an `Unreadable` with the reason, and the others are still fetched.

    Args:
        address: http or https.
        session: How addresses are requested.
        outlet: The outlet of the address; its rules tell which listed articles are accepted.
    """
    yield from _Discovery(session, outlet, address).inputs()


def discover_outlet(outlet: Outlet, session: CrawlSession) -> Iterator[RawInput]:
    """Yield everything that an outlet offers; an article that several of its listings name is fetched once.

    If only what is due is requested, that includes articles which no listing names any more.
    """
    seen: set[str] = set()
    discoveries = [_Discovery(session, outlet, address, seen) for address in outlet.addresses]
    for discovery in discoveries:
        yield from discovery.inputs()
    for discovery in discoveries if session.only_due else ():
        yield from discovery.unlisted()


@dataclass(frozen=True, slots=True)
class _Discovery:
    """Follows one configured address.

    Attributes:
        seed: The configured address.
        seen: Addresses of articles that were listed, whether they were due or not.
        sitemaps: Addresses of sitemaps that were listed.
        allowed: How many of the listed addresses the outlet's rules accept, and how many not.
    """

    session: CrawlSession
    outlet: Outlet | None
    seed: str
    seen: set[str] = field(default_factory=set)
    sitemaps: set[str] = field(default_factory=set)
    allowed: Counter[bool] = field(default_factory=Counter)

    def inputs(self) -> Iterator[RawInput]:
        """Yield what the address leads to."""
        if self.seed in self.seen:
            return
        is_blocked = self.outlet is None and bool(self._blocked([self.seed]))
        if is_blocked and not self.session.again:
            yield Blocked(self.seed)
            return
        state = None if is_blocked else self._states([self.seed]).get(self.seed)
        entry = Entry(self.seed)
        if self.session.only_due and not is_seed_due(state, refresh=self._refresh, now=self.session.now()):
            if state and state.listing is not None:
                yield from self._tried(entry, lambda: self._listed_before(state))
            return
        yield from self._tried(entry, partial(self._read, entry, state, above=()))
        whole = state is None or not self.session.only_due
        if whole and self.allowed[False] and not self.allowed[True]:
            yield Skipped(self.seed, _ruled_out(self.allowed[False]))

    def unlisted(self) -> Iterator[RawInput]:
        """Yield the articles that are due and were not listed."""
        for state in self.session.crawl_state.articles_of(self.seed) if self.session.crawl_state else ():
            entry = Entry(state.address, stamp=state.stamp)
            if self._is_new(entry) and self._is_due(entry, state) and not self._blocked([state.address]):
                yield from self._tried(entry, partial(self._article, entry, state))

    @property
    def _requests(self) -> SeedRequests:
        return SeedRequests(self.session, self.outlet, self.seed)

    def _read(self, entry: Entry, state: AddressState | None, *, above: tuple[str, ...]) -> Iterator[RawInput]:
        """Yield what an address leads to, whatever it turns out to be.

        Args:
            entry: The address, and what lists it.
            state: The state of the address before.
            above: The addresses of the indexes above it.
        """
        answer = self._requests.fetched(entry, state)
        before = state.listing if state else None
        if not answer.modified and before is None:
            yield self._requests.unmodified(entry, answer, state)
            return
        body = unzipped(answer.body, limit=LARGEST_SITEMAP) if answer.modified else before or b""
        if not self._is_listing(body, before, within_index=bool(above)):
            yield self._requests.page(entry, answer, state)
            return
        listing = _read_listing(body, answer)
        if answer.modified and listing.empty and before and not _read_listing(before, answer).empty:
            raise FetchError("lists nothing any more; nothing is withdrawn for that")
        report = not self.session.only_due or body != before
        if report:
            yield from _remarks_on(listing, entry.url or "")
        visit = self._requests.visit(entry, answer, listing=body)
        # A listing that was not read as a whole is requested as a whole again.
        read = ListingRead(replace(visit, etag=None, last_modified=None) if listing.unread else visit)
        # A configured listing is read again from the store until it is due; a sitemap of an index is not, and so
        # must not count as read before all that it lists was.
        if not above:
            yield read
        yield from self._listed(listing, above=(*above, entry.url or ""), report=report)
        if above:
            yield read

    def _is_listing(self, body: bytes, before: bytes | None, *, within_index: bool) -> bool:
        """Tell whether a body is read as a feed or sitemap; an error page in place of one is no article."""
        if reader.read(kind_of_body, body) != "page":
            return True
        if self.outlet and self.seed in self.outlet.feeds:
            raise FetchError("is no feed")
        if before is not None and reader.read(kind_of_body, before) == "feed":
            raise FetchError("is no feed any more")
        return before is not None or within_index or bool(self.outlet and self.seed in self.outlet.sitemaps)

    def _listed_before(self, state: AddressState) -> Iterator[RawInput]:
        """Yield what a feed or sitemap listed when it was last requested."""
        body = state.listing or b""
        listing = _read_listing(body, Fetched(state.url or state.address, body))
        yield from self._listed(listing, above=(state.address,), report=False)

    def _listed(self, listing: Listing, *, above: tuple[str, ...], report: bool) -> Iterator[RawInput]:
        """Yield what a listing lists.

        Args:
            listing: A feed, sitemap or sitemap index.
            above: Its address, after those of the indexes above it.
            report: Whether to yield what cannot be read.
        """
        yield from self._articles(listing.entries, above[-1], report=report)
        named = [sitemap for sitemap in listing.sitemaps if sitemap.url]
        if report:
            yield from _unusable_sitemaps(listing, named, above)
        states = self._states([sitemap.url for sitemap in named if sitemap.url])
        unknown = {sitemap.url: sitemap for sitemap in named if sitemap.url not in self.sitemaps.union(above)}
        new = list(unknown.values())
        followed = new[: _MOST_SITEMAPS - len(self.sitemaps)] if len(above) < _MOST_LEVELS else []
        self.sitemaps.update(sitemap.url for sitemap in followed if sitemap.url)
        for sitemap in followed:
            state = states.get(sitemap.url or "")
            if self._is_due(sitemap, state):
                yield from self._tried(sitemap, partial(self._read, sitemap, state, above=above))
        if report and len(followed) < len(new):
            yield Unreadable(new[len(followed)].url or "", _not_followed(len(new) - len(followed)))

    def _articles(self, entries: Sequence[Entry], listing: str, *, report: bool) -> Iterator[RawInput]:
        for entry in entries if report else ():
            if entry.url is None:
                yield Unreadable(entry.title or listing, "the listing gives no http or https address for it")
        accepted = [entry for entry in entries if self._is_new(entry)]
        addresses = [entry.url for entry in accepted if entry.url]
        states, blocked = self._states(addresses), self._blocked(addresses)
        for entry in accepted:
            state = None if entry.url in blocked else states.get(entry.url or "")
            if entry.url in blocked and not self.session.again:
                if not self.session.only_due:  # it never is due
                    yield Blocked(entry.url)
            elif self._is_due(entry, state):
                yield from self._tried(entry, partial(self._article, entry, state))

    def _article(self, entry: Entry, state: AddressState | None) -> Iterator[RawInput]:
        yield self._requests.article(entry, state)

    def _is_new(self, entry: Entry) -> bool:
        if entry.url is None:
            return False
        allowed = self.outlet is None or self.outlet.takes(entry.url)
        self.allowed[allowed] += 1
        if entry.url in self.seen or not allowed:
            return False
        self.seen.add(entry.url)
        return True

    def _blocked(self, addresses: Sequence[str]) -> set[str]:
        """Return those of the addresses whose article the operator withdrew or forgot."""
        return self.session.blocklist.among(addresses) if self.session.blocklist else set()

    def _tried(self, entry: Entry, inputs: Callable[[], Iterator[RawInput]]) -> Iterator[RawInput]:
        """Yield inputs, and an `Unreadable` for the address if that fails."""
        try:
            yield from inputs()
        except (FetchError, RefusedArticle) as error:
            log.info("%s: %s", entry.url, error)
            status = error.status if isinstance(error, FetchError) else None
            yield Unreadable(entry.url or "", str(error), self._requests.request(entry, status=status))
        except LibraryError:
            raise  # the store of visits fails, not the address
        except Exception as error:  # noqa: BLE001 - the outermost boundary of one address
            yield Unreadable(entry.url or "", str(unforeseen(error)), self._requests.request(entry))

    @property
    def _refresh(self) -> timedelta:
        return self.outlet.refresh if self.outlet else DEFAULT_REFRESH

    def _is_due(self, entry: Entry, state: AddressState | None) -> bool:
        due = partial(is_due, state, refresh=self._refresh, now=self.session.now(), stamp=entry.stamp)
        return not self.session.only_due or due()

    def _states(self, addresses: Sequence[str]) -> Mapping[str, AddressState]:
        return self.session.crawl_state.of_all(addresses) if self.session.crawl_state else {}


def _read_listing(body: bytes, answer: Fetched) -> Listing:
    if kind_of_body(body) == "feed":
        return reader.read(read_feed, body, url=answer.url, content_type=answer.content_type)
    return reader.read(read_sitemap, body, url=answer.url)


def _remarks_on(listing: Listing, address: str) -> Iterator[RawInput]:
    """Yield what the operator should know about a listing as a whole."""
    for reason in listing.unread:
        yield Unreadable(address, reason)
    if listing.empty and not listing.unread:
        yield Skipped(address, "it lists nothing")


def _unusable_sitemaps(listing: Listing, named: Sequence[Entry], above: tuple[str, ...]) -> Iterator[RawInput]:
    """Yield what the operator should know about the sitemaps of an index, of which `named` have an address."""
    if len(named) < len(listing.sitemaps):
        number = len(listing.sitemaps) - len(named)
        yield Unreadable(above[-1], f"gives no http or https address for {number} of its sitemaps")
    if named and not listing.entries and all(sitemap.url in above for sitemap in named):
        yield Unreadable(above[-1], "is an index that names nothing but itself or an index in which it is named")


def _ruled_out(entries: int) -> str:
    return f"the rules (include, exclude) let in none of the {entries:,} addresses that it lists"


def _not_followed(sitemaps: int) -> str:
    return (
        f"{sitemaps} sitemaps, this one first, are not read: of an index at most {_MOST_SITEMAPS} are, "
        f"and indexes within indexes down to {_MOST_LEVELS} levels; give their addresses to read them"
    )
