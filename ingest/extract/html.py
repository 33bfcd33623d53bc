"""From an HTML page to records: the body by trafilatura, the rest as the page states it.

What a page says of itself is believed in this order: JSON-LD (schema.org `NewsArticle`), microdata, meta tags, what it
shows, then what trafilatura and htmldate find in it; the last two make a date `derived`. Of each field the first value
that can be read counts. No date stays no date.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

import trafilatura
from lxml import html as lxml_html
from lxml.etree import ParserError
from lxml.html import HtmlElement
from trafilatura.settings import Document

from ingest.extract import live_blog
from ingest.extract.addresses import article_address, names_front_page, spelled
from ingest.extract.json_ld import Described, json_ld_objects, listed, types_of
from ingest.extract.markup import plain_text, without_controls
from ingest.extract.meta_tags import (
    calls_itself_site,
    drop_dates_of_updates,
    feeds_of,
    meta_fields,
    page_opt_outs,
    states_article,
    visible_dates,
)
from ingest.extract.microdata import microdata_objects
from ingest.extract.names import names
from ingest.extract.no_article import SAYS_GONE, is_above, target_of_refresh, why_led_astray, why_no_article
from ingest.extract.page_metadata import PageRecord
from ingest.extract.schema_org import fields_of, is_article, is_page, outlet_beside_publisher, own_descriptions
from ingest.extract.visibility import drop_hidden
from rag.errors import RefusedArticle
from rag.models import DateConfidence

_DATES = ("published_at", "updated_at")
_OF_FEED = "its text is its feed's: the page does not show it"
_MOST_ELEMENTS = 200_000
_MOST_ATTRIBUTES = 1_000
"""Of one element; the time that some of them take grows with the square of their number."""
_TEXT_IS_HELD = "//article | //main | //*[@role='main' or @role='article' or @itemprop='articleBody']"
_LEAST_PROSE = 200
"""Characters of paragraphs beside a list that are an article's."""
_CAPTIONS = (
    "//figcaption[not(ancestor::nav or ancestor::aside or ancestor::footer)]"
    " | //*[contains(@class, 'caption')][not(self::figcaption or ancestor::figcaption or .//figcaption or .//p[2])]"
    "[not(ancestor::nav or ancestor::aside or ancestor::footer or ancestor::*[contains(@class, 'caption')])]"
)
_OF_TABLES = {"table", "thead", "tbody", "tfoot", "tr", "td"}
_SEPARATOR = re.compile(r"\s[|–—·•»:-]\s|\s?[|»]\s?|:\s")
_FIRST_OF_JANUARY = re.compile(r"\b0?1[./-]\s?0?1\b|\b(?:jan|janv|ene|gen|янв)|1月1日|1월 1일", re.IGNORECASE)
_MUCH_MORE = 5
"""Times the text that a page shows is what it holds in its data, where that is drawn by a script."""


def page_records(
    page: str, *, fetched: str | None = None, asked: str | None = None, listed_text: str | None = None
) -> tuple[PageRecord, ...]:
    """The article of a page, or the entries of a live blog with their own times.

    Args:
        page: The HTML, decoded.
        fetched: Where it came from, which replaces the address that it states; `None` for a file.
        asked: What was asked for, if that redirected to `fetched`.
        listed_text: Its whole text as its feed holds it, in HTML, for a page that does not show it.

    Raises:
        RefusedArticle: The page is no article, holds neither text nor headline, or more elements than an article has.
    """
    if asked and fetched and (reason := why_led_astray(asked, fetched)):
        raise RefusedArticle(reason)
    try:
        return _records(page, fetched, listed_text, asked=asked)
    except RefusedArticle as refusal:
        text = plain_text(listed_text or "")
        if not text or str(refusal) == SAYS_GONE:
            raise
    return (PageRecord({"text": text}, "derived", remarks=(_OF_FEED,)),)


def _records(page: str, fetched: str | None, listed_text: str | None, *, asked: str | None) -> tuple[PageRecord, ...]:
    tree = _tree(page)
    _check_size(tree)
    described, microdata, meta = json_ld_objects(tree), microdata_objects(tree), meta_fields(tree)
    address = spelled(article_address(meta["url"], fetched) or meta["url"])
    about_article = [
        own_descriptions(filter(is_article, data), tree, meta["title"], address) for data in (described, microdata)
    ]
    about_page = [
        own_descriptions(filter(is_page, data), tree, meta["title"], address) for data in (described, microdata)
    ]
    own = [*about_article[0], *about_article[1], *about_page[0], *about_page[1]]
    layers = [fields_of(data) for data in own]
    layers.insert(sum(map(len, about_article)), meta)
    opt_outs = page_opt_outs(tree)
    drop_hidden(tree)
    if fetched and names_front_page(fetched) and not any(map(is_article, own)) and (feeds := feeds_of(tree, fetched)):
        raise RefusedArticle(f"is a front page, no article; its feed is {feeds[0][:200]}")
    _check_article(tree, layers, own, address=fetched or address, asked=asked)
    shown, shown_updates = visible_dates(tree)
    extracted = _from_body(tree)
    fields = _merged(*layers, {"source": outlet_beside_publisher(own)}, extracted)
    fields["title"] = _without_outlet(fields.get("title"), fields.get("source"), tree)
    if names_front_page(fields["url"]):
        fields["url"] = None
    of_feed = plain_text(listed_text or "")
    shown_text = fields["text"] = _without_headline(fields.get("text") or "", fields["title"], tree)
    fields["text"] = _text(fields, tree, own, of_feed)
    is_listed = bool(of_feed) and fields["text"] == of_feed != shown_text
    if is_listed:  # the headline, too, is the feed's, unless the page states one
        stated_title = next((layer["title"] for layer in layers if layer.get("title")), None)
        fields["title"] = _without_outlet(stated_title, fields.get("source"), tree)
    if not fields["text"] and (not fields.get("title") or (_is_led_on(asked, fetched) and calls_itself_site(tree))):
        raise RefusedArticle("no article found in the page")
    stated = {name: _dates(layers, name) for name in _DATES}
    further = {
        "published_at": [
            *((date, "stated") for date in stated["published_at"]),
            *((date, "derived") for date in shown),
        ],
        "updated_at": [(date, "stated") for date in (*stated["updated_at"], *shown_updates)],
    }
    if extracted.get("published_at"):
        further["published_at"].append((extracted["published_at"], "derived"))
    record = _with_dates(PageRecord(fields, "derived", opt_outs=opt_outs), further)
    remarks = (_OF_FEED,) if is_listed else ()
    data = next((data for data in own if data.get("liveBlogUpdate")), {})
    first, *others = tuple(live_blog.entries(data, record)) or (record,)
    return replace(first, remarks=(*remarks, *live_blog.remarks_on(data))), *others


def _with_dates(record: PageRecord, dates: Mapping[str, list[tuple[Any, Any]]]) -> PageRecord:
    """The record with the first of each date, and the others in reserve."""
    firsts = {name: given[0][0] if given else None for name, given in dates.items()}
    worth: DateConfidence = dates["published_at"][0][1] if dates["published_at"] else "derived"
    further = {name: tuple(given[1:]) for name, given in dates.items() if given[1:]}
    return replace(record, fields={**record.fields, **firsts}, dates=worth, further_dates=further)


def _dates(layers: Iterable[Mapping[str, Any]], name: str) -> list[Any]:
    return list(chain.from_iterable(layer.get(name) or () for layer in layers))


def _check_article(
    tree: HtmlElement,
    layers: list[Mapping[str, Any]],
    own: Iterable[Described],
    *,
    address: str | None,
    asked: str | None,
) -> None:
    """Raises `RefusedArticle` for what came in place of an article."""
    if target := target_of_refresh(tree, address):
        raise RefusedArticle(f"only leads on to {target[:200]}; give that address")
    stated = (
        states_article(tree) or any(is_article(data) for data in own) or any(_dates(layers, name) for name in _DATES)
    )
    body = tree.find("body")
    text = " ".join((body if body is not None else tree).text_content().split()) if not stated else ""
    if reason := why_no_article(tree, text=text, states_article=stated):
        raise RefusedArticle(reason)
    if not stated and asked and address and is_above(address, asked):
        raise RefusedArticle(f"redirects to what stands above it: the article is gone: {address[:200]}")


def _is_led_on(asked: str | None, fetched: str | None) -> bool:
    return bool(asked and fetched) and spelled(asked) != spelled(fetched)


def _tree(page: str) -> HtmlElement:
    try:
        return lxml_html.document_fromstring(
            without_controls(page).encode("utf-8", "surrogatepass"),
            parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=False),
        )
    except ParserError as error:
        raise RefusedArticle("not an HTML page") from error


def _check_size(tree: HtmlElement) -> None:
    if tree.xpath("count(//*)") > _MOST_ELEMENTS:
        raise RefusedArticle(f"holds more than {_MOST_ELEMENTS:,} elements, which no article does")
    if tree.xpath(f"boolean(//*[count(@*) > {_MOST_ATTRIBUTES}])"):
        raise RefusedArticle(f"holds an element with more than {_MOST_ATTRIBUTES:,} attributes, which no article does")


def _merged(*layers: Mapping[str, Any]) -> dict[str, Any]:
    named = dict.fromkeys(name for layer in layers for name in layer)
    return {name: next((layer[name] for layer in layers if layer.get(name)), None) for name in named}


def _from_body(tree: HtmlElement) -> Mapping[str, Any]:
    # What it reads of JSON-LD may be another story's, and it takes updates for publications.
    for script in [script for script in tree.iter("script") if "ld+json" in (script.get("type") or "").lower()]:
        script.drop_tree()
    drop_dates_of_updates(tree)
    _unfold_layout(tree)
    _hold_lists(tree)
    shown = tree.text_content()
    document = trafilatura.bare_extraction(tree, favor_precision=True, include_comments=False, with_metadata=True)
    if not isinstance(document, Document):
        return {"title": tree.findtext(".//title")}
    return {
        "url": document.url,
        "title": document.title,
        "text": document.text,
        "published_at": None if _is_only_year(document.date, f"{document.url} {shown}") else document.date,
        "source": document.sitename,
        "authors": list(names([name for name in (document.author or "").split("; ") if name])),
        "section": next(iter(document.categories or []), None),
        "language": tree.get("lang"),
    }


def _is_only_year(date: str | None, text: str) -> bool:
    """A first of January that htmldate made of a year, mostly that of the copyright."""
    return bool(date) and str(date).endswith("-01-01") and not _FIRST_OF_JANUARY.search(text)


def _without_outlet(title: Any, outlet: Any, tree: HtmlElement) -> Any:
    """A headline without the name of the outlet, or what else stands behind it and not in the page's heading."""
    if not isinstance(title, str):
        return title
    headings = {_letters(element.text_content()) for element in tree.iter("h1")}
    for separator in _SEPARATOR.finditer(title):
        before, behind = title[: separator.start()], title[separator.end() :]
        if not _letters(before) or not _letters(behind):
            continue
        if _letters(behind) == _letters(outlet) or (_letters(before) in headings and len(before) > len(behind)):
            return before
        if _letters(before) == _letters(outlet):
            return behind
    return title


def _unfold_layout(tree: HtmlElement) -> None:
    """Makes blocks of tables that lay out a page: a cell with a heading or paragraphs is none of data."""
    for cell in tree.xpath("//td[.//h1 or count(p) > 1]"):
        for element in (cell, *cell.iterancestors()):
            if element.tag in _OF_TABLES:
                element.tag = "div"
    for cell in tree.xpath("//td[parent::div] | //th[parent::div]"):
        cell.tag = "div"


def _hold_lists(tree: HtmlElement) -> None:
    """Marks what holds the text as an article where nothing does: trafilatura leaves lists out otherwise."""
    if tree.xpath(_TEXT_IS_HELD):
        return
    holders = {element.getparent() for element in tree.xpath("//*[self::ul or self::ol][preceding-sibling::p]/..//p")}
    holder = max(holders - {None}, key=_own_prose, default=None)
    if holder is None or not holder.xpath("ul | ol") or _own_prose(holder) < _LEAST_PROSE:
        return
    if holder.tag != "body":
        holder.tag = "article"
        return
    article = lxml_html.Element("article")
    article.extend(list(holder))
    holder.append(article)


def _own_prose(holder: HtmlElement) -> int:
    return sum(len(paragraph.text_content()) for paragraph in holder.xpath("p"))


def _text(fields: Mapping[str, Any], tree: HtmlElement, own: Iterable[Described], of_feed: str) -> str | None:
    """The text that the page shows, with its captions if these are most of it; else that in its data or its feed."""
    shown = fields.get("text") or ""
    captions = [caption for caption in _captions(tree, own) if caption not in shown]
    if sum(map(len, captions)) > len(shown):
        shown = "\n\n".join([shown, *captions]).strip()
    held = [] if fields.get("paywalled") else [body for data in own if (body := _body(data))]
    return next((text for text in (*held, of_feed) if len(text) > _MUCH_MORE * len(shown)), shown)


def _without_headline(text: str, title: Any, tree: HtmlElement) -> str:
    """A text without the headline above it; empty if it holds nothing else."""
    headlines = {_letters(title), *(_letters(element.text_content()) for element in tree.iter("h1"))} - {""}
    first, _, rest = text.partition("\n")
    lines = rest if _letters(first) in headlines else text
    return lines.strip() if any(_letters(line) not in {*headlines, ""} for line in lines.split("\n")) else ""


def _captions(tree: HtmlElement, own: Iterable[Described]) -> list[str]:
    """What stands under the pictures of a page; of a video or gallery also what its data says of it."""
    shown = [" ".join(element.text_content().split()) for element in tree.xpath(_CAPTIONS)]
    media = [item for data in own for name in ("image", "associatedMedia") for item in listed(data.get(name))]
    described = [item.get("caption") for item in media if isinstance(item, dict)]
    described += [data.get("description") for data in own if not is_article(data) and "WebPage" not in types_of(data)]
    texts = [*shown, *(plain_text(text) for text in described if isinstance(text, str))]
    return [text for text in dict.fromkeys(texts) if _letters(text)]


def _body(data: Described) -> str:
    parts = [part for part in listed(data.get("articleBody") or data.get("text")) if isinstance(part, str)]
    return "\n\n".join(plain_text(part) for part in parts)


def _letters(text: Any) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum()) if isinstance(text, str) else ""
