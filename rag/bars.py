"""Which articles stay out because the operator took them out: digests of the names under which each could come back.

Digests, because what is forgotten is forgotten: nobody can read an address out of them. Part of the record.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy import Column, Connection, Engine, String, Table, delete, func, insert, select, union

from rag.canonical import canonical_url
from rag.domain import Article
from rag.tables import articles, metadata
from rag.visit_rows import visits

barred = Table("barred", metadata, Column("digest", String, primary_key=True))
"""Of the ids of articles that were taken out."""
barred_names = Table(
    "barred_names",
    metadata,
    Column("name", String, primary_key=True),
    Column("article", String, primary_key=True),
)
"""Of their other names, each with that of the id."""
_MANY = 500


class Bars:
    """The articles of one library that stay out.

    Args:
        engine: The record's.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def holding(self, names: Iterable[str]) -> frozenset[str]:
        """Which taken out articles bear any of the names, as digests of their ids."""
        digests = [_digest(one) for one in names]
        query = union(
            select(barred.c.digest).where(barred.c.digest.in_(digests)),
            select(barred_names.c.article).where(barred_names.c.name.in_(digests)),
        )
        with self._engine.connect() as connection:
            return frozenset(connection.execute(query).scalars())

    def among(self, names: Collection[str]) -> set[str]:
        """Those of the names that a taken out article bears."""
        by_digest = {_digest(one): one for one in names}
        found = set[str]()
        with self._engine.connect() as connection:
            for some in _chunks(by_digest):
                ids = select(barred.c.digest).where(barred.c.digest.in_(some))
                others = select(barred_names.c.name).where(barred_names.c.name.in_(some))
                found.update(connection.execute(union(ids, others)).scalars())
        return {by_digest[one] for one in found}

    def lift(self, held: Collection[str]) -> None:
        """Lets articles that `holding` told in again, under each of their names."""
        with self._engine.begin() as connection:
            connection.execute(delete(barred_names).where(barred_names.c.article.in_(held)))
            connection.execute(delete(barred).where(barred.c.digest.in_(held)))


def names_of(article: Article, *, original: str, addresses: Iterable[str | None] = ()) -> set[str]:
    """What an article may be known by: its id, its addresses, and its headline with its text.

    Args:
        article: As it was read.
        original: Its text as it came in.
        addresses: Where it was found, beside its own.
    """
    at = {address_name(one) for one in (article.canonical_url, article.url, *addresses) if one}
    return {article.id, *at, *_content_name(article.source, article.title, original)}


def address_name(address: str) -> str:
    """The name that an address gives to what is found there."""
    try:
        return canonical_url(address)
    except ValueError:
        return address


def bar(connection: Connection, article_ids: Collection[str]) -> None:
    """Keeps articles of the record out, under whatever name they come again.

    An address at which other articles stay, as those of a live blog, bars none.
    """
    going = set(article_ids)
    named = _addresses(connection, going)
    at = {address for addresses in named.values() for address in addresses}
    staying = _still_held(connection, sorted(at), besides=going)
    rows = [
        {"name": _digest(address), "article": _digest(one)}
        for one, addresses in named.items()
        for address in addresses - staying
    ]
    rows += [{"name": _digest(name), "article": _digest(one)} for one, name in _contents(connection, going)]
    if going:
        connection.execute(insert(barred).prefix_with("OR IGNORE"), [{"digest": _digest(one)} for one in going])
    if rows:
        connection.execute(insert(barred_names).prefix_with("OR IGNORE"), rows)


def _addresses(connection: Connection, going: Collection[str]) -> dict[str, set[str]]:
    """The addresses of articles: their own, and those that were asked and hold nothing else."""
    found: dict[str, set[str]] = defaultdict(set)
    for some in _chunks(going):
        query = select(articles.c.id, articles.c.url, articles.c.canonical_url).where(articles.c.id.in_(some))
        for row in connection.execute(query):
            found[row.id] |= {address_name(one) for one in (row.url, row.canonical_url) if one}
    asked = select(visits.c.address, visits.c.url, visits.c.articles).where(visits.c.articles != "[]")
    for row in connection.execute(asked):
        held = set(json.loads(row.articles))
        if held <= set(going):
            for one in held:
                found[one] |= {address_name(address) for address in (row.address, row.url) if address}
    return found


def _still_held(connection: Connection, addresses: Collection[str], *, besides: Collection[str]) -> set[str]:
    """Those of the addresses at which there are other articles."""
    found = set[str]()
    for some in _chunks(addresses):
        query = select(articles.c.id, articles.c.canonical_url).where(articles.c.canonical_url.in_(some))
        found |= {row.canonical_url for row in connection.execute(query) if row.id not in besides}
    return found


def _contents(connection: Connection, going: Collection[str]) -> Iterator[tuple[str, str]]:
    original = func.coalesce(articles.c.original, articles.c.text).label("original")
    for some in _chunks(going):
        query = select(articles.c.id, articles.c.source, articles.c.title, original).where(articles.c.id.in_(some))
        for row in connection.execute(query):
            yield from ((row.id, name) for name in _content_name(row.source, row.title, row.original))


def _content_name(source: str | None, title: str, text: str) -> tuple[str, ...]:
    """The name of what has neither id nor address of its own; a text without words names nothing."""
    return ("\0".join((source or "", title, text)),) if any(letter.isalnum() for letter in text) else ()


def _chunks(names: Collection[str]) -> Iterator[Sequence[str]]:
    listed = list(names)
    return (listed[first : first + _MANY] for first in range(0, len(listed), _MANY))


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
