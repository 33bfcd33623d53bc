"""The read-only page of a kept conversation: who has its address sees what stands, and nobody else is told of it."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingest.pipeline import ingest
from rag.dates import parse_iso
from rag.engine import dateline_over
from rag.library.library import Library
from rag.messages import in_language
from rag.models import Answer, Citation, Claim
from rag.schemas import turn_json
from rag.settings import Settings
from rag.store.conversations import CONVERSATIONS_FILE, ConversationStore
from tests.conftest import MakeLibrary
from tests.web.conftest import listening
from web.links import CitationLinks
from web.security.api_key import Access
from web.security.headers import SecurityHeadersMiddleware
from web.server import routes_app

WORDS = in_language()
TEXTS = {
    "bridge": "The bridge at Sallow Ford was closed on Monday. Engineers found a crack 3 metres long.",
    "crack": "A crack of 5 metres was found in the bridge at Sallow Ford.",
}
Serve = Callable[..., str]


@pytest.fixture
def library(make_library: MakeLibrary, tmp_path: Path) -> Library:
    """Two articles that give different figures."""
    library = make_library()
    for name, text in TEXTS.items():
        fields = {"id": name, "title": f"The {name} of Sallow Ford", "source": f"{name.capitalize()} & Courier"}
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps({**fields, "published_at": "2026-09-07", "text": text}), "utf-8")
    assert ingest([tmp_path / f"{name}.json" for name in TEXTS], library).added == 2
    return library


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ConversationStore]:
    store = ConversationStore(tmp_path / CONVERSATIONS_FILE, days=30)
    yield store
    store.close()


@pytest.fixture
def serve(library: Library, store: ConversationStore) -> Iterator[Serve]:
    """Starts a server of the library and the conversations; returns its address."""
    started = []

    def start(**access: Any) -> str:
        app = routes_app(
            dateline_over(library, Settings()),
            access=Access(**access),
            links=CitationLinks("secret"),
            full_text=frozenset(),
            feedback=None,
            conversations=store,
            sites=(),
            widget=None,
        )
        server = listening(SecurityHeadersMiddleware(app))
        started.append(server)
        return server.__enter__()

    yield start
    for server in started:
        server.__exit__(None, None, None)


def cited(library: Library, article_id: str, marker: int, quote: str) -> Citation:
    (passage,) = library.record.passages_of(article_id)
    start = passage.article.text.index(quote)
    return Citation(marker, passage, quote, start, start + len(quote))


def turn(library: Library) -> dict[str, Any]:
    """A disputed, stale answer that a model wrote and of which a sentence is not verified."""
    citations = (
        cited(library, "bridge", 1, TEXTS["bridge"].split(". ")[1]),
        cited(library, "crack", 2, TEXTS["crack"]),
    )
    claims = (Claim("The crack is 3 metres long.", (1,), "verified"), Claim("It is 5 metres long.", (2,), "unverified"))
    answer = Answer(
        question="How long is the <script>alert(1)</script> crack?",
        text="The crack is 3 metres long. [1]\n\nIt is 5 metres long. [2]",
        status="answered",
        claims=claims,
        citations=citations,
        hits=(),
        as_of=datetime(2026, 11, 1, tzinfo=UTC),
        newest_source=parse_iso("2026-09-07"),
        confidence=0.5,
        model="scripted-model",
        stale=True,
        conflicts=((1, 2),),
    )
    return turn_json(answer)


def test_the_page_shows_answers_with_their_warnings_and_links_to_their_sentences(
    library: Library, store: ConversationStore, serve: Serve
) -> None:
    url, key = serve(), store.keep([turn(library)])
    page = httpx.get(f"{url}/c/{key.id}")
    assert page.status_code == 200
    assert "How long is the &lt;script&gt;alert(1)&lt;/script&gt; crack?" in page.text
    for words in (
        WORDS("stale"),
        "Disputed: sources 1, 2 differ",
        WORDS("not_all_verified"),
        WORDS("older"),
        "written by scripted-model",
    ):
        assert words in page.text
    assert page.text.count("<strong>disputed</strong>") == 2
    assert "Crack &amp; Courier" in page.text
    assert "</strong> · 7 September 2026" in page.text
    assert "<script" not in page.text
    link = page.text.split('href="/article/bridge?cited=')[1].split('"')[0]
    cited_page = httpx.get(f"{url}/article/bridge?cited={link.split('#')[0]}").text
    assert '<mark id="quote">Engineers found a crack 3 metres long.</mark>' in cited_page


def test_nobody_stores_lists_or_is_told_the_page_and_who_reads_it_cannot_change_it(
    library: Library, store: ConversationStore, serve: Serve
) -> None:
    url, key = serve(), store.keep([turn(library)])
    for path in (f"/c/{key.id}", "/c/none"):
        page = httpx.get(f"{url}{path}")
        assert page.headers["x-robots-tag"] == "noindex, nofollow"
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "script-src" not in page.headers["content-security-policy"]
        assert "default-src 'none'" in page.headers["content-security-policy"]
    page = httpx.get(f"{url}/c/{key.id}")
    assert '<meta name="robots" content="noindex, nofollow">' in page.text
    assert key.secret not in page.text
    assert httpx.delete(f"{url}/c/{key.id}").status_code == 405
    assert httpx.get(f"{url}/c/{key.secret}").status_code == 404
    store.erase(key.secret)
    gone = httpx.get(f"{url}/c/{key.id}")
    assert gone.status_code == 404
    assert WORDS("no_conversation") in gone.text


def test_what_the_operator_withdraws_leaves_the_page_at_once(
    library: Library, store: ConversationStore, serve: Serve
) -> None:
    url, key = serve(), store.keep([turn(library)])
    with library.writing() as writer:
        writer.withdraw(["bridge"], for_good=True)
    page = httpx.get(f"{url}/c/{key.id}").text
    assert "3 metres" not in page
    assert "The bridge of Sallow Ford" not in page
    assert WORDS("withdrawn_sentence") in page
    assert "It is 5 metres long." in page
    assert "Disputed" not in page


def test_one_client_opens_so_many_pages_a_minute(library: Library, store: ConversationStore, serve: Serve) -> None:
    url, key = serve(articles_per_minute=2), store.keep([turn(library)])
    assert [httpx.get(f"{url}/c/{key.id}").status_code for _ in range(3)] == [200, 200, 429]


def test_the_page_is_in_the_language_of_who_reads_it(library: Library, store: ConversationStore, serve: Serve) -> None:
    url, key, words = serve(), store.keep([turn(library)]), in_language("ar")
    with library.writing() as writer:
        writer.withdraw(["bridge"], for_good=True)
    page = httpx.get(f"{url}/c/{key.id}", headers={"accept-language": "ar-EG, en;q=0.5"})
    assert page.headers["content-language"] == "ar"
    assert 'dir="rtl"' in page.text
    for key_of in ("shared_conversation", "withdrawn_sentence", "stale", "older"):
        assert words(key_of) in page.text
    assert words("about_shared_conversation", made=datetime.now(UTC), until=key.until) in page.text
    missing = httpx.get(f"{url}/c/none?lang=de")
    assert in_language("de")("no_conversation") in missing.text
