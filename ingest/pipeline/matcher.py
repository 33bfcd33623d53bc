"""Which stored article an incoming one is, and whether it is a new version of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from ingest.dedup import minhash
from ingest.dedup.identity import content_digest, known_as, newly_named, own_ids
from ingest.models import RawRecord
from ingest.normalize.records import ParsedRecord
from ingest.pipeline.outcomes import Outcome
from rag.models import Article
from rag.store import LibraryRecord, StoredVersion
from rag.store.blocked.blocked_names import IncomingArticle, outlets_of
from rag.store.blocked.text_signatures import signature_of, similarities
from rag.store.repositories.visits import Visit
from rag.urls import is_same_owner

_CHANGED_COPY = 0.4
"""Least similarity of a text to one that is blocked, of the same outlet, that makes it the same article."""
_TEMPLATE = 0.05
"""By as much it must be more like that than like any text of the outlet that is not blocked."""


class ArticleMatcher:
    """Matches incoming articles with those that are stored, and with those of this run that are about to be.

    Args:
        record: The stored articles.
    """

    def __init__(self, record: LibraryRecord) -> None:
        self._record = record
        self._versions: dict[str, StoredVersion] = {}
        self._unstored: dict[str, Article] = {}
        self._inputs: dict[str, str] = {}

    def newest(self, article_id: str) -> Article | None:
        """Return the newest version under an id, stored or about to be, even if it was withdrawn."""
        return self._unstored.get(article_id) or self._record.newest(article_id)

    def was_seen(self, article_id: str) -> bool:
        """Return whether this run has come upon the article before."""
        return article_id in self._versions

    def stored_as(self, raw: RawRecord, parsed: ParsedRecord) -> Article | None:
        """Return the article under the id that it is stored under; `None` if it is new."""
        return known_as(parsed.article, parsed.identity, self.newest, partial(self._is_from_same_input, raw))

    def blocked_as(self, parsed: ParsedRecord, stored: Article | None, visit: Visit | None) -> frozenset[str]:
        """Return which blocked articles an incoming one is, under any name.

        That a blocked article had the same id says nothing about one that is stored under its own.

        Args:
            parsed: The incoming article.
            stored: The same, as `stored_as` returned it.
            visit: The visit that it came from.
        """
        blocklist = self._record.blocklist
        withdrawn = blocklist.holding_ids([stored.id]) if stored else frozenset[str]()
        ids = () if stored and not withdrawn else own_ids(parsed.article, parsed.identity)
        found_at = [address for address in (visit.address, visit.url) if address] if visit else []
        incoming = IncomingArticle(parsed.article, parsed.original, ids, found_at)
        return (withdrawn | blocklist.holding(incoming)) or self._blocked_by_text(incoming)

    def named(self, raw: RawRecord, parsed: ParsedRecord, stored: Article | None, visit: Visit | None) -> Article:
        """Return an incoming article under the id that it is stored under, or under a new one."""
        article = stored or newly_named(parsed.article, parsed.identity, self._is_taken)
        article = self._as_stored(article, visit)
        self._inputs[article.id] = _input_of(raw)
        return article

    def outcome(self, article: Article, *, returns: bool, captured_at: datetime | None) -> Outcome:
        """Decide what becomes of an article.

        Args:
            article: Under its id.
            returns: Whether it had been withdrawn, and comes back.
            captured_at: When an archive fetched it; `None` for now.
        """
        seen, now = self.was_seen(article.id), article.fetched_at or datetime.now(UTC)
        stored = self._versions.get(article.id) or self._record.stored_version(article.id)
        outcome: Outcome = "duplicate" if seen else "unchanged"
        if stored is None:
            outcome, stored = "added", StoredVersion(1, article.digest, now)
        elif captured_at and captured_at < stored.fetched_at:
            pass  # an archive's page that is older than the stored version
        elif stored.digest != article.digest or (returns and not seen):
            outcome, stored = "updated", StoredVersion(stored.version + 1, article.digest, now)
        self._versions[article.id] = stored
        return outcome

    def numbered(self, article: Article) -> Article:
        """Return an article that is to be stored with the number of its version."""
        article = replace(article, version=self._versions[article.id].version)
        self._unstored[article.id] = article
        return article

    def all_stored(self) -> None:
        """Note that all articles up to now are stored."""
        self._unstored.clear()

    def forget(self, article_id: str) -> None:
        """Note that an article could not be stored."""
        self._versions.pop(article_id, None)

    def _blocked_by_text(self, incoming: IncomingArticle) -> frozenset[str]:
        """Return the blocked article that an incoming one is a changed copy of.

        Many pages may hold one text ("subscribe to read on") or fillings of one template: a text that an article of its
        outlet which is not blocked has, too, or nearly, says nothing.
        """
        blocked = self._record.blocklist.most_alike(incoming)
        if blocked is None or blocked[1] < _CHANGED_COPY:
            return frozenset()
        alike = self._most_alike(incoming)
        return frozenset() if alike > blocked[1] - _TEMPLATE else frozenset({blocked[0]})

    def _most_alike(self, incoming: IncomingArticle) -> float:
        """Return how alike the most similar text of a current article of the same outlet is."""
        text, outlets = incoming.article.text, outlets_of(incoming.article)
        signature = signature_of(text)
        if signature is None:
            return 0.0
        candidates = (other for other in self._perhaps_alike(text) if not outlets or outlets & outlets_of(other))
        others = [other for other in map(signature_of, (candidate.text for candidate in candidates)) if other]
        return max(similarities(signature, others), default=0.0)

    def _perhaps_alike(self, text: str) -> list[Article]:
        """Return current articles of any outlet whose texts may be like a text."""
        fingerprints, values = self._record.fingerprints, minhash.signature_of(text)
        found = fingerprints.candidates(minhash.bands_of(values), besides="") if values is not None else []
        return [*(article for article, _ in found), *fingerprints.of_few_words(like=text)]

    def _as_stored(self, article: Article, visit: Visit | None) -> Article:
        """Return the article as it is stored under its id already, as far as it says nothing new."""
        stored = self.newest(article.id)
        if stored is None or stored.digest == article.digest:
            return article
        if stored.source != article.source and visit and not is_owners(visit.seed, article):
            article = replace(article, source=stored.source)
        # One story under several spellings of its address stays under the first.
        same = replace(article, url=stored.url)
        article = same if content_digest(same) == stored.digest else article
        return replace(article, digest=content_digest(article))

    def _is_taken(self, article_id: str) -> bool:
        """An id belongs to a stored article, or to one that was forgotten and may come back under it."""
        return self.newest(article_id) is not None or bool(self._record.blocklist.holding_ids([article_id]))

    def _is_from_same_input(self, raw: RawRecord, article_id: str) -> bool:
        """The newest version under an id came from another record of the same file or page in this run."""
        return self._inputs.get(article_id) == _input_of(raw)


def is_owners(address: str, article: Article) -> bool:
    """Return whether an address is on the article's own site, so that its owner speaks for the article."""
    try:
        return is_same_owner(address, article.fetched_from or article.url or "")
    except ValueError:
        return False


def of_own_site(record: LibraryRecord, address: str, article_ids: Iterable[str]) -> list[str]:
    """Return the articles on the site of an address: what another site answers is not their outlet's word."""
    articles = ((article_id, record.current(article_id)) for article_id in article_ids)
    return [
        article_id
        for article_id, article in articles
        if article is None or not article.url or is_owners(address, article)
    ]


def _input_of(raw: RawRecord) -> str:
    return raw.digest if raw.page else raw.file
