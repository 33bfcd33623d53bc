"""From objects of schema.org to the fields of the page's own article."""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from ingest.extract.addresses import article_address, spelled
from ingest.extract.json_ld import Described, listed, types_of
from ingest.extract.names import names, people

_POSTINGS = {"BlogPosting", "DiscussionForumPosting", "LiveBlogPosting", "Report", "SocialMediaPosting"}
"""Articles by schema.org whose names do not end in `Article`."""
_PAGES = {"CreativeWork", "ImageGallery", "ItemPage", "MediaGallery", "PodcastEpisode", "VideoObject", "WebPage"}
"""What is described where a page describes no article."""
_PERIODICALS = {"CreativeWork", "Newspaper", "NewsMediaOrganization", "Organization", "Periodical", "WebSite"}
"""What an article is part of that is the outlet."""
_KINDS = {
    "AnalysisNewsArticle": "analysis",
    "BackgroundNewsArticle": "analysis",
    "LiveBlogPosting": "live",
    "OpinionNewsArticle": "opinion",
    "ReviewNewsArticle": "opinion",
}
_NO_ADDRESSES: Mapping[str, Any] = {"url": None, "mainEntityOfPage": None}
_TAG = re.compile(r"<[^<>]{0,300}>")
_NO_LETTERS = re.compile(r"[\W_]+")
_LEAST_ALIKE = 15
"""Letters of a headline that may be the beginning of another."""
_FALSE = (False, "false", "no", "0", 0)


def is_article(described: Described) -> bool:
    """An object describes an article."""
    return any(name.lower().endswith("article") or name in _POSTINGS for name in types_of(described))


def is_page(described: Described) -> bool:
    """An object describes a page, gallery or video, for want of an article."""
    return bool(types_of(described) & _PAGES)


def fields_of(described: Described) -> Mapping[str, Any]:
    """The fields of a record that an object states; what cannot be read is `None`.

    Dates are as they are stated, and of all the first that can be read is to be taken.
    """
    stated = listed(described.get("author") or described.get("creator"))
    authors = [person for author in stated for name in names(author) for person in people(name)]
    title = next(names([described.get("headline"), described.get("name")]), None)
    outlets = names([described.get("publisher"), described.get("sourceOrganization")])
    return {
        "url": article_address(*addresses_of(described)),
        "title": title,
        "published_at": _publication(described),
        "updated_at": listed(described.get("dateModified")),
        "source": next((outlet for outlet in outlets if outlet != title), None),
        # A text may name several, which `read_record` tells apart; an object names one.
        "authors": authors[0] if len(authors) == 1 and isinstance(stated[0], str) else list(dict.fromkeys(authors)),
        "section": next(names(described.get("articleSection")), None),
        "kind": next((_KINDS[name] for name in sorted(types_of(described)) if name in _KINDS), None),
        "language": next(names(described.get("inLanguage")), None),
        **_correction(described),
        "paywalled": any(
            free in _FALSE or (isinstance(free, str) and free.strip().lower() in _FALSE)
            for free in listed(described.get("isAccessibleForFree"))
        ),
    }


def _publication(described: Described) -> list[Any]:
    """Statements of when it was published; when it was created, for want of others."""
    stated = [*listed(described.get("datePublished")), *listed(described.get("uploadDate"))]
    return [date for date in stated if date] or list(listed(described.get("dateCreated")))


def outlet_beside_publisher(described: Iterable[Described]) -> str | None:
    """What names the outlet where nothing states it: the whole of which an article is part, its provider or owner."""
    return next(names([list(_wholes_and_owners(data)) for data in described]), None)


def _wholes_and_owners(described: Described) -> Iterator[Any]:
    for whole in listed(described.get("isPartOf")):
        if isinstance(whole, Mapping) and types_of(whole) & _PERIODICALS:
            yield whole
    yield from (described.get(name) for name in ("provider", "copyrightHolder"))


def own_descriptions(
    candidates: Iterable[Described], tree: HtmlElement, title: Any, address: str | None
) -> tuple[Described, ...]:
    """The descriptions of the page's own article: related stories are described on a page, too.

    They are at the page's address or under its headline; failing that it is the first one that names no other address.
    What is known by its headline alone may be a listing's of another article: its address is not the page's.
    """
    headlines = {_plain(title), *(_plain(element.text_content()) for element in tree.iter("h1", "title"))} - {""}
    stated = [(data, spelled(fields_of(data)["url"])) for data in candidates]
    own = [data for data, named in stated if address and named == address]
    own += [
        data if not named or _may_be_at(named, address, alone=len(stated) == 1) else {**data, **_NO_ADDRESSES}
        for data, named in stated
        if not (address and named == address) and _is_under(_plain(fields_of(data)["title"]), headlines)
    ]
    others = (data for data, named in stated if not (address and named and _is_elsewhere(named, address)))
    return tuple(own) or tuple([first] if (first := next(others, None)) else [])


def addresses_of(described: Described) -> list[str]:
    """The addresses that an object states as its own."""
    stated = [described.get("mainEntityOfPage"), described.get("url")]
    addresses = [
        value.get("@id") or value.get("url") if isinstance(value, Mapping) else value
        for field in stated
        for value in listed(field)
    ]
    return [unescape(address) for address in addresses if isinstance(address, str)]


def _correction(data: Described) -> Mapping[str, Any]:
    """The newest notice that the page states, and its date: a text or a CorrectionComment (schema.org)."""
    stated = [notice if isinstance(notice, dict) else {"text": notice} for notice in listed(data.get("correction"))]
    notices = [notice for notice in stated if isinstance(notice.get("text"), str) and notice["text"].strip()]
    if not notices:
        return {}
    newest = max(notices, key=_said_on)
    return {"correction": newest["text"], "corrected_at": _said_on(newest) or None}


def _said_on(comment: Described) -> str:
    dates = (comment.get("datePublished"), comment.get("dateCreated"))
    return next((date for date in dates if isinstance(date, str)), "")


def _is_under(headline: str, headlines: set[str]) -> bool:
    """A headline is one of the page's, though the page adds its name to it or the description cuts it."""
    return bool(headline) and any(
        headline == other
        or (
            min(len(headline), len(other)) >= _LEAST_ALIKE
            and (other.startswith(headline) or headline.startswith(other))
        )
        for other in headlines
    )


def _plain(headline: Any) -> str:
    if not isinstance(headline, str):
        return ""
    return _NO_LETTERS.sub("", _TAG.sub("", unescape(headline))).casefold()


def _may_be_at(named: str, address: str | None, *, alone: bool) -> bool:
    """The page may be at the address that a description under its headline names."""
    return not _is_elsewhere(named, address) if address else alone


def _is_elsewhere(named: str, address: str) -> bool:
    """The addresses name different pages; one may have a query that the other leaves out."""
    there, here = urlsplit(named), urlsplit(address)
    return there[:3] != here[:3] or bool(there.query and here.query and there.query != here.query)
