"""What readers bring along: lost connections, reloads, tabs, zoom, paper, browsers that deny or change things."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from rag.messages import in_language
from tests.openai_server import openai_server
from tests.web.conftest import Line, lonely_markers, serving

JUDGE = "Which retired judge drew up the ferry compromise?"
DISPUTED = "How many people were evacuated from Brackenford?"
Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def slow(data: Path) -> Iterator[SimpleNamespace]:
    """A server with a language model that takes its time; `model` says what it writes."""
    with openai_server() as model, serving(data, OPENAI_BASE_URL=model.url, DATELINE_CHAT_MODEL="scripted") as server:
        yield SimpleNamespace(url=server.url, port=server.port, model=model)


@pytest.fixture
def proposals(slow: SimpleNamespace) -> SimpleNamespace:
    """That server, writing an answer that takes half a minute."""
    slow.model.reply = " ".join(f"Osric Tanbery wrote proposal number {number} [1]." for number in range(80))
    slow.model.whole, slow.model.pause = "Osric Tanbery wrote it [1].", 0.05
    return slow


@pytest.fixture
def opened(browser: Browser, server: SimpleNamespace) -> Iterator[Opened]:
    """Opens the chat as a browser of some kind does; a script error fails the test."""
    wrong: list[str] = []
    contexts = []

    def visit(url: str = server.url, script: str = "", **options: Any) -> Page:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.add_init_script(script)
        page.goto(f"{url}/")
        page.locator("#question textarea").wait_for()
        return page

    yield visit
    for context in contexts:
        context.close()
    assert wrong == []


def send(page: Page, question: str) -> None:
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")


def ask(page: Page, question: str) -> None:
    answers = page.locator(".as-of").count()
    send(page, question)
    expect(page.locator(".as-of")).to_have_count(answers + 1)


def width_of(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width


@pytest.mark.parametrize("language", ["en", pytest.param("uk", marks=pytest.mark.slow)])
def test_a_cut_connection_is_told_and_the_next_question_is_answered(
    opened: Opened, proposals: SimpleNamespace, language: str
) -> None:
    words = in_language(language)
    with Line(proposals.port) as line:
        page = opened(line.url, locale=language)
        send(page, JUDGE)
        expect(page.locator("#answer-1 a.marker").first).to_be_visible()
        line.cut()
        expect(page.locator("#answer-1 .note")).to_have_text(words("error_cut"))
        expect(page.get_by_role("button", name=words("stop"), exact=True)).to_be_hidden()
        expect(page.locator("#question textarea")).to_have_value(JUDGE)
        send(page, "How heavy is Heron-2?")
        corner = page.get_by_test_id("toast-body")
        expect(corner).to_contain_text(words("error_unreachable"))
        expect(corner).not_to_contain_text("Error")
        expect(corner.get_by_role("button", name=words("close"), exact=True)).to_be_visible()
        expect(page.locator("#question textarea")).to_have_value("How heavy is Heron-2?")
        line.mend()
        proposals.model.pause, proposals.model.reply = 0.0, "Heron-2 weighs 640 kilograms [1]."
        page.locator("#question textarea").press("Enter")
        expect(page.locator("#answer-2 .as-of")).to_be_visible()
        expect(page.locator("#answer-1 .note")).to_have_text(words("error_cut"))


@pytest.mark.slow
def test_a_page_that_was_open_while_the_server_restarted_goes_on(opened: Opened, data: Path) -> None:
    with openai_server() as model:
        model.reply, model.pause = " ".join(["Osric Tanbery wrote it [1]."] * 200), 0.05
        settings = {"OPENAI_BASE_URL": model.url, "DATELINE_CHAT_MODEL": "scripted"}
        with serving(data, **settings) as server:
            page = opened(server.url)
            send(page, JUDGE)
            expect(page.locator("#answer-1 a.marker").first).to_be_visible()
            server.process.send_signal(signal.SIGKILL)
            expect(page.locator("#answer-1 .note")).to_have_text(in_language()("error_cut"))
        model.pause, model.reply = 0.0, "Osric Tanbery wrote it [1]."
        with serving(data, port=server.port, **settings):
            page.locator("#question textarea").press("Enter")  # the question is back in its field
            expect(page.locator(".as-of")).to_have_count(1)
            expect(page.locator("#chat .note").first).to_contain_text("no longer holds the conversation")


@pytest.mark.parametrize(
    ("status", "headers", "told"),
    [
        (429, {"retry-after": "3"}, "Ask again in 3 seconds."),
        (503, {}, "Many readers are asking just now."),
        (422, {}, "This page is out of date."),
        (502, {}, "The server cannot be reached."),
    ],
)
@pytest.mark.parametrize("route", ["join", "data"])
def test_what_is_refused_is_told_in_words_and_can_be_asked_again(
    opened: Opened, route: str, status: int, headers: dict[str, str], told: str
) -> None:
    page = opened()
    addresses = f"**/gradio_api/queue/{route}*"

    def refused(request: Route) -> None:
        request.fulfill(status=status, headers=headers, json={"detail": "not for readers"})

    page.route(addresses, refused)
    send(page, "How heavy is Heron-2?")
    expect(page.get_by_test_id("toast-body")).to_contain_text(told)
    page.unroute(addresses)
    ask(page, "How heavy is Heron-2?")
    expect(page.locator("#chat")).to_contain_text("640 kilograms")


def test_a_reload_while_an_answer_is_made_shows_what_was_kept_and_goes_on(
    opened: Opened, proposals: SimpleNamespace
) -> None:
    page = opened(proposals.url)
    proposals.model.pause, proposals.model.reply = 0.0, "Osric Tanbery, a retired judge, wrote it [1]."
    ask(page, JUDGE)
    page.get_by_role("button", name="Keep or share").click()
    page.get_by_role("button", name="Keep this conversation").click()
    expect(page.locator("#kept .kept")).to_be_visible()
    proposals.model.pause = 5.0
    send(page, "Who praised the compromise?")
    expect(page.locator(".making")).to_be_visible()
    page.reload()
    expect(page.locator("#answer-1 .as-of")).to_be_visible()
    expect(page.locator(".making")).to_have_count(0)
    proposals.model.pause = 0.0
    send(page, "Who praised the compromise?")
    expect(page.locator("#answer-2 .as-of")).to_be_visible()


@pytest.mark.slow
def test_two_tabs_are_two_conversations(opened: Opened) -> None:
    one = opened()
    other = one.context.new_page()
    other.goto(one.url)
    ask(one, "How heavy is Heron-2?")
    ask(other, DISPUTED)
    ask(one, "When was it launched?")
    expect(one.locator("#answer-2")).to_contain_text("Heron-2")
    expect(other.locator(".user-row")).to_have_count(1)


def test_it_works_where_the_browser_denies_storage_and_nothing_of_a_question_is_left_in_it(opened: Opened) -> None:
    stores = "['localStorage', 'sessionStorage']"
    denied = "{ get() { throw new DOMException('', 'SecurityError') } }"
    denied = f"for (const name of {stores}) Object.defineProperty(window, name, {denied})"
    ask(opened(script=denied), "How heavy is Heron-2?")
    page = opened()
    ask(page, "How heavy is Heron-2?")
    assert "Heron" not in page.evaluate(f"JSON.stringify({stores}.map(name => ({{ ...window[name] }})))")
    assert page.context.cookies() == []


def test_words_without_end_do_not_scroll_sideways(opened: Opened, slow: SimpleNamespace) -> None:
    page = opened(slow.url, viewport={"width": 320, "height": 700})
    slow.model.pause, slow.model.reply = 0.0, f"Osric Tanbery{'y' * 400} wrote it [1]."
    ask(page, f"{JUDGE} {'why' * 200}")
    expect(page.locator("#answer-1")).to_contain_text("yyyy")
    assert width_of(page) == 320


@pytest.mark.slow
def test_at_twice_the_size_the_answer_is_seen_above_the_field(opened: Opened) -> None:
    page = opened(viewport={"width": 640, "height": 400})
    ask(page, DISPUTED)
    assert width_of(page) == 640
    expect(page.locator("#answer-1 .statement").first).to_be_in_viewport(ratio=1)
    expect(page.locator("#question textarea")).to_be_in_viewport(ratio=1)


@pytest.mark.slow
def test_nothing_moves_for_who_wants_no_motion(opened: Opened, proposals: SimpleNamespace) -> None:
    page = opened(proposals.url, reduced_motion="reduce")
    send(page, JUDGE)
    making = page.locator(".making")
    expect(making).to_have_css("animation-name", "none")
    page.get_by_role("button", name="Stop").click()
    expect(making).to_have_count(0)


@pytest.mark.slow
def test_forced_colours_leave_an_edge_to_what_can_be_pressed(opened: Opened) -> None:
    page = opened(forced_colors="active")
    ask(page, DISPUTED)
    for pressed in ("#answer-1 a.marker", "#question .submit-button", ".follow-ups button", ".source .number"):
        expect(page.locator(pressed).first).to_have_css("border-top-style", "solid")


@pytest.mark.slow
def test_paper_gets_answers_and_sources_dark_on_white(opened: Opened) -> None:
    page = opened(color_scheme="dark")
    ask(page, DISPUTED)
    page.emulate_media(media="print")
    for left_out in ("#composer", ".tools >> nth=0", ".follow-ups"):
        expect(page.locator(left_out)).to_be_hidden()
    expect(page.locator("#answer-1 .statement").first).to_have_css("color", "rgb(0, 0, 0)")
    expect(page.locator("#page")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.locator(".source .headline").last).to_be_visible()


def test_small_talk_names_no_day(opened: Opened) -> None:
    page = opened()
    send(page, "Hello!")
    expect(page.locator("#answer-1 .answer")).to_contain_text("Ask about the news")
    expect(page.locator(".as-of")).to_have_count(0)
    ask(page, "How long should a sourdough loaf prove before baking?")
    expect(page.locator("#answer-2 .as-of")).to_contain_text("As of 11 October 2026")


def test_no_line_begins_with_a_marker(opened: Opened) -> None:
    page = opened()
    ask(page, DISPUTED)
    expect(page.locator("#answer-1 a.marker").first).to_be_visible()
    assert lonely_markers(page.locator("#answer-1 .answer")) == 0
