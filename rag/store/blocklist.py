"""Which articles stay out because the operator took them out: digests of the names under which each could come back.

Digests, because what is forgotten is forgotten: nobody can read an address out of them. Part of the record.
"""

import hashlib
import json
import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard
from urllib.parse import urlsplit

from sqlalchemy import Column, Connection, Engine, String, Table, delete, insert, select

from rag.models import Article
from rag.store.crawl_schema import visits
from rag.store.schema import article_of, articles, metadata
from rag.text import words_of
from rag.urls import canonical_url, exact_url, is_front_page, shared_spelling, shorter_spellings

barred = Table("barred", metadata, Column("digest", String, primary_key=True))
"""Of the ids of articles that were taken out."""
barred_names = Table(
    "barred_names",
    metadata,
    Column("name", String, primary_key=True),
    Column("article", String, primary_key=True),
)
"""What each could come back under, with the digest of its id; digests that an older Dateline wrote, too."""
_MANY = 500
_OPENING_WORDS = 15
"""So many at the beginning of a text tell it from others at its address."""
_FEWEST_WORDS = 12
"""A text of fewer ("Subscribe to read more.") names no article without its headline."""
_PLACE_IN_FILE = re.compile(r" (?:line|record) \d+$")


@dataclass(frozen=True, slots=True)
class IncomingArticle:
    """An article that is to come in.

    Attributes:
        article: As it was read.
        original: Its text as it came in.
        ids: Those that it could have, if it gives itself one that is its outlet's.
        found_at: The addresses where it was found, beside its own.
    """

    article: Article
    original: str
    ids: Collection[str] = ()
    found_at: Collection[str] = ()


class Blocklist:
    """The articles of one library that stay out.

    Args:
        engine: The record's.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def holding(self, arrival: IncomingArticle) -> frozenset[str]:
        """Which taken out articles an arrival is, as digests of their ids."""
        return self._bearing(_names_of_arrival(arrival))

    def holding_ids(self, article_ids: Iterable[str]) -> frozenset[str]:
        """Which articles of these ids were taken out, as digests of the ids."""
        query = select(barred.c.digest).where(barred.c.digest.in_([_digest(one) for one in article_ids]))
        with self._engine.connect() as connection:
            return frozenset(connection.execute(query).scalars())

    def knows(self, name: str) -> bool:
        """An article with this id or address was taken out."""
        return bool(self.holding_ids([name]) or self._bearing(_names_at(name)))

    def among(self, addresses: Collection[str]) -> set[str]:
        """Those of the addresses at which a taken out article is."""
        names = {one: {_digest(name) for name in _names_at(one)} for one in addresses}
        found = set[str]()
        with self._engine.connect() as connection:
            for some in _chunks({name for several in names.values() for name in several}):
                query = select(barred_names.c.name).where(barred_names.c.name.in_(some))
                found.update(connection.execute(query).scalars())
        return {one for one, several in names.items() if not found.isdisjoint(several)}

    def lift(self, held: Collection[str]) -> None:
        """Lets articles that `holding` told in again, under each of their names."""
        with self._engine.begin() as connection:
            connection.execute(delete(barred_names).where(barred_names.c.article.in_(held)))
            connection.execute(delete(barred).where(barred.c.digest.in_(held)))

    def _bearing(self, names: Collection[str]) -> frozenset[str]:
        found = set[str]()
        with self._engine.connect() as connection:
            for some in _chunks(sorted(map(_digest, names))):
                query = select(barred_names.c.article).where(barred_names.c.name.in_(some))
                found.update(connection.execute(query).scalars())
        return frozenset(found)


def block(connection: Connection, article_ids: Collection[str]) -> None:
    """Keeps articles of the record out, under whatever name they come again.

    An address or file at which other articles stay, as those of a live blog, keeps none out.
    """
    going = set(article_ids)
    asked = _asked(connection, going)
    rows = [
        {"name": _digest(name), "article": _digest(one.id)}
        for one, original in _versions(connection, going)
        for name in {
            *_names_of_version(one, original),
            *_names_of_addresses(connection, _addresses(one.url, one.fetched_from) | asked[one.id], going),
            *_names_of_file(connection, one.fetched_from, going),
        }
    ]
    if going:
        connection.execute(insert(barred).prefix_with("OR IGNORE"), [{"digest": _digest(one)} for one in going])
    if rows:
        connection.execute(insert(barred_names).prefix_with("OR IGNORE"), rows)


# Names. An address has two: `at` for what is exactly there, `under` for what is there with more parameters.


def _names_of_arrival(arrival: IncomingArticle) -> set[str]:
    article = arrival.article
    addresses = _addresses(article.url, article.fetched_from) | set(arrival.found_at)
    names = {name for address in addresses for name in _names_at(address)}
    outlet = article.source.casefold() if article.source else _host(article.url)
    names |= {_name("id", one, outlet) for one in arrival.ids} | _content_names(article, arrival.original)
    if _is_file(article.fetched_from):
        names.add(_name("file", file_of(article.fetched_from)))
    # As an older Dateline wrote them.
    return names | {article.id, *filter(None, [article.canonical_url])}


def _names_of_version(article: Article, original: str) -> set[str]:
    outlets = {article.source.casefold() if article.source else "", _host(article.url)}
    known = outlets - {""} or outlets
    return {_name("id", article.id, one) for one in known} | _content_names(article, original)


def _names_at(address: str) -> set[str]:
    """What an address is asked for by."""
    try:
        shorter = {_name("under", one) for one in shorter_spellings(address)}
        return shorter | {_name("at", shared_spelling(address)), canonical_url(address)}
    except ValueError:
        return {_name("at", address)}


def _names_of_addresses(connection: Connection, addresses: Iterable[str], going: Collection[str]) -> Iterator[str]:
    for address in addresses:
        try:
            here, canonical = shared_spelling(address), canonical_url(address)
        except ValueError:
            yield _name("at", address)
            continue
        others = _near(connection, here, canonical, going)
        if here not in set(map(shared_spelling, others)):
            yield _name("at", here)
        if not any(here in shorter_spellings(one) for one in others):
            yield _name("under", here)


def _names_of_file(connection: Connection, place: str | None, going: Collection[str]) -> Iterator[str]:
    """A file that holds one article only is its place as an address is."""
    if _is_file(place) and not _PLACE_IN_FILE.search(place):
        query = select(articles.c.id).where(articles.c.current, articles.c.came_from == place)
        if set(connection.execute(query).scalars()) <= set(going):
            yield _name("file", file_of(place))


def _content_names(article: Article, text: str) -> set[str]:
    """Those of what is said; a text without words names nothing."""
    words = words_of(text.lower())
    if not words:
        return set()
    names, source = {"\0".join((article.source or "", article.title, text))}, article.source or ""
    if len(words) >= _FEWEST_WORDS:
        names.add(_name("text", source, " ".join(words)))
    if _is_file(article.fetched_from):
        # A line moves when others are added, so its date stands for its number where it has one.
        dated, file = str(article.published_at or ""), article.fetched_from
        place = file_of(file) if dated else os.path.abspath(file)
        names.add(_name("line", place, source, article.title, dated))
    opening, addresses = " ".join(words[:_OPENING_WORDS]), _addresses(article.url, article.fetched_from)
    return names | {_name("opening", _canonical(one), opening) for one in addresses}


def _addresses(*places: str | None) -> set[str]:
    """An article's own; a front page is no article's."""
    return {one for one in places if one and not _is_file(one) and not _is_front_page(one)}


def _is_front_page(address: str) -> bool:
    try:
        return is_front_page(address)
    except ValueError:
        return False


def _canonical(address: str) -> str:
    try:
        return canonical_url(address)
    except ValueError:
        return address


def _host(address: str | None) -> str:
    try:
        return urlsplit(exact_url(address or "")).netloc
    except ValueError:
        return ""


def _is_file(place: str | None) -> TypeGuard[str]:
    return place is not None and not place.lower().startswith(("http://", "https://"))


def file_of(place: str) -> str:
    """The path of the file in which a line or record is, or which is the place itself."""
    return os.path.abspath(_PLACE_IN_FILE.sub("", place))


def _name(*parts: str) -> str:
    return "\0".join(parts)


# The record


def _versions(connection: Connection, going: Collection[str]) -> Iterator[tuple[Article, str]]:
    """Every version of articles, with its text as it came in."""
    for some in _chunks(going):
        for row in connection.execute(select(articles).where(articles.c.id.in_(some))).all():
            yield article_of(row), row.text if row.original is None else row.original


def _asked(connection: Connection, going: Collection[str]) -> dict[str, set[str]]:
    """The addresses that were asked for articles and hold nothing else."""
    found: dict[str, set[str]] = defaultdict(set)
    query = select(visits.c.address, visits.c.url, visits.c.articles).where(visits.c.articles != "[]")
    for row in connection.execute(query):
        held = set(json.loads(row.articles))
        if held <= set(going):
            for one in held:
                found[one] |= {address for address in (row.address, row.url) if address}
    return found


def _near(connection: Connection, address: str, canonical: str, going: Collection[str]) -> set[str]:
    """The addresses of other articles there, or there with more parameters ("?" and what follows sort before "@")."""
    at, columns = articles.c.canonical_url, (articles.c.id, articles.c.url, articles.c.came_from)
    query = select(*columns).where(articles.c.current, at.in_((address, canonical)))
    more = select(*columns).where(articles.c.current, at > f"{canonical}?", at < f"{canonical}@")
    rows = connection.execute(query.union(more)).all()
    return {one for row in rows if row.id not in going for one in _addresses(row.url, row.came_from)}


def _chunks(names: Collection[str]) -> Iterator[Sequence[str]]:
    listed = list(names)
    return (listed[first : first + _MANY] for first in range(0, len(listed), _MANY))


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
