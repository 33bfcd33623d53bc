"""The blocklist: articles that are not ingested again because the operator withdrew or forgot them.

It holds digests of the names under which each could return (see `blocked_names`), and signatures of their texts (see
`text_signatures`), so that nobody can read an address or a text of a forgotten article out of it.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import Connection, delete, select

from rag.models import Article
from rag.store.blocked.blocked_names import (
    IncomingArticle,
    at_name,
    file_names,
    is_whole_file,
    names_at,
    names_of_incoming,
    names_of_version,
    outlets_of,
    own_addresses,
    places_of,
    under_name,
)
from rag.store.blocked.text_signatures import may_be_a_notice, signature_of, similarities
from rag.store.sql.database import Repository, in_batches, insert_missing
from rag.store.sql.rows import article_of, select_articles
from rag.store.sql.schema import addresses, articles, blocked, blocked_names, blocked_texts, visits
from rag.urls import canonical_url, shared_spelling, shorter_spellings


class Blocklist(Repository):
    """The blocked articles of one library; they are identified by digests of their ids."""

    def holding(self, incoming: IncomingArticle) -> frozenset[str]:
        """Return which blocked articles an incoming one is, under any name."""
        return self._blocked_under(names_of_incoming(incoming))

    def holding_ids(self, article_ids: Iterable[str]) -> frozenset[str]:
        """Return which articles of these ids are blocked."""
        digests = [_digest(article_id) for article_id in article_ids]
        return frozenset(self._column(select(blocked.c.digest).where(blocked.c.digest.in_(digests))))

    def most_alike(self, incoming: IncomingArticle) -> tuple[str, float] | None:
        """Return the blocked article of the same outlet or address whose text is most like this one, and how alike.

        An article without an outlet may be of any.
        """
        signature = signature_of(incoming.article.text)
        if signature is None:
            return None
        query, outlets = select(blocked_texts.c.article, blocked_texts.c.signature), outlets_of(incoming.article)
        if outlets:
            within = outlets | places_of(incoming.article) | {""}
            query = query.where(blocked_texts.c.outlet.in_([_digest(name) for name in within]))
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        alike = similarities(signature, [row.signature for row in rows])
        return max(((row.article, value) for row, value in zip(rows, alike, strict=True)), key=_value, default=None)

    def knows(self, name: str) -> bool:
        """Return whether an article with this id or address is blocked."""
        return bool(self.holding_ids([name]) or self._blocked_under(names_at(name)))

    def among(self, addresses: Collection[str]) -> set[str]:
        """Return those of the addresses at which a blocked article is."""
        names = {address: {_digest(name) for name in names_at(address)} for address in addresses}
        blocked_here = set[str]()
        for batch in in_batches({name for of_address in names.values() for name in of_address}):
            query = select(blocked_names.c.name).where(blocked_names.c.name.in_(batch))
            blocked_here.update(self._column(query))
        return {address for address, of_address in names.items() if not blocked_here.isdisjoint(of_address)}

    def lift(self, article_digests: Collection[str]) -> None:
        """Remove articles that `holding` returned, with all their names."""
        with self._engine.begin() as connection:
            for table in (blocked_names, blocked_texts):
                connection.execute(delete(table).where(table.c.article.in_(article_digests)))
            connection.execute(delete(blocked).where(blocked.c.digest.in_(article_digests)))

    def _blocked_under(self, names: Collection[str]) -> frozenset[str]:
        blocked_articles = set[str]()
        for batch in in_batches(sorted(map(_digest, names))):
            query = select(blocked_names.c.article).where(blocked_names.c.name.in_(batch))
            blocked_articles.update(self._column(query))
        return frozenset(blocked_articles)


def block(connection: Connection, article_ids: Collection[str]) -> None:
    """Add stored articles, with their texts and every name by which they could return.

    An address or file that other articles share, such as those of a live blog, is not among the names.
    """
    going = set(article_ids)
    requested = _requested_addresses(connection, going)
    rows = [
        {"name": _digest(name), "article": _digest(article.id)}
        for article, original in _versions(connection, going)
        for name in {
            *names_of_version(article, original),
            *_names_of_addresses(
                connection, own_addresses(article.url, article.fetched_from) | requested[article.id], going
            ),
            *_names_of_file(connection, article.fetched_from, going),
        }
    ]
    insert_missing(connection, blocked, [{"digest": _digest(article_id)} for article_id in going])
    insert_missing(connection, blocked_names, rows)
    insert_missing(connection, blocked_texts, list(_texts(connection, going)))


def _texts(connection: Connection, going: Collection[str]) -> Iterator[dict[str, str | bytes]]:
    for article, _ in _versions(connection, going):
        signature = signature_of(article.text)
        for name in _known_within(article) if signature else ():
            yield {"article": _digest(article.id), "outlet": _digest(name), "signature": signature or b""}


def _known_within(article: Article) -> set[str]:
    """Return where an article is known by its text: at its outlet, or at its address if others may have the text."""
    if may_be_a_notice(article.text, headline=article.title):
        return places_of(article)
    return outlets_of(article) or {""}


def _names_of_addresses(connection: Connection, own: Iterable[str], going: Collection[str]) -> Iterator[str]:
    for address in own:
        try:
            here, canonical = shared_spelling(address), canonical_url(address)
        except ValueError:
            yield at_name(address)
            continue
        others = _addresses_near(connection, here, canonical, going)
        if here not in set(map(shared_spelling, others)):
            yield at_name(here)
        if not any(here in shorter_spellings(other) for other in others):
            yield under_name(here)


def _names_of_file(connection: Connection, place: str | None, going: Collection[str]) -> Iterator[str]:
    """Yield the name of a file that holds these articles only."""
    if is_whole_file(place):
        query = select(articles.c.id).join_from(articles, addresses)
        query = query.where(articles.c.current, addresses.c.role == "fetched_from", addresses.c.address == place)
        if set(connection.execute(query).scalars()) <= set(going):
            yield from file_names(place)


def _versions(connection: Connection, going: Collection[str]) -> Iterator[tuple[Article, str]]:
    """Yield every version of articles, with its text before cleaning."""
    for batch in in_batches(going):
        for row in connection.execute(select_articles().where(articles.c.id.in_(batch))).all():
            yield article_of(row), row.text if row.original is None else row.original


def _requested_addresses(connection: Connection, going: Collection[str]) -> dict[str, set[str]]:
    """Return the addresses that were requested for these articles and hold no other, by article id."""
    by_id: dict[str, set[str]] = defaultdict(set)
    query = select(visits.c.address, visits.c.url, visits.c.articles).where(visits.c.articles != "[]")
    for row in connection.execute(query):
        held = set(json.loads(row.articles))
        if held <= set(going):
            for article_id in held:
                by_id[article_id] |= {address for address in (row.address, row.url) if address}
    return by_id


def _addresses_near(connection: Connection, address: str, canonical: str, going: Collection[str]) -> set[str]:
    """Return the addresses of other articles there, or there with more parameters."""
    at, of_row = addresses.c.address, (articles.c.current, addresses.c.role == "canonical")
    rows = select(articles.c.row).join_from(articles, addresses)
    here = rows.where(*of_row, at.in_((address, canonical)))
    # "?" and what follows sort before "@".
    more = rows.where(*of_row, at > f"{canonical}?", at < f"{canonical}@")
    near = select_articles().where(articles.c.row.in_(here.union(more)))
    others = (article_of(row) for row in connection.execute(near))
    return {own for other in others if other.id not in going for own in own_addresses(other.url, other.fetched_from)}


def _value(found: tuple[str, float]) -> float:
    return found[1]


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
