"""A record takes another's place only where it is another version of it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.__main__ import main
from ingest.crawl.discovery import discover, discover_outlet
from ingest.crawl.session import CrawlSession
from ingest.dedup.resemblance import is_same_article
from ingest.extract.html import page_records
from ingest.http.fetcher import Fetcher, Limits
from ingest.maintenance import record_of
from ingest.pipeline import ingest, ingest_inputs
from rag.library.library import Library
from rag.models import Article
from rag.outlets import Outlet
from rag.settings import load_settings
from tests.conftest import MakeLibrary, article
from tests.ingest.web_server import Site, serving

BRIDGE = {
    "title": "Footbridge to close in May",
    "text": "The footbridge at Harrowmere will close for repairs in May, the county said on Thursday.",
}
LIBRARY = {
    "title": "Library gains a reading room",
    "text": "Tanning's public library opened a second reading room above the old printing works this week.",
}


def jsonl(file: Path, *records: dict[str, Any]) -> Path:
    file.write_text("".join(f"{json.dumps(one)}\n" for one in records), encoding="utf-8")
    return file


def titles(library: Library) -> list[str]:
    return sorted(one.title for one in library.record.articles())


BOTH = sorted((BRIDGE["title"], LIBRARY["title"]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"id": 1, "source": "Courier"}, {"id": 1, "source": "Register"}),
        ({"id": 1, "source": "Courier"}, {"id": "1", "source": "Courier"}),
        ({"id": 1.0}, {"id": 1}),
        ({"id": float("nan")}, {"id": float("nan")}),
        ({"id": "null"}, {"id": "null"}),
        ({"id": {}}, {"id": {}}),
        ({"guid": "https://a.example/?p=0", "url": "https://a.example/b"}, {"guid": "https://a.example/?p=0"}),
        ({"id": "x", "url": "https://a.example/"}, {"id": "x", "url": "https://a.example/"}),
        ({"url": "https://a.example/story.asp?441"}, {"url": "https://a.example/story.asp?442"}),
        ({"url": "https://a.example/read?ref=441"}, {"url": "https://a.example/read?ref=442"}),
        ({"url": "https://a.example/read?partner=1"}, {"url": "https://a.example/read?partner=2"}),
        ({"url": "https://a.example/#!/news/441"}, {"url": "https://a.example/#!/news/442"}),
        ({"url": "https://a.example/#/441"}, {"url": "https://a.example/#/442"}),
        ({"url": "https://a.example/week#story-1"}, {"url": "https://a.example/week#story-2"}),
        ({"url": "https://a.example/"}, {"url": "https://a.example/"}),
        ({"url": "https://m.a.example/9"}, {"url": "https://a.example/9"}),
    ],
)
def test_what_two_articles_share_by_chance_does_not_make_them_one(
    one: dict[str, Any], other: dict[str, Any], make_library: MakeLibrary, tmp_path: Path
) -> None:
    library = make_library()
    sources = [jsonl(tmp_path / "1.jsonl", {**BRIDGE, **one}), jsonl(tmp_path / "2.jsonl", {**LIBRARY, **other})]
    assert ingest(sources, library).added == 2
    assert titles(library) == BOTH
    # Each is found again under its own id, in whatever order they come.
    again = [jsonl(file, {**json.loads(file.read_text()), "section": "Local"}) for file in reversed(sources)]
    assert ingest(again, library).updated == 2
    assert titles(library) == BOTH


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"id": 1, "source": "Courier"}, {"id": 1, "source": "Courier"}),
        ({"url": "https://a.example/b"}, {"url": "http://www.a.example/b/?utm_source=x&xtor=RSS-3&at_medium=RSS"}),
        ({"url": "https://a.example/b"}, {"url": "https://m.a.example/b?outputType=amp"}),
        ({"url": "https://a.example/b"}, {"url": "https://a.example/b/amp/"}),
        ({"url": "https://a.example/b"}, {"url": "https://a.example/b?ref=home"}),
    ],
)
def test_a_version_is_known_by_its_headline_or_most_of_its_words(
    one: dict[str, Any], other: dict[str, Any], make_library: MakeLibrary, tmp_path: Path
) -> None:
    library = make_library()
    ingest([jsonl(tmp_path / "1.jsonl", {**BRIDGE, **one})], library)
    # A headline alone, over another text altogether, confirms nothing: "Letters to the editor" stands over many.
    new_text = {"title": BRIDGE["title"], "text": "The footbridge at Harrowmere will stay open, says the mayor."}
    new_title = {"title": "County shuts crossing", "text": f"{BRIDGE['text']} It was built in 1911."}
    for number, changed in enumerate((new_text, {**BRIDGE, "section": "Local"}, new_title), 2):
        report = ingest([jsonl(tmp_path / f"{number}.jsonl", {**changed, **other})], library)
        assert (report.updated, report.added) == (1, 0)
    (article,) = library.record.articles()
    assert (article.title, article.version) == ("County shuts crossing", 4)


@pytest.mark.parametrize(("date", "known"), [("2026-09-08", False), ("2026-09-08T11:05:00Z", True)])
def test_a_headline_and_a_bare_day_confirm_nothing(date: str, known: bool) -> None:
    log = article(BRIDGE["text"], title="Police log: Tessel", published=date)
    assert is_same_article(replace(log, text=LIBRARY["text"]), log) == known


def test_its_own_address_lets_an_article_say_something_else_altogether(
    make_library: MakeLibrary, tmp_path: Path
) -> None:
    library, address = make_library(), {"url": "https://a.example/b"}
    ingest([jsonl(tmp_path / "1.jsonl", {**BRIDGE, **address})], library)
    assert ingest([jsonl(tmp_path / "2.jsonl", {**LIBRARY, **address})], library).updated == 1
    assert titles(library) == [LIBRARY["title"]]


def test_an_address_stands_for_the_article_that_is_exactly_there(make_library: MakeLibrary, tmp_path: Path) -> None:
    library = make_library()
    one, other = "https://a.example/read?ref=441", "https://a.example/read?ref=442"
    ingest([jsonl(tmp_path / "1.jsonl", {**BRIDGE, "url": one}, {**LIBRARY, "url": other})], library)
    for address, title in ((one, BRIDGE["title"]), (f"{other}&utm_source=x", LIBRARY["title"])):
        (found,) = library.record.ids_at(address)
        article = library.record.current(found)
        assert article
        assert article.title == title


def test_one_story_under_several_spellings_of_its_address_is_no_new_version(
    make_library: MakeLibrary, tmp_path: Path
) -> None:
    library, address = make_library(), "https://a.example/b"
    spellings = [address, f"{address}?xtor=RSS-1", f"{address}/amp/", "https://m.a.example/b", f"{address}?ref=home"]
    report = ingest([jsonl(tmp_path / "1.jsonl", *({**BRIDGE, "url": one} for one in spellings))], library)
    assert (report.added, report.updated, report.duplicate) == (1, 0, 4)
    (article,) = library.record.articles()
    assert article.url == address


# Pages

PAGE = """<html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1><p>{text}</p>
<p>{text} Nobody in the room doubted that this would take the better part of the coming winter.</p></article></body>
</html>"""
CANONICAL = '<link rel="canonical" href="{}">'


def linked(data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def saved(file: Path, story: dict[str, str], head: str) -> Path:
    file.write_text(PAGE.format(**story, head=head), encoding="utf-8")
    return file


def test_saved_pages_that_name_the_front_page_are_articles_of_their_own(
    make_library: MakeLibrary, tmp_path: Path
) -> None:
    head = CANONICAL.format("https://a.example/")
    library = make_library()
    ingest([saved(tmp_path / "1.html", BRIDGE, head), saved(tmp_path / "2.html", LIBRARY, head)], library)
    assert titles(library) == BOTH
    assert [one.url for one in library.record.articles()] == [None, None]


def test_a_saved_page_that_names_another_article_does_not_replace_it(make_library: MakeLibrary, tmp_path: Path) -> None:
    library, head = make_library(), CANONICAL.format("https://a.example/bridge")
    ingest([jsonl(tmp_path / "1.jsonl", {**BRIDGE, "url": "https://a.example/bridge"})], library)
    page = saved(tmp_path / "1.html", LIBRARY, head)
    assert ingest([page], library).added == 1
    assert titles(library) == BOTH
    changed = {**LIBRARY, "title": "A room to read in", "text": "It was opened by the mayor, who stayed until ten."}
    assert ingest([saved(page, changed, head)], library).updated == 1
    assert titles(library) == sorted((BRIDGE["title"], "A room to read in"))


def test_a_related_storys_description_is_not_taken_for_the_pages_own(make_library: MakeLibrary, tmp_path: Path) -> None:
    related = {"@type": "NewsArticle", "headline": BRIDGE["title"], "url": "https://a.example/bridge"}
    own = {"@type": "NewsArticle", "headline": LIBRARY["title"], "datePublished": "2026-09-08"}
    heads = [
        linked(related) + CANONICAL.format("https://a.example/other"),
        linked(related) + linked({**own, "url": "https://a.example/library"}) + CANONICAL.format("/library"),
        linked(related) + linked({**own, "mainEntityOfPage": {"@id": "https://a.example/"}}),
        linked([related, own]),
    ]
    library = make_library()
    ingest([jsonl(tmp_path / "1.jsonl", {**BRIDGE, "url": "https://a.example/bridge"})], library)
    for number, head in enumerate(heads):
        ingest([saved(tmp_path / f"{number}.html", LIBRARY, head)], library)
    assert set(titles(library)) == set(BOTH)
    assert titles(library).count(BRIDGE["title"]) == 1
    dates = {str(one.published_at) for one in library.record.articles() if one.title == LIBRARY["title"]}
    assert dates == {"None", "2026-09-08"}


def test_a_listings_description_gives_its_address_to_no_page_of_the_same_headline() -> None:
    teasers = [
        {"@type": "NewsArticle", "headline": name, "url": f"https://a.example/{name}"} for name in ("Rain", "Fog")
    ]
    alone, listed = (
        PAGE.format(title="Rain", text=LIBRARY["text"], head=linked(some)) for some in (teasers[:1], teasers)
    )
    (record,) = page_records(alone)
    assert record.fields["url"] == "https://a.example/Rain"
    (record,) = page_records(listed)
    assert record.fields["url"] is None
    for page in (alone, listed):
        (record,) = page_records(page, fetched="https://a.example/weather/rain")
        assert record.fields["url"] is None


def test_a_page_that_comes_first_keeps_no_other_article_from_its_id(make_library: MakeLibrary, tmp_path: Path) -> None:
    """Neither a saved one that says where it is from does, nor one that was fetched in another folder."""
    address = "https://a.example/good/bridge"
    ids = {}
    for order in (1, -1):
        library, file = make_library(f"data{order}"), tmp_path / f"{order}.html"
        own = jsonl(tmp_path / "own.jsonl", {**BRIDGE, "url": address})
        for source in (saved(file, LIBRARY, CANONICAL.format(address)), own)[::order]:
            assert ingest([source], library).added == 1
        ids[order] = {one.title: one.id for one in library.record.articles()}
    assert ids[1] == ids[-1]


def test_the_address_of_a_page_in_another_folder_stays_its_own_when_it_comes_first(
    sites: tuple[Site, Site], session: tuple[Library, CrawlSession]
) -> None:
    (site, _), (library, how) = sites, session
    own = put(site, "/good/a", BRIDGE)
    other = put(site, "/evil/p", LIBRARY, CANONICAL.format(own))
    ingest_inputs(discover(other, how), library)
    ingest_inputs(discover(own, how), library)
    assert {one.title: one.url for one in library.record.articles()} == {BRIDGE["title"]: own, LIBRARY["title"]: other}


# Entries of live blogs


def blog(*entries: dict[str, str], url: str = "https://a.example/live") -> str:
    return linked({"@type": "LiveBlogPosting", "headline": "Storm: live", "url": url, "liveBlogUpdate": list(entries)})


FERRY = {"headline": "Ferry runs again", "articleBody": "The evening ferry runs from the temporary jetty again."}
WIND = {"headline": "Wind drops", "articleBody": "Gusts at the pier have fallen to sixty, said the weather station."}
BOATS = {"headline": "Two boats sunk", "articleBody": "Two fishing boats sank in the north basin; nobody was aboard."}


def entries_of(library: Library) -> dict[str, tuple[str, int]]:
    return {one.text: (one.id, one.version) for one in library.record.articles()}


@pytest.mark.parametrize(
    "common",
    [
        {"datePublished": "2026-09-08T19:40:00Z"},
        {"@id": "#update"},
        {},
        {"headline": "Update"},
        {"headline": ""},
    ],
)
def test_entries_keep_their_ids_when_newer_ones_come_above_them(
    common: dict[str, str], make_library: MakeLibrary, tmp_path: Path
) -> None:
    library, file = make_library(), tmp_path / "live.html"
    story = {"title": "Storm: live", "text": "It blows."}
    wind, boats, ferry = ({**one, **common} for one in (WIND, BOATS, FERRY))
    assert ingest([saved(file, story, blog(wind, boats))], library).added == 2
    before = entries_of(library)
    report = ingest([saved(file, story, blog(ferry, wind, boats))], library)
    assert (report.added, report.updated, report.unchanged) == (1, 0, 2)
    after = entries_of(library)
    assert before.items() <= after.items()
    assert len(after) == 3


def test_an_entry_that_was_corrected_is_a_new_version(make_library: MakeLibrary, tmp_path: Path) -> None:
    library, file = make_library(), tmp_path / "live.html"
    story = {"title": "Storm: live", "text": "It blows."}
    ingest([saved(file, story, blog({**BOATS, "@id": "e1"}, {**WIND, "@id": "e2"}))], library)
    corrected = {**BOATS, "@id": "e1", "articleBody": BOATS["articleBody"].replace("Two", "Three")}
    assert ingest([saved(file, story, blog(corrected, {**WIND, "@id": "e2"}))], library).updated == 1
    assert sorted(version for _, version in entries_of(library).values()) == [1, 2]


# From the network


@pytest.fixture
def sites() -> Iterator[tuple[Site, Site]]:
    with serving() as good, serving() as hostile:
        yield good, hostile


@pytest.fixture
def session(make_library: MakeLibrary) -> Iterator[tuple[Library, CrawlSession]]:
    library = make_library()
    fetcher = Fetcher(allow_private=True, delay=0, limits=Limits(tries=1))
    yield library, CrawlSession(fetcher, library.record.crawl_state)
    fetcher.close()


def put(site: Site, path: str, story: dict[str, str], head: str = "") -> str:
    return site.put(path, PAGE.format(**story, head=head), content_type="text/html; charset=utf-8")


def current(library: Library, title: str) -> Article:
    (article,) = (one for one in library.record.articles() if one.title == title)
    return article


def test_a_page_cannot_take_over_what_another_site_published(
    sites: tuple[Site, Site], session: tuple[Library, CrawlSession]
) -> None:
    (good, hostile), (library, how) = sites, session
    live, article = f"{good.url}/live", f"{good.url}/bridge"
    put(good, "/live", {"title": "Storm: live", "text": "It blows."}, blog({**BOATS, "@id": "e1"}, url=live))
    put(good, "/bridge", BRIDGE)
    ingest_inputs(discover(live, how), library)
    ingest_inputs(discover(article, how), library)
    before = {one.id: (one.text, one.url, one.version) for one in library.record.articles()}
    lie = {**BRIDGE, "text": BRIDGE["text"].replace("May", "June, so send money to Mallory")}
    entry = {**BOATS, "@id": "e1", "articleBody": f"{BOATS['articleBody']} Send money to Mallory.", "url": live}
    evil = [
        put(hostile, "/1", {"title": "Storm: live", "text": "It blows."}, blog(entry, url=live)),
        put(hostile, "/2", lie, CANONICAL.format(article)),
        put(hostile, "/3", lie, linked({"@type": "NewsArticle", "mainEntityOfPage": article, "@id": article})),
        put(hostile, "/4", lie, f'<meta property="og:url" content="{article}">'),
    ]
    for address in evil:
        assert ingest_inputs(discover(address, how), library).added == 1
    after = {one.id: (one.text, one.url, one.version) for one in library.record.articles()}
    assert before.items() <= after.items()
    assert all(one.url and one.url.startswith(hostile.url) for one in library.record.articles() if one.id not in before)


def test_a_listing_of_another_site_does_not_say_whose_an_article_is(
    sites: tuple[Site, Site], session: tuple[Library, CrawlSession]
) -> None:
    (good, hostile), (library, how) = sites, session
    article = put(good, "/bridge", BRIDGE, '<meta property="og:site_name" content="Good Herald">')
    unnamed = put(good, "/library", LIBRARY)
    for address in (article, unnamed):
        ingest_inputs(discover(address, how), library)
    hostile.put("/r", status=302, location=unnamed)
    item = "<item><title>r</title><link>{}</link></item>"
    feed = hostile.put(
        "/feed",
        f'<rss version="2.0"><channel>{item.format(article)}{item.format(f"{hostile.url}/r")}</channel></rss>',
    )
    ingest_inputs(discover_outlet(Outlet(name="Mallory Post", feeds=(feed,)), how), library)
    assert current(library, BRIDGE["title"]).source == "Good Herald"
    assert current(library, LIBRARY["title"]).source is None


_UNFILLED = (
    "https://[SITE_URL]/p",
    "http://[::1",
    "https://a:b:c/",
    "//[",
    "http:///",
    "{{url}}",
    "undefined",
    "%%U%%",
)


def test_a_page_with_an_address_that_does_not_parse_is_taken_in_under_its_own(
    sites: tuple[Site, Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, _ = sites
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "cache"))
    addresses = [
        put(site, f"/{number}", {**BRIDGE, "title": f"Story number {number}"}, CANONICAL.format(stated))
        for number, stated in enumerate(_UNFILLED)
    ]
    assert main([*addresses, "--allow-private", "--data", str(tmp_path / "data")]) == 0
    with record_of(load_settings(tmp_path / "data")) as record:
        assert sorted(str(one.url) for one in record.articles()) == sorted(addresses)


def test_what_another_site_answers_withdraws_nothing(
    sites: tuple[Site, Site], session: tuple[Library, CrawlSession]
) -> None:
    (good, hostile), (library, how) = sites, session
    article = put(good, "/bridge", BRIDGE)
    ingest_inputs(discover(article, replace(how, crawl_state=None)), library)
    hostile.put("/x", status=302, location=article)
    put(good, "/bridge", {**BRIDGE, "text": f"{BRIDGE['text']} It was built in 1911."})
    ingest_inputs(discover(f"{hostile.url}/x", how), library)
    hostile.put("/x", status=410)
    ingest_inputs(discover(f"{hostile.url}/x", how), library)
    assert titles(library) == [BRIDGE["title"]]


def test_an_address_that_may_name_another_article_stands_for_none(make_library: MakeLibrary, tmp_path: Path) -> None:
    library = make_library()
    ingest([jsonl(tmp_path / "1.jsonl", {**BRIDGE, "url": "https://a.example/read?ref=1"})], library)
    assert library.record.ids_at("https://a.example/read?ref=99") == []
    assert len(library.record.ids_at("https://a.example/read")) == 1


def test_a_bad_entry_costs_the_others_of_its_live_blog_nothing(make_library: MakeLibrary, tmp_path: Path) -> None:
    library = make_library()
    entries = ({**WIND, "@id": "a"}, {**BOATS, "@id": "b\ud800"}, {**FERRY, "@id": "c"})
    report = ingest(
        [saved(tmp_path / "live.html", {"title": "Storm: live", "text": "It blows."}, blog(*entries))], library
    )
    assert (report.added, report.refused) == (2, 1)


LETTERS = "Letters to the editor"


@pytest.mark.parametrize(
    "common",
    [
        {"headline": "GOAL!", "datePublished": "2026-09-08T19:40:00Z"},
        {"headline": "GOAL!", "@id": "https://a.example/live"},
        {"headline": "GOAL!"},
        {"headline": "GOAL!", "@id": "https://a.example/live", "datePublished": "2026-09-08T19:40:00Z"},
    ],
)
def test_entries_of_one_headline_minute_or_id_do_not_replace_each_other(
    common: dict[str, str], make_library: MakeLibrary, tmp_path: Path
) -> None:
    library, file, story = make_library(), tmp_path / "live.html", {"title": "Cup final: live", "text": "It begins."}
    texts = (
        "GOAL! Smith scores for Town after a corner from the left, 1-0.",
        "GOAL! Smith scores for Town after a corner from the right, 2-0.",
        "GOAL! Smith scores for Town, 3-0.",
    )
    for number in (1, 2, 3):
        ingest(
            [saved(file, story, blog(*({"articleBody": one} | common for one in reversed(texts[:number]))))], library
        )
    assert sorted(entries_of(library)) == sorted(texts)
    assert {version for _, version in entries_of(library).values()} == {1}


@pytest.mark.parametrize("common", [{"id": 1, "source": "Courier"}, {"url": "https://a.example/live"}, {"id": 1}])
def test_a_record_of_a_file_replaces_no_other_article_of_it(
    common: dict[str, Any], make_library: MakeLibrary, tmp_path: Path
) -> None:
    library = make_library()
    one, other = {**BRIDGE, "title": LETTERS, **common}, {**LIBRARY, "title": LETTERS, **common}
    corrected = {**other, "text": other["text"].replace("second", "third")}
    report = ingest([jsonl(tmp_path / "1.jsonl", one, other, corrected)], library)
    assert (report.added, report.duplicate + report.updated) == (2, 1)
    assert sorted(one.text for one in library.record.articles()) == sorted((BRIDGE["text"], corrected["text"]))
    report = ingest(
        [jsonl(tmp_path / "2.jsonl", {**corrected, "section": "Local"}, {**one, "section": "Local"})], library
    )
    assert (report.added, report.updated) == (0, 2)
    assert sorted(one.text for one in library.record.articles()) == sorted((BRIDGE["text"], corrected["text"]))


@pytest.mark.parametrize("common", [{"id": 1, "source": "Courier"}, {"id": 1}])
def test_a_recurring_headline_confirms_no_id(common: dict[str, Any], make_library: MakeLibrary, tmp_path: Path) -> None:
    library = make_library()
    ingest([jsonl(tmp_path / "1.jsonl", {**BRIDGE, "title": LETTERS, **common})], library)
    assert ingest([jsonl(tmp_path / "2.jsonl", {**LIBRARY, "title": LETTERS, **common})], library).added == 1
    assert titles(library) == [LETTERS, LETTERS]


@pytest.mark.parametrize(
    ("own", "hostile"),
    [
        ("/@good/a", "/@evil/p"),
        ("/~good/a.html", "/~evil/p.html"),
        ("/users/good/a", "/users/evil/p"),
        ("/@good/a", "/p"),
        ("/good/a", "/evil/p"),
    ],
)
def test_no_page_takes_over_another_users_article_by_its_headline(
    own: str, hostile: str, sites: tuple[Site, Site], session: tuple[Library, CrawlSession]
) -> None:
    (site, _), (library, how) = sites, session
    article = put(site, own, BRIDGE)
    ingest_inputs(discover(article, how), library)
    lie = {**BRIDGE, "text": "Send money to Mallory, or the bridge will never be open again to anybody in the town."}
    page = put(site, hostile, lie, CANONICAL.format(article))
    ingest_inputs(discover(page, how), library)
    (held,) = (one for one in library.record.articles() if one.url == article)
    assert (held.version, "Mallory" in held.text) == (1, False)


@pytest.mark.parametrize(
    ("own", "hostile"),
    [("/@good/a", "/@evil/p"), ("/~good/a", "/~evil/a"), ("/@good/a", "/a"), ("/good/a", "/evil/p")],
)
def test_not_even_most_of_its_text_takes_over_another_users_article(
    own: str, hostile: str, sites: tuple[Site, Site], session: tuple[Library, CrawlSession]
) -> None:
    (site, _), (library, how) = sites, session
    article = put(site, own, BRIDGE)
    ingest_inputs(discover(article, how), library)
    lie = {**BRIDGE, "text": f"{BRIDGE['text']} Send money to Mallory."}
    ingest_inputs(discover(put(site, hostile, lie, CANONICAL.format(article)), how), library)
    (held,) = (one for one in library.record.articles() if one.url == article)
    assert (held.version, "Mallory" in held.text) == (1, False)


FEED = (
    '<rss version="2.0"><channel><item><title>Read this</title><link>{}</link>'
    "<pubDate>Tue, 01 Sep 2026 10:00:00 GMT</pubDate></item></channel></rss>"
)


@pytest.mark.parametrize("outlet", [False, True])
def test_another_sites_listing_dates_no_article_for_ever(
    outlet: bool, sites: tuple[Site, Site], session: tuple[Library, CrawlSession]
) -> None:
    (good, hostile), (library, how) = sites, session
    article = put(good, "/bridge", BRIDGE)
    feed = hostile.put("/feed", FEED.format(article))
    foreign = Outlet(name="Aggregator", feeds=(feed,))
    ingest_inputs(discover_outlet(foreign, how) if outlet else discover(feed, how), library)
    assert current(library, BRIDGE["title"]).published_at is None
    put(good, "/bridge", {**BRIDGE, "text": f"{BRIDGE['text']} It was built in 1911."})
    own = good.put("/feed", FEED.format(article).replace("01 Sep", "03 Aug").replace("Tue", "Mon"))
    ingest_inputs(discover(own, how), library)
    assert str(current(library, BRIDGE["title"]).published_at).startswith("2026-08-03")
    put(good, "/bridge", {**BRIDGE, "text": f"{BRIDGE['text']} It was built in 1912."})
    ingest_inputs(discover(feed, how), library)
    assert str(current(library, BRIDGE["title"]).published_at).startswith("2026-08-03")


def test_a_listing_elsewhere_dates_the_articles_of_an_outlet_that_the_operator_named(
    sites: tuple[Site, Site], session: tuple[Library, CrawlSession]
) -> None:
    (good, proxy), (library, how) = sites, session
    article, front = put(good, "/bridge", BRIDGE), put(good, "/about", LIBRARY)
    proxy.put("/r", status=302, location=article)
    feed = proxy.put("/feed", FEED.format(f"{proxy.url}/r"))
    ingest_inputs(discover_outlet(Outlet(name="Herald", feeds=(feed,), pages=(front,)), how), library)
    assert str(current(library, BRIDGE["title"]).published_at).startswith("2026-09-01")
