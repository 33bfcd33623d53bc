"""The chat in a real browser, over a real library, served by `python app.py`."""

import json
import re
import time
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from rag.messages import NOT_FOUND
from rag.store.conversations import CONVERSATIONS_FILE
from tests.openai_server import Script, openai_server
from tests.web.conftest import AXE, serving

PRIMARY = "one => !/^rgba?\\(0, 0, 0, 0\\)|^rgb\\(255, 255, 255\\)/.test(getComputedStyle(one).backgroundColor)"
"""Whether a button has a ground of its own."""


def ask(page: Page, question: str) -> None:
    answers = page.locator(".as-of").count()
    box = page.locator("#question textarea")
    box.fill(question)
    box.press("Enter")
    expect(page.locator(".as-of")).to_have_count(answers + 1)


def unfold(page: Page, name: str, field: str) -> None:
    """Opens a folded form and waits until it is drawn: right before, Gradio sets its fields to what they begin with."""
    page.get_by_role("button", name=name).click()
    page.locator(field).wait_for()
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def test_an_answer_cites_a_source_that_shows_the_sentence_highlighted(page: Page) -> None:
    ask(page, "Which retired judge drew up the compromise in the Skerrin ferry dispute?")
    page.locator("a.marker").first.click()
    card = page.locator("#cite-1-1")
    expect(card.locator("summary")).to_be_focused()
    expect(card.locator("mark")).to_be_visible()
    expect(card.locator("mark")).to_contain_text("Osric Tanbery")
    expect(card.locator(".outlet")).to_contain_text("The Ouldan Courier · 1 October 2026")
    expect(card.locator(".headline")).not_to_be_empty()
    link = card.get_by_role("link", name="Original article")
    assert "#:~:text=" in (link.get_attribute("href") or "")
    card.get_by_role("link", name="Back to the answer").click()
    expect(page.locator("#answer-1")).to_be_focused()


def test_the_quoted_sentence_is_the_one_in_the_answer(page: Page) -> None:
    ask(page, "How heavy is Heron-2?")
    quoted = " ".join((page.locator("#cite-1-1 mark").text_content() or "").split())
    assert quoted in " ".join(page.locator("#answer-1 .answer").inner_text().split())


def test_a_follow_up_is_understood_and_its_sources_are_its_own(page: Page) -> None:
    ask(page, "When was the Heron-2 satellite launched?")
    ask(page, "How heavy is it?")
    expect(page.locator(".user-row").last).to_have_text("How heavy is it?")
    assert "Heron-2" in page.locator("#answer-2 .sources").inner_text()
    marker = page.locator("#answer-2 a.marker").first
    assert (marker.get_attribute("href") or "").endswith("#cite-2-1")
    marker.click()
    expect(page.locator("#answer-2 #cite-2-1 mark")).to_be_visible()
    assert page.locator("#cite-1-1").get_attribute("open") is None


def test_a_question_the_sources_do_not_answer_looks_different(page: Page) -> None:
    ask(page, "How long should a sourdough loaf prove before baking?")
    expect(page.locator("#answer-1 .declined")).to_contain_text(NOT_FOUND)


def test_the_page_says_up_to_when_its_sources_reach(page: Page) -> None:
    expect(page.locator(".masthead").first).to_contain_text("These sources end on 11 October 2026")
    expect(page.locator(".masthead").first).to_contain_text("No language model: answers are quotes.")
    ask(page, "When was the Heron-2 satellite launched?")
    expect(page.locator(".as-of")).to_contain_text("As of 11 October 2026 · newest source ")


def test_an_example_question_is_asked_by_a_click(page: Page) -> None:
    page.get_by_role("button", name="When was the Heron-2 satellite launched?").click()
    expect(page.locator(".as-of")).to_have_count(1)


def test_the_keyboard_alone_asks_and_reads_a_source(page: Page) -> None:
    page.locator("#question textarea").focus()
    page.keyboard.type("When was the Heron-2 satellite launched?")
    page.keyboard.press("Enter")
    expect(page.locator(".as-of")).to_have_count(1)
    expect(page.locator("#question textarea")).to_be_focused()
    page.locator("a.marker").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#cite-1-1 summary")).to_be_focused()
    expect(page.locator("#cite-1-1 mark")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#cite-1-1 mark")).to_be_hidden()


def test_a_new_conversation_begins_as_the_first_did(page: Page) -> None:
    ask(page, "When was the Heron-2 satellite launched?")
    page.locator("a.marker").first.click()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".message-row, .source")).to_have_count(0)
    expect(page.get_by_role("button", name="When was the Heron-2 satellite launched?")).to_be_visible()
    expect(page.get_by_role("button", name="New conversation")).to_be_hidden()
    ask(page, "When was the Heron-2 satellite launched?")
    assert page.locator("#cite-1-1").get_attribute("open") is None, "it is another source that was opened"


def test_hostile_article_text_and_question_do_nothing(page: Page) -> None:
    ask(page, "Where did the zeppelin land? <img src=x onerror=alert(7)> ![q](http://evil.example/q.png)")
    card = page.locator("#cite-1-1")
    expect(card).to_contain_text("Harbour Nine")
    assert card.locator("img, script, form, a[href*='evil'], a[href^='javascript']").count() == 0
    assert page.locator("#chat img, #chat a[href*='evil']").count() == 0
    card.hover()


def test_a_phone_shows_everything_without_sideways_scrolling(phone: Page) -> None:
    ask(phone, "When was the Heron-2 satellite launched?")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.locator("a.marker").first.click()
    expect(phone.locator("#cite-1-1")).to_be_in_viewport()


def box_of(page: Page, selector: str) -> SimpleNamespace:
    """Where the first such element is in the window."""
    box = page.locator(selector).first.bounding_box()
    assert box, selector
    ends = {"right": box["x"] + box["width"], "bottom": box["y"] + box["height"]}
    return SimpleNamespace(left=box["x"], top=box["y"], **ends)


def test_a_narrow_page_keeps_words_off_its_edges_and_does_not_scroll_sideways(narrow: Page) -> None:
    for words in (".masthead h1", ".masthead .held", "#question", ".examples button"):
        box = box_of(narrow, words)
        assert box.left >= 12, words
        assert box.right <= 320 - 12, words
    ask(narrow, "How many people were evacuated from Brackenford?")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320
    assert box_of(narrow, "#answer-1").right <= 320 - 12
    expect(narrow.locator("#feedback .label-wrap > span").first).to_have_css("text-align", "start")


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (1024, 700), (390, 844), (320, 800)])
def test_the_question_is_what_one_sees_first(
    browser: Browser, server: SimpleNamespace, width: int, height: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(f"{server.url}/")
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator(".masthead .held")).to_contain_text(re.compile(r"\d+ articles from \d outlets"))
    field = box_of(page, "#question textarea")
    assert height / 5 < field.top < height * 3 / 4
    assert abs((field.left + box_of(page, "#question button").right) / 2 - width / 2) < 12
    assert box_of(page, ".examples button").bottom < height
    expect(page.locator("#chat")).to_be_hidden()
    shown = [button for button in page.get_by_role("button").all() if button.is_visible()]
    assert [button.inner_text() for button in shown if button.evaluate(PRIMARY)] == ["Ask"]
    page.close()


def test_the_field_stays_in_view_and_an_answer_is_shown_from_its_beginning(phone: Page) -> None:
    questions = [
        "When was the Heron-2 satellite launched?",
        "How many people were evacuated from Brackenford?",
        "What is new?",
    ]
    for turn, question in enumerate(questions, start=1):
        ask(phone, question)
        phone.wait_for_timeout(300)
        assert 0 <= box_of(phone, f"#answer-{turn} .answer").top < 844 / 2
        field = box_of(phone, "#question")
        assert 844 - 120 < field.bottom <= 844
        assert not phone.locator("#chat").evaluate("one => one.scrollHeight > one.clientHeight + 1")


def test_a_long_question_does_not_fill_the_column(page: Page) -> None:
    ask(page, "How heavy is Heron-2? " + "I have wondered about that satellite for a long while now. " * 30)
    asked = box_of(page, ".user-row")
    assert asked.bottom - asked.top < 200
    page.locator(".user-row summary").click()
    expect(page.locator(".user-row details")).to_contain_text("wondered about that satellite for a long while now.")


def test_a_tooltip_stays_inside_of_the_window(browser: Browser, server: SimpleNamespace) -> None:
    page = browser.new_page(viewport={"width": 700, "height": 500})
    page.goto(f"{server.url}/")
    ask(page, "How many people were evacuated from Brackenford?")
    for marker in page.locator("a.marker").all():
        marker.focus()
        edges = marker.evaluate(
            "one => { const tip = getComputedStyle(one, '::after'), left = one.getBoundingClientRect().left"
            " + parseFloat(tip.left); return [left, left + parseFloat(tip.width)] }"
        )
        assert edges[0] >= 0
        assert edges[1] <= 700
    page.close()


def test_enter_that_ends_a_character_of_an_input_method_asks_nothing(page: Page) -> None:
    box = page.locator("#question textarea")
    box.fill("にほん")
    for composing in ({"isComposing": True}, {"keyCode": 229}):
        box.dispatch_event("keydown", {"key": "Enter", "bubbles": True, "cancelable": True, **composing})
        box.dispatch_event("keypress", {"key": "Enter", "bubbles": True, "cancelable": True, **composing})
    page.wait_for_timeout(500)
    expect(box).to_have_value("にほん")
    assert page.locator(".user-row").count() == 0


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)])
def test_axe_finds_no_accessibility_violation(
    browser: Browser, server: SimpleNamespace, scheme: str, width: int
) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed; `npm ci --prefix tests/web` installs it")
    # axe is evaluated in the page, which the policy would stop.
    context = browser.new_context(
        bypass_csp=True,
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": 800},
    )
    page = context.new_page()
    page.goto(f"{server.url}/")
    page.locator(".masthead h1").wait_for()
    assert violations(page) == []
    ask(page, "How many people were evacuated from Brackenford?")
    ask(page, "How long should a sourdough loaf prove before baking?")
    page.get_by_role("button", name="Search only in").click()
    page.get_by_role("button", name="What do you think of the last answer?").click()
    page.locator("#as-of-date textarea").wait_for()
    page.locator("#answer-1 a.marker").first.click()
    page.get_by_role("button", name="Keep or share").click()
    page.locator("#keep").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Keep this conversation").click()
    shared = page.get_by_role("link", name="Read-only page").get_attribute("href")
    assert violations(page) == []
    page.goto(f"{server.url}/{shared}")
    page.locator("a.marker").first.click()
    expect(page.locator("#cite-1-1 mark")).to_be_visible()
    assert violations(page) == []
    context.close()


def violations(page: Page) -> list[tuple[str, list[str]]]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    return [(violation["id"], [node["html"][:200] for node in violation["nodes"]]) for violation in found]


def test_half_a_character_is_asked_as_its_replacement(page: Page) -> None:
    box = page.locator("#question textarea")
    box.evaluate(
        "box => { box.value = 'How heavy is Heron-2? \\ud83d';"
        " box.dispatchEvent(new InputEvent('input', { bubbles: true })) }"
    )
    box.press("Enter")
    expect(page.locator("#answer-1")).to_contain_text("640 kilograms")
    expect(page.locator(".user-row").last).to_have_text("How heavy is Heron-2? \ufffd")


def test_a_refused_request_covers_neither_conversation_nor_field(page: Page) -> None:
    ask(page, "How heavy is Heron-2?")
    page.route("**/queue/join*", lambda route: route.fulfill(status=429, json={}))
    page.locator("#question textarea").fill("When was it launched?")
    page.locator("#question textarea").press("Enter")
    expect(page.get_by_text("Those were many questions").first).to_be_visible()
    for place in ("#answer-1 .answer", "#question textarea"):
        box = box_of(page, place)
        above = "([x, y]) => document.elementFromPoint(x, y).closest('#answer-1, #question')?.id"
        assert page.evaluate(above, [box.left + 20, box.top + 20]) == place[1:].split(" ")[0]


def test_copying_shows_that_it_is_done_also_where_the_browser_has_no_clipboard(page: Page) -> None:
    ask(page, "How heavy is Heron-2?")
    page.evaluate("() => Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Copy with citations").click()
    expect(page.locator("#copy.done")).to_be_visible()


def test_filters_narrow_what_is_searched(page: Page) -> None:
    unfold(page, "Search only in", "#as-of-date textarea")
    page.get_by_label("Lattice Weekly").check()
    ask(page, "What moved the launch of Heron-2?")
    outlets = page.locator(".source .outlet strong:first-of-type").all_inner_texts()
    assert set(outlets) == {"Lattice Weekly"}
    page.locator("#as-of-date textarea").fill("soon")
    box = page.locator("#question textarea")
    box.fill("What moved the launch of Heron-2?")
    box.press("Enter")
    expect(page.locator("#chat .note")).to_contain_text("is not ISO 8601")


def test_a_question_can_be_asked_again_and_edited(page: Page) -> None:
    ask(page, "When was the Heron-2 satellite launched?")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator("#answer-2 .as-of")).to_have_count(1)
    expect(page.locator("#answer-1")).to_have_count(0)
    expect(page.locator(".sources")).to_have_count(1)
    page.get_by_role("button", name="Edit question").click()
    expect(page.locator("#question textarea")).to_have_value("When was the Heron-2 satellite launched?")
    expect(page.locator(".as-of")).to_have_count(0)


def test_a_follow_up_is_offered_and_asked_by_a_click(page: Page) -> None:
    ask(page, "When was the Heron-2 satellite launched?")
    page.get_by_role("button", name="How did the story of Heron-2 develop?").click()
    expect(page.locator("#answer-2 .as-of")).to_have_count(1)
    expect(page.locator("#answer-2")).to_contain_text("As it was reported, oldest first")
    expect(page.get_by_role("button", name="How did the story of Heron-2 develop?")).to_have_count(0)


def test_an_answer_is_copied_and_the_conversation_saved_with_its_citations(
    browser: Browser, server: SimpleNamespace
) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"], accept_downloads=True)
    page = context.new_page()
    page.goto(f"{server.url}/")
    page.locator("#question textarea").wait_for()
    ask(page, "Which retired judge drew up the compromise in the Skerrin ferry dispute?")
    page.get_by_role("button", name="Copy with citations").click()
    # All pages of a browser share the clipboard, which may hold what a test before copied.
    page.wait_for_function(
        "navigator.clipboard.readText().then(text => text.includes('\\n1. The Ouldan Courier, 2026-10-01'))"
    )
    ask(page, "When was the Heron-2 satellite launched?")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as JSON").click()
    record = json.loads(saved.value.path().read_text(encoding="utf-8"))
    assert [answer["question"][:5] for answer in record] == ["Which", "When "]
    assert all(answer["citations"] for answer in record)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as Markdown").click()
    assert saved.value.path().read_text(encoding="utf-8").count("**") == 4
    context.close()


def test_feedback_is_kept_with_consent_only_and_erased_on_the_readers_word(page: Page) -> None:
    ask(page, "When was the Heron-2 satellite launched?")
    unfold(page, "What do you think of the last answer?", "#reason textarea")
    page.get_by_label("It did not help").check()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#feedback-said")).to_contain_text("without it nothing is kept")
    page.get_by_label("Keep my question").check()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#feedback-said")).to_contain_text("Thank you")
    page.get_by_role("button", name="Erase what I sent").click()
    expect(page.locator("#feedback-said")).to_contain_text("It is erased")


def test_a_screen_reader_is_not_read_the_markup_of_a_message(page: Page) -> None:
    ask(page, "When was the Heron-2 satellite launched?")
    expect(page.locator('#chat [data-testid="bot"]')).to_have_attribute("aria-label", "Answer")
    expect(page.locator('#chat [data-testid="user"]').first).to_have_attribute("aria-label", "Question")


def test_stop_ends_an_answer_and_the_models_work(browser: Browser, data: Path) -> None:
    with openai_server() as model:
        model.reply = " ".join(f"Osric Tanbery wrote proposal number {number} [1]." for number in range(80))
        model.whole, model.pause = "Osric Tanbery wrote it [1].", 0.05
        with serving(data, OPENAI_BASE_URL=model.url, DATELINE_CHAT_MODEL="scripted") as server:
            page = browser.new_page()
            page.goto(f"{server.url}/")
            page.locator("#question textarea").fill("Which retired judge drew up the ferry compromise?")
            page.keyboard.press("Enter")
            expect(page.locator("#answer-1")).to_contain_text("Osric Tanbery")
            expect(page.get_by_role("button", name="Ask", exact=True)).to_be_hidden()
            page.locator("#answer-1 a.marker").first.click()
            shown = page.locator("#answer-1 .said").inner_text()
            expect(page.locator("#answer-1 .said")).not_to_have_text(shown)
            expect(page.locator("#cite-1-1 mark")).to_be_visible()  # what was opened stays open as the answer grows
            page.get_by_role("button", name="Stop").click()
            expect(page.get_by_role("button", name="Stop")).to_be_hidden()
            expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
            while not model.cut_off:  # the test's own time limit ends it
                page.wait_for_timeout(100)
            assert model.cut_off == 1
            page.wait_for_timeout(1000)  # the last that Gradio sends of the stopped answer changes nothing
            assert page.locator(".as-of").count() == 0
            expect(page.locator("#chat .note")).to_contain_text("Stopped")
            assert page.locator(".error:visible").count() == 0
            page.get_by_role("button", name="Ask again").click()
            expect(page.locator("#chat .note")).to_have_count(0)  # what is read next is not what was stopped
            expect(page.locator("#answer-1")).to_contain_text("Osric Tanbery")
            page.get_by_role("button", name="Edit question").click()
            while model.cut_off < 2:
                page.wait_for_timeout(100)
            page.wait_for_timeout(1000)
            assert page.locator('#chat [data-testid="user"]').count() == 0
            page.locator("#question textarea").press("Enter")
            expect(page.locator("#answer-1")).to_contain_text("Osric Tanbery")
            page.get_by_role("button", name="Stop").click()
            expect(page.locator("#chat .note")).to_contain_text("Stopped")
            model.pause = 0.0
            model.reply = NOT_FOUND
            page.get_by_role("button", name="Ask again").click()
            expect(page.locator(".as-of")).to_have_count(1)
            expect(page.locator('#chat [data-testid="user"]')).to_have_count(1)
            expect(page.locator(".user-row").last).to_contain_text("Which retired judge")
            page.close()


def test_a_reader_who_leaves_stops_the_work(browser: Browser, data: Path) -> None:
    with openai_server() as model:
        model.reply = " ".join(f"Osric Tanbery wrote proposal number {number} [1]." for number in range(200))
        model.whole, model.pause = "Osric Tanbery wrote it [1].", 0.05
        with serving(data, OPENAI_BASE_URL=model.url, DATELINE_CHAT_MODEL="scripted") as server:
            page = browser.new_page()
            page.goto(f"{server.url}/")
            page.locator("#question textarea").fill("Which retired judge drew up the ferry compromise?")
            page.keyboard.press("Enter")
            expect(page.locator("#answer-1")).to_be_visible()
            while not model.requests:  # the test's own time limit ends it
                page.wait_for_timeout(100)
            page.close()
            assert_cut_off(model, 1)
            asked = {"question": "Which retired judge drew up the ferry compromise?"}
            with httpx.stream("POST", f"{server.url}/api/ask", json=asked, timeout=60) as response:
                next(line for line in response.iter_lines() if line == "event: token")
            assert_cut_off(model, 2)


def assert_cut_off(model: Script, times: int) -> None:
    for _ in range(1000):
        if model.cut_off >= times:
            return
        time.sleep(0.1)
    raise AssertionError(f"{model.cut_off} of {times} streams were ended")


def test_a_marker_shows_its_quote_on_hover_and_on_focus(page: Page) -> None:
    ask(page, "Which retired judge drew up the compromise in the Skerrin ferry dispute?")
    marker = page.locator("a.marker").first
    shown = "one => getComputedStyle(one, '::after').content"
    expect(marker).to_have_accessible_name(re.compile("source .*The Ouldan Courier: .*Osric Tanbery"))
    assert "Osric Tanbery" not in marker.evaluate(shown)
    marker.hover()
    assert "Osric Tanbery" in marker.evaluate(shown)
    page.mouse.move(0, 0)
    page.locator("#question textarea").focus()
    assert "Osric Tanbery" not in marker.evaluate(shown)
    page.keyboard.press("Shift+Tab")
    marker.focus()
    assert "Osric Tanbery" in marker.evaluate(shown)


def test_nothing_typed_is_nothing_asked_and_what_failed_can_be_asked_again(page: Page) -> None:
    ask(page, "When was the Heron-2 satellite launched?")
    box = page.locator("#question textarea")
    box.fill("   ")
    box.press("Enter")
    unfold(page, "Search only in", "#as-of-date textarea")
    page.locator("#as-of-date textarea").fill("soon")
    box.fill("How heavy is Heron-2?")
    box.press("Enter")
    expect(page.locator("#chat .note")).to_contain_text("is not ISO 8601")
    expect(page.locator('#chat [data-testid="user"]')).to_have_count(2)
    page.locator("#as-of-date textarea").fill("")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator("#answer-2 .as-of")).to_have_count(1)
    expect(page.locator(".user-row").last).to_have_text("How heavy is Heron-2?")


def test_the_library_and_the_page_for_programs_are_a_click_away(page: Page) -> None:
    for link, heading in [("For programs", "POST /api/ask"), ("What is in the library", "The library")]:
        with page.expect_popup() as opened:
            page.get_by_role("link", name=link).click()
        expect(opened.value.get_by_role("heading", name=heading)).to_be_visible()


def test_a_question_asked_while_an_answer_is_made_waits_for_it(browser: Browser, data: Path) -> None:
    with openai_server() as model:
        model.reply = " ".join(["Osric Tanbery, a retired judge, wrote the compromise [1]."] * 8)
        model.pause = 0.05
        with serving(data, OPENAI_BASE_URL=model.url, DATELINE_CHAT_MODEL="scripted") as server:
            page = browser.new_page()
            page.goto(f"{server.url}/")
            expect(page.locator(".masthead .held")).to_contain_text("Answers are written by scripted, and checked.")
            box = page.locator("#question textarea")
            box.fill("Which retired judge drew up the ferry compromise?")
            box.press("Enter")
            expect(page.locator("#answer-1")).to_be_visible()
            box.press_sequentially("When was the Heron-2 satellite launched?", delay=20)
            expect(box).to_have_value("When was the Heron-2 satellite launched?")
            box.press("Enter")
            assert page.locator(".as-of").count() == 0, "the first answer was over before the second question"
            expect(page.locator(".as-of")).to_have_count(2, timeout=20_000)
            expect(page.locator("#answer-1 .as-of")).to_contain_text("written by scripted")
            expect(page.locator("#answer-2 .sources")).to_contain_text("Heron-2")
            expect(box).to_have_value("")
            page.close()


@pytest.mark.slow
def test_a_page_that_outlived_a_restart_says_that_its_conversation_is_gone_and_goes_on(
    browser: Browser, data: Path
) -> None:
    context = browser.new_context(accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(60_000)

    def saved() -> str:
        with page.expect_download() as download:
            page.get_by_role("button", name="Save as Markdown").click()
        return download.value.path().read_text(encoding="utf-8")

    with serving(data) as server:
        page.goto(f"{server.url}/")
        ask(page, "When was the Heron-2 satellite launched?")
        assert "When was the Heron" in saved()
    with serving(data, port=server.port):
        page.get_by_role("button", name="Edit question").click()
        expect(page.get_by_text("No question of yours is held here")).to_be_visible()
        expect(page.locator("#answer-1")).to_contain_text("04:12")  # what was said stays readable
        page.locator("#question textarea").fill("How heavy is Heron-2?")
        page.keyboard.press("Enter")
        expect(page.locator("#answer-1")).to_contain_text("640 kilograms")
        expect(page.locator("#chat .note").first).to_contain_text("no longer holds the conversation")
        ask(page, "Which retired judge drew up the compromise in the Skerrin ferry dispute?")
        assert page.locator("#chat .note", has_text="no longer holds").count() == 1
        assert [page.locator(f"#answer-{number}").count() for number in (1, 2, 3)] == [1, 1, 0]
        assert saved().startswith("**How heavy is Heron")
    context.close()


def test_a_kept_conversation_survives_reload_back_and_a_restart_until_it_is_deleted(
    browser: Browser, data: Path
) -> None:
    page = browser.new_page()
    page.set_default_timeout(120_000)
    with serving(data) as server:
        page.goto(f"{server.url}/")
        ask(page, "How heavy is Heron-2?")
        assert not (data / CONVERSATIONS_FILE).read_bytes().count(b"Heron"), "it is kept without a word of the reader's"
        page.get_by_role("button", name="Keep or share").click()
        expect(page.get_by_text("Nothing is stored on the server until you ask for it here.")).to_be_visible()
        page.get_by_role("button", name="Keep this conversation").click()
        expect(page.locator("#kept .kept")).to_contain_text("Kept until")
        expect(page).to_have_url(re.compile(r"/#talk=[\w-]{43}$"))
        expect(page.get_by_role("button", name="Keep or share")).to_be_hidden()
        ask(page, "From where did it take off?")
        own, shared = page.url, page.get_by_role("link", name="Read-only page").get_attribute("href")
        page.reload()
        expect(page.locator("#answer-2 .as-of")).to_be_visible()
        expect(page.locator("#answer-1")).to_contain_text("640 kilograms")
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator(".message-row")).to_have_count(0)
        assert "#talk" not in page.url
        page.go_back()
        expect(page.locator("#answer-2 .as-of")).to_be_visible()
        assert page.url == own
    with serving(data, port=server.port):
        ask(page, "When was it launched?")  # the page goes on with what the server has forgotten
        expect(page.locator("#answer-3")).to_contain_text("04:12")
        read_only = httpx.get(f"{server.url}/{shared}", timeout=60).text
        assert [f'id="answer-{turn}"' in read_only for turn in (1, 2, 3, 4)] == [True, True, True, False]
        page.goto(f"{server.url}/library")
        page.go_back()
        expect(page.locator("#answer-3 .as-of")).to_be_visible()
        page.get_by_role("button", name="Delete what is kept").click()
        expect(page.locator("#kept")).to_contain_text("It is deleted here")
        expect(page).to_have_url(f"{server.url}/")
        assert httpx.get(f"{server.url}/{shared}", timeout=60).status_code == 404
        page.goto(own)
        expect(page.get_by_text("No conversation is kept under this address")).to_be_visible()
        expect(page.locator("#answer-1")).to_have_count(0)
        expect(page).to_have_url(f"{server.url}/")
    page.close()


def test_a_text_that_is_too_long_is_not_cut_but_said_and_not_sent(page: Page) -> None:
    box, counter = page.locator("#question textarea"), page.locator("#question .counter")
    box.fill("How heavy is Heron-2?" + "?" * 4_000)
    expect(counter).to_have_text(
        "4,021 of 4,000 characters, 21 too many. Nothing was cut off; shorten it, then send it."
    )
    box.press("Enter")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_timeout(500)
    assert page.locator(".message-row").count() == 0
    assert len(box.input_value()) == 4_021
    box.fill("How heavy is Heron-2?" + "?" * 3_979)
    expect(counter).to_have_text("4,000 of 4,000 characters")
    box.fill("How heavy is Heron-2?")
    expect(counter).to_have_text("")
    box.press("Enter")
    expect(page.locator("#answer-1")).to_contain_text("640 kilograms")
