"""From an HTML page to records: the body by trafilatura, the rest as the page states it.

What a page says of itself is believed in this order: JSON-LD (schema.org `NewsArticle`), meta tags,
then what trafilatura and htmldate find in it, which makes a date `derived`. No date stays no date.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import trafilatura
from lxml import html as lxml_html
from lxml.etree import ParserError
from lxml.html import HtmlElement
from trafilatura.settings import Document

from ingest.hidden import drop_hidden
from rag.domain import DateConfidence
from rag.errors import RefusedArticle

_ARTICLE_TYPES = {
    "AnalysisNewsArticle",
    "Article",
    "BlogPosting",
    "LiveBlogPosting",
    "NewsArticle",
    "OpinionNewsArticle",
    "ReportageNewsArticle",
    "ReviewNewsArticle",
}
_KINDS = {
    "AnalysisNewsArticle": "analysis",
    "LiveBlogPosting": "live",
    "OpinionNewsArticle": "opinion",
    "ReviewNewsArticle": "opinion",
}
_META: Mapping[str, tuple[str, ...]] = {
    "url": ("og:url",),
    "title": ("og:title", "twitter:title"),
    "published_at": (
        "article:published_time",
        "og:article:published_time",
        "datepublished",
        "date",
        "pubdate",
        "publish-date",
        "dc.date.issued",
        "parsely-pub-date",
    ),
    "updated_at": ("article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified"),
    "source": ("og:site_name", "application-name"),
    "authors": ("article:author", "author", "byl", "parsely-author"),
    "section": ("article:section", "parsely-section"),
}
_MOST_ELEMENTS = 200_000
_MOST_ATTRIBUTES = 1_000
"""Of one element; the time that some of them take grows with the square of their number."""


@dataclass(frozen=True, slots=True)
class PageRecord:
    """Fields of one record that a page amounts to.

    Attributes:
        fields: For `ingest.records.read_record`.
        dates: Whether its publication date was stated or only derived.
    """

    fields: Mapping[str, Any]
    dates: DateConfidence


def page_records(page: str) -> tuple[PageRecord, ...]:
    """The article of a page, or the entries of a live blog with their own times.

    Raises:
        RefusedArticle: The page holds neither text nor headline, or more elements than an article has.
    """
    tree = _tree(page)
    _check_size(tree)
    data = next((one for one in _json_ld_objects(tree) if _types(one) & _ARTICLE_TYPES), {})
    stated = _from_json_ld(data)
    meta = _from_meta(tree)
    drop_hidden(tree)
    found = _from_body(tree)
    fields = _merged(stated, meta, found)
    if not fields.get("text") and not fields.get("title"):
        raise RefusedArticle("no article found in the page")
    dates: DateConfidence = "stated" if stated.get("published_at") or meta.get("published_at") else "derived"
    record = PageRecord(fields, dates)
    return tuple(_entries(data, record)) or (record,)


def _tree(page: str) -> HtmlElement:
    try:
        return lxml_html.document_fromstring(
            page.encode("utf-8", "surrogatepass"), parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=False)
        )
    except ParserError as error:
        raise RefusedArticle("not an HTML page") from error


def _check_size(tree: HtmlElement) -> None:
    if tree.xpath("count(//*)") > _MOST_ELEMENTS:
        raise RefusedArticle(f"holds more than {_MOST_ELEMENTS:,} elements, which no article does")
    if tree.xpath(f"boolean(//*[count(@*) > {_MOST_ATTRIBUTES}])"):
        raise RefusedArticle(f"holds an element with more than {_MOST_ATTRIBUTES:,} attributes, which no article does")


def _merged(*layers: Mapping[str, Any]) -> dict[str, Any]:
    names = dict.fromkeys(name for layer in layers for name in layer)
    return {name: next((layer[name] for layer in layers if layer.get(name)), None) for name in names}


def _from_body(tree: HtmlElement) -> Mapping[str, Any]:
    document = trafilatura.bare_extraction(tree, favor_precision=True, include_comments=False, with_metadata=True)
    if not isinstance(document, Document):
        return {"title": tree.findtext(".//title")}
    return {
        "url": document.url,
        "title": document.title,
        "text": document.text,
        "published_at": document.date,
        "source": document.sitename,
        "authors": [name for name in (document.author or "").split("; ") if name],
        "section": next(iter(document.categories or []), None),
        "language": tree.get("lang"),
    }


def _from_meta(tree: HtmlElement) -> Mapping[str, Any]:
    contents: dict[str, str] = {}
    for tag in tree.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop")
        if name and tag.get("content"):
            contents.setdefault(name.lower(), tag.get("content").strip())
    found = {name: next((contents[key] for key in keys if key in contents), None) for name, keys in _META.items()}
    canonical = tree.xpath("string(//link[@rel='canonical']/@href)")
    return found | {"url": canonical or found["url"]}


def _from_json_ld(data: Mapping[str, Any]) -> Mapping[str, Any]:
    author = data.get("author")
    return {
        "url": _address(data.get("mainEntityOfPage")) or data.get("url"),
        "title": data.get("headline"),
        "published_at": data.get("datePublished"),
        "updated_at": data.get("dateModified"),
        "source": data.get("publisher"),
        "authors": author if isinstance(author, list | str) else [author] if author else None,
        "section": next(iter(_list(data.get("articleSection"))), None),
        "kind": next((_KINDS[one] for one in sorted(_types(data)) if one in _KINDS), None),
        "language": data.get("inLanguage") if isinstance(data.get("inLanguage"), str) else None,
        **_correction(data),
        "paywalled": data.get("isAccessibleForFree") in (False, "False", "false"),
    }


def _correction(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The newest notice that the page states, and its date: a text or a CorrectionComment (schema.org)."""
    found = [one if isinstance(one, dict) else {"text": one} for one in _list(data.get("correction"))]
    notices = [one for one in found if isinstance(one.get("text"), str) and one["text"].strip()]
    if not notices:
        return {}
    newest = max(notices, key=_said_on)
    return {"correction": newest["text"], "corrected_at": _said_on(newest) or None}


def _said_on(comment: Mapping[str, Any]) -> str:
    dates = (comment.get("datePublished"), comment.get("dateCreated"))
    return next((one for one in dates if isinstance(one, str)), "")


def _entries(data: Mapping[str, Any], blog: PageRecord) -> Iterator[PageRecord]:
    """The entries of a live blog, each its own record under the blog's address."""
    for number, entry in enumerate(_list(data.get("liveBlogUpdate")), 1):
        text = entry.get("articleBody") if isinstance(entry, dict) else None
        if not isinstance(text, str) or not text.strip():
            continue
        address = blog.fields.get("url")
        yield PageRecord(
            {
                **blog.fields,
                "id": f"{address}#{entry.get('@id') or entry.get('datePublished') or number}" if address else None,
                "url": entry.get("url") or address,
                "title": entry.get("headline") or blog.fields.get("title"),
                "text": text,
                "published_at": entry.get("datePublished"),
                "updated_at": entry.get("dateModified"),
                "kind": "live",
                "paywalled": False,
            },
            "stated",
        )


def _json_ld_objects(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in tree.xpath("//script[@type='application/ld+json']/text()"):
        try:
            data = json.loads(script)
        except (ValueError, RecursionError):
            continue  # one broken block does not speak for the others, nor for the meta tags
        for one in (one for one in _list(data) if isinstance(one, dict)):
            yield from (inner for inner in _list(one.get("@graph", one)) if isinstance(inner, dict))


def _list(value: Any) -> Sequence[Any]:
    if isinstance(value, list):
        return [one for one in value if one is not None]
    return [] if value is None else [value]


def _types(data: Mapping[str, Any]) -> set[str]:
    return {one for one in _list(data.get("@type")) if isinstance(one, str)}


def _address(value: Any) -> str | None:
    address = value.get("@id") if isinstance(value, dict) else value
    return address if isinstance(address, str) else None
