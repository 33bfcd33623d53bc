"""How each feed, sitemap and page that the operator named is doing, from the visits to it and to what it lists."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, select

from rag.store.crawl_schema import moment_of, visits

_REFUSED_SECONDS = 30 * 86_400.0
"""What was last asked longer before than this is listed no more, and no longer of interest."""
_NOTHING_TAKEN = "nothing of what it lists can be taken in"


@dataclass(frozen=True, slots=True)
class Refused:
    """An address of a source that brings no article, with the reason and since when."""

    address: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How one feed, sitemap or page that the operator named is doing.

    Attributes:
        last_success: When it last answered as it should.
        new: Addresses that brought new articles since the time asked about.
        changed: Addresses whose articles changed since then.
        articles: Addresses that hold articles now.
        refused: What it lists and cannot be taken in, newest first.
        failing_since: `None` while all is well.
        problem: What fails.
    """

    address: str
    outlet: str | None
    last_success: datetime | None
    new: int
    changed: int
    articles: int
    refused: tuple[Refused, ...] = ()
    failing_since: datetime | None = None
    problem: str | None = None


def source_statuses(engine: Engine, *, since: datetime) -> tuple[SourceStatus, ...]:
    """How each source is doing, by outlet and address; one given once that never answered is none.

    Args:
        engine: The record's.
        since: `new` and `changed` count from here.
    """
    own = select(visits).where(
        visits.c.address == visits.c.source, visits.c.outlet.is_not(None) | visits.c.succeeded_at.is_not(None)
    )
    own = own.order_by(visits.c.outlet, visits.c.address)
    with engine.connect() as connection:
        return tuple(_status(connection, row, since.timestamp()) for row in connection.execute(own).all())


def _status(connection: Connection, own: Row[Any], since: float) -> SourceStatus:
    of_source = visits.c.source == own.address
    counts = select(
        func.count().filter(visits.c.added_at >= since),
        func.count().filter(visits.c.changed_at >= since, visits.c.changed_at > func.coalesce(visits.c.added_at, 0)),
        func.count().filter(visits.c.articles != "[]", ~visits.c.withdrawn),
    ).where(of_source)
    new, changed, articles = connection.execute(counts).one()
    wrong = select(visits).where(of_source, visits.c.address != own.address)
    wrong = wrong.where(
        func.coalesce(visits.c.failure, visits.c.refusal).is_not(None),
        visits.c.asked_at >= own.asked_at - _REFUSED_SECONDS,
    )
    refused = tuple(map(_refused, connection.execute(wrong.order_by(visits.c.asked_at.desc()))))
    problem, failing = own.failure or own.refusal, own.failing_since
    if problem is None and refused and not articles:
        problem, failing = _NOTHING_TAKEN, min(one.since for one in refused).timestamp()
    return SourceStatus(
        address=own.address,
        outlet=own.outlet,
        last_success=moment_of(own.succeeded_at),
        new=new,
        changed=changed,
        articles=articles,
        refused=refused,
        failing_since=moment_of(failing) if problem else None,
        problem=problem,
    )


def _refused(row: Row[Any]) -> Refused:
    since = datetime.fromtimestamp(row.failing_since or row.asked_at, UTC)
    return Refused(row.address, row.failure or row.refusal, since)
