"""A public collection of cross-site scripting payloads as headline, body and answer, in real Chromium.

No policy is sent with the pages, so that the escaping alone has to hold.
"""

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import gradio as gr
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, Page

from rag.messages import in_language
from rag.models import Answer, Article, Citation, Claim, Passage, Span
from tests.conftest import SHARED
from tests.web.conftest import free_port
from web.chat.render import answer_html, citations_html, text_html
from web.language import Reader
from web.links import CitationLinks
from web.pages.articles import Extract, HeldArticle
from web.pages.views import article_page

WORDS = in_language()
READER = Reader(WORDS, "", (), "")
COLLECTION = SHARED / "corpora" / "xss-payloads.txt"
SAMPLE = 300
TO_A_PAGE = 150
NOW = datetime(2026, 10, 12, tzinfo=UTC)
INSIDE = ".answer, .source"
ACTIVE = "script, img, image, iframe, svg, math, form, input, object, embed, video, audio, link, base, style, details"
FOUND = """([inside, active]) => [...document.querySelectorAll(inside)].flatMap((part) => [
    ...[...part.querySelectorAll(active)].map((one) => one.outerHTML),
    ...[...part.querySelectorAll("*")].flatMap((one) => [...one.attributes]
        .filter((attribute) => attribute.name.startsWith("on") || attribute.name === "style"
            || /^(javascript|data|vbscript):/i.test(attribute.value.trim()))
        .map((attribute) => attribute.name + "=" + attribute.value)),
])"""


def payloads() -> list[str]:
    if not COLLECTION.exists():
        pytest.skip(f"{COLLECTION.name} is not here; it stands in ../shared/corpora beside the project")
    return [line for line in COLLECTION.read_text("utf-8", "replace").splitlines() if line.strip()]


def citation(payload: str) -> Citation:
    article = Article(
        id=payload,
        title=payload,
        text=f"{payload}\n\n{payload}",
        url=payload,
        source=payload,
        authors=(payload,),
        language=payload,
        correction=payload,
        cluster_id="c",
    )
    passage = Passage("p", article, article.text, 0, len(article.text), (Span(0, len(payload)),))
    return Citation(1, passage, payload, 0, len(payload))


def answer(payload: str) -> Answer:
    return Answer(
        question=payload,
        text=f"{payload} [1]",
        status="answered",
        claims=(),
        citations=(citation(payload),),
        hits=(),
        as_of=NOW,
        newest_source=None,
        confidence=1.0,
        model="quotes",
        notes=(payload,),
    )


def article_pages(some: Sequence[str]) -> str:
    """The article page of each payload: shown whole, and as a cited passage with a highlight."""
    titles, parts = [], []
    for payload in some:
        article = citation(payload).passage.article
        held = HeldArticle((article, article), article, (article,))
        quote, whole = Span(0, len(payload)), Span(0, len(article.text))
        pages = [article_page(READER, held, Extract((whole,), quote, whole=is_whole)) for is_whole in (True, False)]
        titles += [page.split("<title>")[1].split("</title>")[0] for page in pages]
        parts += [page.split("<main>")[1].rsplit("</main>", 1)[0] for page in pages]
    return f'<!doctype html><title>{"".join(titles)}</title><div class="answer">{"".join(parts)}</div>'


def chat_like(pages: Sequence[Sequence[str]]) -> gr.Blocks:
    """Components set as the chat sets them, fed what the chat feeds them."""

    def shown(request: gr.Request) -> tuple[list[dict[str, Any]], str]:
        some = pages[int(request.query_params["number"])]
        messages = [
            text_html(
                f"{payload} [1]",
                WORDS,
                turn=1,
                cited=[citation(payload)],
                claims=[Claim(payload, (1,), "verified", (payload,))],
            )
            + answer_html(answer(payload), WORDS, turn=1)
            for payload in some
        ]
        sources = "".join(citations_html([citation(payload)], CitationLinks(), WORDS, turn=1) for payload in some)
        return [{"role": "assistant", "content": message} for message in messages], sources

    with gr.Blocks(analytics_enabled=False) as blocks:
        chat = gr.Chatbot(sanitize_html=True, allow_tags=False, latex_delimiters=[])
        sources = gr.Markdown(sanitize_html=True, latex_delimiters=[])
        blocks.load(shown, None, [chat, sources])
    return blocks


@contextmanager
def served(some: Sequence[str]) -> Iterator[tuple[str, int]]:
    pages = [some[first : first + TO_A_PAGE] for first in range(0, len(some), TO_A_PAGE)]
    app = FastAPI()

    @app.get("/articles/{number}")
    def articles(number: int) -> HTMLResponse:
        return HTMLResponse(article_pages(pages[number]))

    @app.get("/unescaped")
    def unescaped() -> HTMLResponse:
        return HTMLResponse("<img src='http://evil.example/' onerror=alert(1)>")

    mounted = gr.mount_gradio_app(app, chat_like(pages), path="/chat", footer_links=[], ssr_mode=False)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(mounted, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}", len(pages)
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def watched(browser: Browser, url: str) -> Iterator[tuple[Page, list[str]]]:
    """A page, and what it should not have done."""
    context = browser.new_context()
    page = context.new_page()
    seen: list[str] = []
    page.on("dialog", lambda dialog: (seen.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((url, "data:", "blob:")) else seen.append(f"request {request.url}")
        ),
    )
    page.route(lambda address: not address.startswith(url), lambda route: route.abort())
    yield page, seen
    context.close()


def nothing_happens(browser: Browser, some: Sequence[str]) -> None:
    with served(some) as (url, count), watched(browser, url) as (page, seen):
        for number in range(count):
            expected = len(some[number * TO_A_PAGE : (number + 1) * TO_A_PAGE])
            page.goto(f"{url}/articles/{number}")
            assert page.locator("h1").count() == 2 * expected
            assert page.evaluate(FOUND, [INSIDE, ACTIVE]) == []
            page.goto(f"{url}/chat/?number={number}")
            page.wait_for_function(
                "(count) => document.querySelectorAll('.answer').length === count"
                " && document.querySelectorAll('.source').length === count",
                arg=expected,
                timeout=60_000,
            )
            assert page.evaluate(FOUND, [INSIDE, ACTIVE]) == []
        assert seen == []


def test_a_sample_of_the_payloads_does_nothing(browser: Browser) -> None:
    nothing_happens(browser, random.Random(7).sample(payloads(), SAMPLE))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_none_of_the_payloads_does_anything(browser: Browser) -> None:
    nothing_happens(browser, payloads())


def test_what_would_happen_is_noticed(browser: Browser) -> None:
    with served([]) as (url, _), watched(browser, url) as (page, seen):
        page.goto(f"{url}/unescaped")
        assert seen == ["request http://evil.example/", "dialog 1"]
