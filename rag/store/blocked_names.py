"""The names under which an article that was withdrawn or forgotten could be ingested again. Pure.

An address has two names: `at` for what is exactly there, and `under` for what is there with more parameters.
"""

import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeGuard
from urllib.parse import urlsplit

from rag.models import Article
from rag.text import words_of
from rag.urls import canonical_url, exact_url, is_front_page, shared_spelling, shorter_spellings

_OPENING_WORDS = 15
"""Words at the beginning of a text that tell it from others at its address."""
_FEWEST_WORDS = 12
"""A text of fewer words ("Subscribe to read more.") identifies no article without its headline."""
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
    outlet = article.source.casefold() if article.source else _host(article.url)
    names |= {_name("id", article_id, outlet) for article_id in incoming.ids}
    names |= _content_names(article, incoming.original)
    if is_file(article.fetched_from):
        names.add(file_name(article.fetched_from))
    # As an older Dateline stored them.
    return names | {article.id, *filter(None, [article.canonical_url])}


def names_of_version(article: Article, original: str) -> set[str]:
    """Return the names of a stored version that follow from its id and content.

    Args:
        article: The version.
        original: Its text before cleaning.
    """
    outlets = {article.source.casefold() if article.source else "", _host(article.url)}
    names = {_name("id", article.id, outlet) for outlet in outlets - {""} or outlets}
    return names | _content_names(article, original)


def names_at(address: str) -> set[str]:
    """Return the names by which an address is looked up."""
    try:
        shorter = {_name("under", spelling) for spelling in shorter_spellings(address)}
        return shorter | {at_name(shared_spelling(address)), canonical_url(address)}
    except ValueError:
        return {at_name(address)}


def at_name(spelling: str) -> str:
    """Return the name of what is exactly at an address."""
    return _name("at", spelling)


def under_name(spelling: str) -> str:
    """Return the name of what is at an address with more parameters."""
    return _name("under", spelling)


def file_name(place: str) -> str:
    """Return the name of what is in a file."""
    return _name("file", file_of(place))


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


def _content_names(article: Article, text: str) -> set[str]:
    """Return the names that follow from what an article says; a text without words has none."""
    words = words_of(text.lower())
    if not words:
        return set()
    names, source = {"\0".join((article.source or "", article.title, text))}, article.source or ""
    if len(words) >= _FEWEST_WORDS:
        names.add(_name("text", source, " ".join(words)))
    if is_file(article.fetched_from):
        # A line moves when others are added, so the date identifies the article instead, if it has one.
        dated, file = str(article.published_at or ""), article.fetched_from
        place = file_of(file) if dated else os.path.abspath(file)
        names.add(_name("line", place, source, article.title, dated))
    opening, addresses = " ".join(words[:_OPENING_WORDS]), own_addresses(article.url, article.fetched_from)
    return names | {_name("opening", _canonical(address), opening) for address in addresses}


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


def _name(*parts: str) -> str:
    return "\0".join(parts)
