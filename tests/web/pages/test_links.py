"""Whose text goes out over HTTP: a signed link opens its one passage, hits are whole with the key alone."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from rag.engine import dateline_over
from rag.indexes.chunking import passages_of
from rag.library.library import Library
from rag.models import Article, Citation, Passage, Span
from rag.settings import Settings
from tests.conftest import MakeLibrary, article
from tests.web.conftest import listening, serving
from tests.web.security.test_api_key import Clock, fetched, plain
from web.links import CitationLinks, stored_links
from web.security.api_key import Access, ApiKeyMiddleware
from web.security.headers import SecurityHeadersMiddleware
from web.security.rate_limit import RateLimit
from web.server import routes_app

KEY = "a key for programs"
QUESTION = "When did the Heron-2 satellite lift off?"
OPEN = "Lattice Weekly"
LINKS = CitationLinks()


@pytest.fixture(scope="module", params=[None, KEY], ids=["without a key set", "with a key set"])
def url(request: pytest.FixtureRequest, sample_library: Library) -> Iterator[str]:
    """The sample articles, of which one outlet's may be shown whole."""
    app = routes_app(
        dateline_over(sample_library, Settings()),
        access=Access(api_key=request.param),
        links=LINKS,
        full_text=frozenset({OPEN}),
        feedback=None,
        sites=(),
        widget=None,
    )
    with listening(SecurityHeadersMiddleware(app)) as started:
        yield started


def asked(url: str, question: str, **more: Any) -> dict[str, Any]:
    told = httpx.post(f"{url}/api/ask", json={"question": question, **more}, timeout=60, headers=bearing(url)).text
    whole: dict[str, Any] = json.loads(told.split("event: answer\ndata: ")[1].split("\n")[0])
    assert [json.loads(data) for data in re.findall("event: citation\ndata: (.*)", told)] == whole["citations"]
    return whole


def bearing(url: str) -> dict[str, str]:
    """The key, where the server wants one."""
    wanted = httpx.get(f"{url}/v1/models").status_code == 401
    return {"authorization": f"Bearer {KEY}"} if wanted else {}


def texts(url: str) -> dict[str, list[Any]]:
    """The texts of the hits of every route, by outlet."""
    spoken = {"messages": [{"role": "user", "content": QUESTION}]}
    key = bearing(url)
    completed = httpx.post(f"{url}/v1/chat/completions", json=spoken, timeout=60, headers=key).json()["dateline"]
    streamed = httpx.post(f"{url}/v1/chat/completions", json={**spoken, "stream": True}, timeout=60, headers=key).text
    last = json.loads(streamed.strip().split("data: ")[-2])["dateline"]
    searched = httpx.get(f"{url}/api/search", params={"q": QUESTION}, headers=key).json()
    by_outlet: dict[str, list[Any]] = {}
    for told in (completed, last, searched, asked(url, QUESTION)):
        assert len(told["hits"]) >= 10
        for hit in told["hits"]:
            by_outlet.setdefault(hit["article"]["source"], []).append(hit["text"])
    return by_outlet


def test_hits_carry_the_text_of_outlets_without_full_text_with_the_key_alone(url: str) -> None:
    by_outlet = texts(url)
    assert len(by_outlet) > 2
    assert all(by_outlet[OPEN])
    kept = [text for outlet, some in by_outlet.items() if outlet != OPEN for text in some]
    assert all(kept) if bearing(url) else not any(kept)


def cited(library: Library, article_id: str, start: int, end: int, links: CitationLinks = LINKS) -> str:
    held = library.record.current(article_id)
    assert held is not None
    return links.to(Citation(1, library.record.passages_of(article_id)[0], held.text[start:end], start, end))


def shown(url: str, path: str) -> str:
    """The passages on an article's page, as text."""
    page = httpx.get(f"{url}{path}")
    assert page.status_code == 200
    passages = re.search(r'<div class="passages"[^>]*>(.*?)</div></section>', page.text, re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub("<[^>]+>", " ", passages[1]))).strip() if passages else ""


def test_a_link_opens_the_passage_of_its_citation_and_no_other(url: str, sample_library: Library) -> None:
    for citation in asked(url, "How many people were evacuated from Brackenford?")["citations"]:
        if citation["article"]["source"] == OPEN:
            continue
        passages = {passage.id: passage for passage in sample_library.record.passages_of(citation["article"]["id"])}
        assert shown(url, citation["held"]) == " ".join(passages[citation["passage_id"]].text.split())


FORGED = (
    "1.0.99999.",
    "1.0.99999.0" + "0" * 31,
    "",
    "x",
    "1.0",
    "....",
    "-1.-5.2.x",
    "9" * 5000,
    "1.0.5",
    "\x00",
    "é.1",
)


def changed(link: str) -> list[str]:
    """Links that somebody made of one of ours."""
    path, _, mark = link.partition("?cited=")
    version, start, end, signature = mark.removesuffix("#quote").split(".")
    longer = f"{version}.{start}.{int(end) + 1}.{signature}"
    places = (longer, f"{version}.0.{end}.{signature}", f"{int(version) + 1}.{start}.{end}.{signature}")
    rest = (f"{version}.{start}.{end}.{signature[:-1]}", f"{version}.{start}.{end}.{signature.upper()}x", *FORGED)
    return [f"{path}?cited={quote(value)}" for value in (*places, *rest)]


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.slow)])
def test_no_request_without_the_key_or_a_signed_link_tells_more_than_what_was_cited(
    url: str, sample_library: Library, every: int
) -> None:
    if bearing(url):
        pytest.skip("what is refused without a key is in test_access.py")
    own = cited(sample_library, "courier-88213", 5, 40)
    kept = [stored for stored in sample_library.record.articles() if stored.source != OPEN and not stored.headline_only]
    assert len(kept) > 10
    for stored in kept[::every]:
        path, whole = f"/article/{stored.id}", len(stored.text)
        ids = ",".join(passage.id for passage in sample_library.record.passages_of(stored.id))
        tries = [
            path,
            f"{path}?start=0&end={whole}",
            f"{path}?passages={ids}&start=0&end={whole}",
            f"{path}?cited={own.partition('?cited=')[2]}" if stored.id != "courier-88213" else path,
            *changed(cited(sample_library, stored.id, 5, 40)),
        ]
        pages = "".join(shown(url, each) for each in tries)
        assert pages == ""
        told = asked(url, "What is this article about?", article=stored.id)
        searched = httpx.get(f"{url}/api/search", params={"q": stored.title, "k": 50}).text
        everything = f"{json.dumps(told)} {searched} {httpx.get(f'{url}/api/articles/{stored.id}').text}"
        quotes = " ".join(citation["quote"] for citation in told["citations"])
        for passage in sample_library.record.passages_of(stored.id):
            for sentence in passage.sentences:
                text = stored.text[sentence.start : sentence.end]
                if len(text.split()) > 6 and text not in quotes and text not in (stored.correction or ""):
                    assert json.dumps(text)[1:-1] not in everything
                    assert json.dumps(text, ensure_ascii=False)[1:-1] not in everything


def test_a_link_that_was_changed_says_so(url: str, sample_library: Library) -> None:
    for link in changed(cited(sample_library, "courier-88213", 5, 40)):
        page = httpx.get(f"{url}{link}")
        assert page.status_code == 200
        if not link.endswith("?cited="):
            assert "This link opens no passage" in page.text
    assert "This link opens no passage" not in httpx.get(f"{url}/article/courier-88213").text


def test_a_signature_is_of_one_article_version_and_span_under_one_secret() -> None:
    def linked(version: int, text_id: str = "a") -> str:
        signed = article("It rained. It poured.", id=text_id, version=version)
        from_it = Citation(1, passage_of(signed), "It rained.", 0, 10)
        return LINKS.to(from_it).partition("?cited=")[2].removesuffix("#quote")

    assert LINKS.opened("a", linked(1)) == (1, Span(0, 10))
    assert LINKS.opened("a", linked(2)) == (2, Span(0, 10))
    assert LINKS.opened("b", linked(1)) is None
    assert CitationLinks().opened("a", linked(1)) is None
    # An id that holds another id: what is signed cannot be read in two ways.
    assert LINKS.opened("a", linked(1, "x\na").replace("1.0.10", "1.0.10\nx")) is None


def passage_of(stored: Article) -> Passage:
    return passages_of(stored)[0]


def test_links_hold_as_long_as_the_record(make_library: MakeLibrary) -> None:
    first, again = stored_links(make_library().record), stored_links(make_library().record)
    mark = first.to(Citation(1, passage_of(article("It rained.")), "It rained.", 0, 10)).partition("?cited=")[2]
    assert again.opened("a", mark.removesuffix("#quote")) == (1, Span(0, 10))
    other = stored_links(make_library("elsewhere").record)
    assert other.opened("a", mark.removesuffix("#quote")) is None


def test_who_opens_too_many_articles_is_told_when_to_go_on() -> None:
    app = ApiKeyMiddleware(plain, api_key=None, limit=RateLimit(1, clock=Clock()), pages=RateLimit(2, clock=Clock()))
    assert [fetched(app, "/article/a?cited=x").status_code for _ in range(3)] == [200, 200, 429]
    assert int(fetched(app, "/article/c").headers["retry-after"]) == 30
    assert fetched(app, "/article/b", client="192.0.2.2").status_code == 200
    assert fetched(app, "/api/search").status_code == fetched(app, "/library").status_code == 200


def test_the_running_server_limits_what_is_opened_and_keeps_its_links_over_a_restart(data: Path) -> None:
    with serving(data, DATELINE_ARTICLES_PER_MINUTE="2") as server:
        told = httpx.post(f"{server.url}/api/ask", json={"question": QUESTION}, timeout=60).text
        held = json.loads(told.split("event: citation\ndata: ")[1].split("\n")[0])["held"]
        opened = [httpx.get(f"{server.url}{held}").status_code for _ in range(8)]
    assert opened[0] == 200
    assert 429 in opened
    with serving(data) as server:
        assert "Cited from this article" in httpx.get(f"{server.url}{held}").text
