"""The widget in a real browser, on pages of another origin, over a real library served by `python app.py`."""

import gzip
import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect, sync_playwright

from rag.messages import LANGUAGES, NOT_FOUND, in_language
from tests.conftest import CHROMIUM, FLAGS
from tests.openai_server import openai_server
from tests.web.conftest import AXE, ROOT, lonely_markers, serving
from web.widget.assets import WIDGET, widget_files

EMBED = WIDGET.parents[1] / "templates" / "widget" / "embed.html"
LOADER_BYTES = 5 * 1024
ALL_BYTES = 30 * 1024
HERON = "When was the Heron-2 satellite launched?"
FLOOD = "https://ouldancourier.example/brackenford/ouldan-bursts-its-banks"
HOSTILE_CSS = """
* { all: unset !important; display: none !important; font: 3px fantasy !important; color: lime !important }
html { font-size: 4px } html, body, head + * { display: block !important }
iframe, button, dialog, dateline-widget { width: 1px !important; transform: scale(.01) !important }
dateline-widget { opacity: 0 !important; position: static !important; color: red !important }
"""


@pytest.fixture(scope="module")
def hosts() -> Iterator[SimpleNamespace]:
    """Publishers' pages on loopback: `pages[path] = (html, headers)`."""
    pages: dict[str, tuple[str, dict[str, str]]] = {}

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            html, headers = pages.get(self.path, ("", {}))
            self.send_response(200)
            for name, value in {"content-type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(html.encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield SimpleNamespace(pages=pages, port=server.server_address[1])
    server.shutdown()
    server.server_close()
    thread.join()


def sites(hosts: SimpleNamespace, folder: Path) -> str:
    """A `sites.toml` with the pages' origins."""
    ours = f'origins = ["http://127.0.0.1:{hosts.port}", "http://localhost:{hosts.port}"]'
    file = folder / "sites.toml"
    file.write_text(
        f'[[site]]\nid = "all"\ntitle = "Ask the archive"\n{ours}\nstarters = ["{HERON}"]\n'
        f'[[site]]\nid = "wire"\ntitle = "Ask the wire"\n{ours}\noutlets = ["Northlight News Agency"]\n'
        f'[[site]]\nid = "slow"\ntitle = "Slow"\n{ours}\nrequests_per_minute = 1\n'
        f'[[site]]\nid = "slower"\ntitle = "Slower"\n{ours}\nrequests_per_minute = 1\n'
        '[[site]]\nid = "elsewhere"\ntitle = "Elsewhere"\norigins = ["https://news.example"]\n'
        '[[site]]\nid = "closed"\ntitle = "Closed"\n'
        f'[[site]]\nid = "misspelt"\ntitle = "Misspelt"\n{ours}\noutlets = ["Ouldan Courier"]\n',
        encoding="utf-8",
    )
    return str(file)


@pytest.fixture(scope="module")
def served(hosts: SimpleNamespace, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    with serving(data, DATELINE_SITES=sites(hosts, tmp_path_factory.mktemp("sites"))) as started:
        yield started


def tag(url: str, site: str = "all", attributes: str = "") -> str:
    return f'<script src="{url}/widget.js" data-site="{site}" {attributes} async></script>'


def host_html(body: str, css: str = "") -> str:
    return (
        '<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width">'
        f"<title>News</title><style>{css}</style></head><body><header>The News</header>"
        f"<main><h1>News</h1>{body}</main></body></html>"
    )


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, hosts: SimpleNamespace, served: SimpleNamespace) -> Iterator[Visit]:
    """Opens a publisher's page; a script error, or a request to anywhere else, fails the test."""
    wrong: list[str] = []
    contexts = []

    def opened(
        body: str = "",
        *,
        host: str = "127.0.0.1",
        css: str = "",
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> Page:
        hosts.pages["/"] = (host_html(body or tag(served.url), css), headers or {})
        contexts.append(browser.new_context(**options))
        return watched(contexts[-1].new_page(), f"http://{host}:{hosts.port}/", wrong)

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def watched(page: Page, url: str, wrong: list[str]) -> Page:
    local = re.compile(r"(https?://(127\.0\.0\.1|localhost):\d+/|data:|blob:|chrome-error:)")
    page.on("request", lambda request: None if local.match(request.url) else wrong.append(f"request {request.url}"))
    page.on("pageerror", lambda error: wrong.append(f"script error {error}"))
    page.goto(url)
    return page


def frame_of(page: Page, site: str = "") -> FrameLocator:
    return page.frame_locator(f"dateline-widget iframe[src*='site={site}']")


def opened(page: Page) -> FrameLocator:
    page.locator("dateline-widget button").click()
    expect(frame_of(page).locator("#question")).to_be_focused()
    return frame_of(page)


def ask(frame: FrameLocator, question: str) -> None:
    answers = frame.locator(".as-of").count()
    frame.locator("#question").fill(question)
    frame.locator("#question").press("Enter")
    expect(frame.locator(".as-of")).to_have_count(answers + 1)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_reader_of_another_site_gets_an_answer_whose_marker_opens_its_source(visit: Visit, host: str) -> None:
    frame = opened(visit(host=host))
    ask(frame, "Which retired judge drew up the compromise in the Skerrin ferry dispute?")
    frame.locator(".marker").first.click()
    source = frame.locator("[data-source='1']")
    expect(source.locator("mark")).to_contain_text("Osric Tanbery")
    expect(source.locator(".line")).to_contain_text("The Ouldan Courier · 1 October 2026")
    expect(source.locator("summary")).to_be_focused()
    link = source.get_by_role("link", name="Original article")
    assert "#:~:text=" in (link.get_attribute("href") or "")
    source.get_by_role("button", name="Back to the answer").click()
    expect(frame.locator(".marker").first).to_be_focused()


def test_a_page_loads_the_bubble_and_nothing_more_until_it_is_opened(visit: Visit) -> None:
    requests: list[str] = []
    page = visit("<p>Not yet</p>")
    page.on("request", lambda request: requests.append(request.url.split("?")[0].rsplit("/", 1)[1]))
    visit()  # from here on the address has the widget
    page.reload()
    page.locator("dateline-widget button").wait_for()
    page.wait_for_load_state("networkidle")
    assert set(requests) - {"favicon.ico"} == {"", "widget.js", "check.js"}
    requests.clear()
    opened(page)
    assert set(requests) == {
        "embed",
        "embed.css",
        "embed.js",
        "asking.js",
        "outside.js",
        "render.js",
        "en.json",
    }


@pytest.mark.parametrize("site", ["elsewhere", "closed", "unheard-of"])
def test_a_page_that_is_not_allowed_gets_a_link_not_a_broken_box(
    visit: Visit, served: SimpleNamespace, site: str
) -> None:
    page = visit(tag(served.url, site))
    page.locator("dateline-widget button").click()
    link = page.locator("dateline-widget").get_by_role("link")
    expect(link).to_have_attribute("href", f"{served.url}/embed?site={site}")
    expect(page.locator("dateline-widget iframe")).to_be_hidden()


@pytest.mark.parametrize(
    ("site", "why"),
    [
        ("al", "data-site 'al' is not in sites.toml; 'all' may be meant."),
        ("elsewhere", "http://127.0.0.1:{port} is not among the origins that sites.toml allows for 'elsewhere'."),
        ("closed", "http://127.0.0.1:{port} is not among the origins that sites.toml allows for 'closed'."),
    ],
)
def test_the_publisher_is_told_on_the_page_and_in_the_console_what_is_wrong_with_the_site(
    visit: Visit, hosts: SimpleNamespace, served: SimpleNamespace, site: str, why: str
) -> None:
    page = visit(tag(served.url, site))
    logged = console_of(page)
    page.reload()
    told = why.format(port=hosts.port)
    assert_marked(page, told)
    assert f"Dateline: {told}" in logged
    page.locator("dateline-widget button").click()
    expect(page.locator("dateline-widget dialog")).to_contain_text(told)


def assert_marked(page: Page, why: str) -> None:
    """The bubble tells the publisher who points at it; its readers get no panel that they did not open."""
    bubble = page.locator("dateline-widget button")
    expect(bubble).to_have_attribute("title", why)
    assert bubble.evaluate("one => getComputedStyle(one, '::after').content") == '"!"'
    expect(page.locator("dateline-widget dialog")).to_be_hidden()


def console_of(page: Page) -> list[str]:
    logged: list[str] = []
    page.on("console", lambda message: logged.append(message.text))
    return logged


def test_a_missing_data_site_is_told_without_a_click(visit: Visit, served: SimpleNamespace) -> None:
    page = visit(f'<script src="{served.url}/widget.js" async></script>')
    assert_marked(page, "data-site is missing.")
    logged = console_of(page)
    page.reload()
    assert_marked(page, "data-site is missing.")
    assert logged == ["Dateline: data-site is missing."]


def test_a_sandboxed_page_is_told_so_and_so_is_a_sandboxed_frame(
    visit: Visit, hosts: SimpleNamespace, served: SimpleNamespace
) -> None:
    hosts.pages["/inner"] = (host_html(tag(served.url)), {})
    page = visit(
        '<iframe id="around" sandbox="allow-scripts" src="/inner" width="600" height="700"></iframe>'
        f'<iframe id="bare" sandbox="allow-scripts" src="{served.url}/embed?site=all" width="500"></iframe>'
    )
    around = page.frame_locator("#around").locator("dateline-widget button")
    expect(around).to_have_attribute("title", "The page is sandboxed without allow-same-origin.")
    expect(page.frame_locator("#bare").locator("#stuck")).to_be_visible()
    expect(page.frame_locator("#bare").locator("body")).to_contain_text("its scripts are not allowed to run")


def test_an_outlet_that_the_library_does_not_have_is_told_with_the_one_that_was_meant(
    visit: Visit, served: SimpleNamespace
) -> None:
    told = (
        "sites.toml: misspelt: the library holds nothing of the outlet 'Ouldan Courier'; "
        "'The Ouldan Courier' may be meant"
    )
    page = visit(tag(served.url, "misspelt"))
    assert_marked(page, told)
    logged = console_of(page)
    page.reload()
    assert_marked(page, told)
    expect(opened(page).locator(".problem")).to_have_text(told)
    assert logged.count(f"Dateline: {told}") == 1
    expect(opened(visit(tag(served.url))).locator(".problem")).to_have_count(0)


def test_two_script_tags_of_one_site_are_one_widget(visit: Visit, served: SimpleNamespace) -> None:
    page = visit(f"{tag(served.url)}<p>Between</p>{tag(served.url)}")
    page.wait_for_function("window.Dateline?.widgets.length")
    page.wait_for_load_state("networkidle")
    assert page.locator("dateline-widget button").count() == 1
    page.evaluate("document.body.append(document.querySelector('script').cloneNode())")
    page.wait_for_timeout(500)
    assert page.locator("dateline-widget").count() == 1


def test_it_survives_a_body_that_is_replaced_and_so_does_its_conversation(visit: Visit) -> None:
    page = visit()
    ask(opened(page), HERON)
    page.evaluate(
        "() => { const body = document.createElement('body'); body.innerHTML = '<main><h1>Page 2</h1>"
        "<div data-dateline=inline></div></main>'; document.body.replaceWith(body); Dateline.open() }"
    )
    expect(page.locator("dateline-widget")).to_have_count(2)  # the bubble, and the new page's own place
    expect(page.frame_locator("body dateline-widget iframe").locator("#question")).to_be_visible()
    bubble = page.frame_locator("html > dateline-widget iframe")
    expect(bubble.locator(".turn")).to_have_count(1)
    ask(bubble, HERON)
    page.evaluate("document.body.innerHTML = '<p>Page 3</p>'")
    expect(page.locator("dateline-widget")).to_have_count(1)
    # A copy that the page kept of an earlier document holds no widget that works.
    page.evaluate("document.documentElement.innerHTML = document.documentElement.innerHTML")
    expect(page.locator("dateline-widget button")).to_have_count(1)
    expect(page.locator("dateline-widget")).to_have_count(1)
    expect(page.locator("dateline-widget dialog")).to_be_hidden()
    opened(page)


@pytest.mark.parametrize("way", ["added by a script", "with another base"])
def test_it_answers_where_a_tag_manager_adds_it_and_where_the_page_has_another_base(
    visit: Visit, served: SimpleNamespace, way: str
) -> None:
    adding = (
        "<script>setTimeout(() => { const script = document.createElement('script');"
        f" script.src = '{served.url}/widget.js'; script.dataset.site = 'all'; document.head.append(script) }}, 100)"
        "</script>"
    )
    ask(opened(visit(adding if way.startswith("added") else f'<base href="/elsewhere/">{tag(served.url)}')), HERON)


def test_it_stays_in_the_window_of_a_page_that_is_transformed(visit: Visit) -> None:
    page = visit(
        css="body { transform: translateX(40px) scale(.9); filter: blur(0); overflow: hidden } main { height: 4000px }",
        viewport={"width": 1200, "height": 800},
    )
    frame = opened(page)
    page.evaluate("scrollTo(0, 1500)")
    for part in ("button", "dialog"):
        expect(page.locator(f"dateline-widget {part}")).to_be_in_viewport(ratio=1)
    ask(frame, HERON)


@pytest.mark.parametrize("stops", ["document", "window"])
def test_it_opens_where_the_page_lets_no_click_through(visit: Visit, served: SimpleNamespace, stops: str) -> None:
    page = visit(
        f"<script>{stops}.addEventListener('click', (event) => event.stopImmediatePropagation(), true)</script>"
        f"{tag(served.url)}"
    )
    frame = opened(page)
    ask(frame, HERON)
    page.locator("dateline-widget button").click()
    expect(page.locator("dateline-widget dialog")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("dateline-widget dialog")).to_be_visible()


def test_a_call_that_finds_no_widget_says_so_and_what_was_destroyed_stays_away(visit: Visit) -> None:
    page = visit()
    page.wait_for_function("window.Dateline?.widgets.length === 1")
    logged = console_of(page)
    page.evaluate("Dateline.open('elsewhere')")
    page.evaluate("Dateline.destroy()")
    page.evaluate("document.body.append('changed')")
    page.wait_for_timeout(500)
    assert page.locator("dateline-widget").count() == 0
    page.evaluate("Dateline.open()")
    assert logged == ["Dateline: no widget elsewhere in this page", "Dateline: no widget  in this page"]


def test_enter_that_ends_a_character_of_an_input_method_sends_nothing(visit: Visit) -> None:
    frame = opened(visit())
    box = frame.locator("#question")
    box.fill("にほん")
    for composing in ({"isComposing": True}, {"keyCode": 229}):
        box.dispatch_event("keydown", {"key": "Enter", "bubbles": True, "cancelable": True, **composing})
    expect(box).to_have_value("にほん")
    assert frame.locator(".turn").count() == 0


def test_it_works_under_a_strict_policy_and_a_hostile_style_sheet(visit: Visit, served: SimpleNamespace) -> None:
    plain = visit().locator("dateline-widget button")
    plain.wait_for()
    usual = plain.bounding_box()
    policy = (
        f"default-src 'none'; script-src {served.url}; frame-src {served.url}; style-src 'sha256-x' 'unsafe-inline'"
    )
    page = visit(css=HOSTILE_CSS, headers={"content-security-policy": f"{policy}; require-trusted-types-for 'script'"})
    assert page.locator("dateline-widget button").bounding_box() == usual
    expect(page.locator("dateline-widget")).to_have_css("opacity", "1")
    ask(opened(page), HERON)
    strict = visit(
        headers={"content-security-policy": f"default-src 'none'; script-src {served.url}; frame-src {served.url}"}
    )
    assert strict.locator("dateline-widget button").bounding_box() == usual
    ask(opened(strict), HERON)


def test_it_works_where_the_browser_denies_all_storage(
    hosts: SimpleNamespace, served: SimpleNamespace, tmp_path: Path
) -> None:
    if not CHROMIUM.exists():
        pytest.skip("no /usr/bin/chromium")
    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text(json.dumps({"profile": {"default_content_setting_values": {"cookies": 2}}}))
    hosts.pages["/"] = (host_html(tag(served.url)), {})
    script = (
        "import sys, json; from tests.web.widget.test_widget import without_storage; "
        "print(json.dumps(without_storage(*sys.argv[1:])))"
    )
    # Another process: this one's browser already runs in an event loop of its own.
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), f"http://localhost:{hosts.port}/"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"storage": "SecurityError", "keeping": False, "markers": True, "wrong": []}


def without_storage(profile: str, url: str) -> dict[str, Any]:
    """What a reader sees whose browser blocks cookies and storage everywhere."""
    wrong: list[str] = []
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=str(CHROMIUM), args=FLAGS, ignore_default_args=["--disable-field-trial-config"]
        )
        page = watched(context.new_page(), url, wrong)
        frame = opened(page)
        ask(frame, HERON)
        denied = page.frames[-1].evaluate(
            "() => { try { localStorage; return '' } catch (error) { return error.name } }"
        )
        seen = {
            "storage": denied,
            "keeping": frame.locator("#keeping").is_visible(),
            "markers": frame.locator(".marker").count() > 0,
            "wrong": wrong,
        }
        context.close()
    return seen


def test_a_conversation_survives_a_reload_only_if_the_reader_agrees(visit: Visit) -> None:
    page = visit()
    frame = opened(page)
    ask(frame, HERON)
    page.reload()
    frame = opened(page)
    expect(frame.locator(".turn")).to_have_count(0)
    frame.locator("#keep").check()
    ask(frame, HERON)
    page.reload()
    frame = opened(page)
    expect(frame.locator(".turn h2")).to_have_text(HERON)
    expect(frame.locator(".marker").first).to_be_visible()
    frame.get_by_role("button", name="New conversation").click()
    page.reload()
    expect(opened(page).locator(".turn")).to_have_count(0)


def test_on_a_phone_it_fills_the_screen_and_closes_again(visit: Visit) -> None:
    page = visit(viewport={"width": 390, "height": 844}, has_touch=True)
    frame = opened(page)
    box = page.locator("dateline-widget dialog").bounding_box()
    assert box
    # It slides in, and ends a fraction of a pixel from where it should be.
    assert {side: round(at) for side, at in box.items()} == {"x": 0, "y": 0, "width": 390, "height": 844}
    ask(frame, HERON)
    assert page.frames[-1].evaluate("document.documentElement.scrollWidth") <= 390
    frame.get_by_role("button", name="Close").click()
    expect(page.locator("dateline-widget dialog")).to_be_hidden()
    expect(page.locator("dateline-widget button")).to_be_focused()


def test_at_twice_the_size_nothing_scrolls_sideways(visit: Visit) -> None:
    page = visit(viewport={"width": 640, "height": 400})
    frame = opened(page)
    ask(frame, HERON)
    assert page.frames[-1].evaluate("document.documentElement.scrollWidth <= innerWidth")
    frame.locator("#question").scroll_into_view_if_needed()
    expect(frame.locator("#question")).to_be_in_viewport()


def test_the_keyboard_alone_opens_asks_reads_a_source_and_leaves(visit: Visit) -> None:
    page = visit()
    page.locator("dateline-widget button").wait_for()
    page.keyboard.press("Tab")
    expect(page.locator("dateline-widget button")).to_be_focused()
    page.keyboard.press("Enter")
    frame = frame_of(page)
    expect(frame.locator("#question")).to_be_focused()
    page.keyboard.type(HERON)
    page.keyboard.press("Enter")
    expect(frame.locator(".as-of")).to_have_count(1)
    expect(frame.locator("#question")).to_be_focused()
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if frame.locator("[data-source='1'] summary:focus").count():
            break
    page.keyboard.press("Enter")
    expect(frame.locator("[data-source='1'] mark")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dateline-widget dialog")).to_be_hidden()
    expect(page.locator("dateline-widget button")).to_be_focused()


def test_tab_leaves_an_inline_widget(visit: Visit, served: SimpleNamespace) -> None:
    page = visit(f'<div data-dateline="inline"></div>{tag(served.url)}<a href="#after" id="after">After</a>')
    frame_of(page).locator("#question").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.locator("#after:focus").count():
            break
    expect(page.locator("#after")).to_be_focused()
    assert page.locator("dateline-widget button").count() == 0


def test_a_finished_answer_is_announced_once_and_politely(visit: Visit) -> None:
    frame = opened(visit())
    announced = frame.locator("[role=status][aria-live=polite]#announced")
    announced.evaluate(
        "one => { window.said = []; new MutationObserver(() => window.said.push(one.textContent))"
        ".observe(one, { childList: true }) }"
    )
    ask(frame, HERON)
    announcements = announced.evaluate("() => window.said")
    assert len(announcements) == 1
    assert "04:12" in announcements[0]
    expect(frame.get_by_role("log")).to_have_attribute("aria-live", "off")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)])
def test_axe_finds_no_accessibility_violation(visit: Visit, scheme: str, width: int) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed; `npm ci --prefix tests/web` installs it")
    page = visit(color_scheme=scheme, bypass_csp=True, viewport={"width": width, "height": 800})
    page.locator("dateline-widget button").wait_for()
    assert violations(page) == []
    frame = opened(page)
    ask(frame, "How many people were evacuated from Brackenford?")
    frame.locator(".marker").first.click()
    frame.get_by_role("button", name="Yes", exact=True).first.click()
    ask(frame, "How long should a sourdough loaf prove before baking?")
    page.wait_for_timeout(300)  # the panel fades in, which would count as low contrast
    assert violations(page) == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
@pytest.mark.parametrize("path", ["/embed?site=all", "/demo?site=all"])
def test_axe_finds_no_violation_on_its_own_page_and_on_the_demo(
    browser: Browser, served: SimpleNamespace, path: str, scheme: Any, width: int
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed; `npm ci --prefix tests/web` installs it")
    context = browser.new_context(bypass_csp=True, color_scheme=scheme, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{served.url}{path}")
    if path.startswith("/demo"):
        ask(opened(page), HERON)
        page.wait_for_timeout(300)  # the panel fades in, which would count as low contrast
    else:
        page.locator("#question").fill(HERON)
        page.locator("#question").press("Enter")
        expect(page.locator(".as-of")).to_have_count(1)
    found = violations(page)
    context.close()
    assert found == []


def violations(page: Page) -> list[Any]:
    for frame in page.frames:
        frame.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate("axe.run()")["violations"]
    return [(violation["id"], [node["html"][:200] for node in violation["nodes"]]) for violation in violations]


def test_two_widgets_on_one_page_answer_from_their_own_sites(visit: Visit, served: SimpleNamespace) -> None:
    page = visit(f'<div data-dateline="inline" data-site="wire"></div>{tag(served.url, "wire")}{tag(served.url)}')
    opened_frame = opened_site(page)
    inline = frame_of(page, "wire")
    ask(inline, "How many people were evacuated from Brackenford?")
    ask(opened_frame, "How many people were evacuated from Brackenford?")
    lines = inline.locator(".line bdi").all_inner_texts()
    assert set(lines) == {"Northlight News Agency"}
    assert "The Ouldan Courier" in opened_frame.locator(".line bdi").all_inner_texts()


def opened_site(page: Page) -> FrameLocator:
    page.locator("dateline-widget button").click()
    return frame_of(page, "all")


def test_the_page_can_drive_it_and_hears_what_happens(visit: Visit) -> None:
    page = visit()
    page.wait_for_function("window.Dateline?.widgets.length === 1")
    page.evaluate(
        "() => { window.heard = []; for (const name of ['ready', 'open', 'close', 'question', 'answer', 'citation'])"
        " Dateline.on(name, (detail) => heard.push([name, detail])) }"
    )
    page.evaluate("Dateline.ask('When was the Heron-2 satellite launched?')")
    frame = frame_of(page)
    expect(frame.locator(".as-of")).to_have_count(1)
    frame.locator(".marker").first.click()
    page.wait_for_function("heard.some(([name]) => name === 'citation')")
    page.evaluate("Dateline.clear()")
    expect(frame.locator(".turn")).to_have_count(0)
    page.evaluate("Dateline.close()")
    page.wait_for_function("heard.some(([name]) => name === 'close')")
    heard = page.evaluate("heard")
    assert [name for name, _ in heard] == ["open", "ready", "question", "answer", "citation", "close"]
    assert all(detail["site"] == "all" for _, detail in heard)
    answer = dict(heard)["answer"]
    assert answer["status"] == "answered"
    assert "04:12" in answer["answer"]
    page.evaluate("Dateline.destroy()")
    assert page.locator("dateline-widget").count() == 0


def test_attributes_say_how_it_looks_and_what_it_offers(visit: Visit, served: SimpleNamespace) -> None:
    attributes = (
        'data-theme="dark" data-accent="#ffd60a" data-greeting="Ask us" data-starters="One?|Two?" data-open '
        f'data-position="bottom-left" data-article-url="{FLOOD}?utm_source=x"'
    )
    page = visit(tag(served.url, attributes=attributes))
    frame = frame_of(page)
    expect(frame.locator("#greeting")).to_have_text("Ask us")
    assert frame.locator(".starter").all_inner_texts() == ["One?", "Two?"]
    expect(frame.locator("#about")).to_contain_text("Ouldan bursts its banks")
    expect(frame.locator("#send")).to_have_css("background-color", "rgb(255, 214, 10)")
    expect(frame.locator("body")).to_have_css("background-color", "rgb(27, 25, 24)")
    box = page.locator("dateline-widget button").bounding_box()
    assert box is not None
    assert box["x"] < 40
    assert page.evaluate("document.activeElement === document.body"), "opened by itself, it left the focus alone"
    ask(frame, "What is this about?")
    assert set(frame.locator(".headline").all_inner_texts()) == {
        "Ouldan bursts its banks: half of Brackenford under water"
    }


def test_an_accent_that_cannot_be_read_is_darkened(visit: Visit, served: SimpleNamespace) -> None:
    frame = opened(visit(tag(served.url, attributes='data-accent="#ffff66" data-theme="light"')))
    colour = frame.locator("#how").evaluate("one => getComputedStyle(one).color")
    assert max(int(part) for part in re.findall(r"\d+", colour)) < 140


def test_too_many_questions_are_told_when_to_ask_again(visit: Visit, served: SimpleNamespace) -> None:
    frame = opened(visit(tag(served.url, "slow")))
    ask(frame, HERON)
    frame.locator("#question").fill(HERON)
    frame.locator("#question").press("Enter")
    expect(frame.locator(".ended")).to_have_text(re.compile(r"Ask again in \d+ seconds"))
    expect(frame.get_by_role("button", name="Ask again")).to_be_visible()


def test_arabic_runs_from_right_to_left(visit: Visit, served: SimpleNamespace) -> None:
    page = visit(tag(served.url, attributes='data-language="ar"'))
    frame = opened(page)
    ask(frame, HERON)
    expect(frame.locator("html")).to_have_attribute("dir", "rtl")
    expect(frame.locator(".as-of")).to_have_css("direction", "rtl")
    expect(frame.locator(".answer p").first).to_have_css("direction", "ltr")
    send, box = frame.locator("#send").bounding_box(), frame.locator("#question").bounding_box()
    assert send is not None
    assert box is not None
    assert send["x"] < box["x"]


def test_the_reader_asks_in_the_language_of_the_browser_unless_the_page_says_another(
    visit: Visit, served: SimpleNamespace
) -> None:
    words = in_language("de")
    page = visit(locale="de-AT")
    expect(page.get_by_role("button", name=words("ask_the_news"))).to_be_visible()
    frame = opened(page)
    expect(frame.locator("html")).to_have_attribute("lang", "de")
    ask(frame, "How long should a sourdough loaf prove before baking?")
    expect(frame.locator(".declined")).to_contain_text(words("not_found"))
    ask(frame, HERON)
    expect(frame.locator(".as-of").last).to_contain_text(words("as_of", date="11. Oktober 2026"))
    page = visit(tag(served.url, attributes='data-lang="uk"'), locale="de")
    frame = opened(page)
    expect(frame.locator("#question")).to_have_attribute("placeholder", in_language("uk")("question"))


def test_numbers_in_the_widget_are_counted_as_the_language_does(visit: Visit, served: SimpleNamespace) -> None:
    page = visit(tag(served.url, "slower", attributes='data-lang="uk"'))
    frame = opened(page)
    ask(frame, HERON)
    frame.locator("#question").fill(HERON)
    frame.locator("#question").press("Enter")
    expect(frame.locator(".ended")).to_have_text(
        re.compile(r"через (\d*1 секунду|\d*[234] секунди|\d*[05-9] секунд|1[1-4] секунд)\.$")
    )


def test_nothing_of_an_arabic_widget_overflows_on_a_phone(visit: Visit, served: SimpleNamespace) -> None:
    page = visit(tag(served.url, attributes='data-lang="ar"'), viewport={"width": 390, "height": 800})
    page.locator("dateline-widget button").click()
    frame = frame_of(page)
    ask(frame, "How many people were evacuated from Brackenford because of the flood?")
    frame.locator("[data-source='1'] summary").click()
    assert page.frames[-1].evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_hostile_article_text_and_question_do_nothing(visit: Visit) -> None:
    page = visit()
    frame = opened(page)
    ask(frame, "Where did the zeppelin land? <img src=x onerror=alert(7)>")
    expect(frame.locator(".turn")).to_contain_text("Harbour Nine")
    assert frame.locator(".turn :is(img, script, form, b, a[href*='evil'], a[href^='javascript'])").count() == 0
    assert frame.locator("[data-source='1']").get_by_role("link", name="Original").count() == 0


def test_small_talk_names_no_day_and_a_marker_stays_with_its_word(visit: Visit) -> None:
    frame = opened(visit())
    ask(frame, HERON)
    assert frame.locator(".answer .marker").count()
    assert lonely_markers(frame.locator(".answer")) == 0
    frame.locator("#question").fill("Hello!")
    frame.locator("#question").press("Enter")
    expect(frame.locator(".turn").last).to_contain_text("Ask about the news")
    expect(frame.locator("#stop")).to_be_hidden()
    expect(frame.locator(".as-of")).to_have_count(1)


def test_a_disputed_answer_says_so_above_it_and_at_its_sources(visit: Visit) -> None:
    frame = opened(visit())
    ask(frame, "How many people were evacuated from Brackenford because of the flood?")
    expect(frame.locator(".doubt")).to_have_text("Disputed: sources 1, 2, 3 differ")
    expect(frame.locator(".line strong")).to_have_text(["disputed"] * 3)
    ask(frame, "How long should a sourdough loaf prove before baking?")
    expect(frame.locator(".declined")).to_contain_text(NOT_FOUND)
    expect(frame.locator(".declined")).to_have_css("border-top-style", "dashed")


def test_what_is_stale_incomplete_or_unverified_is_said_in_words(visit: Visit) -> None:
    page = visit()
    opened(page)
    answer = {
        "status": "partial",
        "stale": True,
        "conflicts": [],
        "claims": [{"support": "unverified"}, {"support": "verified"}],
        "as_of": "2026-10-12T00:00:00Z",
        "newest_source": "2026-08-01",
        "notes": ["The language model stopped in the middle."],
        "model": "scripted",
    }
    shown = page.frames[-1].evaluate(
        "async (answer) => { const { doubts, standing } = await import('/widget/assets/render.js');"
        " const words = await (await fetch('/widget/assets/messages/en.json')).json();"
        " const say = (key, values = {}) => (words[key].text ?? words[key])"
        ".replace(/\\{(\\w+)\\}/g, (_, name) => words[key][name]?.other.replace('{n}', values[name]) ?? values[name]);"
        " return [...doubts(answer, say), ...standing(answer, say, 'en')].map((one) => one.textContent) }",
        answer,
    )
    assert shown == [
        "Incomplete answer",
        "Out of date: older than the time you ask about",
        "Not verified: 1 of 2 statements are not clearly in their sources",
        "The language model stopped in the middle.",
        "As of 12 October 2026 · newest source 1 August 2026 · older news: this may have changed since "
        "· written by scripted",
    ]


def test_it_fills_a_page_of_its_own_and_speaks_ukrainian(visit: Visit, served: SimpleNamespace) -> None:
    page = visit(
        tag(served.url, attributes='data-mode="page" data-language="uk"'), viewport={"width": 900, "height": 700}
    )
    frame = frame_of(page)
    ask(frame, HERON)
    expect(frame.locator(".cited h3")).to_have_text("Джерела")
    assert page.locator("dateline-widget iframe").bounding_box() == {"x": 0, "y": 0, "width": 900, "height": 700}
    assert frame.get_by_role("button", name="Закрити").count() == 0


def test_feedback_is_sent_with_consent_only_and_erased_on_the_readers_word(visit: Visit) -> None:
    frame = opened(visit())
    ask(frame, HERON)
    frame.get_by_role("button", name="No", exact=True).click()
    frame.locator(".feedback .quiet").click()
    expect(frame.locator(".feedback [role=status]")).to_contain_text("Tick the box first")
    frame.locator(".feedback input").check()
    frame.locator(".feedback .quiet").click()
    expect(frame.locator(".feedback")).to_contain_text("It is kept until")
    frame.get_by_role("button", name="Erase what I sent").click()
    expect(frame.locator(".feedback")).to_have_text("It is erased.")


def test_only_an_allowed_page_is_heard_by_the_frame(visit: Visit, served: SimpleNamespace) -> None:
    page = visit("<p>No widget</p>")
    page.evaluate(
        "(url) => { const frame = document.createElement('iframe'); window.heard = []; frame.src = url;"
        " addEventListener('message', (event) => heard.push(event.data)); document.body.append(frame) }",
        f"{served.url}/embed?site=all#from=https://evil.example",
    )
    frame = page.frame_locator("iframe")
    frame.locator("#question").wait_for()
    page.evaluate("frames[0].postMessage({dateline: 'ask', question: 'Who?'}, '*')")
    ask(frame, HERON)
    assert frame.locator(".turn").count() == 1
    assert page.evaluate("heard") == []


def test_the_demo_shows_it_and_writes_the_line_to_copy(browser: Browser, served: SimpleNamespace) -> None:
    wrong: list[str] = []
    page = watched(browser.new_page(), f"{served.url}/demo?site=all", wrong)
    expect(page.locator("#snippet")).to_have_text(
        f'<script src="{served.url}/widget.js" data-site="all" async></script>'
    )
    expect(page.locator("select[name=site]")).to_have_css("text-overflow", "ellipsis")
    page.get_by_label("Theme").select_option("dark")
    page.get_by_label("pin this version").check()
    snippet = page.locator("#snippet")
    expect(snippet).to_contain_text('integrity="sha384-')
    expect(snippet).to_contain_text('data-theme="dark"')
    ask(opened(page), HERON)
    page.close()
    assert wrong == []


@contextmanager
def slow_model(data: Path, sites_file: str) -> Iterator[SimpleNamespace]:
    """A server whose answers take their time."""
    with openai_server() as model:
        model.reply = " ".join(f"Osric Tanbery wrote proposal number {number} [1]." for number in range(80))
        model.whole, model.pause = "Osric Tanbery wrote it [1].", 0.05
        with serving(
            data, DATELINE_SITES=sites_file, OPENAI_BASE_URL=model.url, DATELINE_CHAT_MODEL="scripted"
        ) as server:
            yield server


def test_an_answer_that_was_stopped_or_cut_does_not_look_whole(
    visit: Visit, hosts: SimpleNamespace, data: Path, tmp_path: Path
) -> None:
    with slow_model(data, sites(hosts, tmp_path)) as server:
        page = visit(tag(server.url) + tag(server.url, "wire", 'data-position="bottom-left"'))
        page.wait_for_function("window.Dateline?.widgets.length === 2")
        page.evaluate("Dateline.open('all')")
        frame = frame_of(page, "all")
        for way, notice in (("stop", "Stopped: this is not a whole answer"), ("kill", "The connection was cut")):
            frame.locator("#question").fill("Which retired judge drew up the ferry compromise?")
            frame.locator("#question").press("Enter")
            expect(frame.locator(".turn").last.locator(".marker").first).to_be_visible()
            if way == "stop":
                frame.get_by_role("button", name="Stop").click()
            else:
                server.process.send_signal(signal.SIGKILL)
            expect(frame.locator(".turn").last.locator(".ended")).to_contain_text(notice)
            expect(frame.locator(".turn").last.get_by_role("button", name="Ask again")).to_be_visible()
        assert frame.locator(".as-of").count() == 0
        frame.get_by_role("button", name="Ask again").last.click()
        expect(frame.locator(".turn").last.locator(".ended")).to_contain_text("cannot be reached")
        page.evaluate("Dateline.open('wire')")
        expect(page.locator("dateline-widget").get_by_role("link")).to_be_visible()


def test_it_stays_small() -> None:
    files = widget_files()
    assert len(files.loader.gzipped) <= LOADER_BYTES
    messages = [len(asset.gzipped) for name, asset in files.assets.items() if name.startswith("messages/")]
    others = [len(asset.gzipped) for name, asset in files.assets.items() if not name.startswith(("messages/", "demo"))]
    page = len(gzip.compress(EMBED.read_bytes(), mtime=0))
    assert len(messages) == len(LANGUAGES)
    assert len(files.loader.gzipped) + sum(others) + max(messages) + page <= ALL_BYTES


def test_text_is_never_set_as_markup() -> None:
    for file in WIDGET.glob("*.js"):
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", file.read_text("utf-8")), file
