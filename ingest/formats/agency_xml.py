"""NewsML-G2 and NITF, the IPTC's XML formats for news.

Namespaces are left aside: agencies write several, and NITF none. Pictures with captions, data and concepts are left
out; what else stands in the body is passed on as HTML.
"""

from collections.abc import Iterator

from lxml import etree

from ingest.formats.agency_items import AgencyItem
from rag.errors import RefusedArticle

_PACKAGES = ("packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem", "newsMessage", "newsItem")
_SPOKEN_AS = {"hl1": "h2", "hl2": "h3", "block": "div", "br": "br"}
_HTML = frozenset("p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table tr td th blockquote div br pre".split())
_OF_PAGES = _HTML | {"html", "body", "article", "section"}
_NO_TEXT = ("media", "nitf-table-metadata", "head", "title", "body.end", "script", "style", "figure")
_OUTLETS = ("./itemMeta/provider", "./rightsInfo/copyrightHolder", "./contentMeta/infoSource")
_MOST_ITEMS = 10_000


def xml_items(data: bytes) -> tuple[AgencyItem, ...]:
    """The items of a NewsML-G2 or NITF file. For the bounded process.

    Raises:
        RefusedArticle: It is no XML, or of another kind.
    """
    # Entities and DTDs are not followed: they can name files and grow without bounds.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise RefusedArticle(f"is no XML that can be read: {error}") from error
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    if root.tag == "nitf":
        return (_nitf_item(root),)
    if root.tag not in _PACKAGES:
        raise RefusedArticle(
            f"is XML of another kind ({root.tag}); read are NewsML-G2 and NITF, and feeds and sitemaps by their address"
        )
    items = [root] if root.tag == "newsItem" else list(root.iter("newsItem"))
    if len(items) > _MOST_ITEMS:
        raise RefusedArticle(f"holds {len(items):,} items, more than {_MOST_ITEMS:,}")
    return tuple(map(_news_item, items)) or (AgencyItem(root.get("guid", ""), root.tag, {}),)


def nitf_html(nitf: str) -> str:
    """The body of a NITF document as HTML; as it is if it is none."""
    try:
        items = xml_items(nitf.encode("utf-8", "replace"))
    except RefusedArticle:
        return nitf
    return str(items[0].fields.get("text", ""))


def _news_item(item: etree._Element) -> AgencyItem:
    meta = "./itemMeta"
    kind = _code(item, f"{meta}/itemClass").rpartition(":")[2]
    inline = item.xpath("./contentSet/inlineXML | ./contentSet/inlineData")
    embargo = item.find(f"{meta}/embargoed")
    issued, first = _text(item, f"{meta}/versionCreated"), _text(item, f"{meta}/firstCreated")
    created = first or _text(item, "./contentMeta/contentCreated") or issued
    fields = {
        "title": _text(item, "./contentMeta/headline") or _text(item, f"{meta}/title"),
        "text": next((text for one in inline if (text := _body(one))), "") if kind in ("", "text") else "",
        "published_at": created,
        "updated_at": issued if issued != created else None,
        "source": next(filter(None, (_name(item, path) for path in _OUTLETS)), ""),
        "authors": _authors(item),
        "language": _attribute(item, "./contentMeta/language", "tag"),
        "section": _name(item, "./contentMeta/subject"),
    }
    return AgencyItem(
        id=item.get("guid", ""),
        kind=kind or "something else",
        fields=fields,
        issued=issued,
        status=_code(item, f"{meta}/pubStatus"),
        embargoed=None if embargo is None else (embargo.text or "").strip(),
    )


def _nitf_item(nitf: etree._Element) -> AgencyItem:
    data = "./head/docdata"
    status, release = _attribute(nitf, data, "management-status"), _attribute(nitf, f"{data}/date.release", "norm")
    issue = _attribute(nitf, f"{data}/date.issue", "norm") or _attribute(nitf, "./head/pubdata", "date.publication")
    content = nitf.find("./body/body.content")
    fields = {
        "title": _text(nitf, ".//hedline/hl1") or _text(nitf, "./head/title"),
        "text": _html(content) if content is not None else "",
        "published_at": issue or release,
        "source": _attribute(nitf, f"{data}/doc.copyright", "holder") or _attribute(nitf, "./head/pubdata", "name"),
        "authors": [text for line in nitf.iter("byline") if (text := _byline(line))],
        "section": _attribute(nitf, "./head/pubdata", "position.section"),
        "language": nitf.get("{http://www.w3.org/XML/1998/namespace}lang"),
    }
    embargoed = release if release or status == "embargoed" else None
    return AgencyItem(
        id=_attribute(nitf, f"{data}/doc-id", "id-string"),
        kind="text",
        fields={name: value for name, value in fields.items() if value},
        issued=_attribute(nitf, "./revision-history", "norm") or issue,
        status="" if status == "embargoed" else status,
        embargoed=embargoed,
    )


def _byline(line: etree._Element) -> str:
    """The people of a byline, without their titles (`byttl`)."""
    etree.strip_elements(line, "byttl", with_tail=False)
    return " ".join("".join(line.itertext()).split())


def _body(inline: etree._Element) -> str:
    """Text or marked-up text in an item; nothing of data in other XML."""
    if inline.tag == "inlineData":
        return "".join(inline.itertext()) if "text/" in inline.get("contenttype", "text/plain") else ""
    nitf = inline.find("nitf")
    if nitf is not None:
        return str(_nitf_item(nitf).fields.get("text", ""))
    return _html(inline) if any(element.tag in _OF_PAGES for element in inline) else ""


def _html(element: etree._Element) -> str:
    """An element's content with its paragraphs, headings, lists and tables; of other elements only the words."""
    etree.strip_elements(element, *_NO_TEXT, with_tail=False)
    others = set()
    for inner in element.iter(etree.Element):
        inner.tag = _SPOKEN_AS.get(inner.tag, inner.tag)
        inner.attrib.clear()
        if inner.tag not in _HTML:
            others.add(inner.tag)
    etree.cleanup_namespaces(element)
    etree.strip_tags(element, *others)
    element.tag = "div"
    return str(etree.tostring(element, encoding="unicode", with_tail=False))


def _authors(item: etree._Element) -> list[str]:
    by = _text(item, "./contentMeta/by")
    return [by] if by else list(_names(item, "./contentMeta/creator"))


def _names(item: etree._Element, path: str) -> Iterator[str]:
    for element in item.iterfind(path):
        if name := _text(element, "./name") or element.get("literal", ""):
            yield name


def _name(item: etree._Element, path: str) -> str:
    return next(_names(item, path), "")


def _code(item: etree._Element, path: str) -> str:
    return _attribute(item, path, "qcode") or _attribute(item, path, "uri").rpartition("/")[2]


def _attribute(item: etree._Element, path: str, name: str) -> str:
    element = item.find(path)
    return "" if element is None else str(element.get(name, "")).strip()


def _text(item: etree._Element, path: str) -> str:
    element = item.find(path)
    return "" if element is None else " ".join("".join(element.itertext()).split())
