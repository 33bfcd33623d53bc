"""One request to a seed or to an address that it lists, and the raw input that its answer makes."""

import hashlib
from dataclasses import dataclass, replace

from ingest.crawl.listings import Entry
from ingest.crawl.session import CrawlSession
from ingest.extract.page_metadata import Evidence
from ingest.formats.charset import page_text, why_no_page
from ingest.http.fetcher import Fetched, Validators
from ingest.models import RawInput, RawPage, Unmodified, Unreadable
from rag.errors import FetchError, RefusedArticle
from rag.outlets import Outlet
from rag.store.repositories.visits import AddressState, Visit
from rag.urls import is_same_owner

_TURNS_AWAY = {401, 402, 403, 405, 406}
"""Statuses of a page that is there, but not for programs."""


@dataclass(frozen=True, slots=True)
class SeedRequests:
    """Requests a seed and the addresses that it lists.

    Attributes:
        session: How.
        outlet: The outlet of the seed, if it is configured.
        seed: The configured address.
    """

    session: CrawlSession
    outlet: Outlet | None
    seed: str

    def fetched(self, entry: Entry, state: AddressState | None) -> Fetched:
        """Fetch an address, unless its server says that it did not change since the last visit.

        Raises:
            FetchError: It cannot be fetched.
        """
        settled = state if state and state.settled else None
        conditions = Validators(settled.etag, settled.last_modified, settled.url) if settled else None
        answer = self.session.fetcher.fetch(entry.url or "", conditions)
        if answer.modified or not conditions:
            return answer
        kept = Validators(
            answer.validators.etag or conditions.etag, answer.validators.last_modified or conditions.last_modified
        )
        return replace(answer, validators=kept)

    def article(self, entry: Entry, state: AddressState | None) -> RawInput:
        """Fetch the page of a listed article.

        Raises:
            FetchError: It cannot be fetched.
        """
        try:
            answer = self.fetched(entry, state)
        except FetchError as error:
            # Its page turns programs away; what its feed holds is published all the same.
            answer = Fetched(entry.url or "", b"")
            entry = self._with_trusted_evidence(entry, answer, state)
            if error.status not in _TURNS_AWAY or not entry.text:
                raise
            return self.page(entry, answer, state)
        entry = self._with_trusted_evidence(entry, answer, state)
        return self.page(entry, answer, state) if answer.modified else self.unmodified(entry, answer, state)

    def page(self, entry: Entry, answer: Fetched, state: AddressState | None) -> RawInput:
        """Return a fetched page as an input, with what is known about it besides its content."""
        # One body for all articles is drawn by a script, and may then stand for the text that the listing holds.
        digest = hashlib.sha256(answer.body + (entry.text or "").encode("utf-8", "surrogatepass")).hexdigest()
        if state and state.settled and state.digest == digest:
            return self.unmodified(entry, answer, state)
        if not entry.text and (reason := why_no_page(answer.body, answer.content_type)):
            raise RefusedArticle(reason)
        evidence = Evidence(
            answer.url,
            title=entry.title,
            published_at=entry.published_at,
            publication=entry.publication,
            asked=entry.url,
            updated_at=entry.updated_at,
            text=entry.text,
            opt_outs=answer.opt_outs,
            authors=entry.authors,
        )
        if self.outlet and self._is_on_own_site(answer, entry.url or "", *self.outlet.addresses):
            section = self.outlet.section_of(answer.url)
            evidence = replace(evidence, outlet=self.outlet.name, section=section)
        visit = self.visit(entry, answer, digest=digest)
        if state:
            visit = replace(visit, differs=state.settled or state.withdrawn, returns=state.withdrawn)
        is_page = why_no_page(answer.body, answer.content_type) is None
        text = page_text(answer.body, answer.content_type) if is_page else ""
        return RawPage(entry.url or "", text, digest, evidence, visit)

    def unmodified(self, entry: Entry, answer: Fetched, state: AddressState | None) -> RawInput:
        """Return the input of an address that holds the same as at the last visit."""
        visit = self.visit(entry, answer, digest=state.digest if state else None)
        address = entry.url or ""
        if state is None or state.refusal:
            return Unreadable(address, state.refusal if state and state.refusal else "", visit, unchanged=True)
        return Unmodified(address, state.articles, visit)

    def visit(self, entry: Entry, answer: Fetched, *, listing: bytes | None = None, digest: str | None = None) -> Visit:
        """Return a successful visit.

        Args:
            entry: The address, and what lists it.
            answer: What its server sent.
            listing: The body of a feed or sitemap.
            digest: SHA-256 of a page.
        """
        return replace(
            self.request(entry),
            url=answer.url,
            etag=answer.validators.etag,
            last_modified=answer.validators.last_modified,
            modified=answer.modified,
            listing=listing,
            digest=digest,
        )

    def request(self, entry: Entry, *, status: int | None = None) -> Visit:
        """Return a visit of which nothing is known but the HTTP status of its failure, if there was one."""
        outlet = self.outlet.name if self.outlet else None
        return Visit(
            entry.url or "",
            self.seed,
            self.session.now(),
            outlet,
            stamp=entry.stamp,
            title=entry.title,
            published_at=entry.published_at,
            publication=entry.publication,
            status=status,
        )

    def _with_trusted_evidence(self, entry: Entry, answer: Fetched, state: AddressState | None) -> Entry:
        """Return an entry with what listings of the page's own owner state about it, now or before.

        The listing of another owner may tell when it came upon a page, which is not when that was published.
        """
        if not self._is_on_own_site(answer, self.seed, *(self.outlet.addresses if self.outlet else ())):
            entry = Entry(entry.url, stamp=entry.stamp)
        led_elsewhere = state is not None and not is_same_owner(state.url or state.address, answer.url)
        return entry if state is None or led_elsewhere else _completed(entry, state)

    @staticmethod
    def _is_on_own_site(answer: Fetched, *addresses: str) -> bool:
        """A page may be served by another site than the one that is responsible for its address."""
        return any(is_same_owner(address, answer.url) for address in addresses)


def _completed(entry: Entry, state: AddressState) -> Entry:
    """Add what a listing stated before: a date of publication does not move, so the first one stays."""
    return replace(
        entry,
        title=entry.title or state.title,
        published_at=state.published_at or entry.published_at,
        publication=entry.publication or state.publication,
    )
