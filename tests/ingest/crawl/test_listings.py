"""Feeds and sitemaps: what they list, however they are written, and nothing that is no web address."""

import gzip
import json
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import feedparser
import pytest

from ingest.crawl.feeds import read_feed
from ingest.crawl.listings import Entry, Listing, kind_of_body
from ingest.crawl.sitemaps import read_sitemap
from ingest.extract.html import PageRecord
from ingest.extract.page_metadata import Evidence, with_evidence
from ingest.formats.charset import page_text, why_no_page
from rag.errors import FetchError
from tests.conftest import SHARED

COLLECTION = SHARED / "corpora" / "feedparser-tests.tar.gz"
HOME = "https://courier.example/feeds/all"
BOMB = """<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa">""" + "".join(
    f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in zip("abcdefgh", "bcdefghi", strict=True)
)

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Courier</title>
<item><title>Ferry strike</title><link>https://courier.example/ferry</link>
<pubDate>Tue, 24 Nov 2026 08:00:00 GMT</pubDate></item>
<item><title>Relative</title><link>/granary</link></item>
<item><title>Script</title><link>javascript:alert(1)</link></item>
<item><title>No link</title></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Courier</title><entry><title>Ferry strike</title>
<link rel="alternate" href="https://courier.example/ferry"/><published>2026-11-24T08:00:00Z</published>
<updated>2026-11-24T09:00:00Z</updated></entry></feed>"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "Courier", "items": [
{"id": "1", "url": "https://courier.example/ferry", "title": "Ferry strike",
"date_published": "2026-11-24T08:00:00Z", "date_modified": "2026-11-24T09:00:00Z"}, {"id": 2}, "nonsense"]}"""
NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><image:image><image:loc>https://courier.example/photo.jpg</image:loc></image:image>
<loc> https://courier.example/ferry </loc><lastmod>2026-11-24</lastmod><news:news><news:publication>
<news:name>Valley Courier</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2026-11-24T08:00:00Z</news:publication_date><news:title>Ferry strike</news:title>
</news:news></url><url><loc>ftp://courier.example/x</loc></url></urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap>
<loc>https://courier.example/1.xml.gz</loc><lastmod>2026-11-01</lastmod></sitemap></sitemapindex>"""


def collection() -> Iterator[tuple[str, bytes]]:
    with tarfile.open(COLLECTION) as archive:
        for member in archive:
            held = archive.extractfile(member)
            if held and member.name.endswith((".xml", ".json")):
                yield member.name, held.read()


def test_an_rss_feed_lists_its_entries_and_only_web_addresses() -> None:
    first, *rest = read_feed(RSS.encode(), url=HOME).entries
    assert first == Entry(
        "https://courier.example/ferry",
        "Ferry strike",
        "Tue, 24 Nov 2026 08:00:00 GMT",
        "Tue, 24 Nov 2026 08:00:00 GMT",
        publication="Courier",
    )
    assert [one.url for one in rest] == ["https://courier.example/granary", None, None]


@pytest.mark.parametrize("feed", [ATOM, JSON])
def test_atom_and_json_feeds_say_the_same(feed: str) -> None:
    (entry, *_) = read_feed(feed.encode(), url=HOME).entries
    assert entry == Entry(
        "https://courier.example/ferry",
        "Ferry strike",
        "2026-11-24T08:00:00Z",
        "2026-11-24T09:00:00Z",
        publication="Courier",
        updated_at="2026-11-24T09:00:00Z",
    )


@pytest.mark.parametrize(
    "feed",
    [
        RSS.replace(
            "<title>Ferry",
            '<dc:creator xmlns:dc="http://purl.org/dc/elements/1.1/">Odile Farrow</dc:creator><title>Ferry',
        ),
        RSS.replace("<title>Ferry", "<author>odile@courier.example (Odile Farrow)</author><title>Ferry"),
        ATOM.replace("<entry>", "<entry><author><name>Odile Farrow</name></author>"),
        JSON.replace(
            '"id": "1",', '"id": "1", "authors": [{"name": "Odile Farrow", "url": "https://courier.example/of"}],'
        ),
        JSON.replace('"id": "1",', '"id": "1", "author": {"name": "Odile Farrow"},'),
    ],
)
def test_a_feed_names_authors_and_outlet(feed: str) -> None:
    entry = read_feed(feed.encode(), url=HOME).entries[0]
    assert (entry.authors, entry.publication) == (("Odile Farrow",), "Courier")


@pytest.mark.parametrize(
    "title", ["World news | Courier", "Courier - Sport", "Courier » Feed", "Latest from Courier", ""]
)
def test_the_title_of_a_section_is_no_outlet(title: str) -> None:
    feed = RSS.replace("<title>Courier", f"<title>{title}")
    assert {entry.publication for entry in read_feed(feed.encode(), url=HOME).entries} == {None}


def test_what_a_program_printed_before_a_feed_does_not_hide_it() -> None:
    body = f"<br />\n<b>Warning</b>: Undefined variable in /srv/feed.php on line 3<br />\n{RSS}".encode()
    assert kind_of_body(body) == "feed"
    assert read_feed(body, url=HOME).entries[0].url == "https://courier.example/ferry"


ITEM = "<item><title>Ferry strike</title><link>https://courier.example/ferry</link>{}</item>"
LONG = "The ferry crews of Ouldan stopped work on Tuesday at eight, and no boat has left the quay since then. " * 7


@pytest.mark.parametrize(
    ("feed", "published", "updated"),
    [
        (ATOM.replace("<published>2026-11-24T08:00:00Z</published>", ""), None, "2026-11-24T09:00:00Z"),
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
            f' xmlns:dc="http://purl.org/dc/elements/1.1/">{ITEM.format("<dc:date>2026-11-24</dc:date>")}</rdf:RDF>',
            "2026-11-24",
            None,
        ),
        (f"<rss version='2.0'><channel>{ITEM.format('')}</channel></rss>", None, None),
    ],
)
def test_a_date_of_dublin_core_is_one_of_publication_and_one_of_an_update_is_not(
    feed: str, published: str | None, updated: str | None
) -> None:
    (entry,) = read_feed(feed.encode(), url=HOME).entries
    assert (entry.published_at, entry.updated_at) == (published, updated)


@pytest.mark.parametrize(
    ("held", "whole"),
    [
        ("<content:encoded><![CDATA[<p>It began.</p><p>It ended.</p>]]></content:encoded>", True),
        (f"<description>{LONG}</description>", True),
        ("<description>&lt;p&gt;It began.&lt;/p&gt;&lt;p&gt;It ended.&lt;/p&gt;</description>", True),
        ("<description>The ferry crews stopped work on Tuesday.</description>", False),
        (f"<description>{LONG} [&#8230;]</description>", False),
        ("<content:encoded><![CDATA[<p>It began.</p><p>It ended.</p><a>Read more</a>]]></content:encoded>", False),
        ("", False),
    ],
)
def test_only_a_whole_text_of_a_feed_is_kept(held: str, whole: bool) -> None:
    content = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    feed = f"<rss version='2.0' {content}><channel>{ITEM.format(held)}</channel></rss>"
    (entry,) = read_feed(feed.encode(), url=HOME).entries
    assert (entry.text is not None) is whole


def test_what_wordpress_adds_to_a_text_is_left_out() -> None:
    added = '<p>The post <a href="/ferry">Ferry strike</a> appeared first on <a href="/">Courier</a>.</p>'
    held = f"<content:encoded><![CDATA[<p>It began.</p><p>It ended.</p>\n{added}\n]]></content:encoded>"
    content = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    feed = f"<rss version='2.0' {content}><channel>{ITEM.format(held)}</channel></rss>"
    (entry,) = read_feed(feed.encode(), url=HOME).entries
    assert entry.text
    assert entry.text.strip() == "<p>It began.</p><p>It ended.</p>"


def test_a_stray_byte_does_not_change_the_encoding_of_a_feed() -> None:
    title = "Café owners – “good news” \x00 Zoë"
    feed = f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel>{ITEM.format('')}</channel></rss>"
    body = feed.replace("Ferry strike", title).encode().replace(b"\x00", b"\xa0")
    (entry,) = read_feed(body, url=HOME).entries
    assert entry.title == title.replace("\x00", "\ufffd")


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"<!-- a --><html>", "application/octet-stream", None),
        (b"\xef\xbb\xbf<!DOCTYPE html>", "application/json", None),
        ("<html>".encode("utf-16"), "", None),
        (b"<p>A fragment</p>", "text/plain", None),
        (b"A fragment", "text/html", None),
        (b"%PDF-1.4", "", "PDF"),
        (b"%PDF-1.4", "text/html", "PDF"),
        (b"A list", "application/pdf", "application/pdf"),
        (b'{"a": 1}\n', "text/html", "JSON"),
        (b"ID3\x03", "audio/mpeg", "audio/mpeg"),
        (b"\x01\x00\x02", "", "data"),
        (b"Dear reader", "text/plain", "is no HTML page"),
    ],
)
def test_what_is_no_page_is_told_by_its_bytes_then_by_what_it_is_called(
    body: bytes, content_type: str, reason: str | None
) -> None:
    why = why_no_page(body, content_type)
    assert why is None if reason is None else reason in (why or "")


def test_a_feed_is_never_taken_for_the_name_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(RSS, encoding="utf-8")
    assert read_feed(str(file).encode(), url=HOME).entries == ()


def test_a_news_sitemap_gives_its_evidence() -> None:
    listing = read_sitemap(NEWS.encode(), url=HOME)
    assert listing.entries == (
        Entry("https://courier.example/ferry", "Ferry strike", "2026-11-24T08:00:00Z", "2026-11-24", "Valley Courier"),
        Entry(None),
    )


def test_a_sitemap_index_lists_sitemaps() -> None:
    listing = read_sitemap(gzip.compress(INDEX.encode()), url=HOME)
    assert listing.entries == ()
    assert listing.sitemaps == (Entry("https://courier.example/1.xml.gz", stamp="2026-11-01"),)


def urls(listing: Listing) -> list[str | None]:
    return [one.url for one in (*listing.entries, *listing.sitemaps)]


FIRST, SECOND = "https://courier.example/1?a=1&amp;b=2", "https://courier.example/22"
SITEMAP = f"<urlset><url><loc>{FIRST}</loc></url><url><lastmod>2026</lastmod><loc>{SECOND}</loc></url></urlset>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_sitemap_that_is_cut_anywhere_gives_no_address_that_is_cut_and_says_so(encoding: str) -> None:
    for end in range(len("<urlset>"), len(SITEMAP)):
        listing = read_sitemap(SITEMAP[:end].encode(encoding), url=HOME)
        ended = SITEMAP[:end].count("</url>")
        assert urls(listing) == ["https://courier.example/1?a=1&b=2", SECOND][:ended], SITEMAP[:end]
        assert ["cut short" in one for one in listing.unread] == [True], SITEMAP[:end]
    assert read_sitemap(SITEMAP.encode(encoding), url=HOME).unread == ()


@pytest.mark.parametrize("feed", [RSS, ATOM])
def test_a_feed_that_is_cut_anywhere_gives_no_address_that_is_cut_and_says_so(feed: str) -> None:
    whole = urls(read_feed(feed.encode(), url=HOME))
    first = feed.index("<item>") if "<item>" in feed else feed.index("<entry>")
    last = feed.index("</channel>") if "</channel>" in feed else len(feed)
    for end in range(first + len("<entry>"), last):
        listing = read_feed(feed[:end].encode(), url=HOME)
        assert urls(listing) == whole[: feed[:end].count("</item>") + feed[:end].count("</entry>")], feed[:end]
        assert ["cut short" in one for one in listing.unread] == [True], feed[:end]
    assert read_feed(feed.encode(), url=HOME).unread == ()


@pytest.mark.parametrize("last", ["<!-- <item> -->", "<note><![CDATA[<item>]]></note>"])
def test_an_entry_named_in_a_comment_or_text_is_none(last: str) -> None:
    listing = read_feed(RSS.replace("</channel>", f"{last}</channel>").encode(), url=HOME)
    assert listing == read_feed(RSS.encode(), url=HOME)


def test_a_feed_that_is_cut_in_a_start_tag_gives_what_stands_before() -> None:
    begins = '<item rdf:about="https://courier.example/{0}">'
    item = begins + "<title>{0}</title><link>https://courier.example/{0}</link></item>"
    feed = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        + item.format(1)
        + item.format(2)
    )
    for end in range(len("<item "), len(begins.format(3)) + 1):
        listing = read_feed((feed + begins.format(3)[:end]).encode(), url=HOME)
        assert urls(listing) == ["https://courier.example/1", "https://courier.example/2"], end
        assert listing.unread == ("is cut short within an entry; those before it are read",)


@pytest.mark.parametrize("items", ["", ', "items": {"1": {"url": "https://courier.example/1"}}'])
def test_a_json_feed_without_a_list_of_items_is_refused(items: str) -> None:
    feed = f'{{"version": "https://jsonfeed.org/version/1.1"{items}}}'
    with pytest.raises(FetchError, match="without a list of items"):
        read_feed(feed.encode(), url=HOME)


def test_a_json_feed_that_is_cut_is_refused() -> None:
    assert kind_of_body(JSON[:-9].encode()) == "feed"
    with pytest.raises(FetchError, match="damaged or cut short"):
        read_feed(JSON[:-9].encode(), url=HOME)


@pytest.mark.parametrize(
    ("sitemap", "found"),
    [
        ("<urlset><url><loc>https://a.example/?a=1&b=2&amp;c=&copy;3</loc></url></urlset>", "?a=1&b=2&c=&copy;3"),
        ("<urlset><url><loc><![CDATA[https://a.example/?a=1&b=2]]></loc></url></urlset>", "?a=1&b=2"),
        (
            "\n <!-- made --><?xml version='1.0' encoding='x'?><urlset><url><loc>https://a.example/1</loc></url></urlset>",
            "1",
        ),
        ("<s:urlset xmlns:s='x'><s:url><s:loc>https://a.example/1</s:loc></s:url></s:urlset>\0\0", "1"),
    ],
)
def test_a_sitemap_that_is_nearly_xml_is_read_as_it_is_meant(sitemap: str, found: str) -> None:
    listing = read_sitemap(sitemap.encode(), url=HOME)
    assert urls(listing) == [f"https://a.example/{found}"]
    assert listing.unread == ()


def test_what_of_a_sitemap_is_not_read_is_said() -> None:
    damaged = read_sitemap(SITEMAP.replace("<url><lastmod>", "<url></b><lastmod>").encode(), url=HOME)
    assert urls(damaged) == ["https://courier.example/1?a=1&b=2"]
    assert damaged.unread == ("is damaged (mismatched tag, line 1); what stands before that is read",)
    unknown = read_sitemap(
        b"<urlset xmlns:x='x'><entry><loc>https://courier.example/1</loc></entry><x:note>a</x:note></urlset>", url=HOME
    )
    assert unknown.unread == ("holds 1 elements that are no entries, as <entry>",)
    mixed = read_sitemap(f"<urlset><sitemap><loc>{SECOND}</loc></sitemap></urlset>".encode(), url=HOME)
    assert (mixed.entries, mixed.sitemaps) == ((), (Entry(SECOND),))


def test_an_entry_of_a_sitemap_has_one_address_of_its_own() -> None:
    image = "<image:loc>https://courier.example/photo.jpg</image:loc><x:lastmod>2020</x:lastmod>"
    for inner in (f"{image}<loc>{SECOND}</loc>", f"<loc>{SECOND}</loc>{image}"):
        assert read_sitemap(f"<urlset><url>{inner}</url></urlset>".encode(), url=HOME) == Listing((Entry(SECOND),))
    twice = read_sitemap(f"<urlset><url><loc>{SECOND}</loc><loc>{FIRST}</loc></url></urlset>".encode(), url=HOME)
    assert urls(twice) == [SECOND]
    assert twice.unread == ("holds 1 elements that are no entries, as <loc>",)


def test_lines_of_a_list_that_are_no_address_are_named() -> None:
    listing = read_sitemap(f"# ours\n{SECOND}\nftp://courier.example/x\n\n{SECOND} {SECOND}\n".encode(), url=HOME)
    assert [one.url or one.title for one in listing.entries] == [
        "# ours",
        SECOND,
        "ftp://courier.example/x",
        f"{SECOND} {SECOND}",
    ]
    assert urls(listing).count(None) == 3


def test_entries_beyond_the_most_that_are_read_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.crawl.listings.MOST_ENTRIES", 500)
    said = "has 501 entries, of which the first 500 are read"
    pages = [f"https://courier.example/{number}" for number in range(501)]
    xml = "<{0}>" + "".join(f"<{{1}}><loc>{page}</loc></{{1}}>" for page in pages) + "</{0}>"
    for body in (xml.format("urlset", "url"), xml.format("sitemapindex", "sitemap"), "\n".join(pages)):
        listing = read_sitemap(body.encode(), url=HOME)
        assert (len(urls(listing)), listing.unread) == (500, (said,))
    feed = json.dumps({"version": "https://jsonfeed.org/version/1", "items": [{"url": one} for one in pages]})
    assert read_feed(feed.encode(), url=HOME).unread == (said,)


def test_a_sitemap_without_namespace_or_as_plain_text_is_read() -> None:
    assert len(read_sitemap(SITEMAP.encode(), url=HOME).entries) == 2
    text = "https://courier.example/1\nhttps://courier.example/2\n"
    assert len(read_sitemap(text.encode(), url=HOME).entries) == 2


@pytest.mark.parametrize(
    "body",
    [
        f"{BOMB}]><urlset><url><loc>&i;</loc></url></urlset>",
        '<!DOCTYPE urlset [<!ENTITY f SYSTEM "file:///etc/passwd">]><urlset><url><loc>&f;</loc></url></urlset>',
        '<!DOCTYPE urlset SYSTEM "http://10.0.0.1/x.dtd"><urlset/>',
        "<html><body>Not found</body></html>",
        "Not found",
        "",
        "<",
    ],
)
def test_what_is_no_plain_sitemap_is_refused(body: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        with pytest.raises(FetchError):
            read_sitemap(body.encode(encoding), url=HOME)


def test_a_feed_with_an_entity_bomb_stays_small() -> None:
    feed = (
        f"{BOMB}]><rss><channel><item><title>&i;</title><link>https://courier.example/1</link></item></channel></rss>"
    )
    for entry in read_feed(feed.replace("urlset", "rss", 1).encode(), url=HOME).entries:
        assert len(entry.title or "") < 1000


@pytest.mark.parametrize(
    "inner",
    ["<a>" * 50_000, "<item><title>x" * 10_000, "<item " + " ".join(f'a{n}="1"' for n in range(10_000)) + "/>"],
    ids=["deep", "unclosed", "attributes"],
)
def test_a_feed_of_more_markup_than_feeds_have_is_refused(inner: str) -> None:
    with pytest.raises(FetchError, match="nested over 256 deep"):
        read_feed(f"<rss><channel>{inner}</channel></rss>".encode(), url=HOME)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (RSS, "feed"),
        (ATOM, "feed"),
        (JSON, "feed"),
        (NEWS, "sitemap"),
        (INDEX, "sitemap"),
        ('<?xml version="1.0"?>\n<?xml-stylesheet href="a.xsl"?><!-- made --> ' + INDEX, "sitemap"),
        ('<rdf:RDF xmlns:rdf="x"/>', "feed"),
        (f"<!--{'made by us - ' * 5_000}-->{RSS}", "feed"),
        (f"{' ' * 30_000}{ATOM}", "feed"),
        (f"<?{'x ' * 10_000}?><!DOCTYPE rss [<!ENTITY nbsp '&#160;'>{'<!-- > -->' * 1_000}]>{RSS}", "feed"),
        ('<?xml version="1.0" encoding="unheard-of"?><rss/>', "feed"),
        (f"{JSON[0]}{' ' * 30_000}{JSON[1:]}", "feed"),
        (f"<!--{'made by us - ' * 5_000}--><!doctype html><html><p>rss", "page"),
        ("<!doctype html><html><body><p>rss</p></body></html>", "page"),
        ("{}", "page"),
        ("", "page"),
    ],
)
def test_what_an_address_holds_is_told_by_its_first_element(body: str, kind: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert kind_of_body(body.encode(encoding)) == kind


@pytest.mark.skipif(not COLLECTION.exists(), reason="the public collection of feeds is not on this machine")
@pytest.mark.parametrize(
    "part", [pytest.param(0, id="sample"), *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 20))]
)
def test_the_public_collection_of_feeds_gives_as_many_entries_as_feedparser(part: int) -> None:
    """Every twentieth file in one part; the other parts are slow."""
    for name, body in list(collection())[part::20]:
        listing = read_feed(body, url=HOME)
        # An entry that is cut is not used.
        cut = any("within an entry" in one for one in listing.unread)
        assert len(listing.entries) + cut == len(feedparser.parse(BytesIO(body)).entries), name
        assert all(one.url is None or one.url.startswith(("http://", "https://")) for one in listing.entries), name
        if b"<!ENTITY" not in body:
            kind_of_body(body)


# What is known of a page besides


def completed(stated: dict[str, object], **evidence: str) -> PageRecord:
    known = Evidence(**({"url": "https://courier.example/ferry"} | evidence))
    return with_evidence(PageRecord(stated, "stated"), known)


def test_a_listings_date_stands_in_only_where_the_page_has_none_and_is_derived() -> None:
    found = completed({"text": "a"}, published_at="2026-11-24", publication="Courier", title="Ferry")
    assert (found.fields["published_at"], found.dates) == ("2026-11-24", "derived")
    assert (found.fields["source"], found.fields["title"]) == ("Courier", "Ferry")
    found = completed(
        {"published_at": "2026-11-20", "source": "Agency", "title": "Strike", "text": "a"},
        published_at="2026-11-24",
        publication="Courier",
    )
    assert (found.fields["published_at"], found.dates) == ("2026-11-20", "stated")
    assert (found.fields["source"], found.fields["title"]) == ("Agency", "Strike")


@pytest.mark.parametrize(
    ("stated", "kept"),
    [
        ("https://www.courier.example/ferry-strike", "https://www.courier.example/ferry-strike"),
        ("https://amp.courier.example/ferry", "https://amp.courier.example/ferry"),
        ("/ferry-strike", "https://courier.example/ferry-strike"),
        ("https://other.example/theirs", "https://courier.example/ferry"),
        ("https://evilcourier.example/ferry", "https://courier.example/ferry"),
        ("https://courier.example/", "https://courier.example/ferry"),
        (None, "https://courier.example/ferry"),
    ],
)
def test_a_page_speaks_for_its_own_site_only(stated: str | None, kept: str) -> None:
    assert completed({"url": stated}).fields["url"] == kept


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("Zürich".encode(), "text/html; charset=iso-8859-1"),
        ("Zürich".encode("latin-1"), "text/html; charset=ISO-8859-1"),
        (b'<meta charset="windows-1252">' + "Zürich".encode("cp1252"), "text/html"),
        (b'<meta charset="windows-1252">' + "Zürich".encode("cp1252"), "text/html; charset=hex"),
        ("Zürich".encode("utf-16"), ""),
        ("Zürich".encode("utf-8-sig"), ""),
    ],
)
def test_a_page_is_decoded_as_the_server_or_the_page_says(body: bytes, content_type: str) -> None:
    assert page_text(body, content_type).endswith("Zürich")


def test_a_page_that_is_not_in_the_encoding_that_it_states_is_western() -> None:
    text = "Die Fähre von Zürich fährt wieder, und die Brücke wird bis Herbst für Fußgänger geöffnet."
    assert page_text(f'<meta charset="utf-8">{text}'.encode("cp1252"), "text/html; charset=utf-8").endswith(text)


@pytest.mark.parametrize("half", ["&#xD83D;&#xDE00;", "&#55357;", "&#x0dfff;"])
def test_halves_of_characters_in_a_feed_are_replaced(half: str) -> None:
    feed = f"<rss version='2.0'><channel><item><title>Ferry {half} sails</title></item></channel></rss>"
    (entry,) = read_feed(feed.encode(), url="http://feeds.example/feed").entries
    assert entry.title is not None
    assert entry.title.replace("\N{REPLACEMENT CHARACTER}", "").split() == ["Ferry", "sails"]


def test_a_link_that_no_address_can_hold_names_none() -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"title": "a", "url": "\0"}, {"url": "/b"}]}
    read = read_feed(json.dumps(feed).encode(), url="http://feeds.example/feed")
    assert [entry.url for entry in read.entries] == [None, "http://feeds.example/b"]


def test_a_permanent_guid_serves_where_the_link_is_empty() -> None:
    items = ["<guid>https://courier.example/ferry</guid>", "<guid isPermaLink='false'>ferry-7</guid>"]
    feed = (
        f"<rss version='2.0'><channel>{''.join(f'<item><link></link>{item}</item>' for item in items)}</channel></rss>"
    )
    assert [entry.url for entry in read_feed(feed.encode(), url=HOME).entries] == [
        "https://courier.example/ferry",
        None,
    ]
