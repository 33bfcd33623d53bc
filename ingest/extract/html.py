"""From an HTML page to records: the body by trafilatura, the rest as the page states it.

What a page says of itself is believed in this order: JSON-LD (schema.org `NewsArticle`), meta tags,
then what trafilatura and htmldate find in it, which makes a date `derived`. No date stays no date.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

import trafilatura
from lxml import html as lxml_html
from lxml.etree import ParserError
from lxml.html import HtmlElement
from trafilatura.settings import Document

from ingest.extract.visibility import drop_hidden
from rag.errors import RefusedArticle
from rag.models import DateConfidence
from rag.urls import canonical_url, is_front_page

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
_UNFILLED = re.compile(r"[{}<>]|%%|\[[A-Za-z_]")
"""Signs of a template that was not filled in: `{slug}`, `%%URL%%`, `[SITE_URL]`."""
_NO_ADDRESS = {"", "null", "undefined", "none", "nan"}
_NO_ADDRESSES: Mapping[str, Any] = {"url": None, "mainEntityOfPage": None}
_MOST_ENTRIES = 2_000
"""Of a live blog."""
_OPENING = 100
"""Characters of an entry's text that name it where nothing else does."""
_MOST_ELEMENTS = 200_000
_MOST_ATTRIBUTES = 1_000
"""Of one element; the time that some of them take grows with the square of their number."""


@dataclass(frozen=True, slots=True)
class PageRecord:
    """Fields of one record that a page amounts to.

    Attributes:
        fields: For `ingest.normalize.records.read_record`.
        dates: Whether its publication date was stated or only derived.
        blog: The address of the live blog of which it is an entry, as the page states it.
        entry: What names it among the blog's entries; empty for an article.
        left_out: Entries of its blog that are too many to be read.
        remarks: What else of the page is not read, stated with the first of its records.
    """

    fields: Mapping[str, Any]
    dates: DateConfidence
    blog: str | None = None
    entry: str = ""
    left_out: int = 0
    remarks: tuple[str, ...] = ()


def page_records(page: str, *, fetched: str | None = None) -> tuple[PageRecord, ...]:
    """The article of a page, or the entries of a live blog with their own times.

    Args:
        page: The HTML, decoded.
        fetched: Where it came from, which stands in for the address that it states; `None` for a file.

    Raises:
        RefusedArticle: The page holds neither text nor headline, or more elements than an article has.
    """
    tree = _tree(page)
    _check_size(tree)
    meta = _from_meta(tree)
    address = _spelled(_article_address(meta.get("url"), fetched) or meta.get("url"))
    title = meta.get("title")
    data = _own_data([data for data in _json_ld_objects(tree) if _types(data) & _ARTICLE_TYPES], tree, title, address)
    stated = _from_json_ld(data)
    drop_hidden(tree)
    extracted = _from_body(tree)
    fields = _merged(stated, meta, extracted)
    if _names_front_page(fields["url"]):
        fields["url"] = None
    if not fields.get("text") and not fields.get("title"):
        raise RefusedArticle("no article found in the page")
    dates: DateConfidence = "stated" if stated.get("published_at") or meta.get("published_at") else "derived"
    record = PageRecord(fields, dates)
    first, *others = tuple(_entries(data, record)) or (record,)
    return replace(first, remarks=_remarks_on(data)), *others


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
    values = {name: next((contents[key] for key in keys if key in contents), None) for name, keys in _META.items()}
    canonical = tree.xpath("string(//link[@rel='canonical']/@href)")
    return values | {"url": _article_address(canonical, values["url"]) or canonical or values["url"]}


def _from_json_ld(data: Mapping[str, Any]) -> Mapping[str, Any]:
    author, stated = data.get("author"), (_address(data.get("mainEntityOfPage")), _address(data.get("url")))
    return {
        "url": _article_address(*stated),
        "title": data.get("headline"),
        "published_at": data.get("datePublished"),
        "updated_at": data.get("dateModified"),
        "source": data.get("publisher"),
        "authors": author if isinstance(author, list | str) else [author] if author else None,
        "section": next(iter(_list(data.get("articleSection"))), None),
        "kind": next((_KINDS[name] for name in sorted(_types(data)) if name in _KINDS), None),
        "language": data.get("inLanguage") if isinstance(data.get("inLanguage"), str) else None,
        **_correction(data),
        "paywalled": data.get("isAccessibleForFree") in (False, "False", "false"),
    }


def _correction(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The newest notice that the page states, and its date: a text or a CorrectionComment (schema.org)."""
    stated = [notice if isinstance(notice, dict) else {"text": notice} for notice in _list(data.get("correction"))]
    notices = [notice for notice in stated if isinstance(notice.get("text"), str) and notice["text"].strip()]
    if not notices:
        return {}
    newest = max(notices, key=_said_on)
    return {"correction": newest["text"], "corrected_at": _said_on(newest) or None}


def _said_on(comment: Mapping[str, Any]) -> str:
    dates = (comment.get("datePublished"), comment.get("dateCreated"))
    return next((date for date in dates if isinstance(date, str)), "")


def _entries(data: Mapping[str, Any], blog: PageRecord) -> Iterator[PageRecord]:
    """The entries of a live blog, each its own record under the blog's address."""
    address, updates = blog.fields.get("url"), _list(data.get("liveBlogUpdate"))
    with_texts = [(entry, text) for entry in updates if isinstance(entry, dict) and (text := _entry_text(entry))]
    left_out = max(0, len(with_texts) - _MOST_ENTRIES)
    for entry, text in with_texts[:_MOST_ENTRIES]:
        name = _entry_name(entry, text)
        fields = {
            **blog.fields,
            "id": f"{address}#{name}" if address else name,
            "url": entry.get("url") or address,
            "title": entry.get("headline") or blog.fields.get("title"),
            "text": text,
            "published_at": entry.get("datePublished"),
            "updated_at": entry.get("dateModified"),
            "kind": "live",
            "paywalled": False,
        }
        yield PageRecord(fields, "stated", address, name, left_out)


def _remarks_on(data: Mapping[str, Any]) -> tuple[str, ...]:
    updates = _list(data.get("liveBlogUpdate"))
    empty = sum(not (isinstance(entry, dict) and _entry_text(entry)) for entry in updates)
    return (f"{empty:,} of {len(updates):,} entries of the live blog hold no text and are left out",) if empty else ()


def _entry_text(entry: Mapping[str, Any]) -> str:
    texts = (
        "\n\n".join(part for part in _list(entry.get(name)) if isinstance(part, str) and part.strip())
        for name in ("articleBody", "text", "description")
    )
    return next(filter(None, texts), "")


def _entry_name(entry: Mapping[str, Any], text: str) -> str:
    """Its own id or its time; without either its headline or beginning: its place moves with each new entry."""
    stated = (entry.get(name) for name in ("@id", "datePublished", "headline"))
    return next((name for name in stated if name and isinstance(name, str)), text.strip()[:_OPENING])


def _own_data(
    candidates: Sequence[Mapping[str, Any]], tree: HtmlElement, title: Any, address: str | None
) -> Mapping[str, Any]:
    """The description of the page's own article: related stories are described on a page, too.

    It is at the page's address or under its headline; failing that the first one that names no other address. What is
    known by its headline alone may be a listing's of another article: its address is not the page's.
    """
    headlines = {_plain(title), *(_plain(element.text_content()) for element in tree.iter("h1", "title"))} - {""}
    stated = [(data, _spelled(_from_json_ld(data)["url"])) for data in candidates]
    at_address = (data for data, named in stated if address and named == address)
    under_headline = (
        data if not named or _may_be_at(named, address, alone=len(stated) == 1) else {**data, **_NO_ADDRESSES}
        for data, named in stated
        if _plain(data.get("headline")) in headlines
    )
    elsewhere_not = (data for data, named in stated if not (address and named and _is_elsewhere(named, address)))
    return next(chain(at_address, under_headline, elsewhere_not), {})


def _may_be_at(named: str, address: str | None, *, alone: bool) -> bool:
    """The page may be at the address that a description under its headline names."""
    return not _is_elsewhere(named, address) if address else alone


def _is_elsewhere(named: str, address: str) -> bool:
    """The addresses name different pages; one may have a query that the other leaves out."""
    there, here = urlsplit(named), urlsplit(address)
    return there[:3] != here[:3] or bool(there.query and here.query and there.query != here.query)


def _article_address(*stated: Any) -> str | None:
    """The first address that can be an article's own, unlike a front page or an unfilled template."""
    return next((address for address in stated if _spelled(address) and not _names_front_page(address)), None)


def _names_front_page(address: Any) -> bool:
    spelled = _spelled(address)
    return spelled is not None and is_front_page(spelled)


def _spelled(address: Any) -> str | None:
    try:
        return canonical_url(address) if isinstance(address, str) and is_filled(address) else None
    except ValueError:
        return None


def is_filled(address: str) -> bool:
    """The template of a page was filled in where it states this address."""
    return address.strip().lower() not in _NO_ADDRESS and not _UNFILLED.search(address)


def _plain(headline: Any) -> str:
    return " ".join(headline.lower().split()) if isinstance(headline, str) else ""


def _json_ld_objects(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in tree.xpath("//script[@type='application/ld+json']/text()"):
        try:
            data = json.loads(script)
        except (ValueError, RecursionError):
            continue  # one broken block does not speak for the others, nor for the meta tags
        for block in (block for block in _list(data) if isinstance(block, dict)):
            yield from (inner for inner in _list(block.get("@graph", block)) if isinstance(inner, dict))


def _list(value: Any) -> Sequence[Any]:
    if isinstance(value, list):
        return [item for item in value if item is not None]
    return [] if value is None else [value]


def _types(data: Mapping[str, Any]) -> set[str]:
    return {name for name in _list(data.get("@type")) if isinstance(name, str)}


def _address(value: Any) -> str | None:
    address = value.get("@id") if isinstance(value, dict) else value
    return address if isinstance(address, str) else None
