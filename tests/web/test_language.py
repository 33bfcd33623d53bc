"""In which language a reader sees the pages, the chat and the answers; the whole catalogue is tried in a browser."""

import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from rag.messages import LANGUAGES, in_language
from web.language import language_of

NOWHERE = "How long should a sourdough loaf prove before baking?"
"""No article answers it."""
CONTENT = (
    ".passage, .source .headline, .source .outlet strong, mark, .statement, .from, .examples, .follow-ups, .user-row,"
    " [lang]:not(html), pre, code, script, style, th[scope=row], #question textarea"
)
"""What stays as it is: articles, questions (which are in English), names, and what says its own language."""
HOSTILE_OUTLET = "[Outlet](javascript:"
"""What an article of the library gives as its outlet's name, which the filters list."""
VISIBLE = """(content) => {
    const texts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement;
        const text = node.textContent.trim();
        if (text && !parent.closest(content) && parent.checkVisibility()) texts.push(text);
    }
    for (const one of document.querySelectorAll("[aria-label], [placeholder], [title]")) {
        if (one.closest(content) || !one.checkVisibility()) continue;
        texts.push(...["aria-label", "placeholder", "title"].map((name) => one.getAttribute(name)).filter(Boolean));
    }
    return texts;
}"""


@pytest.mark.parametrize(
    ("accepted", "wanted", "language"),
    [
        ("", "", "en"),
        ("de", "", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "", "de"),
        ("ar-EG,en;q=0.5", "", "ar"),
        ("en;q=0.1,fr-CH", "", "fr"),
        ("pl,uk;q=0.7,en;q=0.9", "", "en"),
        ("fr;q=0.2, es;q=0.8", "", "es"),
        ("de;q=0, fr;q=0.1", "", "fr"),
        ("*", "", "en"),
        ("ja, ko", "", "en"),
        (";;;q=x,,,=", "", "en"),
        ("de", "uk", "uk"),
        ("de", "UK-ua", "uk"),
        ("de", "tlh", "de"),
    ],
)
def test_the_language_asked_for_counts_then_the_browsers_then_english(
    accepted: str, wanted: str, language: str
) -> None:
    assert language_of(accepted, wanted) == language


def test_the_first_language_that_there_is_counts() -> None:
    assert language_of("fr", "", "<b>", "ar") == "ar"


@pytest.mark.parametrize("path", ["/library", "/how", "/docs", "/article/none", "/how?site=none", "/"])
def test_each_page_says_its_language_and_direction(server: SimpleNamespace, path: str) -> None:
    page = httpx.get(f"{server.url}{path}", headers={"accept-language": "ar-EG,en;q=0.5"}, timeout=60)
    assert re.search(r'<html\s+lang="ar" dir="rtl"', page.text)
    assert page.headers["content-language"] == "ar"
    assert "accept-language" in page.headers["vary"].lower()
    separator = "&" if "?" in path else "?"
    chosen = httpx.get(f"{server.url}{path}{separator}lang=de", headers={"accept-language": "ar"}, timeout=60)
    assert re.search(r'<html\s+lang="de" dir="ltr"', chosen.text)


def test_a_page_leads_to_itself_in_each_language_and_on_in_the_chosen_one(server: SimpleNamespace) -> None:
    page = httpx.get(f"{server.url}/article/none?cited=x%26y&lang=fr", timeout=60).text
    assert all(f'href="?cited=x%26y&amp;lang={language}"' in page for language in LANGUAGES)
    assert 'href="/library?lang=fr"' in page
    assert 'href="/library"' in httpx.get(f"{server.url}/library", timeout=60).text


@pytest.fixture(params=["de", "ar"])
def reader(request: pytest.FixtureRequest, browser: Browser, server: SimpleNamespace) -> Iterator[Page]:
    """A phone whose browser asks for the language."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale=request.param)
    page = context.new_page()
    page.set_default_timeout(60_000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{server.url}/")
    page.locator("#question textarea").wait_for()
    yield page
    context.close()
    assert wrong == []


def english_left(page: Page, language: str) -> list[str]:
    """Sentences of the English catalogue that can be seen on the page, where the other catalogue has other words."""
    other = in_language(language)
    shown = [text for text in page.evaluate(VISIBLE, CONTENT) if HOSTILE_OUTLET not in text]
    left = []
    for section in in_language().sections.values():
        for key, message in section.items():
            theirs = str(next(s[key] for s in other.sections.values() if key in s))
            for part in fragments(message):
                found = re.compile(rf"(?<!\w){re.escape(part)}(?!\w)")
                if not found.search(theirs):
                    left += [f"{key}: {text}" for text in shown if found.search(text)]
    return left


def fragments(message: Any) -> list[str]:
    """What of a message always stands on the page: the text between its placeholders."""
    texts = message if isinstance(message, list) else [message["text"] if isinstance(message, dict) else message]
    parts = (part.strip(" .,:;()“”") for text in texts for part in re.split(r"\{\w+\}", text))
    return [part for part in parts if len(part) > 2]


def test_nothing_in_english_is_left_on_the_page_and_nothing_overflows(reader: Page) -> None:
    language = reader.evaluate("document.documentElement.lang")
    words = in_language(language)
    expect(reader.locator("html")).to_have_attribute("dir", words.direction)
    expect(reader).to_have_title(words("title"))
    expect(reader.locator(".masthead .about")).to_have_text(words("invitation"))
    reader.get_by_role("button", name=words("filters")).click()
    expect(reader.get_by_text(words("filter_kinds"))).to_be_visible()
    assert english_left(reader, language) == []
    for question in ("How many people were evacuated from Brackenford because of the flood?", NOWHERE):
        before = reader.locator(".as-of").count()
        reader.locator("#question textarea").fill(question)
        reader.locator("#question textarea").press("Enter")
        expect(reader.locator(".as-of")).to_have_count(before + 1)
    expect(reader.locator("#answer-1 .flag")).to_have_text(words("disputed", markers="1, 2, 3"))
    expect(reader.locator("#answer-1 .statement").first).to_have_css("text-align", "start")
    expect(reader.locator("#answer-2 .declined")).to_contain_text(words("not_found"))
    reader.locator("#answer-1 a.marker").first.click()
    expect(reader.locator("#cite-1-1 mark")).to_be_visible()
    reader.get_by_role("button", name=words("rate_answer")).click()
    expect(reader.get_by_text(words("did_not_help"))).to_be_visible()
    assert english_left(reader, language) == []
    assert reader.evaluate("document.documentElement.scrollWidth") <= 390
    held = reader.locator("#cite-1-1 .links a").nth(1).get_attribute("href") or ""
    for path in (held, "/library", "/how", "/docs", "/article/none"):
        reader.goto(f"{reader.url.split('/', 3)[0]}//{reader.url.split('/', 3)[2]}{path}")
        assert english_left(reader, language) == [], path
        assert reader.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_the_chat_is_in_the_language_that_the_address_names(browser: Browser, server: SimpleNamespace) -> None:
    words = in_language("uk")
    context = browser.new_context(locale="de")
    page = context.new_page()
    page.goto(f"{server.url}/?lang=uk")
    box = page.locator("#question textarea")
    box.wait_for()
    expect(page.locator("html")).to_have_attribute("lang", "uk")
    expect(box).to_have_attribute("placeholder", words("question"))
    box.fill("When was the Heron-2 satellite launched?")
    box.press("Enter")
    expect(page.locator(".as-of")).to_contain_text(words("as_of", date="11 жовтня 2026"))
    expect(page.locator(".from").first).to_contain_text("жовтня 2026")
    page.get_by_role("button", name=words("clear")).click()
    page.get_by_role("button", name=words("filters")).click()
    page.locator("#as-of-date input, #as-of-date textarea").first.fill("soon")
    box.fill("When was the Heron-2 satellite launched?")
    box.press("Enter")
    expect(page.locator("#chat .note")).to_contain_text("не є датою за ISO 8601")
    context.close()


def answer_of(response: httpx.Response) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(response.text.split("event: answer\ndata: ")[1].split("\n")[0])
    return told


def test_the_interfaces_answer_in_english_unless_the_request_says_a_language(server: SimpleNamespace) -> None:
    headers = {"accept-language": "de"}
    asked = {"question": NOWHERE}
    english = httpx.post(f"{server.url}/api/ask", json=asked, headers=headers, timeout=60)
    assert answer_of(english)["answer"].startswith(in_language()("not_found"))
    german = httpx.post(f"{server.url}/api/ask", json={**asked, "language": "de"}, timeout=60)
    assert answer_of(german)["answer"].startswith(in_language("de")("not_found"))
    refused = httpx.post(f"{server.url}/api/ask", json={**asked, "language": "de", "as_of": "soon"}, timeout=60)
    assert refused.status_code == 422
    assert "ist kein Datum" in refused.json()["detail"]
    unknown = httpx.post(f"{server.url}/api/ask", json={**asked, "language": "tlh"}, timeout=60)
    assert unknown.status_code == 422
    completed = {"messages": [{"role": "user", "content": NOWHERE}]}
    told = httpx.post(f"{server.url}/v1/chat/completions", json=completed, headers=headers, timeout=60).json()
    assert told["choices"][0]["message"]["content"].startswith(in_language()("not_found"))
