"""Sitemaps, Google News sitemaps, sitemap indexes and lists of addresses (sitemaps.org), from bytes."""

from collections.abc import Iterator

from lxml import etree

from ingest.decompressing import unzipped
from ingest.listings import MOST_ENTRIES, Entry, Listing, article_address, stated
from rag.errors import FetchError

LARGEST_SITEMAP = 50_000_000
"""Bytes, decompressed; what the sitemap protocol allows."""


def read_sitemap(body: bytes, *, url: str) -> Listing:
    """The addresses that a sitemap lists; one that was cut short gives those before the cut.

    Args:
        body: Of the sitemap, may be a gzip file.
        url: Where it came from.

    Raises:
        FetchError: It is none, is damaged, or declares entities.
    """
    data = unzipped(body, limit=LARGEST_SITEMAP)
    if not data.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<"):
        return _list_of_addresses(data, url)
    root = _root(data)
    name = _name(root)
    if name not in ("urlset", "sitemapindex"):
        raise FetchError(f"is no sitemap but <{name}>")
    children = [one for one in root if _name(one) in ("url", "sitemap")][:MOST_ENTRIES]
    entries = tuple(_entry(one, url) for one in children)
    return Listing(entries) if name == "urlset" else Listing((), tuple(one for one in entries if one.url))


def _root(data: bytes) -> "etree._Element":
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise FetchError(f"is no sitemap: {error.msg}") from error
    if root is None:
        raise FetchError("is no sitemap: it holds no element")
    if root.getroottree().docinfo.internalDTD is not None:
        raise FetchError("declares a document type, which no sitemap needs; it is not read")
    return root


def _list_of_addresses(data: bytes, url: str) -> Listing:
    lines = data.decode("utf-8-sig", "replace").split()[:MOST_ENTRIES]
    entries = tuple(Entry(article_address(one, base=url)) for one in lines if one.startswith(("http://", "https://")))
    if not entries:
        raise FetchError("is no sitemap: it is neither XML nor a list of addresses")
    return Listing(entries)


def _entry(element: "etree._Element", base: str) -> Entry:
    return Entry(
        url=article_address(_text(element, "loc"), base=base),
        title=_text(element, "news", "title"),
        published_at=_text(element, "news", "publication_date"),
        stamp=_text(element, "lastmod"),
        source=_text(element, "news", "publication", "name"),
    )


def _text(element: "etree._Element", *path: str) -> str | None:
    """The text at a path of element names; namespaces vary too much between outlets to be told apart."""
    found: etree._Element | None = element
    for name in path:
        found = next((one for one in _children(found) if _name(one) == name), None) if found is not None else None
    return stated(found.text) if found is not None else None


def _children(element: "etree._Element") -> Iterator["etree._Element"]:
    return iter(element)


def _name(element: "etree._Element") -> str:
    return str(element.tag).rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
