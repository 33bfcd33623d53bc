"""The last visit to every address that was requested: when, how it answered, and which articles came from it.

A visit is stored after the articles that it brought, so that a run that was killed requests the address again
instead of assuming that it has what it has not.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from rag.store.repositories.seed_status import SeedStatus, seed_statuses
from rag.store.repositories.visits import GONE, MISSING, AddressState, VisitOutcome, address_state, is_gone, row_after
from rag.store.sql.database import Repository, in_batches, insert_or_replace
from rag.store.sql.schema import visits


class CrawlState(Repository):
    """The visits of one library."""

    def of(self, address: str) -> AddressState | None:
        """Return the state of an address; `None` if it was never requested."""
        return self.of_all([address]).get(address)

    def of_all(self, addresses: Sequence[str]) -> dict[str, AddressState]:
        """Return the states of addresses; those that were never requested are left out."""
        with self._engine.connect() as connection:
            return {address: address_state(row) for address, row in _rows(connection, addresses).items()}

    def articles_of(self, seed: str) -> list[AddressState]:
        """Return the addresses that brought articles through a seed, the longest unrequested first."""
        query = select(visits).where(visits.c.source == seed, visits.c.address != seed)
        query = query.where(visits.c.articles != "[]").order_by(visits.c.asked_at)
        with self._engine.connect() as connection:
            return [address_state(row) for row in connection.execute(query)]

    def note(self, outcomes: Sequence[VisitOutcome]) -> None:
        """Store what became of visits; call it after their articles are stored."""
        # Of several visits to one address the last counts, and each is based on the ones before it.
        with self._engine.begin() as connection:
            before = _rows(connection, [outcome.visit.address for outcome in outcomes])
            after = {address: dict(row._mapping) for address, row in before.items()}
            for outcome in outcomes:
                address = outcome.visit.address
                after[address] = row_after(after.get(address), outcome)
            insert_or_replace(connection, visits, list(after.values()))

    def gone(self, outcomes: Iterable[VisitOutcome]) -> dict[str, tuple[str, ...]]:
        """Return the ids of articles to withdraw, by the address that answers that they are gone.

        An article that another address still holds is not among them.
        """
        outcomes = list(outcomes)
        alive = {article_id for outcome in outcomes if outcome.result != "failed" for article_id in outcome.articles}
        failed = [outcome.visit for outcome in outcomes if outcome.visit.status in (GONE, MISSING)]
        before = self.of_all([visit.address for visit in failed])
        doomed = {visit.address: before[visit.address].articles for visit in failed if is_gone(visit, before)}
        return {
            address: gone
            for address, article_ids in doomed.items()
            if (gone := tuple(each for each in article_ids if each not in alive and not self._held(each, address)))
        }

    def keep_seeds(self, seeds: Collection[str]) -> None:
        """Delete the state of seeds that are no longer listed in `sources.toml`; their articles stay."""
        query = select(visits.c.address).where(visits.c.source == visits.c.address, visits.c.outlet.is_not(None))
        with self._engine.begin() as connection:
            for address in set(connection.execute(query).scalars()).difference(seeds):
                connection.execute(delete(visits).where(visits.c.address == address))

    def seed_statuses(self, *, since: datetime) -> tuple[SeedStatus, ...]:
        """Return how each seed is doing, by outlet and address; see `rag.store.repositories.seed_status`."""
        with self._engine.connect() as connection:
            return seed_statuses(connection, since=since)

    def _held(self, article_id: str, besides: str) -> bool:
        """Return whether an address other than `besides` still holds an article."""
        name = json.dumps(article_id)
        query = select(visits.c.articles).where(visits.c.articles.contains(name, autoescape=True))
        query = query.where(visits.c.address != besides, visits.c.failure.is_(None), ~visits.c.withdrawn)
        return any(article_id in json.loads(held) for held in self._column(query))


def delete_visits(connection: Connection, article_ids: Collection[str]) -> None:
    """Delete the visits to the addresses of articles, and the bodies of feeds and sitemaps, which name them."""
    going = set(article_ids)
    held = connection.execute(select(visits.c.address, visits.c.articles).where(visits.c.articles != "[]")).all()
    for row in held:
        if not going.isdisjoint(json.loads(row.articles)):
            connection.execute(delete(visits).where(visits.c.address == row.address))
    connection.execute(update(visits).values(listing=None, etag=None, last_modified=None))


def _rows(connection: Connection, addresses: Sequence[str]) -> dict[str, Row[Any]]:
    by_address: dict[str, Row[Any]] = {}
    for batch in in_batches(addresses):
        rows = connection.execute(select(visits).where(visits.c.address.in_(batch)))
        by_address |= {row.address: row for row in rows}
    return by_address
