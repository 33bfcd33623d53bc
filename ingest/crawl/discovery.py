"""From addresses to raw inputs: a page is itself, a feed or sitemap stands for the articles that it lists."""

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from ingest.crawl.feeds import read_feed
from ingest.crawl.listings import Entry, Listing, kind_of_body
from ingest.crawl.schedule import is_due, is_source_due
from ingest.crawl.sitemaps import LARGEST_SITEMAP, read_sitemap
from ingest.extract.page_metadata import Evidence
from ingest.formats.charset import page_text
from ingest.formats.files import Blocked, ListingRead, RawInput, RawPage, Skipped, Unmodified, Unreadable
from ingest.http.compression import unzipped
from ingest.http.fetcher import Fetched, Fetcher, Validators
from ingest.sandbox import reader, unforeseen
from rag.errors import FetchError, LibraryError, RefusedArticle
from rag.outlets import DEFAULT_REFRESH, Outlet
from rag.store.blocklist import Blocklist
from rag.store.crawl_state import CrawlState
from rag.store.visits import AddressState, Visit
from rag.urls import is_same_owner

log = logging.getLogger(__name__)

_MOST_SITEMAPS = 500
"""Of one address; an outlet that has more lists its newest first."""
_MOST_LEVELS = 3
"""Of indexes that name indexes."""


@dataclass(frozen=True, slots=True)
class CrawlSession:
    """How addresses are asked.

    Attributes:
        fetcher: The way to the network.
        crawl_state: What is remembered of them, so that what did not change is not sent again; `None` for nothing.
        only_due: Ask only what is due by the outlet's interval, not everything.
        blocklist: What the operator took out, so that it is not asked; `None` for nothing.
        again: Ask that too, as if for the first time.
        now: The time.
    """

    fetcher: Fetcher
    crawl_state: CrawlState | None = None
    only_due: bool = False
    blocklist: Blocklist | None = None
    again: bool = False
    now: Callable[[], datetime] = partial(datetime.now, UTC)


def discover(address: str, session: CrawlSession, outlet: Outlet | None = None) -> Iterator[RawInput]:
    """What an address of a page, feed, sitemap or sitemap index amounts to; each article is fetched itself.

    What cannot be fetched is an `Unreadable` with the reason, and the rest goes on.

    Args:
        address: http or https.
        session: How.
        outlet: Whose address it is; its rules tell which listed articles are taken.
    """
    yield from _Discovery(session, outlet, address).source()


def discover_outlet(outlet: Outlet, session: CrawlSession) -> Iterator[RawInput]:
    """Everything that an outlet offers; an article that several of its listings name is fetched once.

    If only what is due is asked, that includes articles which no listing names any more.
    """
    seen: set[str] = set()
    discoveries = [_Discovery(session, outlet, address, seen) for address in outlet.addresses]
    for one in discoveries:
        yield from one.source()
    for one in discoveries if session.only_due else ():
        yield from one.unlisted()


@dataclass(frozen=True, slots=True)
class _Discovery:
    """What comes of one address that the operator named.

    Attributes:
        named: That address.
        seen: Addresses of articles that were come upon, whether they were due or not.
        sitemaps: Addresses of sitemaps that were come upon.
        allowed: How many of the listed addresses the outlet's rules let in, and how many not.
    """

    session: CrawlSession
    outlet: Outlet | None
    named: str
    seen: set[str] = field(default_factory=set)
    sitemaps: set[str] = field(default_factory=set)
    allowed: Counter[bool] = field(default_factory=Counter)

    def source(self) -> Iterator[RawInput]:
        if self.named in self.seen:
            return
        taken_out = self.outlet is None and bool(self._taken_out([self.named]))
        if taken_out and not self.session.again:
            yield Blocked(self.named)
            return
        known = None if taken_out else self._known([self.named]).get(self.named)
        if self.session.only_due and not is_source_due(known, refresh=self._refresh, now=self.session.now()):
            if known and known.listing is not None:
                yield from self._tried(Entry(self.named), lambda: self._entries_of(known))
            return
        yield from self._tried(Entry(self.named), partial(self._read, Entry(self.named), known, above=()))
        whole = known is None or not self.session.only_due
        if whole and self.allowed[False] and not self.allowed[True]:
            yield Skipped(self.named, _ruled_out(self.allowed[False]))

    def unlisted(self) -> Iterator[RawInput]:
        for known in self.session.crawl_state.articles_of(self.named) if self.session.crawl_state else ():
            entry = Entry(known.address, stamp=known.stamp)
            if self._is_new(entry) and self._is_due(entry, known) and not self._taken_out([known.address]):
                yield from self._tried(entry, partial(self._article, entry, known))

    def _read(self, entry: Entry, known: AddressState | None, *, above: tuple[str, ...]) -> Iterator[RawInput]:
        """What an address holds, whatever it turns out to be.

        Args:
            entry: Its address, and what lists it.
            known: What is remembered of it.
            above: The addresses of the indexes above it.
        """
        found = self._fetched(entry, known)
        before = known.listing if known else None
        if not found.modified and before is None:
            yield self._unmodified(entry, found, known)
            return
        body = unzipped(found.body, limit=LARGEST_SITEMAP) if found.modified else before or b""
        if not self._is_listing(body, before, within_index=bool(above)):
            yield self._page(entry, found, known)
            return
        listing = _read_listing(body, found)
        if found.modified and listing.empty and before and not _read_listing(before, found).empty:
            raise FetchError("lists nothing any more; nothing is withdrawn for that")
        told = not self.session.only_due or body != before
        if told:
            yield from _said_of(listing, entry.url or "")
        visit = self._visit(entry, found, listing=body)
        # What was not read whole is asked for whole again.
        read = ListingRead(replace(visit, etag=None, last_modified=None) if listing.unread else visit)
        # What the operator named is read again from memory until it is due; a sitemap of an index is left alone
        # until then, and so must not count as read before all of it was.
        if not above:
            yield read
        yield from self._listed(listing, above=(*above, entry.url or ""), told=told)
        if above:
            yield read

    def _is_listing(self, body: bytes, before: bytes | None, *, within_index: bool) -> bool:
        """Whether a body is read as a feed or sitemap; an error page in the place of one is no article."""
        if reader.read(kind_of_body, body) != "page":
            return True
        if self.outlet and self.named in self.outlet.feeds:
            raise FetchError("is no feed")
        if before is not None and reader.read(kind_of_body, before) == "feed":
            raise FetchError("is no feed any more")
        return before is not None or within_index or bool(self.outlet and self.named in self.outlet.sitemaps)

    def _entries_of(self, known: AddressState) -> Iterator[RawInput]:
        """What a feed or sitemap listed when it was last asked."""
        listing = known.listing or b""
        read = _read_listing(listing, Fetched(known.url or known.address, listing))
        yield from self._listed(read, above=(known.address,), told=False)

    def _listed(self, listing: Listing, *, above: tuple[str, ...], told: bool) -> Iterator[RawInput]:
        """What a listing lists.

        Args:
            listing: It.
            above: Its address, behind those of the indexes above it.
            told: Whether it is said what cannot be read.
        """
        yield from self._articles(listing.entries, above[-1], told=told)
        named = [one for one in listing.sitemaps if one.url]
        if told and len(named) < len(listing.sitemaps):
            number = len(listing.sitemaps) - len(named)
            yield Unreadable(above[-1], f"gives no http or https address for {number} of its sitemaps")
        if told and named and not listing.entries and all(one.url in above for one in named):
            yield Unreadable(above[-1], "is an index that names nothing but itself or an index in which it is named")
        known = self._known([one.url for one in named if one.url])
        new = list({one.url: one for one in named if one.url not in self.sitemaps.union(above)}.values())
        followed = new[: _MOST_SITEMAPS - len(self.sitemaps)] if len(above) < _MOST_LEVELS else []
        self.sitemaps.update(one.url for one in followed if one.url)
        for one in followed:
            before = known.get(one.url or "")
            if self._is_due(one, before):
                yield from self._tried(one, partial(self._read, one, before, above=above))
        if told and len(followed) < len(new):
            yield Unreadable(new[len(followed)].url or "", _not_followed(len(new) - len(followed)))

    def _articles(self, entries: Sequence[Entry], listing: str, *, told: bool) -> Iterator[RawInput]:
        for one in entries if told else ():
            if one.url is None:
                yield Unreadable(one.title or listing, "the listing gives no http or https address for it")
        taken = [one for one in entries if self._is_new(one)]
        known = self._known([one.url for one in taken if one.url])
        taken_out = self._taken_out([one.url for one in taken if one.url])
        for one in taken:
            before = None if one.url in taken_out else known.get(one.url or "")
            if one.url in taken_out and not self.session.again:
                if not self.session.only_due:  # it never is due
                    yield Blocked(one.url)
            elif self._is_due(one, before):
                yield from self._tried(one, partial(self._article, one, before))

    def _is_new(self, entry: Entry) -> bool:
        if entry.url is None:
            return False
        allowed = self.outlet is None or self.outlet.takes(entry.url)
        self.allowed[allowed] += 1
        if entry.url in self.seen or not allowed:
            return False
        self.seen.add(entry.url)
        return True

    def _taken_out(self, addresses: Sequence[str]) -> set[str]:
        """Those of the addresses whose article the operator withdrew or forgot."""
        return self.session.blocklist.among(addresses) if self.session.blocklist else set()

    def _article(self, entry: Entry, known: AddressState | None) -> Iterator[RawInput]:
        found = self._fetched(entry, known)
        entry = self._believed(entry, found, known)
        yield self._page(entry, found, known) if found.modified else self._unmodified(entry, found, known)

    def _believed(self, entry: Entry, found: Fetched, known: AddressState | None) -> Entry:
        """What is listed, with what is said of it by a listing of the page's own owner, now or before.

        Another owner's may tell when it came upon a page, which is not when that was published.
        """
        named = (self.named, *(self.outlet.addresses if self.outlet else ()))
        if not any(is_same_owner(one, found.url) for one in named):
            entry = Entry(entry.url, stamp=entry.stamp)
        led_elsewhere = known is not None and not is_same_owner(known.url or known.address, found.url)
        return entry if known is None or led_elsewhere else _completed(entry, known)

    def _page(self, entry: Entry, found: Fetched, known: AddressState | None) -> RawInput:
        digest = hashlib.sha256(found.body).hexdigest()
        if known and known.settled and known.digest == digest:
            return self._unmodified(entry, found, known)
        evidence = Evidence(found.url, title=entry.title, published_at=entry.published_at, source=entry.source)
        if self.outlet and not self._is_led_astray(entry, found):
            section = self.outlet.section_of(found.url)
            evidence = replace(evidence, outlet=self.outlet.name, section=section)
        visit = self._visit(entry, found, digest=digest)
        if known:
            visit = replace(visit, differs=known.settled or known.withdrawn, returns=known.withdrawn)
        return RawPage(entry.url or "", page_text(found.body, found.content_type), digest, evidence, visit)

    def _is_led_astray(self, entry: Entry, found: Fetched) -> bool:
        """An address led to another site than the outlet's, whose page is not the outlet's to name."""
        named = (entry.url or "", *(self.outlet.addresses if self.outlet else ()))
        return not any(is_same_owner(one, found.url) for one in named)

    def _unmodified(self, entry: Entry, found: Fetched, known: AddressState | None) -> RawInput:
        visit = self._visit(entry, found, digest=known.digest if known else None)
        address = entry.url or ""
        if known is None or known.refusal:
            return Unreadable(address, known.refusal if known and known.refusal else "", visit, unchanged=True)
        return Unmodified(address, known.articles, visit)

    def _fetched(self, entry: Entry, known: AddressState | None) -> Fetched:
        settled = known if known and known.settled else None
        conditions = Validators(settled.etag, settled.last_modified, settled.url) if settled else None
        found = self.session.fetcher.fetch(entry.url or "", conditions)
        if found.modified or not conditions:
            return found
        kept = Validators(
            found.validators.etag or conditions.etag, found.validators.last_modified or conditions.last_modified
        )
        return replace(found, validators=kept)

    def _visit(self, entry: Entry, found: Fetched, *, listing: bytes | None = None, digest: str | None = None) -> Visit:
        return replace(
            self._asked(entry),
            url=found.url,
            etag=found.validators.etag,
            last_modified=found.validators.last_modified,
            modified=found.modified,
            listing=listing,
            digest=digest,
        )

    def _asked(self, entry: Entry, *, status: int | None = None) -> Visit:
        outlet = self.outlet.name if self.outlet else None
        return Visit(
            entry.url or "",
            self.named,
            self.session.now(),
            outlet,
            stamp=entry.stamp,
            title=entry.title,
            published_at=entry.published_at,
            publication=entry.source,
            status=status,
        )

    def _tried(self, entry: Entry, made: Callable[[], Iterator[RawInput]]) -> Iterator[RawInput]:
        try:
            yield from made()
        except (FetchError, RefusedArticle) as error:
            log.info("%s: %s", entry.url, error)
            status = error.status if isinstance(error, FetchError) else None
            yield Unreadable(entry.url or "", str(error), self._asked(entry, status=status))
        except LibraryError:
            raise  # the library's own memory fails, not the address
        except Exception as error:  # noqa: BLE001 - the outermost boundary of one address
            yield Unreadable(entry.url or "", str(unforeseen(error)), self._asked(entry))

    @property
    def _refresh(self) -> timedelta:
        return self.outlet.refresh if self.outlet else DEFAULT_REFRESH

    def _is_due(self, entry: Entry, known: AddressState | None) -> bool:
        due = partial(is_due, known, refresh=self._refresh, now=self.session.now(), stamp=entry.stamp)
        return not self.session.only_due or due()

    def _known(self, addresses: Sequence[str]) -> Mapping[str, AddressState]:
        return self.session.crawl_state.of_all(addresses) if self.session.crawl_state else {}


def _completed(entry: Entry, known: AddressState) -> Entry:
    """What is listed, with what a listing said before: a date of publication does not move, so the first one stays."""
    return replace(
        entry,
        title=entry.title or known.title,
        published_at=known.published_at or entry.published_at,
        source=entry.source or known.publication,
    )


def _read_listing(body: bytes, found: Fetched) -> Listing:
    if kind_of_body(body) == "feed":
        return reader.read(read_feed, body, url=found.url, content_type=found.content_type)
    return reader.read(read_sitemap, body, url=found.url)


def _said_of(listing: Listing, address: str) -> Iterator[RawInput]:
    """What the operator should know of a listing as a whole."""
    for reason in listing.unread:
        yield Unreadable(address, reason)
    if listing.empty and not listing.unread:
        yield Skipped(address, "it lists nothing")


def _ruled_out(entries: int) -> str:
    return f"the rules (include, exclude) let in none of the {entries:,} addresses that it lists"


def _not_followed(sitemaps: int) -> str:
    return (
        f"{sitemaps} sitemaps, this one first, are not read: of an index at most {_MOST_SITEMAPS} are, "
        f"and indexes within indexes down to {_MOST_LEVELS} levels; give their addresses to read them"
    )
