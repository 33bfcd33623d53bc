"""What is remembered of every address that was asked: when, how it answered, and which articles came of it.

Part of the record. A visit is written after the articles that it brought, so that a killed run asks again
rather than believing that it has what it has not.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, func, insert, select, update

from rag.store.crawl_schema import GONE, MISSING, AddressState, VisitOutcome, address_state, is_gone, row_after, visits

_MANY = 500


class CrawlState:
    """The visits of one library.

    Args:
        engine: The record's.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, address: str) -> AddressState | None:
        """What is known of an address."""
        return self.of_all([address]).get(address)

    def of_all(self, addresses: Sequence[str]) -> dict[str, AddressState]:
        """What is known of addresses; those that were never asked are left out."""
        with self._engine.connect() as connection:
            return {address: address_state(row) for address, row in _rows(connection, addresses).items()}

    def articles_of(self, source: str) -> list[AddressState]:
        """The addresses that brought articles through a source, those asked longest ago first."""
        query = select(visits).where(visits.c.source == source, visits.c.address != source)
        query = query.where(visits.c.articles != "[]").order_by(visits.c.asked_at)
        with self._engine.connect() as connection:
            return [address_state(row) for row in connection.execute(query)]

    def note(self, settled: Sequence[VisitOutcome]) -> None:
        """Remembers what became of visits; call it after their articles are in the record."""
        # The last of several to one address counts, and each sees what the ones before it left.
        with self._engine.begin() as connection:
            known = _rows(connection, [one.visit.address for one in settled])
            after = {address: dict(row._mapping) for address, row in known.items()}
            for one in settled:
                after[one.visit.address] = row_after(after.get(one.visit.address), one)
            if after:
                connection.execute(insert(visits).prefix_with("OR REPLACE"), list(after.values()))

    def gone(self, settled: Iterable[VisitOutcome]) -> dict[str, tuple[str, ...]]:
        """Which articles to withdraw, by the address that answers that they are gone.

        What an article's other addresses still hold stays.
        """
        settled = list(settled)
        alive = {article for one in settled if one.result != "failed" for article in one.articles}
        failed = [one.visit for one in settled if one.visit.status in (GONE, MISSING)]
        known = self.of_all([visit.address for visit in failed])
        doomed = {visit.address: known[visit.address].articles for visit in failed if is_gone(visit, known)}
        return {
            address: kept
            for address, articles in doomed.items()
            if (kept := tuple(one for one in articles if one not in alive and not self._held(one, besides=address)))
        }

    def keep_sources(self, named: Collection[str]) -> None:
        """Forgets how the sources did that `sources.toml` names no more; their articles stay."""
        query = select(visits.c.address).where(visits.c.source == visits.c.address, visits.c.outlet.is_not(None))
        with self._engine.begin() as connection:
            for address in set(connection.execute(query).scalars()).difference(named):
                connection.execute(delete(visits).where(visits.c.address == address))

    def _held(self, article_id: str, *, besides: str) -> bool:
        query = select(visits.c.address).where(_holds(article_id), visits.c.address != besides)
        query = query.where(visits.c.failure.is_(None), ~visits.c.withdrawn)
        with self._engine.connect() as connection:
            return connection.execute(query.limit(1)).first() is not None


def forget_visits(connection: Connection, article_ids: Collection[str]) -> None:
    """Deletes what is known of the addresses of articles; feeds and sitemaps, which name them, are sent anew."""
    going = set(article_ids)
    held = connection.execute(select(visits.c.address, visits.c.articles).where(visits.c.articles != "[]")).all()
    for row in held:
        if not going.isdisjoint(json.loads(row.articles)):
            connection.execute(delete(visits).where(visits.c.address == row.address))
    connection.execute(update(visits).values(listing=None, etag=None, last_modified=None))


def _rows(connection: Connection, addresses: Sequence[str]) -> dict[str, Row[Any]]:
    found: dict[str, Row[Any]] = {}
    for first in range(0, len(addresses), _MANY):
        rows = connection.execute(select(visits).where(visits.c.address.in_(addresses[first : first + _MANY])))
        found |= {row.address: row for row in rows}
    return found


def _holds(article_id: str) -> ColumnElement[bool]:
    return func.instr(visits.c.articles, json.dumps(article_id)) > 0
