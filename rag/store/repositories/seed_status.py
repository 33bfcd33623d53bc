"""How each seed is doing: a configured feed, sitemap or page, judged by the visits to it and to what it lists."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from rag.store.repositories.visits import moment_of
from rag.store.sql.schema import visits

_REFUSED_SECONDS = 30 * 86_400.0
"""A refused address is shown if it was requested at most this long before the last request of its seed."""
_NOTHING_ACCEPTED = "nothing of what it lists can be ingested"


@dataclass(frozen=True, slots=True)
class Refused:
    """An address that a seed lists and that brings no article."""

    address: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class SeedStatus:
    """How one configured feed, sitemap or page is doing.

    Attributes:
        last_success: Time of its last successful request.
        new: Number of addresses that brought new articles in the period asked about.
        changed: Number of addresses whose articles changed in that period.
        articles: Number of addresses that hold articles now.
        refused: Addresses that it lists and whose content is not accepted, the last requested first.
        failing_since: `None` if nothing fails.
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


def seed_statuses(connection: Connection, *, since: datetime) -> tuple[SeedStatus, ...]:
    """Return how each seed is doing, by outlet and address.

    An address that was given on the command line and never answered is left out.

    Args:
        connection: To the article store.
        since: Start of the period that `new` and `changed` count.
    """
    configured = select(visits).where(
        visits.c.address == visits.c.source, visits.c.outlet.is_not(None) | visits.c.succeeded_at.is_not(None)
    )
    rows = connection.execute(configured.order_by(visits.c.outlet, visits.c.address)).all()
    return tuple(_status(connection, row, since.timestamp()) for row in rows)


def _status(connection: Connection, own: Row[Any], since: float) -> SeedStatus:
    of_seed = visits.c.source == own.address
    counts = select(
        func.count().filter(visits.c.added_at >= since),
        func.count().filter(visits.c.changed_at >= since, visits.c.changed_at > func.coalesce(visits.c.added_at, 0)),
        func.count().filter(visits.c.articles != "[]", ~visits.c.withdrawn),
    ).where(of_seed)
    new, changed, articles = connection.execute(counts).one()
    wrong = select(visits).where(of_seed, visits.c.address != own.address)
    wrong = wrong.where(
        func.coalesce(visits.c.failure, visits.c.refusal).is_not(None),
        visits.c.asked_at >= own.asked_at - _REFUSED_SECONDS,
    )
    refused = tuple(map(_refused, connection.execute(wrong.order_by(visits.c.asked_at.desc()))))
    problem, failing = own.failure or own.refusal, own.failing_since
    if problem is None and refused and not articles:
        problem, failing = _NOTHING_ACCEPTED, min(address.since for address in refused).timestamp()
    return SeedStatus(
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
