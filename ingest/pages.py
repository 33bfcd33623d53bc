"""From an HTML page to a record's fields: the body by trafilatura, the rest as the page states it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import trafilatura
from lxml import html as lxml_html
from lxml.etree import ParserError
from trafilatura.settings import Document

from rag.errors import RefusedArticle

_ARTICLE_TYPES = {
    "Article",
    "NewsArticle",
    "OpinionNewsArticle",
    "AnalysisNewsArticle",
    "ReportageNewsArticle",
    "LiveBlogPosting",
    "BlogPosting",
}
_KINDS = {"OpinionNewsArticle": "opinion", "AnalysisNewsArticle": "analysis", "LiveBlogPosting": "live"}


def page_fields(page: str) -> Mapping[str, Any]:
    """Fields of the record that a page amounts to, for `read_record`.

    JSON-LD is believed first, then what trafilatura finds in meta tags and the page.

    Raises:
        RefusedArticle: The page holds no article text.
    """
    document = trafilatura.bare_extraction(page, favor_precision=True, include_comments=False, with_metadata=True)
    if not isinstance(document, Document) or not (document.text or "").strip():
        raise RefusedArticle("no article text found in the page")
    stated = _json_ld(page)
    found = {
        "url": document.url,
        "title": document.title,
        "text": document.text,
        "published_at": document.date,
        "source": document.sitename,
        "authors": [name for name in (document.author or "").split("; ") if name],
        "section": next(iter(document.categories or []), None),
        "language": document.language,
    }
    return found | {name: value for name, value in stated.items() if value}


def _json_ld(page: str) -> Mapping[str, Any]:
    data = next((one for one in _json_ld_objects(page) if _types(one) & _ARTICLE_TYPES), None)
    if data is None:
        return {}
    author = data.get("author")
    return {
        "url": _address(data.get("mainEntityOfPage")) or data.get("url"),
        "title": data.get("headline"),
        "published_at": data.get("datePublished"),
        "updated_at": data.get("dateModified"),
        "source": data.get("publisher"),
        "authors": author if isinstance(author, list | str) else [author] if author else None,
        "section": data.get("articleSection"),
        "kind": next((_KINDS[one] for one in sorted(_types(data)) if one in _KINDS), None),
        "language": data.get("inLanguage"),
    }


def _json_ld_objects(page: str) -> Iterator[dict[str, Any]]:
    try:
        tree = lxml_html.fromstring(
            page.encode("utf-8", "surrogatepass"), parser=lxml_html.HTMLParser(encoding="utf-8")
        )
    except ParserError:
        return
    for script in tree.xpath("//script[@type='application/ld+json']/text()"):
        try:
            data = json.loads(script)
        except ValueError:
            continue  # one broken block does not speak for the others, nor for the meta tags
        graph = data.get("@graph", [data]) if isinstance(data, dict) else data
        yield from (one for one in graph if isinstance(one, dict))


def _types(data: Mapping[str, Any]) -> set[str]:
    types = data.get("@type", [])
    return {types} if isinstance(types, str) else {str(one) for one in types}


def _address(value: Any) -> str | None:
    address = value.get("@id") if isinstance(value, dict) else value
    return address if isinstance(address, str) else None
