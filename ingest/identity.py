"""What makes two records the same article, and two contents the same text."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from rag.canonical import exact_url, is_front_page
from rag.domain import Article
from rag.words import content_words

_SHARED_WORDS = 0.5
"""Share of the shorter text's words that the new version of an article has in common with the old one."""
_HEADLINE_WORDS = 2
"""A headline of fewer words ("Weather") stands over many articles."""

ClaimedBy = Literal["id", "address", "entry", "place"]
"""The record's own id, its address, the id of an entry of a live blog, or file, outlet and headline."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which article a record says it is; if another article has that id already, the text must confirm it.

    Attributes:
        claimed: The id by the record's own id, else by its address, else by file, outlet and headline.
        by: What the claim rests on.
    """

    claimed: str
    by: ClaimedBy


def identity_of(article: Article, *, own: str | None, entry: bool, fetched: bool, origin: str) -> Identity:
    """What a record claims to be.

    Args:
        article: What it says otherwise; its id does not matter.
        own: The id that it gives itself.
        entry: It is an entry of a live blog, whose address is the blog's.
        fetched: It was fetched from an address, so that even a front page is what is meant.
        origin: File and line.
    """
    if own:
        return Identity(own, "entry" if entry else "id")
    if article.canonical_url and (fetched or not is_front_page(article.canonical_url)):
        return Identity(_digest(article.canonical_url), "address")
    return Identity(_digest("\0".join((origin, article.source or "", article.title))), "place")


def settled(article: Article, identity: Identity, held: Callable[[str], Article | None]) -> Article:
    """The article under its id: the one it claims if that is free or its own, else one that tells it apart.

    Args:
        article: As it was read.
        identity: What it claims.
        held: The newest version under an id, withdrawn or not.
    """
    candidate = article
    for candidate in _candidates(article, identity):
        other = held(candidate.id)
        if other is None or is_version(candidate, other, identity.by):
            break
    return candidate


def _candidates(article: Article, identity: Identity) -> Iterator[Article]:
    """The article under the id that it claims, then under ids that its address, headline and text tell apart."""
    yield replace(article, id=identity.claimed)
    fetched = article.came_from if _is_web(article.came_from) else None
    address = _exact(fetched or article.url)
    if address and identity.by in ("id", "address"):
        apart = replace(article, id=_digest(f"{identity.claimed}\0{address}"), canonical_url=address)
        yield replace(apart, url=fetched, came_from=None) if fetched else apart
    for words in (article.title, f"{article.title}\0{article.text}"):
        yield replace(article, id=_digest("\0".join((identity.claimed, article.source or "", words))))


def is_version(article: Article, held: Article, claimed_by: ClaimedBy) -> bool:
    """Whether an article is another version of one that is held under the id that it claims.

    Its own address says so, if both were read there; otherwise the outlets must not differ, and it must share its
    headline or most of its words with the one that is held.

    Args:
        article: New.
        held: The newest version.
        claimed_by: What the claim rests on.
    """
    if (article.title, article.text) == (held.title, held.text) or _same_address(article, held, claimed_by):
        return True
    if claimed_by != "address" and article.source and held.source and article.source != held.source:
        return False
    return _shares_headline(article, held, claimed_by) or _shares_words(article.text, held.text)


def _same_address(article: Article, held: Article, claimed_by: ClaimedBy) -> bool:
    """Both were read at one address; a live blog's is not its entries' own, and a front page is no article's."""
    read = _exact(article.came_from or article.url)
    if read is None or claimed_by not in ("id", "address") or read != _exact(held.came_from or held.url):
        return False
    return claimed_by == "address" or not _is_web(read) or not is_front_page(read)


def _exact(address: str | None) -> str | None:
    """An address in one spelling; the path of a file stays as it is."""
    try:
        return exact_url(address or "") if _is_web(address) else address
    except ValueError:
        return None


def _is_web(address: str | None) -> bool:
    return (address or "").lower().startswith(("http://", "https://"))


def _shares_headline(one: Article, other: Article, claimed_by: ClaimedBy) -> bool:
    """Entries of a live blog may all stand under the blog's headline."""
    words = content_words(one.title.lower())
    fewest = 1 if claimed_by == "place" else _HEADLINE_WORDS
    return claimed_by != "entry" and len(words) >= fewest and words == content_words(other.title.lower())


def _shares_words(one: str, other: str) -> bool:
    words, others = _words(one), _words(other)
    fewer = min(len(words), len(others))
    return fewer > 0 and len(words & others) >= _SHARED_WORDS * fewer


def _words(text: str) -> set[str]:
    return {word.lower() for word in content_words(text)}


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def content_digest(article: Article) -> str:
    """SHA-256 over everything that makes a new version when it changes."""
    content: tuple[object, ...] = (
        article.title,
        article.text,
        article.url,
        article.source,
        article.authors,
        str(article.published_at),
        str(article.updated_at),
        article.section,
        article.kind,
        article.language,
    )
    if article.correction and article.correction not in article.text:
        content += (article.correction,)  # stated beside the text, where alone it is no change of the text
    return hashlib.sha256(repr(content).encode("utf-8", "surrogatepass")).hexdigest()
