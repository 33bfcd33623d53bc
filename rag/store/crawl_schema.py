"""The table of visits: what an address, a visit to it and its outcome are, and what a visit makes of a row."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Boolean, Column, Float, Integer, LargeBinary, Row, String, Table, Text

from rag.store.schema import metadata

visits = Table(
    "visits",
    metadata,
    Column("address", String, primary_key=True),
    # The address that the operator gave and through which this one came; its own for that address itself.
    Column("source", String, nullable=False, index=True),
    Column("outlet", String),
    Column("url", String),
    Column("etag", String),
    Column("last_modified", String),
    # Of the body; SHA-256.
    Column("digest", String),
    Column("stamp", String),
    # As a listing has them, which may be what the page itself does not say.
    Column("title", Text),
    Column("published_at", String),
    Column("publication", Text),
    # Ids, as JSON.
    Column("articles", Text, nullable=False),
    # Epoch seconds.
    Column("first_at", Float, nullable=False),
    Column("asked_at", Float, nullable=False),
    Column("succeeded_at", Float),
    Column("added_at", Float),
    Column("changed_at", Float),
    Column("failing_since", Float),
    Column("failures", Integer, nullable=False),
    # Answers of 404 since the last success.
    Column("missing", Integer, nullable=False),
    # Why it could not be had, and why what it holds is no article.
    Column("failure", Text),
    Column("refusal", Text),
    Column("withdrawn", Boolean, nullable=False),
    # Of a feed or sitemap, compressed: what it lists when it answers that it did not change.
    Column("listing", LargeBinary),
)

MISSING_RUNS = 3
"""So often in a row must an address answer 404 before its article is withdrawn; 410 does it at once."""
GONE, MISSING = 410, 404
_SAME = (
    *("address", "source", "url", "etag", "last_modified", "digest", "stamp", "title", "published_at", "publication"),
    *("failures", "missing", "refusal", "withdrawn"),
)

Result = Literal["added", "updated", "unchanged", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class AddressState:
    """What is known of an address.

    Attributes:
        url: Where it last led, after redirects.
        digest: SHA-256 of the page that it last held.
        stamp: Of the entry that listed it.
        title: As a listing has it, as have `published_at` and `publication`.
        articles: Ids of what came of it.
        first_at: When it was first asked.
        asked_at: When it was last asked, whatever came of that.
        changed_at: When it last brought something new.
        failures: In a row, up to now.
        refusal: Why what it holds is no article.
        withdrawn: Its articles are, because it answers that they are gone.
        listing: The body of a feed or sitemap.
    """

    address: str
    source: str
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
        """What it holds was taken in, or refused for good: it need not be sent again while it does not change."""
        return not self.withdrawn and bool(self.articles or self.refusal or self.listing is not None)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to an address, and how it was answered.

    Attributes:
        source: The address that the operator gave.
        at: When.
        outlet: Whose it is, by `sources.toml`.
        stamp: Of the entry that lists it.
        title: As the listing has it, as have `published_at` and `publication`.
        url: Where it led, after redirects.
        digest: SHA-256 of the page.
        listing: The body, if it is a feed or sitemap.
        modified: It is not the version that is remembered.
        status: Of a failure, if the server answered.
        differs: It held something else the last time, or was gone.
        returns: Its articles were withdrawn because it was gone.
    """

    address: str
    source: str
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
    """A visit with what became of it.

    Attributes:
        articles: Ids of what it holds.
        reason: Why it failed or was refused.
    """

    visit: Visit
    result: Result
    articles: tuple[str, ...] = ()
    reason: str | None = None


def is_gone(visit: Visit, known: Mapping[str, AddressState]) -> bool:
    """Whether a visit tells that the articles of an address are to be withdrawn."""
    before = known.get(visit.address)
    if before is None or before.withdrawn:
        return False
    return visit.status == GONE or before.missing + 1 >= MISSING_RUNS


def row_after(before: Mapping[str, Any] | None, one: VisitOutcome) -> dict[str, Any]:
    """The row of an address after a visit to it."""
    at = one.visit.at.timestamp()
    row = dict(before) if before else _fresh(one.visit.address, at)
    row |= {"source": one.visit.source, "outlet": one.visit.outlet, "asked_at": at}
    return row | (_failed(row, one, at) if one.result == "failed" else _succeeded(row, one, at))


def _fresh(address: str, at: float) -> dict[str, Any]:
    nothing = {column.name: None for column in visits.columns}
    counts = {"failures": 0, "missing": 0, "withdrawn": False, "articles": "[]"}
    return nothing | counts | {"address": address, "first_at": at}


def _failed(row: Mapping[str, Any], one: VisitOutcome, at: float) -> dict[str, Any]:
    missing = row["missing"] + (one.visit.status == MISSING)
    gone = one.visit.status == GONE or missing >= MISSING_RUNS
    return {
        "failures": row["failures"] + 1,
        "missing": missing,
        "failing_since": row["failing_since"] or at,
        "failure": one.reason,
        "withdrawn": row["withdrawn"] or (gone and row["articles"] != "[]"),
    }


def _succeeded(row: Mapping[str, Any], one: VisitOutcome, at: float) -> dict[str, Any]:
    visit, news = one.visit, one.result in ("added", "updated")
    listing = zlib.compress(visit.listing) if visit.listing is not None else None
    return {
        "failures": 0,
        "missing": 0,
        "failing_since": (row["failing_since"] or at) if one.result == "refused" else None,
        "failure": None,
        "refusal": one.reason if one.result == "refused" else None,
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
        "added_at": at if one.result == "added" and not row["added_at"] else row["added_at"],
        "changed_at": at if news else row["changed_at"],
        "articles": json.dumps(one.articles) if one.articles else row["articles"],
        "listing": listing if visit.modified else row["listing"],
    }


def address_state(row: Row[Any]) -> AddressState:
    """What a row says."""
    asked = {name: row._mapping[name] for name in _SAME}
    return AddressState(
        **asked,
        articles=tuple(json.loads(row.articles)),
        first_at=datetime.fromtimestamp(row.first_at, UTC),
        asked_at=datetime.fromtimestamp(row.asked_at, UTC),
        changed_at=moment_of(row.changed_at),
        listing=None if row.listing is None else zlib.decompress(row.listing),
    )


def moment_of(seconds: float | None) -> datetime | None:
    """The time that a column holds."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
