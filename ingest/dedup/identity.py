"""What makes two records the same article, and two contents the same text."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Literal
from urllib.parse import urlsplit

from ingest.dedup.resemblance import HEADLINE_WORDS, is_nearly_same, is_same_article
from rag.models import Article
from rag.urls import exact_url, is_front_page, shared_spelling

_EDITION = re.compile(r"^/(?:amp|m|mobile|print)(?=/)")
"""A folder in which a host has its articles once more, for another screen or for paper."""

ClaimedBy = Literal["item", "id", "address", "entry", "place"]
"""An agency's name for an item, a record's own id, its address, the id of an entry of a live blog, or its file."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which article a record says it is; if another article has that id already, the text must confirm it.

    Attributes:
        claimed: The id by the record's own id, else by its address, else by file, outlet and headline.
        by: What the claim rests on.
    """

    claimed: str
    by: ClaimedBy


def identity_of(
    article: Article, *, own: str | None, entry: bool, fetched: bool, origin: str, item: bool = False
) -> Identity:
    """What a record claims to be.

    Args:
        article: What it says otherwise; its id does not matter.
        own: The id that it gives itself.
        entry: It is an entry of a live blog, whose address is the blog's.
        fetched: It was fetched from an address, so that even a front page is what is meant.
        origin: File and line.
        item: Its own id is an agency's name for it.
    """
    if own:
        return Identity(own, "item" if item else "entry" if entry else "id")
    if article.canonical_url and (fetched or not is_front_page(article.canonical_url)):
        return Identity(_digest(article.canonical_url), "address")
    return Identity(_digest("\0".join((origin, article.source or "", article.title))), "place")


def known_as(
    article: Article,
    identity: Identity,
    held: Callable[[str], Article | None],
    beside: Callable[[str], bool] = lambda _: False,
) -> Article | None:
    """The article under the id that it has already; `None` if it has none.

    Args:
        article: As it was read.
        identity: What it claims.
        held: The newest version under an id, withdrawn or not.
        beside: Whether an id's newest version is in the same file, where two records are as a rule two articles, or on
            the same page, where two entries are.
    """
    taken = [(candidate, other) for candidate in _candidates(article, identity) if (other := held(candidate.id))]
    same = (candidate for candidate, other in taken if (candidate.title, candidate.text) == (other.title, other.text))
    if identity.by == "entry":
        taken = [(candidate, other) for candidate, other in taken if not beside(candidate.id)]
    nearest = (candidate for candidate, other in taken if is_version(candidate, other, identity.by, nearly=True))
    versions = (
        candidate
        for candidate, other in taken
        if is_version(candidate, other, identity.by, nearly=beside(candidate.id))
    )
    return next(chain(same, nearest, versions), None)


def newly_named(article: Article, identity: Identity, taken: Callable[[str], bool]) -> Article:
    """The article under the first id that is not taken: the one that it claims, else one that tells it apart.

    The id of an address is kept for what is read there, whichever comes first: a saved page, or one in another folder,
    only says that it is from there.
    """
    named = article
    for named in islice(_candidates(article, identity), _only_says_so(article, identity), None):
        if not taken(named.id):
            break
    return named


def _only_says_so(article: Article, identity: Identity) -> bool:
    read = article.fetched_from
    return bool(identity.by == "address" and read) and not (_is_web(read) and _folder(read) == _folder(article.url))


def own_ids(article: Article, identity: Identity) -> tuple[str, ...]:
    """The ids under which its outlet's record of this own id may be."""
    return (identity.claimed, _of_outlet(article, identity)) if identity.by in ("id", "item") else ()


def _candidates(article: Article, identity: Identity) -> Iterator[Article]:
    """The article under the id that it claims, then under ids that outlet, address, headline and text tell apart."""
    yield replace(article, id=identity.claimed)
    if identity.by == "id" and article.source:
        yield replace(article, id=_of_outlet(article, identity))
    fetched = article.fetched_from if _is_web(article.fetched_from) else None
    address = _exact(fetched or article.url)
    if address and identity.by in ("id", "address"):
        apart = replace(article, id=_digest(f"{identity.claimed}\0{address}"), canonical_url=address)
        yield replace(apart, url=fetched, fetched_from=None) if fetched else apart
    for words in (article.title, f"{article.title}\0{article.text}"):
        yield replace(article, id=_digest("\0".join((identity.claimed, article.source or "", words))))


def _of_outlet(article: Article, identity: Identity) -> str:
    return _digest(f"{identity.claimed}\0outlet\0{(article.source or '').casefold()}")


def is_version(article: Article, held: Article, claimed_by: ClaimedBy, *, nearly: bool = False) -> bool:
    """Whether an article is another version of one that is held under the id that it claims.

    Its own address says so, if both were read there; otherwise the outlets must not differ, and headline, date and
    text must confirm it.

    Args:
        article: New.
        held: The newest version.
        claimed_by: What the claim rests on.
        nearly: Only a text that is nearly the same confirms it, as for the entries of a live blog.
    """
    if claimed_by == "item" or (article.title, article.text) == (held.title, held.text):
        return True
    if not nearly and _same_address(article, held, claimed_by):
        return True
    led = _is_led_to(article, held)
    if led and held.fetched_from is None and _folder(article.fetched_from) != _folder(held.url):
        return False
    if claimed_by != "address" and article.source and held.source and article.source != held.source:
        return False
    if nearly or claimed_by == "entry":
        return is_nearly_same(article, held, entry=claimed_by == "entry")
    fewest = None if led else 1 if claimed_by == "place" else HEADLINE_WORDS
    return is_same_article(article, held, fewest=fewest)


def _is_led_to(article: Article, held: Article) -> bool:
    """A page names another path as its own, at which the host may serve another author.

    A headline then confirms nothing; and of what was read there itself, no page in another folder is a version.
    """
    read, at = _exact(article.fetched_from), _exact(held.url)
    return bool(read and at and _is_web(article.fetched_from)) and _path(read) != _path(at)


def _folder(address: str | None) -> str:
    """The first part of an address's path."""
    return _path(address).lstrip("/").partition("/")[0]


def _path(address: str | None) -> str:
    return _EDITION.sub("", urlsplit(shared_spelling(address)).path) if address else ""


def _same_address(article: Article, held: Article, claimed_by: ClaimedBy) -> bool:
    """Both were read at one address; a live blog's is not its entries' own, and a front page is no article's."""
    read = _exact(article.fetched_from or article.url)
    if read is None or claimed_by not in ("id", "address") or read != _exact(held.fetched_from or held.url):
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
        content += (article.correction,)  # stated apart from the text
    return hashlib.sha256(repr(content).encode("utf-8", "surrogatepass")).hexdigest()
