"""The names under which an article that was withdrawn or forgotten could be ingested again. Pure.

An address has two names: `at` for what is exactly there, and `under` for what is there with more parameters. A text has
none, since one changed word would give it another; it is known by its signature (`rag.store.blocked.text_signatures`).
"""

import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeGuard
from urllib.parse import urlsplit

from rag.models import Article
from rag.text import words_of
from rag.urls import canonical_url, exact_url, is_front_page, registered_domain, shared_spelling, shorter_spellings

_ANY_OUTLET = "\0any"
"""Stands for the outlet in the name by which an article is looked up that names none."""
_PLACE_IN_FILE = re.compile(r" (?:line|record) \d+$")


@dataclass(frozen=True, slots=True)
class IncomingArticle:
    """An article that is about to be stored.

    Attributes:
        article: As it was read.
        original: Its text before cleaning.
        ids: The ids that it could get, if its record states one.
        found_at: The addresses at which it was fetched, besides its own.
    """

    article: Article
    original: str
    ids: Collection[str] = ()
    found_at: Collection[str] = ()


def names_of_incoming(incoming: IncomingArticle) -> set[str]:
    """Return all names under which an incoming article could have been blocked."""
    article = incoming.article
    addresses = own_addresses(article.url, article.fetched_from) | set(incoming.found_at)
    names = {name for address in addresses for name in names_at(address)}
    source, host = (article.source or "").casefold(), _host(article.url)
    # The empty name is that of a blocked article without an outlet.
    unknown = {""} if source or host else {"", _ANY_OUTLET}
    names |= {_name("id", article_id, source or host) for article_id in incoming.ids}
    names |= {name for article_id in incoming.ids for name in _id_names(article_id, article, unknown)}
    # An older Dateline stored the source as it was spelled,
    outlets = {source, article.source or "", host} | unknown
    names |= _content_names(article, incoming.original, outlets)
    if is_file(article.fetched_from):
        names |= file_names(article.fetched_from)
    # and these names as they are.
    return names | {article.id, *filter(None, [article.canonical_url])}


def names_of_version(article: Article, original: str) -> set[str]:
    """Return the names of a stored version that follow from its id and content.

    Args:
        article: The version.
        original: Its text before cleaning.
    """
    source, host = (article.source or "").casefold(), _host(article.url)
    outlets = {source, host} - {""}
    names = {_name("id", article.id, outlet) for outlet in outlets or {""}}
    names |= _id_names(article.id, article, {_ANY_OUTLET, *(outlets or {""})})
    return names | _content_names(article, original, {_ANY_OUTLET, source, *outlets})


def names_at(address: str) -> set[str]:
    """Return the names by which an address is looked up."""
    try:
        shorter = {_name("under", spelling) for spelling in shorter_spellings(address)}
        return shorter | {_exactly_at(address), canonical_url(address)}
    except ValueError:
        return {_exactly_at(address)}


def at_name(spelling: str) -> str:
    """Return the name of what is exactly at an address."""
    return _name("at", spelling)


def under_name(spelling: str) -> str:
    """Return the name of what is at an address with more parameters."""
    return _name("under", spelling)


def file_names(place: str) -> set[str]:
    """Return the names of what is in a file."""
    return {_name("file", file) for file in _files_of(place)}


def own_addresses(*places: str | None) -> set[str]:
    """Return those of the places that are addresses of an article, which files and front pages are not."""
    return {place for place in places if place and not is_file(place) and not _is_front_page(place)}


def is_file(place: str | None) -> TypeGuard[str]:
    """Return whether a place is a file, or a line or record of one, and not an address."""
    return place is not None and not place.lower().startswith(("http://", "https://"))


def is_whole_file(place: str | None) -> TypeGuard[str]:
    """Return whether a place is a file and not a line or record of one."""
    return is_file(place) and not _PLACE_IN_FILE.search(place)


def file_of(place: str) -> str:
    """Return the absolute path of the file that a place is, or is in."""
    return os.path.abspath(_PLACE_IN_FILE.sub("", place))


def outlets_of(article: Article) -> set[str]:
    """Return the names under which an article's outlet is known: its own and its domain, if it has them."""
    return {(article.source or "").casefold(), registered_domain(article.url or "") or _host(article.url)} - {""}


def places_of(article: Article) -> set[str]:
    """Return the names of what is exactly at an article's addresses."""
    return {_exactly_at(address) for address in own_addresses(article.url, article.fetched_from)}


def _exactly_at(address: str) -> str:
    try:
        return at_name(shared_spelling(address))
    except ValueError:
        return at_name(address)


def _id_names(article_id: str, article: Article, outlets: Collection[str]) -> set[str]:
    """Return the names of an id where one side names no outlet: another outlet's id 1 has another headline."""
    return {_name("id", article_id, outlet, "headline", article.title.casefold()) for outlet in outlets}


def _files_of(place: str) -> set[str]:
    """Return the path of a file, and that without `.gz`: the same may come again unpacked."""
    file = file_of(place)
    return {file, file[: -len(".gz")] if file.lower().endswith(".gz") else file}


def _content_names(article: Article, text: str, outlets: Collection[str]) -> set[str]:
    """Return the names that follow from what an article says; a text without words has none."""
    if not words_of(text):
        return set()
    names = {_name(outlet, article.title, text) for outlet in outlets}
    if is_file(article.fetched_from) and article.published_at:
        # A line moves when others are added, so the date identifies the article instead.
        dated, places = str(article.published_at), _files_of(article.fetched_from)
        names |= {_name("line", place, outlet, article.title, dated) for place in places for outlet in outlets}
    return names


def _is_front_page(address: str) -> bool:
    try:
        return is_front_page(address)
    except ValueError:
        return False


def _host(address: str | None) -> str:
    try:
        return urlsplit(exact_url(address or "")).netloc
    except ValueError:
        return ""


def _name(*parts: str) -> str:
    return "\0".join(parts)
