"""Visits to addresses: the state of an address, a visit to it, its outcome, and how that changes the state."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Row

from rag.store.sql.schema import visits

MISSING_RUNS = 3
"""Answers of 404 in a row after which the article of an address is withdrawn; an answer of 410 suffices alone."""
GONE, MISSING = 410, 404
_SAME = (
    *("address", "url", "etag", "last_modified", "digest", "stamp", "title", "published_at", "publication"),
    *("failures", "missing", "refusal", "withdrawn"),
)

Result = Literal["added", "updated", "unchanged", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class AddressState:
    """The state of an address after the visits to it.

    Attributes:
        seed: The configured address through which it was discovered.
        url: Where it last led, after redirects.
        digest: SHA-256 of the last page.
        stamp: When the entry that listed it says that it last changed, as it says it.
        title: As a listing states it, like `published_at` and `publication`.
        articles: Ids of the articles that came from it.
        first_at: Time of the first request.
        asked_at: Time of the last request, successful or not.
        changed_at: When it last brought a new or changed article.
        failures: Number of failures since the last success.
        missing: Answers of 404 since the last success.
        refusal: Why its content is not accepted as an article.
        withdrawn: Whether its articles were withdrawn because it answers that they are gone.
        listing: The body of a feed or sitemap.
    """

    address: str
    seed: str
    url: str | None
    etag: str | None
    last_modified: str | None
    digest: str | None
    stamp: str | None
    title: str | None
    published_at: str | None
    publication: str | None
    articles: tuple[str, ...]
    first_at: datetime
    asked_at: datetime
    changed_at: datetime | None
    failures: int
    missing: int
    refusal: str | None
    withdrawn: bool
    listing: bytes | None

    @property
    def settled(self) -> bool:
        """Whether its content was processed, so that it need not be sent again while it does not change."""
        return not self.withdrawn and bool(self.articles or self.refusal or self.listing is not None)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to an address, and how it was answered.

    Attributes:
        seed: The configured address through which it was discovered.
        at: Time of the request.
        outlet: Its outlet in `sources.toml`, if any.
        stamp: When the entry that lists it says that it last changed, as it says it.
        title: As the listing states it, like `published_at` and `publication`.
        url: Where it led, after redirects.
        digest: SHA-256 of the page.
        listing: The body, if it is a feed or sitemap.
        modified: Whether the content differs from the stored version.
        status: HTTP status of a failure, if the server answered.
        differs: Whether it held something else the last time, or was gone.
        returns: Whether its articles had been withdrawn because it was gone.
    """

    address: str
    seed: str
    at: datetime
    outlet: str | None = None
    stamp: str | None = None
    title: str | None = None
    published_at: str | None = None
    publication: str | None = None
    url: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    listing: bytes | None = None
    modified: bool = True
    status: int | None = None
    differs: bool = False
    returns: bool = False


@dataclass(frozen=True, slots=True)
class VisitOutcome:
    """A visit and its result.

    Attributes:
        articles: Ids of the articles that it holds.
        reason: Why it failed or was refused.
    """

    visit: Visit
    result: Result
    articles: tuple[str, ...] = ()
    reason: str | None = None


def is_gone(visit: Visit, states: Mapping[str, AddressState]) -> bool:
    """Return whether a visit means that the articles of its address are to be withdrawn.

    Args:
        visit: A failure.
        states: States of addresses before the visit.
    """
    before = states.get(visit.address)
    if before is None or before.withdrawn:
        return False
    return visit.status == GONE or before.missing + 1 >= MISSING_RUNS


def row_after(before: Mapping[str, Any] | None, outcome: VisitOutcome) -> dict[str, Any]:
    """Return the row of an address after a visit, given the one before it, if any."""
    at = outcome.visit.at.timestamp()
    row = dict(before) if before else _fresh(outcome.visit.address, at)
    row |= {"source": outcome.visit.seed, "outlet": outcome.visit.outlet, "asked_at": at}
    return row | (_failed(row, outcome, at) if outcome.result == "failed" else _succeeded(row, outcome, at))


def _fresh(address: str, at: float) -> dict[str, Any]:
    nothing = {column.name: None for column in visits.columns}
    counts = {"failures": 0, "missing": 0, "withdrawn": False, "articles": "[]"}
    return nothing | counts | {"address": address, "first_at": at}


def _failed(row: Mapping[str, Any], outcome: VisitOutcome, at: float) -> dict[str, Any]:
    missing = row["missing"] + (outcome.visit.status == MISSING)
    gone = outcome.visit.status == GONE or missing >= MISSING_RUNS
    return {
        "failures": row["failures"] + 1,
        "missing": missing,
        "failing_since": row["failing_since"] or at,
        "failure": outcome.reason,
        "withdrawn": row["withdrawn"] or (gone and row["articles"] != "[]"),
    }


def _succeeded(row: Mapping[str, Any], outcome: VisitOutcome, at: float) -> dict[str, Any]:
    visit, news = outcome.visit, outcome.result in ("added", "updated")
    listing = zlib.compress(visit.listing) if visit.listing is not None else None
    return {
        "failures": 0,
        "missing": 0,
        "failing_since": (row["failing_since"] or at) if outcome.result == "refused" else None,
        "failure": None,
        "refusal": outcome.reason if outcome.result == "refused" else None,
        "withdrawn": False,
        "url": visit.url,
        "etag": visit.etag,
        "last_modified": visit.last_modified,
        "digest": visit.digest,
        "stamp": visit.stamp,
        "title": visit.title,
        "published_at": visit.published_at,
        "publication": visit.publication,
        "succeeded_at": at,
        "added_at": at if outcome.result == "added" and not row["added_at"] else row["added_at"],
        "changed_at": at if news else row["changed_at"],
        "articles": json.dumps(outcome.articles) if outcome.articles else row["articles"],
        "listing": listing if visit.modified else row["listing"],
    }


def address_state(row: Row[Any]) -> AddressState:
    """Return the state that a row holds."""
    same = {name: row._mapping[name] for name in _SAME}
    return AddressState(
        **same,
        seed=row.source,
        articles=tuple(json.loads(row.articles)),
        first_at=datetime.fromtimestamp(row.first_at, UTC),
        asked_at=datetime.fromtimestamp(row.asked_at, UTC),
        changed_at=moment_of(row.changed_at),
        listing=None if row.listing is None else zlib.decompress(row.listing),
    )


def moment_of(seconds: float | None) -> datetime | None:
    """Return the time that a column holds, aware UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
