"""Feeds, sitemaps and pages of a site on loopback become articles of the library."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import httpcore
import pytest

from ingest.__main__ import main
from ingest.crawl.discovery import discover, discover_outlet
from ingest.crawl.session import CrawlSession
from ingest.http.fetcher import Fetched, Fetcher, Limits, Validators
from ingest.pipeline import ingest_inputs
from ingest.report import Report
from rag.library.library import Library, open_library
from rag.models import Article
from rag.outlets import Outlet
from rag.settings import load_settings
from tests.conftest import MakeLibrary
from tests.ingest.web_server import Answer, Site, serving

PAGE = """<html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>
<p>{text} The council met again on the matter late in the evening, and the harbour master spoke at length.</p>
<p>Nobody in the room doubted that the repairs would take the better part of the coming winter.</p></article></body>
</html>"""


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    made = Fetcher(allow_private=True, delay=0, limits=Limits(tries=1))
    yield made
    made.close()


def put_page(site: Site, path: str, title: str, text: str, head: str = "") -> str:
    return site.put(path, PAGE.format(title=title, text=text, head=head), content_type="text/html; charset=utf-8")


def taken_in(address: str, fetcher: Fetcher, library: Library) -> tuple[Report, dict[str, Article]]:
    report = ingest_inputs(discover(address, CrawlSession(fetcher, library.record.crawl_state)), library)
    return report, {one.title: one for one in library.record.articles()}


def test_the_articles_behind_a_feed_are_fetched_and_its_dates_are_evidence(
    site: Site, fetcher: Fetcher, make_library: MakeLibrary
) -> None:
    stated = '<meta property="article:published_time" content="2026-09-01T08:00:00Z">'
    dated = put_page(site, "/dated", "Pier closed", "The long pier was closed after a storm.", stated)
    undated = put_page(site, "/undated", "Ferry late", "The morning ferry was late once more.")
    feed = site.put(
        "/feed",
        f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Courier</title>
        <item><title>Pier</title><link>{dated}</link><pubDate>Sat, 05 Sep 2026 10:00:00 GMT</pubDate></item>
        <item><title>Ferry</title><link>{undated}</link><pubDate>Sun, 06 Sep 2026 10:00:00 GMT</pubDate></item>
        <item><title>Gone</title><link>{site.url}/gone</link></item>
        <item><title>Script</title><link>javascript:alert(1)</link></item></channel></rss>""",
    )
    library = make_library()
    report, by_title = taken_in(feed, fetcher, library)
    assert (report.added, report.refused, report.seen) == (2, 2, 4)
    assert {remark.origin for remark in report.refusals} == {f"{site.url}/gone", "Script"}
    assert str(by_title["Pier closed"].published_at).startswith("2026-09-01")
    assert by_title["Pier closed"].date_confidence == "stated"
    assert str(by_title["Ferry late"].published_at).startswith("2026-09-06")
    assert by_title["Ferry late"].date_confidence == "derived"
    assert "better part of the coming winter" in by_title["Ferry late"].text
    again, _ = taken_in(feed, fetcher, library)
    assert (again.added, again.unchanged) == (0, 2)


def test_a_sitemap_index_stands_for_the_articles_of_its_sitemaps(
    site: Site, fetcher: Fetcher, make_library: MakeLibrary
) -> None:
    pages = [put_page(site, f"/{i}", f"Story {i}", f"Crane number {i} was taken down at the quay.") for i in range(3)]
    spec = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    listed = "".join(f"<url><loc>{page}</loc></url>" for page in [*pages, pages[0]])
    inner = site.put("/news.xml", f"<urlset {spec}>{listed}</urlset>")
    index = site.put(
        "/sitemap.xml",
        f"<sitemapindex {spec}><sitemap><loc>{inner}</loc></sitemap>"
        f"<sitemap><loc>{site.url}/missing.xml</loc></sitemap></sitemapindex>",
    )
    report, by_title = taken_in(index, fetcher, make_library())
    assert by_title.keys() == {"Story 0", "Story 1", "Story 2"}
    assert (report.added, report.refused) == (3, 1)
    assert site.paths().count("/0") == 1


def test_the_command_takes_an_address_and_refuses_private_ones_unless_told(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "cache"))
    page = put_page(site, "/page", "Quay reopened", "The old quay was reopened on Friday.")
    command = [page, "--data", str(tmp_path / "data"), "--json"]
    assert main(command) == 1
    assert json.loads(capsys.readouterr().out)["refused"] == 1
    assert site.requests == []
    assert main([*command, "--allow-private"]) == 0
    assert json.loads(capsys.readouterr().out)["added"] == 1


def test_an_outlet_of_sources_toml_is_taken_in_by_its_rules(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own_name = '<meta property="og:site_name" content="courier.example - home">'
    flood = put_page(site, "/news/flood", "Flood", "The river rose above the quay in the night.", own_name)
    column = put_page(site, "/opinion/flood", "On floods", "We should have built the wall long ago.", own_name)
    stars = put_page(site, "/news/horoscopes/today", "Stars", "A good day for you and all of yours.")
    shop = put_page(site, "/shop/mug", "Mug", "Buy our mug, which keeps tea warm for hours.")
    items = "".join(f"<item><title>t</title><link>{one}</link></item>" for one in (flood, column, stars, shop))
    feed = site.put(
        "/feed", f'<?xml version="1.0"?><rss version="2.0"><channel><title>C</title>{items}</channel></rss>'
    )
    urls = "".join(f"<url><loc>{one}</loc></url>" for one in (flood, stars))
    sitemap = site.put("/sitemap.xml", f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>')
    sources = tmp_path / "sources.toml"
    sources.write_text(
        f"""[[outlet]]
        name = "The Courier"
        feeds = ["{feed}"]
        sitemaps = ["{sitemap}"]
        include = ["/news/", "/opinion/"]
        exclude = ["/news/horoscopes/"]
        [outlet.sections]
        "/opinion/" = "Opinion"
        """
    )
    data = str(tmp_path / "data")
    assert main(["--sources", str(sources), "--data", data, "--allow-private", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["seen"], report["added"]) == (2, 2)
    assert [path for path, _ in site.requests].count("/news/flood") == 1
    library = open_library(load_settings(Path(data)))
    by_title = {one.title: one for one in library.record.articles()}
    library.close()
    assert set(by_title) == {"Flood", "On floods"}
    assert {one.source for one in by_title.values()} == {"The Courier"}
    assert by_title["On floods"].section == "Opinion"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[outlet]]\nname = 'A'\nfeed = ['https://a.example/']\n", "feed: Extra inputs are not permitted"),
        ("[[outlet]]\nname = 'A'\nfeeds = ['ftp://a.example/']\n", "is no http or https address"),
        ("[[outlet]]\nname = 'A'\ntier = 4\n", "less than or equal to 3"),
        ("[[outlet]]\nname = 'A'\n[[outlet]]\nname = 'A'\n", "A stands there twice"),
        ("[[outlet]]\nname = 'A'\nrefresh = '0m'\n", "'0m' is no interval; write for example 15m"),
        ("[[outlet]]\nname = 'A'\nrefresh = 15\n", "15 is no interval"),
        ("[[outlet]\n", "is not TOML"),
    ],
)
def test_what_is_wrong_in_sources_toml_is_said(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = tmp_path / "sources.toml"
    sources.write_text(text)
    assert main(["--sources", str(sources), "--data", str(tmp_path / "data")]) == 2
    assert said in capsys.readouterr().err


# Every kind of listing, from the bytes on the wire to the article


LISTINGS = {
    "atom": '<feed xmlns="http://www.w3.org/2005/Atom"><title>C</title><entry><title>Ferry</title>'
    '<link rel="alternate" href="{page}"/><published>2026-09-05T08:00:00Z</published></entry></feed>',
    "json": '{{"version": "https://jsonfeed.org/version/1.1", "title": "C", "items": [{{"id": "1", "url": "{page}", '
    '"title": "Ferry", "date_published": "2026-09-05T08:00:00Z"}}]}}',
    "google news": '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>{page}</loc><news:news><news:publication>'
    "<news:name>C</news:name></news:publication><news:publication_date>2026-09-05T08:00:00Z</news:publication_date>"
    "<news:title>Ferry</news:title></news:news></url></urlset>",
}


@pytest.mark.parametrize("kind", LISTINGS)
def test_the_article_behind_each_kind_of_listing_is_fetched_whole(
    kind: str, site: Site, fetcher: Fetcher, make_library: MakeLibrary
) -> None:
    page = put_page(site, "/ferry", "Ferry late", "The morning ferry was late once more.")
    report, by_title = taken_in(site.put("/listing", LISTINGS[kind].format(page=page)), fetcher, make_library())
    assert (report.added, report.seen) == (1, 1)
    assert "better part of the coming winter" in by_title["Ferry late"].text
    assert str(by_title["Ferry late"].published_at) == "2026-09-05T08:00:00Z"
    assert by_title["Ferry late"].date_confidence == "derived"


@pytest.mark.parametrize("how", ["gzip", "text"])
def test_a_sitemap_that_is_compressed_or_plain_text_is_a_source(
    how: str, site: Site, fetcher: Fetcher, make_library: MakeLibrary
) -> None:
    page = put_page(site, "/ferry", "Ferry late", "The morning ferry was late once more.")
    body = (
        f"{page}\n".encode()
        if how == "text"
        else gzip.compress(f"<urlset><url><loc>{page}</loc></url></urlset>".encode())
    )
    outlet = Outlet(name="C", sitemaps=(site.put("/sitemap", body),))
    library = make_library()
    for _ in range(2):
        report = ingest_inputs(discover_outlet(outlet, CrawlSession(fetcher, library.record.crawl_state)), library)
        assert report.complete
    assert [one.title for one in library.record.articles()] == ["Ferry late"]


def test_an_error_page_in_the_place_of_a_feed_is_no_article(
    site: Site, fetcher: Fetcher, make_library: MakeLibrary
) -> None:
    put_page(site, "/feed", "We are sorry", "The page that you asked for is taking a rest.")
    outlet = Outlet(name="C", feeds=(f"{site.url}/feed",))
    library = make_library()
    report = ingest_inputs(discover_outlet(outlet, CrawlSession(fetcher)), library)
    assert [one.reason for one in report.refusals] == ["is no feed"]
    assert library.record.article_count() == 0


# A hostile outlet


def endless(start: bytes) -> Iterator[bytes]:
    yield start
    while True:
        yield b"x" * 65_536


def test_hostile_pages_of_a_sitemap_cost_only_themselves_and_each_is_named(
    site: Site, make_library: MakeLibrary
) -> None:
    """The site plays a public host; whatever else is connected to is noted, and there is nothing."""
    released = Event()

    def silent() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\nbegun"
        released.wait(60)

    put_page(site, "/good", "Ferry late", "The morning ferry was late once more.")
    site.put("/robots.txt", "User-agent: *\nDisallow: /secret\n")
    put_page(site, "/secret", "Secret", "Nobody is to read this page by machine.")
    site.put("/loop", status=302, location="/loop")
    site.put("/inside", status=302, location="http://169.254.169.254/latest/meta-data/")
    site.put("/bomb", gzip.compress(bytes(3_000_000)), content_encoding="gzip")
    site.pages["/endless"] = Answer(raw=lambda: endless(b"HTTP/1.1 200 OK\r\n\r\n"))
    site.pages["/short"] = Answer(raw=lambda: iter([b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\nshort"]))
    site.pages["/silent"] = Answer(raw=silent)
    said = {
        "/secret": "robots.txt",
        "/loop": "redirects more than 5 times",
        "/inside": "not a public address",
        "/bomb": "larger than 2 MB once decompressed",
        "/endless": "larger than 1 MB",
        "/short": "does not speak HTTP properly",
        "/silent": "does not answer within",
        "/missing": "answers 404",
    }
    port = site.url.rpartition(":")[2]
    home = f"http://courier.example:{port}"
    urls = "".join(f"<url><loc>{home}{path}</loc></url>" for path in (*said, "/good"))
    site.put("/sitemap.xml", f"<urlset>{urls}</urlset>")
    network = PublicSite()
    limits = Limits(tries=1, idle_seconds=2, wire_bytes=1_000_000, decoded_bytes=2_000_000)
    fetcher = Fetcher(resolve=network.resolve, connector=network, limits=limits, delay=0)
    library = make_library()
    outlet = Outlet(name="The Courier", sitemaps=(f"{home}/sitemap.xml",))
    report = ingest_inputs(discover_outlet(outlet, CrawlSession(fetcher, library.record.crawl_state)), library)
    released.set()
    fetcher.close()
    reasons = {one.origin.removeprefix(home): one.reason for one in report.refusals}
    assert reasons.keys() == said.keys()
    assert [path for path, reason in said.items() if reason not in reasons[path]] == []
    assert (report.added, report.refused, report.seen) == (1, 8, 9)
    assert "/secret" not in site.paths()
    assert network.connected == {PublicSite.ADDRESS}
    (status,) = library.record.crawl_state.seed_statuses(since=datetime(2026, 1, 1, tzinfo=UTC))
    assert {one.address.removeprefix(home) for one in status.refused} == said.keys()
    assert status.failing_since is None


class PublicSite(httpcore.NetworkBackend):
    """A network in which every name is a public host, and that host is the site on loopback."""

    ADDRESS = "93.184.216.34"

    def __init__(self) -> None:
        self.connected: set[str] = set()

    def resolve(self, host: str, port: int) -> list[str]:
        return [self.ADDRESS]

    def connect_tcp(self, host: str, port: int, *rest: object, **more: object) -> httpcore.NetworkStream:
        self.connected.add(host)
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", port)


def test_the_user_agent_names_the_operators_contact(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("DATELINE_CONTACT", "https://operator.example/bot")
    page = put_page(site, "/page", "Quay reopened", "The old quay was reopened on Friday.")
    assert main([page, "--data", str(tmp_path / "data"), "--allow-private"]) == 0
    assert {headers["user-agent"] for _, headers in site.requests} == {
        "Dateline/0.1 (news question answering; +https://operator.example/bot)"
    }


# What a site does costs its own address only, and what is not read is said


def sitemap_index(site: Site, path: str, *inner: str) -> str:
    listed = "".join(f"<sitemap><loc>{site.url}{one}</loc></sitemap>" for one in inner)
    return site.put(path, f"<sitemapindex>{listed}</sitemapindex>")


def sitemap(site: Site, path: str, *pages: str) -> str:
    return site.put(path, f"<urlset>{''.join(f'<url><loc>{page}</loc></url>' for page in pages)}</urlset>")


def test_an_index_within_an_index_is_followed_within_bounds(
    site: Site, fetcher: Fetcher, make_library: MakeLibrary
) -> None:
    sitemap(site, "/news.xml", put_page(site, "/pier", "Pier closed", "The long pier was closed after a storm."))
    sitemap(site, "/deep.xml", put_page(site, "/deep", "Never read", "Nobody asked for this page."))
    sitemap_index(site, "/c.xml", "/deep.xml", "/a.xml")
    sitemap_index(site, "/b.xml", "/news.xml", "/c.xml", "/top.xml")
    sitemap_index(site, "/a.xml", "/b.xml")
    report, by_title = taken_in(sitemap_index(site, "/top.xml", "/a.xml", "/b.xml"), fetcher, make_library())
    assert by_title.keys() == {"Pier closed"}
    assert site.paths().count("/b.xml") == site.paths().count("/news.xml") == 1
    assert [remark.origin for remark in report.refusals] == [f"{site.url}/deep.xml"]
    assert "not read" in report.refusals[0].reason


def test_sitemaps_beyond_the_most_that_are_read_are_said(
    site: Site, fetcher: Fetcher, make_library: MakeLibrary
) -> None:
    page = put_page(site, "/pier", "Pier closed", "The long pier was closed after a storm.")
    names = [f"/{number}.xml" for number in range(503)]
    for name in names:
        sitemap(site, name, page)
    report, by_title = taken_in(sitemap_index(site, "/top.xml", *names), fetcher, make_library())
    assert len(by_title) == 1
    assert [remark.origin for remark in report.refusals] == [f"{site.url}/500.xml"]
    assert report.refusals[0].reason.startswith("3 sitemaps, this one first, are not read")


@pytest.mark.parametrize(
    ("listing", "reason"),
    [
        ("<urlset><url><loc>{site}/pier</loc></url><url><loc>{site}/pi", "is cut short"),
        ("<sitemapindex><sitemap><loc>{site}/news.xml</loc></sitemap><sitemap><loc>{site}/n", "is cut short"),
        ("<rss><channel><item><link>{site}/pier</link></item><item><link>{site}/pi", "is cut short within an entry"),
        ("<urlset><url><loc>{site}/pier</loc></url></url>", "is damaged"),
        ("<urlset><url><loc>{site}/pier</loc></url><item/></urlset>", "1 elements that are no entries, as <item>"),
        ("<urlset><url><loc>{site}/pier</loc></url><url><loc></loc></url></urlset>", "no http or https address for it"),
        (
            "<sitemapindex><sitemap><loc>{site}/news.xml</loc></sitemap><sitemap><loc>ftp://a.example/</loc></sitemap>"
            "<sitemap><loc/></sitemap></sitemapindex>",
            "gives no http or https address for 2 of its sitemaps",
        ),
        ("{site}/pier\nhere is more\n", "no http or https address for it"),
    ],
)
def test_what_a_listing_has_besides_what_is_read_is_refused_and_the_rest_goes_in(
    site: Site, fetcher: Fetcher, make_library: MakeLibrary, listing: str, reason: str
) -> None:
    page = put_page(site, "/pier", "Pier closed", "The long pier was closed after a storm.")
    sitemap(site, "/news.xml", page)
    address = site.put("/listing.xml", listing.format(site=site.url), etag='"1"')
    library = make_library()
    outlet = Outlet(name="C", sitemaps=(address,))
    for added, unchanged in ((1, 0), (0, 1)):  # it is not taken for read whole the next time
        report = ingest_inputs(discover_outlet(outlet, CrawlSession(fetcher, library.record.crawl_state)), library)
        assert (report.added, report.unchanged) == (added, unchanged)
        assert [reason in one.reason for one in report.refusals] == [True]
    assert not [path for path in site.paths() if path in ("/pi", "/n")]


@pytest.mark.parametrize(
    ("listings", "refused", "said"),
    [
        ({"/": "<sitemapindex><sitemap><loc>{site}/</loc></sitemap></sitemapindex>"}, 1, "names nothing but itself"),
        (
            {
                "/": "<sitemapindex><sitemap><loc>{site}/b</loc></sitemap></sitemapindex>",
                "/b": "<sitemapindex><sitemap><loc>{site}/</loc></sitemap></sitemapindex>",
            },
            1,
            "names nothing but itself",
        ),
        (
            {
                "/": "<sitemapindex><sitemap><loc>{site}/b</loc></sitemap></sitemapindex>",
                "/b": "<urlset></urlset>",
            },
            0,
            "lists nothing",
        ),
        ({"/": "<sitemapindex/>"}, 0, "lists nothing"),
        ({"/": "<sitemapindex><sitemap><loc/></sitemap></sitemapindex>"}, 1, "no http or https address for 1"),
        ({"/": "<urlset><url><loc>{site}/a</loc></url><url><loc>{site}/b</loc></url></urlset>"}, 0, "none of the 2"),
        ({"/": "<sitemaps/>"}, 1, "is no sitemap but <sitemaps>"),
        ({"/": "<urlset><url><loc>{site}/a"}, 1, "cut short"),
    ],
)
def test_nothing_of_which_nothing_comes_is_passed_over_in_silence(
    site: Site, fetcher: Fetcher, make_library: MakeLibrary, listings: dict[str, str], refused: int, said: str
) -> None:
    for path, body in listings.items():
        site.put(path, body.format(site=site.url), etag=f'"{path}"')
    outlet = Outlet(name="C", sitemaps=(f"{site.url}/",), include=("/news/",))
    library = make_library()
    for _ in range(2):
        report = ingest_inputs(discover_outlet(outlet, CrawlSession(fetcher, library.record.crawl_state)), library)
        assert (report.seen, report.refused) == (refused, refused)
        assert [said in one.reason for one in (*report.refusals, *report.warnings)] == [True]
    assert set(site.paths()) <= {*listings, "/robots.txt", "/.well-known/tdmrep.json"}


def test_a_rule_that_lets_nothing_in_is_said_when_a_source_is_first_asked_for_what_is_due(
    site: Site, fetcher: Fetcher, make_library: MakeLibrary
) -> None:
    outlet = Outlet(name="C", sitemaps=(sitemap(site, "/news.xml", f"{site.url}/a"),), include=("/news/",))
    library = make_library()
    session = CrawlSession(fetcher, library.record.crawl_state, only_due=True)
    reports = [ingest_inputs(discover_outlet(outlet, session), library) for _ in range(2)]
    assert [len(one.warnings) for one in reports] == [1, 0]


@pytest.mark.slow
def test_a_run_in_which_nothing_is_due_says_so(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "cache"))
    sources = tmp_path / "sources.toml"
    sources.write_text(f'[[outlet]]\nname = "C"\nsitemaps = ["{sitemap(site, "/news.xml")}"]\n')
    command = ["--sources", str(sources), "--due", "--data", str(tmp_path / "data"), "--allow-private"]
    assert main(command) == 0
    assert "it lists nothing" in capsys.readouterr().err
    assert main(command) == 0
    assert capsys.readouterr().out.startswith("nothing is due\n0 seen")


def test_a_feed_that_lists_nothing_is_said(site: Site, fetcher: Fetcher, make_library: MakeLibrary) -> None:
    feed = site.put("/feed", '<rss version="2.0"><channel><title>Courier</title></channel></rss>')
    report, _ = taken_in(feed, fetcher, make_library())
    assert [(remark.origin, remark.reason) for remark in report.warnings] == [(feed, "left out: it lists nothing")]


@pytest.mark.parametrize("stated", ["https://[SITE_URL]/pier", "https://\\ud800/pier", "http://[", "//[::1", "\\u0000"])
def test_an_address_that_a_page_states_and_that_is_none_is_passed_over(
    site: Site, fetcher: Fetcher, make_library: MakeLibrary, stated: str
) -> None:
    head = f"""<script type="application/ld+json">{{"@type": "NewsArticle", "url": "{stated}"}}</script>"""
    page = put_page(site, "/pier", "Pier closed", "The long pier was closed after a storm.", head)
    report, by_title = taken_in(page, fetcher, make_library())
    assert (report.added, report.refused) == (1, 0)
    assert by_title["Pier closed"].url == page


def test_one_hostile_page_or_listing_costs_itself_only(site: Site, fetcher: Fetcher, make_library: MakeLibrary) -> None:
    good = put_page(site, "/pier", "Pier closed", "The long pier was closed after a storm.")
    many = site.put("/many", f"<html><body><p {' '.join(f'a{n}=1' for n in range(5000))}>x</p></body></html>")
    unknown = site.put("/unknown", bytes(range(128, 256)) * 40, content_type="text/html")
    bomb = site.put("/bomb", gzip.compress(b"\0" * 200_000_000), content_type="text/html", content_encoding="gzip")
    members = site.put("/members", gzip.compress(b"", mtime=0) * 50_000, content_encoding="gzip")
    entries = [
        {"url": url, "title": "\ud800", "date_published": "\udfff"} for url in (many, unknown, bomb, members, good)
    ]
    feed = site.put(
        "/feed", json.dumps({"version": "https://jsonfeed.org/version/1", "items": [*entries, {"url": {}}]})
    )
    report, by_title = taken_in(feed, fetcher, make_library())
    assert by_title.keys() == {"Pier closed"}
    assert (report.added, report.refused, report.seen) == (1, 5, 6)


def test_a_fault_that_nobody_foresaw_costs_its_address_only(site: Site, make_library: MakeLibrary) -> None:
    class Broken(Fetcher):
        def fetch(self, address: str, validators: Validators | None = None) -> Fetched:
            if address.endswith("/broken"):
                raise ZeroDivisionError("a fault that nobody foresaw")
            return super().fetch(address, validators)

    good = put_page(site, "/pier", "Pier closed", "The long pier was closed after a storm.")
    address = sitemap(site, "/news.xml", f"{site.url}/broken", good)
    broken = Broken(allow_private=True, delay=0, limits=Limits(tries=1))
    report, by_title = taken_in(address, broken, make_library())
    broken.close()
    assert by_title.keys() == {"Pier closed"}
    assert "ZeroDivisionError" in report.refusals[0].reason


def test_what_a_feed_lists_is_taken_in_as_far_as_it_is_an_article(
    site: Site, fetcher: Fetcher, make_library: MakeLibrary
) -> None:
    whole = "<p>The crane at the quay was taken down.</p><p>It had stood there for ninety years.</p>"
    front = put_page(site, "/", "Courier", "All the news of the valley, every morning at six.")
    put_page(site, "/pier", "Pier closed", "The long pier was closed after a storm.")
    site.put("/blocked", "no", 403)
    site.put("/drawn", "<html><head><title>Courier</title></head><body><div id=app></div></body></html>")
    site.put("/plan", b"%PDF-1.4 1 0 obj", content_type="application/pdf")
    site.put("/moved", status=301, location=front)
    site.put("/gone", "not here", 404)
    items = "".join(
        f"<item><title>On {name}</title><link>{site.url}/{name}</link><content:encoded>"
        f"<![CDATA[{whole.replace('crane', f'{name} crane') if name in held else ''}]]></content:encoded></item>"
        for held in [("blocked", "drawn", "moved", "gone")]
        for name in ("pier", "blocked", "drawn", "plan", "moved", "gone")
    )
    content = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    feed = site.put("/feed", f'<rss version="2.0" {content}><channel><title>Courier</title>{items}</channel></rss>')
    library = make_library()
    report, by_title = taken_in(feed, fetcher, library)
    assert by_title.keys() == {"Pier closed", "On blocked", "On drawn"}
    assert by_title["On drawn"].text.startswith("The drawn crane at the quay was taken down.")
    reasons = {remark.origin.rpartition("/")[2]: remark.reason for remark in report.refusals}
    assert reasons.keys() == {"plan", "moved", "gone"}
    assert "application/pdf" in reasons["plan"]
    assert "front page" in reasons["moved"]
    again, _ = taken_in(feed, fetcher, library)
    assert (again.added, again.updated, again.unchanged) == (0, 0, 3)


def test_a_list_of_addresses_is_read_as_one_whatever_it_is_called(
    site: Site, fetcher: Fetcher, make_library: MakeLibrary
) -> None:
    pages = [put_page(site, f"/{i}", f"Story {i}", f"Crane number {i} was taken down at the quay.") for i in range(2)]
    address = site.put("/list.gz", gzip.compress("\n".join(pages).encode()), content_type="application/gzip")
    assert taken_in(address, fetcher, make_library())[1].keys() == {"Story 0", "Story 1"}


@pytest.mark.parametrize("obeyed", [False, True])
def test_opt_outs_are_reported_once_or_obeyed(
    site: Site, fetcher: Fetcher, make_library: MakeLibrary, obeyed: bool
) -> None:
    site.put("/robots.txt", "User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nAllow: /\n")
    pages = [put_page(site, f"/{i}", f"Story {i}", f"Crane number {i} was taken down at the quay.") for i in range(2)]
    library = make_library()
    inputs = [raw for page in pages for raw in discover(page, CrawlSession(fetcher, library.record.crawl_state))]
    report = ingest_inputs(inputs, library, obey_opt_outs=obeyed)
    assert (report.added, report.refused) == ((0, 2) if obeyed else (2, 0))
    said = report.refusals if obeyed else report.warnings
    assert [("GPTBot" in remark.reason) for remark in said] == [True] * (2 if obeyed else 1)
