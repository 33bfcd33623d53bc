"""The widget on other people's pages, in a real browser: cross-site and same-site, let in and refused."""

import gzip
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from tests.web.conftest import AXE, ROOT, serving

FILES = ROOT / "web" / "assets" / "widget"
LOADER_BYTES, ALL_BYTES = 5 * 1024, 30 * 1024
QUESTION = "When did Heron-2 lift off?"
SITES = """
[[site]]
id = "open"
title = "Ask the archive"
origins = ["http://localhost:{port}", "http://127.0.0.1:{port}"]
starters = ["When did Heron-2 lift off?"]
[[site]]
id = "elsewhere"
title = "Another page's"
origins = ["https://news.example"]
[[site]]
id = "limited"
title = "A few questions"
origins = ["http://localhost:{port}"]
requests_per_minute = 1
[[site]]
id = "arabic"
title = "اسأل الأرشيف"
origins = ["http://localhost:{port}"]
language = "ar"
"""
HOSTILE_STYLE = """
* { font-size: 2px !important; color: transparent !important; margin: 90px !important; float: right !important }
button, iframe, dialog, dateline-widget { display: none !important; position: static !important; width: 1px !important }
"""
Hosted = Callable[..., Page]


class _Pages(BaseHTTPRequestHandler):
    pages: dict[str, tuple[str, str]]

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        body, policy = self.pages.get(self.path, ("", ""))
        self.send_response(200 if body else 404)
        self.send_header("content-type", "text/html; charset=utf-8")
        if policy:
            self.send_header("content-security-policy", policy)
        self.end_headers()
        self.wfile.write(body.encode())


@pytest.fixture(scope="module")
def publisher() -> Iterator[SimpleNamespace]:
    """A publisher's web server on loopback; `localhost` is another site than the widget's `127.0.0.1`."""
    pages: dict[str, tuple[str, str]] = {}
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Pages", (_Pages,), {"pages": pages})) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield SimpleNamespace(port=server.server_address[1], pages=pages)
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def sites(publisher: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sites") / "sites.toml"
    file.write_text(SITES.replace("{port}", str(publisher.port)), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def widget_server(data: Path, sites: Path) -> Iterator[SimpleNamespace]:
    with serving(data, DATELINE_SITES=str(sites)) as started:
        yield started


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1100, "height": 800})
    yield made
    made.close()


@pytest.fixture
def hosted(context: BrowserContext, publisher: SimpleNamespace, widget_server: SimpleNamespace) -> Iterator[Hosted]:
    """Opens a publisher's page with the widget; fails on a request that leaves loopback, a dialog or a script error."""
    wrong: list[str] = []

    def opened(
        attributes: str = 'data-site="open"',
        *,
        body: str = "<h1>News</h1><p>An article.</p>",
        head: str = "",
        policy: str = "",
        host: str = "localhost",
        server: str = widget_server.url,
        size: tuple[int, int] | None = None,
    ) -> Page:
        script = f'<script src="{server}/widget.js" {attributes} async></script>'
        publisher.pages["/page"] = (
            f'<!doctype html><html lang="en"><head><title>News</title>{head}</head><body>{body}{script}</body></html>',
            policy.replace("HOST", server),
        )
        page = context.new_page()
        if size:
            page.set_viewport_size({"width": size[0], "height": size[1]})
        page.set_default_timeout(30_000)
        local = ("http://127.0.0.1:", "http://localhost:", "data:", "blob:")
        page.on("request", lambda one: None if one.url.startswith(local) else wrong.append(one.url))
        page.on("pageerror", lambda error: wrong.append(f"script error {error}"))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.goto(f"http://{host}:{publisher.port}/page")
        page.wait_for_function("window.Dateline")
        return page

    yield opened
    assert wrong == []


def frame_of(page: Page, nth: int = 0) -> FrameLocator:
    return page.locator("iframe").nth(nth).content_frame


def ask(frame: FrameLocator, question: str = QUESTION) -> None:
    frame.locator("#question").fill(question)
    frame.locator("#question").press("Enter")
    expect(frame.locator("#send")).to_be_visible()


def violations(page: Page, *, frames: bool) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    if frames:
        page.frames[-1].evaluate(AXE.read_text(encoding="utf-8"))
        return rules(page.frames[-1].evaluate("axe.run()"))
    return rules(page.evaluate("axe.run(document, {iframes: false})"))


def rules(result: dict[str, Any]) -> list[str]:
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in result["violations"]]


def test_the_files_stay_small() -> None:
    packed = {one.name: len(gzip.compress(one.read_bytes(), 9)) for one in FILES.iterdir() if one.is_file()}
    largest_language = max(len(gzip.compress(one.read_bytes(), 9)) for one in (FILES / "messages").iterdir())
    assert packed["widget.js"] <= LOADER_BYTES
    assert sum(size for name, size in packed.items() if not name.startswith("demo")) + largest_language <= ALL_BYTES


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_reader_opens_asks_and_reads_the_quote_with_its_source(hosted: Hosted, host: str) -> None:
    page = hosted(host=host)
    requests: list[str] = []
    page.on("request", lambda one: requests.append(one.url))
    assert page.locator("iframe").count() == 0
    page.get_by_role("button", name="Ask the news").click()
    frame = frame_of(page)
    expect(frame.locator("#question")).to_be_focused()
    ask(frame)
    expect(frame.locator(".answer")).to_contain_text("04:12")
    frame.locator("[data-marker='1']").click()
    source = frame.locator("[data-source='1']")
    expect(source).to_contain_text("Northlight News Agency")
    expect(source).to_contain_text("7 October 2026")
    expect(source.locator("a[href^='https://northlight.example/']").first).to_be_visible()
    expect(frame.locator("#announced")).to_contain_text("04:12")
    assert [url for url in requests if url.endswith("/api/ask")] != []


def test_nothing_but_the_loader_is_loaded_before_it_is_opened(hosted: Hosted, context: BrowserContext) -> None:
    loaded: list[str] = []
    context.on("request", lambda one: loaded.append(one.url))
    page = hosted()
    page.wait_for_timeout(300)
    assert [url.rpartition("/")[2] for url in loaded if "127.0.0.1" in url] == ["widget.js"]


def test_a_page_that_is_not_allowed_gets_a_link(hosted: Hosted) -> None:
    page = hosted('data-site="elsewhere"')
    page.get_by_role("button", name="Ask the news").click()
    link = page.get_by_role("link", name="Open it in a new tab")
    expect(link).to_be_visible()
    assert "/embed?site=elsewhere" in (link.get_attribute("href") or "")


def test_a_server_that_is_down_leaves_a_link(hosted: Hosted, data: Path, sites: Path) -> None:
    with serving(data, DATELINE_SITES=str(sites)) as going:
        page = hosted(server=going.url)
    page.get_by_role("button", name="Ask the news").click()
    expect(page.get_by_role("link", name="Open it in a new tab")).to_be_visible()


def test_it_works_under_a_strict_policy_of_the_page(hosted: Hosted) -> None:
    page = hosted(policy="default-src 'none'; script-src HOST; frame-src HOST")
    page.get_by_role("button", name="Ask the news").click()
    ask(frame_of(page))
    expect(frame_of(page).locator(".answer")).to_contain_text("04:12")


def test_it_works_where_storage_is_denied_and_does_not_offer_to_keep(hosted: Hosted, context: BrowserContext) -> None:
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
    )
    page = hosted()
    page.get_by_role("button", name="Ask the news").click()
    ask(frame_of(page))
    expect(frame_of(page).locator(".answer")).to_contain_text("04:12")
    expect(frame_of(page).locator("#keeping")).to_be_hidden()


@pytest.mark.parametrize("keeps", [True, False])
def test_a_conversation_survives_a_reload_only_if_the_reader_agrees(hosted: Hosted, keeps: bool) -> None:
    # Of the same site: Chromium may deny storage to frames of another one, and then nothing is offered.
    page = hosted(host="127.0.0.1")
    page.get_by_role("button", name="Ask the news").click()
    if keeps:
        frame_of(page).locator("#keep").check()
    ask(frame_of(page))
    expect(frame_of(page).locator(".answer")).to_contain_text("04:12")
    page.reload()
    page.get_by_role("button", name="Ask the news").click()
    expect(frame_of(page).locator("#question")).to_be_visible()
    expect(frame_of(page).locator(".answer")).to_have_count(1 if keeps else 0)


def test_by_keyboard_alone_and_escape_gives_the_focus_back(hosted: Hosted) -> None:
    page = hosted()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    frame = frame_of(page)
    expect(frame.locator("#question")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(frame.locator(".answer")).to_contain_text("04:12")
    frame.locator("[data-marker='1']").focus()
    page.keyboard.press("Enter")
    expect(frame.locator("[data-source='1'] summary")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("iframe")).to_be_hidden()
    expect(page.get_by_role("button", name="Ask the news")).to_be_focused()


def test_on_a_phone_it_fills_the_screen(hosted: Hosted) -> None:
    page = hosted(size=(390, 844))
    page.get_by_role("button", name="Ask the news").click()
    expect(frame_of(page).locator("#question")).to_be_visible()
    box = page.locator("iframe").bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)


def test_the_page_cannot_spoil_its_looks(hosted: Hosted) -> None:
    page = hosted(head=f"<style>{HOSTILE_STYLE}</style>")
    button = page.locator("dateline-widget button")
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box is not None
    assert box["height"] > 30
    assert box["x"] > 800
    button.click()
    frame_box = page.locator("iframe").bounding_box()
    assert frame_box is not None
    assert frame_box["width"] > 300


def test_two_widgets_on_one_page_keep_apart(hosted: Hosted) -> None:
    places = '<div data-dateline="inline" data-site="open"></div><div data-dateline="inline" data-site="open"></div>'
    page = hosted(body=places)
    ask(frame_of(page, 0))
    expect(frame_of(page, 0).locator(".answer")).to_contain_text("04:12")
    expect(frame_of(page, 1).locator(".answer")).to_have_count(0)


def test_the_page_can_open_ask_listen_and_take_it_away(hosted: Hosted) -> None:
    page = hosted()
    page.evaluate(
        "window.heard = []; for (const name of ['ready', 'open', 'question', 'answer', 'citation', 'close'])"
        "Dateline.on(name, (detail) => heard.push([name, detail])); null"
    )
    page.evaluate(f"Dateline.ask({QUESTION!r})")
    expect(frame_of(page).locator("[data-marker='1']")).to_be_visible()
    frame_of(page).locator("[data-marker='1']").click()
    page.wait_for_function("heard.some(([name]) => name === 'citation')")
    page.evaluate("Dateline.close()")
    page.wait_for_function("heard.some(([name]) => name === 'close')")
    heard = page.evaluate("heard")
    assert [name for name, _ in heard] == ["open", "ready", "question", "answer", "citation", "close"]
    assert dict(heard)["answer"]["status"] == "answered"
    page.evaluate("Dateline.destroy()")
    assert page.locator("dateline-widget").count() == 0


def test_a_message_that_is_not_the_frames_is_not_believed(hosted: Hosted) -> None:
    page = hosted()
    page.get_by_role("button", name="Ask the news").click()
    expect(frame_of(page).locator("#question")).to_be_visible()
    page.evaluate("window.heard = []; Dateline.on('answer', (detail) => heard.push(detail)); null")
    page.evaluate("window.postMessage({dateline: 'answer', answer: 'forged'}, '*')")
    page.wait_for_timeout(200)
    assert page.evaluate("heard") == []


def test_a_connection_cut_in_mid_answer_does_not_look_whole(hosted: Hosted) -> None:
    page = hosted()
    half = 'event: token\ndata: {"text": "Heron-2 was launched at"}\n\n'
    page.route("**/api/ask", lambda route: route.fulfill(body=half, content_type="text/event-stream"))
    page.get_by_role("button", name="Ask the news").click()
    ask(frame_of(page))
    expect(frame_of(page).locator(".turn")).to_contain_text("this is not a whole answer")
    page.unroute("**/api/ask")
    frame_of(page).get_by_role("button", name="Ask again").click()
    expect(frame_of(page).locator(".answer")).to_contain_text("04:12")


def test_too_many_questions_are_answered_with_when_to_ask_again(hosted: Hosted) -> None:
    page = hosted('data-site="limited"')
    page.get_by_role("button", name="Ask the news").click()
    ask(frame_of(page))
    expect(frame_of(page).locator(".answer")).to_contain_text("04:12")
    ask(frame_of(page), "How heavy is Heron-2?")
    expect(frame_of(page).locator(".turn").last).to_contain_text("Ask again in")


def test_what_the_sources_do_not_answer_looks_different(hosted: Hosted) -> None:
    page = hosted()
    page.get_by_role("button", name="Ask the news").click()
    ask(frame_of(page), "Which country won the men's football World Cup in 2018?")
    expect(frame_of(page).locator(".answer.declined")).to_contain_text("No answer in these sources")


def test_hostile_text_of_an_article_does_nothing(hosted: Hosted) -> None:
    page = hosted()
    page.get_by_role("button", name="Ask the news").click()
    ask(frame_of(page), "Where did the zeppelin land on Friday?")
    expect(frame_of(page).locator(".answer")).to_contain_text("Harbour Nine")
    assert frame_of(page).locator("main img, main script, main form").count() == 0
    assert frame_of(page).locator("main a[href^='javascript']").count() == 0


def test_arabic_runs_from_right_to_left(hosted: Hosted) -> None:
    page = hosted('data-site="arabic" data-language="ar"')
    page.locator("dateline-widget button").click()
    frame = frame_of(page)
    expect(frame.locator("html")).to_have_attribute("dir", "rtl")
    ask(frame)
    expect(frame.locator(".answer")).to_contain_text("04:12")


@pytest.mark.skipif(not AXE.exists(), reason="no axe-core; .ci/run installs it with npm")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_accessibility_violation(browser: Browser, hosted: Hosted, scheme: str) -> None:
    page = hosted(head='<meta name="viewport" content="width=device-width">', body="<main><h1>News</h1></main>")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.get_by_role("button", name="Ask the news").click()
    ask(frame_of(page), "How many people were evacuated from Brackenford because of the flood?")
    expect(frame_of(page).locator("[data-marker='1']")).to_be_visible()
    frame_of(page).locator("[data-marker='1']").click()
    assert violations(page, frames=True) == []
    assert violations(page, frames=False) == []


def test_the_demo_shows_it_and_writes_the_snippet(context: BrowserContext, widget_server: SimpleNamespace) -> None:
    page = context.new_page()
    page.goto(f"{widget_server.url}/demo?site=open")
    expect(page.locator("#snippet")).to_contain_text('data-site="open"')
    page.get_by_label("pin this version").check()
    expect(page.locator("#snippet")).to_contain_text("integrity=")
    page.locator("dateline-widget button").click()
    ask(frame_of(page))
    expect(frame_of(page).locator(".answer")).to_contain_text("04:12")
