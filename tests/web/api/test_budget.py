"""Budgets of tokens through `POST /api/ask`, of all sites together and of one: beyond them quotes answer and say so."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from rag.engine import dateline_over
from rag.library.library import Library
from rag.messages import NOT_FOUND, in_language, model_failed
from rag.settings import Settings
from rag.store.feedback import FeedbackStore
from rag.store.token_ledger import USAGE_FILE, TokenLedger
from tests.openai_server import Script, openai_server
from tests.rag.asking import WHO
from tests.web.conftest import listening
from web.links import CitationLinks
from web.security.api_key import Access
from web.server import routes_app
from web.sites import Site
from web.widget.assets import widget_files

ONE_ANSWER = 18
"""Tokens that the scripted server reports for a request."""
SITES = (
    Site(id="courier", title="Courier", origins=("https://news.example",), daily_tokens=ONE_ANSWER),
    Site(id="gazette", title="Gazette", origins=("https://news.example",)),
)
USED_UP = [model_failed(in_language(), "budget", midway=False)]


@contextmanager
def serving_with(library: Library, folder: Path, server: Script, *, daily_tokens: int) -> Iterator[str]:
    """The API over a library with a scripted model, its budget and two sites."""
    for name in ("widget.js", "embed.js", "embed.css", "messages/en.json"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("{}", encoding="utf-8")
    ledger = TokenLedger(folder / USAGE_FILE)
    store = FeedbackStore(folder / "feedback.sqlite", days=30)
    settings = Settings(OPENAI_BASE_URL=server.url, chat_model="scripted", daily_tokens=daily_tokens)
    app = routes_app(
        dateline_over(library, settings, ledger=ledger),
        access=Access(),
        links=CitationLinks(),
        full_text=frozenset(),
        feedback=store,
        sites=SITES,
        widget=widget_files(folder),
    )
    with listening(app) as url:
        yield url
    store.close()
    ledger.close()


def asked(url: str, site: str = "") -> dict[str, Any]:
    """The answer to the question, asked by a program or by a reader of a site."""
    headers = {}
    if site:
        page = httpx.get(f"{url}/embed", params={"site": site}, timeout=30).text
        config = json.loads(page.split('id="dateline-config">')[1].split("</script>")[0])
        headers = {"origin": url, "x-dateline-token": config["token"]}
    reply = httpx.post(f"{url}/api/ask", json={"question": WHO}, headers=headers, timeout=60)
    told: dict[str, Any] = json.loads(reply.text.split("event: answer\ndata: ")[1].split("\n")[0])
    return told


def test_beyond_a_sites_budget_its_readers_get_quotes(sample_library: Library, tmp_path: Path) -> None:
    with openai_server() as server, serving_with(sample_library, tmp_path, server, daily_tokens=0) as url:
        server.reply = NOT_FOUND
        first, second = asked(url, "courier"), asked(url, "courier")
        others = [asked(url, "gazette"), asked(url)]
    assert (first["model"], first["notes"]) == ("scripted", [])
    assert first["usage"] == {
        "prompt_tokens": 11,
        "completion_tokens": 7,
        "requests": [{"purpose": "draft", "prompt_tokens": 11, "completion_tokens": 7}],
    }
    assert (second["model"], second["notes"]) == ("quotes", USED_UP)
    assert second["usage"] == {"prompt_tokens": 0, "completion_tokens": 0, "requests": []}
    assert "Osric Tanbery" in second["answer"]
    assert [answer["model"] for answer in others] == ["scripted", "scripted"]


def test_the_budget_of_all_is_shared(sample_library: Library, tmp_path: Path) -> None:
    with openai_server() as server, serving_with(sample_library, tmp_path, server, daily_tokens=2 * ONE_ANSWER) as url:
        server.reply = NOT_FOUND
        answers = [asked(url, "gazette"), asked(url), asked(url, "gazette"), asked(url)]
        assert len(server.requests) == 2
    assert [answer["model"] for answer in answers] == ["scripted", "scripted", "quotes", "quotes"]
    assert [answer["notes"] for answer in answers[2:]] == [USED_UP, USED_UP]
