"""Sitemaps, Google News sitemaps, sitemap indexes and lists of addresses (sitemaps.org), from bytes."""

import re
from collections import Counter
from collections.abc import Mapping
from xml.parsers import expat
from xml.parsers.expat import errors

from ingest.crawl.listings import Entry, Listing, article_address, is_absolute, local_name, shortened, stated
from ingest.formats.charset import decoded_text
from ingest.http.compression import unzipped
from rag.errors import FetchError

LARGEST_SITEMAP = 50_000_000
"""Bytes, decompressed; what the sitemap protocol allows."""
_ENTRIES = ("url", "sitemap")
_OWN = ("loc", "lastmod")
"""Elements of an entry that mean it only in the entry's own namespace, and once."""
_DECLARATION = re.compile(r"<\?xml\s[^?>]{0,300}\?>")
_BARE_AMPERSAND = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});)", re.DOTALL | re.IGNORECASE
)
_AT_THE_END = {
    errors.codes[name]
    for name in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_PARTIAL_CHAR,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
}


def read_sitemap(body: bytes, *, url: str) -> Listing:
    """The addresses that a sitemap lists; one that is cut short or damaged gives those before that, and says so.

    Args:
        body: Of the sitemap, may be a gzip file.
        url: Where it came from.

    Raises:
        FetchError: It is no sitemap, or declares entities.
        RefusedArticle: Its encoding is not known.
    """
    text = decoded_text(unzipped(body, limit=LARGEST_SITEMAP)).strip("\0 \t\r\n")
    if not text.startswith("<"):
        return _list_of_addresses(text, url)
    sitemap = _Sitemap()
    damage = sitemap.read(text)
    entries, more = shortened([texts for name, texts in sitemap.entries if name == "url"])
    sitemaps, still_more = shortened([texts for name, texts in sitemap.entries if name == "sitemap"])
    unknown = sitemap.unknown.most_common(1)
    total = f"holds {sitemap.unknown.total():,} elements that are no entries"
    others = [f"{total}, as <{element[:40]}>" for element, _ in unknown]
    return Listing(
        tuple(_entry(texts, url) for texts in entries),
        tuple(_entry(texts, url) for texts in sitemaps),
        (*damage, *others, *more, *still_more),
    )


class _Sitemap:
    """The entries that end before a sitemap does or is damaged, so that no address is one that was cut.

    Attributes:
        entries: Name and texts of each, by the names of the elements in which they stand.
        unknown: Elements in place of entries, and repeated ones in entries, by name; the protocol allows elements of
            other namespaces.
    """

    def __init__(self) -> None:
        self.entries: list[tuple[str, Mapping[tuple[str, ...], str]]] = []
        self.unknown: Counter[str] = Counter()
        self._prefix: str | None = None
        self._entry_prefix = ""
        self._path: list[str] = []
        self._texts: dict[tuple[str, ...], str] = {}

    def read(self, text: str) -> tuple[str, ...]:
        """Reads it; returns why not to its end, if so.

        Raises:
            FetchError: It is no sitemap, or declares entities.
        """
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = _refuse_document_type
        try:
            # The text is decoded already, whatever is declared. Many sites forget to escape ampersands in addresses.
            text = _BARE_AMPERSAND.sub(_escaped, _DECLARATION.sub("", text, count=1).lstrip())
            parser.Parse(text.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            where = f"{expat.ErrorString(error.code)}, line {error.lineno}"
            if self._prefix is None:
                raise FetchError(f"is no sitemap: {where}") from error
            how = "cut short" if error.code in _AT_THE_END else "damaged"
            return (f"is {how} ({where}); what stands before that is read",)
        return ()

    def _start(self, name: str, _attributes: Mapping[str, str]) -> None:
        local = local_name(name)
        if not self._path:
            self._prefix = name[: -len(local)]
            if local not in ("urlset", "sitemapindex"):
                raise FetchError(f"is no sitemap but <{local[:40]}>")
        elif len(self._path) == 1:
            self._texts, self._entry_prefix = {}, name[: -len(local)]
            if local not in _ENTRIES and name[: -len(local)] == self._prefix:
                self.unknown[local] += 1
        elif len(self._path) == 2 and local in _OWN:
            if name[: -len(local)] != self._entry_prefix:
                local = name  # such as <image:loc>
            elif (local,) in self._texts:
                self.unknown[local] += 1
                local = f"another {local}"
        self._path.append(local)

    def _data(self, data: str) -> None:
        place = tuple(self._path[2:])
        self._texts[place] = self._texts.get(place, "") + data

    def _end(self, _name: str) -> None:
        if len(self._path) == 2 and self._path[1] in _ENTRIES:
            self.entries.append((self._path[1], self._texts))
        self._path.pop()


def _escaped(match: "re.Match[str]") -> str:
    return "&amp;" if match[0] == "&" else match[0]


def _refuse_document_type(*_: object) -> None:
    raise FetchError("declares a document type, which no sitemap needs; it is not read")


def _list_of_addresses(text: str, url: str) -> Listing:
    lines = [line for raw_line in text.splitlines() if (line := raw_line.strip())]
    if not any(map(is_absolute, lines)):
        raise FetchError("is no sitemap: it is neither XML nor a list of addresses")
    first, unread = shortened(lines)
    return Listing(tuple(_line(line, url) for line in first), unread=unread)


def _line(line: str, base: str) -> Entry:
    address = article_address(line, base=base) if is_absolute(line) else None
    return Entry(address, title=None if address else stated(line))


def _entry(texts: Mapping[tuple[str, ...], str], base: str) -> Entry:
    return Entry(
        url=article_address(stated(texts.get(("loc",))), base=base),
        title=stated(texts.get(("news", "title"))),
        published_at=stated(texts.get(("news", "publication_date"))),
        stamp=stated(texts.get(("lastmod",))),
        publication=stated(texts.get(("news", "publication", "name"))),
    )
