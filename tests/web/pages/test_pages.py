"""The article and library pages: what they show, what they keep to themselves, and that they need no script."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page

from ingest.pipeline import ingest
from rag.library.library import Library
from rag.models import Citation
from rag.store import LibraryRecord
from rag.store.record import SqlArticleStore
from rag.store.repositories.visits import Visit, VisitOutcome
from tests.conftest import MakeLibrary
from tests.web.conftest import AXE, serving
from web.links import CitationLinks, stored_links
from web.pages.routes import page_routes

Ingest = Callable[..., Library]
FIRST = "The bridge at Sallow Ford was closed on Monday.\n\nEngineers found a crack 3 metres long."


@pytest.fixture
def holding(make_library: MakeLibrary, tmp_path: Path) -> Ingest:
    """A library of these records, each put in by a run of its own."""

    def put(*records: dict[str, object]) -> Library:
        library = make_library()
        for number, record in enumerate(records):
            file = tmp_path / f"{number}.json"
            file.write_text(json.dumps(record), encoding="utf-8")
            ingest([file], library)
        return library

    return put


def bridge(text: str = FIRST, **more: object) -> dict[str, object]:
    fields = {"id": "bridge", "title": "Bridge closed", "source": "The Courier", "published_at": "2026-09-07"}
    return {**fields, "url": "https://courier.example/bridge", "authors": ["Ada Wren"], "text": text, **more}


LINKS = CitationLinks()


def pages(library: Library, **options: frozenset[str]) -> TestClient:
    app = FastAPI()
    app.include_router(page_routes(library, LINKS, **options))
    return TestClient(app)


def link_to(record: LibraryRecord, article_id: str, quote: str, links: CitationLinks = LINKS) -> str:
    """The link of a citation that quotes these words of the article."""
    article = record.current(article_id)
    assert article is not None
    start = article.text.index(quote)
    holder = next(passage for passage in record.passages_of(article_id) if passage.start <= start < passage.end)
    return links.to(Citation(1, holder, quote, start, start + len(quote)))


def test_a_citation_lands_on_the_quoted_sentence_and_the_rest_stays_with_its_outlet(holding: Ingest) -> None:
    long = f"{FIRST}\n\n" + "\n\n".join(f"Paragraph {n} of the story " + "goes on " * 40 + "here." for n in range(9))
    library = holding(bridge(long))
    link = link_to(library.record, "bridge", "Engineers found a crack 3 metres long.")
    shown = pages(library).get(link).text
    assert '<mark id="quote">Engineers found a crack 3 metres long.</mark>' in shown
    assert "Paragraph 8" not in shown
    assert "By Ada Wren" in shown
    assert "Published 7 September 2026" in shown
    assert 'href="https://courier.example/bridge"' in shown
    assert "Engineers" not in pages(library).get("/article/bridge").text
    whole = pages(library, full_text=frozenset({"The Courier"}))
    assert "Paragraph 8" in whole.get("/article/bridge").text
    assert "Engineers" in whole.get("/article/bridge").text
    assert '<mark id="quote">Engineers found a crack 3 metres long.</mark>' in whole.get(link).text


def test_versions_and_corrections_are_told_and_a_lost_passage_too(holding: Ingest) -> None:
    corrected = FIRST.replace("3 metres", "2 metres") + (
        "\n\nCorrection: An earlier version of this article said that the crack was 3 metres long."
    )
    cited = link_to(holding(bridge()).record, "bridge", "Engineers found a crack 3 metres long.")
    library = holding(bridge(corrected, updated_at="2026-09-07T21:05:00Z"))
    shown = pages(library).get(cited).text
    assert "Version 2" in shown
    assert "Version 1" in shown
    assert "An earlier version of this article said" in shown
    assert "Published 7 September 2026, updated 7 September 2026, 21:05 UTC" in shown
    assert "is not in the current version" in shown
    assert "Engineers" not in shown


def test_a_withdrawn_article_says_so_and_shows_nothing(holding: Ingest) -> None:
    library = holding(bridge())
    cited = link_to(library.record, "bridge", "Engineers")
    with library.writing() as writer:
        writer.withdraw(["bridge"])
    answer = pages(library, full_text=frozenset({"The Courier"})).get(cited)
    assert answer.status_code == 410
    assert "withdrawn" in answer.text
    assert "Bridge" not in answer.text
    assert "crack" not in answer.text
    assert pages(library).get("/article/nobody").status_code == 404


def test_the_same_story_elsewhere_is_linked(holding: Ingest) -> None:
    story = f"{FIRST} " + " ".join(f"Witness number {n} spoke of what was seen that day." for n in range(40))
    library = holding(bridge(story), bridge(story, id="a/copy?", source="The Echo", url="https://echo.example/b"))
    shown = pages(library).get("/article/bridge").text
    assert 'href="/article/a%2Fcopy%3F"' in shown
    assert "The Echo</bdi>, 7 September 2026" in shown
    assert "The Courier</bdi>, 7 September 2026" in pages(library).get("/article/a%2Fcopy%3F").text


def test_the_library_page_counts_and_dates(server: SimpleNamespace) -> None:
    shown = httpx.get(f"{server.url}/library")
    assert "19 articles" in shown.text
    assert "The Ouldan Courier" in shown.text
    assert "Everything is indexed" in shown.text
    assert "19 seen, 19 added" in shown.text
    policy = shown.headers.get_list("content-security-policy")
    assert len(policy) == 1
    assert "default-src 'none'" in policy[0]
    assert shown.headers["x-content-type-options"] == "nosniff"


def test_a_correction_has_its_date_or_the_day_on_which_it_was_first_seen(holding: Ingest) -> None:
    dated = f"{FIRST}\n\nCorrection (Sept. 8, 2026): An earlier version gave another length."
    library = holding(bridge(), bridge(dated), bridge(f"{dated} It was measured again."))
    shown = pages(library).get("/article/bridge").text
    assert "Correction, 8 September 2026:" in shown
    undated = bridge(f"{FIRST}\n\nCorrection: An earlier version gave another length.", id="other")
    library = holding(bridge(id="other"), undated)
    assert "Correction, first seen on " in pages(library).get("/article/other").text
    moved = bridge(f"{FIRST}\n\nCorrection: A crack.", id="third", updated_at="2026-09-09T10:00:00Z")
    library = holding(bridge(id="third"), moved)
    assert "Correction, 9 September 2026:" in pages(library).get("/article/third").text


def test_the_library_page_tells_how_each_source_is_doing(holding: Ingest) -> None:
    library = holding(bridge())
    feed, since = "https://courier.example/feed?<b>", datetime(2026, 9, 7, 8, 30, tzinfo=UTC)
    now = datetime.now(UTC)
    crawl_state = library.record.crawl_state
    assert "Sources" not in pages(library).get("/library").text
    page = Visit("https://courier.example/a", feed, now, "The Courier")
    crawl_state.note([VisitOutcome(Visit(feed, feed, since, "The Courier", listing=b"<rss/>"), "unchanged")])
    crawl_state.note([VisitOutcome(page, "added", ("bridge",))])
    crawl_state.note(
        [VisitOutcome(replace(page, address="https://courier.example/b"), "failed", (), "answers 403 <i>")]
    )
    shown = pages(library).get("/library").text
    refused = '1 (1 <span lang="en" dir="ltr">answers 403 &lt;i&gt;</span>)'
    assert f"<td>2026-09-07 08:30 UTC</td><td>1</td><td>0</td><td>{refused}</td><td>well</td>" in shown
    assert "The Courier: https://courier.example/feed?&lt;b&gt;" in shown
    crawl_state.note([VisitOutcome(Visit(feed, feed, since, "The Courier"), "failed", (), "lists nothing any more")])
    failing = pages(library).get("/library").text
    assert "failing since 2026-09-07 08:30 UTC</strong>" in failing
    assert "lists nothing any more" in failing


def test_the_page_for_programs_tells_every_route_and_its_fields(server: SimpleNamespace) -> None:
    shown = httpx.get(f"{server.url}/docs").text
    for route, operations in httpx.get(f"{server.url}/openapi.json").json()["paths"].items():
        assert f" {route}</h2>" in shown
        for operation in operations.values():
            # FastAPI's own summary is the function's name, with which `operationId` begins.
            assert not operation["operationId"].startswith(operation["summary"].lower().replace(" ", "_"))
    assert "event: citation" in shown
    assert "<script" not in shown


def test_what_is_still_to_be_embedded_is_said(holding: Ingest) -> None:
    library = holding(bridge())
    library.record.mark_nothing_indexed()
    assert "1 article (1 passage) still to be indexed" in pages(library).get("/library").text


def test_a_citation_of_the_chat_leads_to_its_sentence_here(page: Page) -> None:
    page.locator("#question textarea").fill("Which retired judge drew up the compromise in the Skerrin ferry dispute?")
    page.locator("#question textarea").press("Enter")
    card = page.locator("#cite-1-1")
    card.locator("summary").click()
    with page.context.expect_page() as opened:
        card.get_by_role("link", name="As held here").click()
    quoted = " ".join(card.locator("mark").inner_text().split())
    assert " ".join(opened.value.locator("mark").inner_text().split()) == quoted
    assert opened.value.locator("#quote:target").count() == 1


@pytest.fixture
def article_page(browser: Browser, server: SimpleNamespace) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    wrong: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(server.url) else wrong.append(request.url))
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    yield page
    context.close()
    assert wrong == []


@pytest.fixture(scope="module")
def hostile(data: Path, server: SimpleNamespace) -> str:
    """A link to the beginning of the hostile article."""
    record = SqlArticleStore(data / "record.sqlite")
    held = record.current("hostile")
    assert held is not None
    link = link_to(record, "hostile", held.text[:90], stored_links(record))
    record.close()
    return link


def test_a_hostile_article_does_nothing_and_a_phone_shows_it_whole(
    article_page: Page, server: SimpleNamespace, hostile: str
) -> None:
    article_page.goto(f"{server.url}{hostile}")
    assert "alert(4)" in article_page.locator("mark").first.inner_text()
    assert article_page.locator("script, img, form, x-y, a[href^='javascript'], a[href*='evil']").count() == 0
    assert article_page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/library", "/how", "/docs", ""])
def test_axe_finds_no_violation_on_the_pages(
    browser: Browser, server: SimpleNamespace, path: str, scheme: str, hostile: str
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed; `npm ci --prefix tests/web` installs it")
    context = browser.new_context(bypass_csp=True, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{server.url}{path or hostile}")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate("axe.run()")["violations"]
    context.close()
    assert [(violation["id"], [node["html"][:200] for node in violation["nodes"]]) for violation in violations] == []


def test_axe_finds_no_violation_in_the_sources_and_a_phone_shows_them(browser: Browser, holding: Ingest) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed; `npm ci --prefix tests/web` installs it")
    library, feed = holding(bridge()), "https://courier.example/a/long/address/of/a/feed/that/does/not/fit.xml"
    visit = Visit(feed, feed, datetime.now(UTC), "The Courier")
    library.record.crawl_state.note([VisitOutcome(visit, "failed", (), "answers 500 internal server error")])
    context = browser.new_context(bypass_csp=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_content(pages(library).get("/library").text)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate("axe.run()")["violations"]
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert [(violation["id"], [node["html"][:200] for node in violation["nodes"]]) for violation in violations] == []
    assert width <= 390


def test_sources_toml_tells_the_server_who_may_be_shown_whole(data: Path, tmp_path: Path) -> None:
    sources = tmp_path / "sources.toml"
    sources.write_text('[[outlet]]\nname = "The Ouldan Courier"\nfull_text = true\n')
    with serving(data, DATELINE_SOURCES=str(sources)) as server:
        allowed = httpx.get(f"{server.url}/article/courier-88460").text
    with serving(data) as server:
        kept = httpx.get(f"{server.url}/article/courier-88460").text
    assert "Proceeds from the sale of the Castle Street library" in allowed
    assert "Proceeds from the sale of the Castle Street library" not in kept
