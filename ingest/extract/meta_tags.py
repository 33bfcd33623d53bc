"""What a page says of itself in the tags of its head, its links and its visible dates."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from lxml.html import HtmlElement

from ingest.extract.addresses import article_address
from ingest.extract.names import line, names
from ingest.http.opt_outs import of_tags

_META: Mapping[str, tuple[str, ...]] = {
    "url": ("og:url",),
    "title": ("og:title", "twitter:title", "parsely-title", "dc.title"),
    "published_at": (
        "article:published_time",
        "og:article:published_time",
        "article:published",
        "datepublished",
        "date",
        "pubdate",
        "publish-date",
        "publish_date",
        "published_time",
        "publication_date",
        "dc.date.issued",
        "dcterms.issued",
        "dc.date.created",
        "dcterms.created",
        "dc.date",
        "dcterms.date",
        "parsely-pub-date",
        "sailthru.date",
        "citation_publication_date",
    ),
    "updated_at": (
        "article:modified_time",
        "og:article:modified_time",
        "og:updated_time",
        "article:updated",
        "datemodified",
        "dateupdated",
        "lastmod",
        "last-modified",
        "dc.date.modified",
        "dcterms.modified",
    ),
    "source": ("og:site_name", "application-name", "dc.publisher", "dcterms.publisher"),
    "authors": (
        "article:author",
        "author",
        "byl",
        "parsely-author",
        "dc.creator",
        "sailthru.author",
        "citation_author",
    ),
    "section": ("article:section", "parsely-section"),
}
_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "published_at": (
        *(
            "publishedtime",
            "publisheddate",
            "datepublished",
            "articlepublished",
            "publishdate",
            "publishtime",
            "pubdate",
        ),
        *("publicationdate", "originalpublicationdate", "dateoriginal", "citationdate"),
    ),
    "updated_at": ("modifiedtime", "modifieddate", "datemodified", "updatedtime", "updateddate", "lastmodified"),
    "authors": ("author", "authors", "authorname"),
}
"""How other names end that sites and their tools have for a field, without signs: `cXenseParse:recs:publishtime`."""
_FEEDS = {"application/rss+xml", "application/atom+xml", "application/feed+json"}
_CATALOGUES = {"dc.creator", "citation_author"}
"""Names of authors that catalogues write, the family name first."""
_INVERTED = re.compile(r"\A([^\s,]{1,60}),\s([^\s,]{1,60}(?:\s[^\s,]{1,60})?)\Z")
_DATES = ("published_at", "updated_at")
_UPDATED = re.compile(
    r"updat|modif|edited|correct|aktualis|ge[äa]ndert|stand:|mis à jour|actuali[sz]|aggiornat|bijgewerkt|atuali[sz]|"
    r"обновл|更新|تحديث",
    re.IGNORECASE,
)
"""Words beside a date, in its own label or the page's markup, by which it is not that of publication."""
_LINE_OF_UPDATE = re.compile(
    rf"(?:[^\W\d_]{{1,12}}\s){{0,2}}(?:{_UPDATED.pattern})[^\W\d_]{{0,12}}(?P<colon>\s?[:：])?(?=.{{0,60}}\d).{{1,60}}",
    re.IGNORECASE,
)
"""A short line that says when the page was updated, without a `time` element."""
_PUBLISHED = re.compile(
    r"publi|pubdate|posted|issued|created|erschienen|veröffentl|pubblicat|gepubliceerd|geplaatst|опубликован|发布|公開|نشر",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"byline|date|time|meta|author|info|header|headline|credit", re.IGNORECASE)
_BESIDE = 60
"""Characters before a date that may be its label."""
_ELSEWHERE = {"nav", "aside", "footer", "form"}
_MOST_TIMES = 100
_LEVELS = 4


def meta_fields(tree: HtmlElement) -> Mapping[str, Any]:
    """The fields of a record that a page's meta tags and its canonical link state; dates as lists."""
    contents: dict[str, list[str]] = {}
    for tag in tree.iter("meta"):
        name, content = (
            tag.get("property") or tag.get("name") or tag.get("itemprop"),
            (tag.get("content") or "").strip(),
        )
        if name and content:
            contents.setdefault(name.strip().lower(), []).append(content)
    _name_usually(contents)
    values = {field: [value for key in keys for value in contents.get(key, ())] for field, keys in _META.items()}
    canonical = _canonical(tree)
    return {
        "url": article_address(canonical, *values["url"]) or canonical or next(iter(values["url"]), None),
        "title": next(names(values["title"]), None),
        **{field: values[field] for field in _DATES},
        "source": next(names(values["source"]), None),
        "authors": _authors(contents),
        "section": line(values["section"]),
        "language": tree.get("lang") or line([*contents.get("content-language", ()), *contents.get("dc.language", ())]),
    }


def _name_usually(contents: dict[str, list[str]]) -> None:
    """Gives what unusual names state under the last of the usual ones."""
    known = {key for keys in _META.values() for key in keys}
    for name in [name for name in contents if name not in known and not name.startswith("twitter")]:
        bare = "".join(filter(str.isalnum, name))
        for field, endings in _ENDINGS.items():
            if bare.endswith(endings):
                contents.setdefault(_META[field][-1], []).extend(contents[name])


def _canonical(tree: HtmlElement) -> str:
    """The canonical address, resolved against the page's stated base where it is relative."""
    links = (link for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    address = next((link.get("href", "").strip() for link in links), "")
    base = "".join(tree.xpath("//base/@href")[:1]).strip()
    try:
        return urljoin(base or "https:", address) if base or address.startswith("//") else address
    except ValueError:
        return address


def states_article(tree: HtmlElement) -> bool:
    """The page's meta tags call it an article."""
    return any(stated in ("article", "news", "newsarticle") for stated in _types(tree))


def calls_itself_site(tree: HtmlElement) -> bool:
    """The page's meta tags call it a site and not an article."""
    types = _types(tree)
    return "website" in types and not states_article(tree)


def _types(tree: HtmlElement) -> list[str]:
    types = tree.xpath("//meta[@property='og:type' or @name='og:type']/@content")
    return [stated.strip().lower() for stated in types]


def feeds_of(tree: HtmlElement, address: str | None) -> list[str]:
    """The addresses of the feeds that a page names."""
    links = [link for link in tree.iter("link") if (link.get("type") or "").strip().lower() in _FEEDS]
    return [urljoin(address or "", link.get("href").strip()) for link in links if link.get("href")]


def page_opt_outs(tree: HtmlElement) -> tuple[str, ...]:
    """How a page's meta tags say that machines shall not make use of it; empty where they do not."""
    return of_tags(
        (tag.get("name") or tag.get("http-equiv") or "", tag.get("content") or "") for tag in tree.iter("meta")
    )


def visible_dates(tree: HtmlElement) -> tuple[Sequence[str], Sequence[str]]:
    """The dates that a page shows as those of its publication and of its update, each the likeliest first.

    Of the dates without a label only the first counts, where it stands in the byline or before the text.
    """
    published, updated, unmarked = list[str](), list[str](), list[str]()
    for element in tree.xpath("//time[@datetime or text()]")[:_MOST_TIMES]:
        date = (element.get("datetime") or element.text_content()).strip()
        around = list(element.iterancestors())[:_LEVELS]
        if not date or any(ancestor.tag in _ELSEWHERE for ancestor in element.iterancestors()):
            continue
        label = " ".join((_marks(element), _before(element)))
        if _UPDATED.search(label):
            updated.append(date)
        elif element.get("pubdate") is not None or _PUBLISHED.search(label):
            published.append(date)
        elif any(ancestor.tag == "header" or _BYLINE.search(_marks(ancestor)) for ancestor in around):
            unmarked.append(date)
    updated += [" ".join(line.text_content().split()) for line in _lines_of_updates(tree)]
    return [*published, *unmarked[:1]], updated


def drop_dates_of_updates(tree: HtmlElement) -> None:
    """Removes what states only an update, which would be taken for the publication otherwise."""
    for tag in tree.xpath("//meta[@content]"):
        name = (tag.get("property") or tag.get("name") or tag.get("itemprop") or "").lower()
        if _UPDATED.search(name) or name in _META["updated_at"]:
            tag.getparent().remove(tag)
    for element in tree.xpath("//time"):
        if _UPDATED.search(f"{_marks(element)} {_before(element)}"):
            element.attrib.pop("datetime", None)
    for element in _lines_of_updates(tree):
        element.drop_tree()


def _lines_of_updates(tree: HtmlElement) -> list[HtmlElement]:
    return [
        element
        for element in tree.xpath("//p[not(.//time)] | //div[not(*)] | //span[not(*)] | //li[not(*)] | //small[not(*)]")
        if (line := _LINE_OF_UPDATE.fullmatch(" ".join(element.text_content().split())))
        and not _PUBLISHED.search(line[0])
        and (line["colon"] or _BYLINE.search(_marks(element)))
    ]


def _authors(contents: Mapping[str, Sequence[str]]) -> list[str] | str | None:
    """The authors that the first tag with readable names gives; one line may name several."""
    for key in _META["authors"]:
        authors = list(names(list(contents.get(key, ()))))
        if key in _CATALOGUES:
            authors = [_INVERTED.sub(r"\2 \1", name) for name in authors]
        if authors:
            return authors[0] if len(authors) == 1 else authors
    return None


def _marks(element: HtmlElement) -> str:
    return " ".join(filter(None, (element.get(name) for name in ("itemprop", "class", "id", "title"))))


def _before(element: HtmlElement) -> str:
    """The text right before an element, in its own block."""
    before = element.getprevious()
    texts = [(before.tail if before is not None else element.getparent().text) or ""]
    if before is not None and isinstance(before.tag, str) and not texts[0].strip(" :·|-–—"):
        texts.insert(0, before.text_content()[-_BESIDE:])
    return "".join(texts)[-_BESIDE:]
