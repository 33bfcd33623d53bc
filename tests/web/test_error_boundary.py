"""What should not happen: each route says so in its own shape, under a number of the log, without the question."""

import json
import logging
import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from rag.engine import Dateline, dateline_over
from rag.errors import EmbeddingError
from rag.library.library import Library
from rag.models import AnswerEvent, TextDelta
from rag.settings import Settings
from tests.web.conftest import listening
from web.links import CitationLinks
from web.security.api_key import Access
from web.security.headers import SecurityHeadersMiddleware
from web.server import routes_app

SECRET = "Who opened the vault of Skerrin at night?"
NUMBER = re.compile(r"number ([0-9a-f]{8})")


class Breaking:
    """An answerer that begins and then fails as nobody expected, or as was foreseen."""

    def __init__(self) -> None:
        self.error: Exception = RuntimeError(SECRET)

    def answer(self, query: Any, hits: Any, history: Any) -> Iterator[AnswerEvent]:
        yield TextDelta("It begins.")
        raise self.error


@pytest.fixture(scope="module")
def answerer() -> Breaking:
    return Breaking()


@pytest.fixture(scope="module")
def url(sample_library: Library, answerer: Breaking) -> Generator[str]:
    dateline: Dateline = replace(dateline_over(sample_library, Settings()), answerer=answerer)  # type: ignore[arg-type]
    app = routes_app(
        dateline, access=Access(), links=CitationLinks(), full_text=frozenset(), feedback=None, sites=(), widget=None
    )

    @app.get("/api/broken")
    def broken() -> None:
        raise RuntimeError(SECRET)

    with listening(SecurityHeadersMiddleware(app)) as started:
        yield started


@pytest.fixture(autouse=True)
def unexpected(answerer: Breaking) -> None:
    answerer.error = RuntimeError(SECRET)


def logged(caplog: pytest.LogCaptureFixture, message: str) -> None:
    """The number that the reader is told stands in the log, with the place of the error and without its text."""
    number = NUMBER.search(message)
    assert number, message
    (line,) = [record.getMessage() for record in caplog.records if number[1] in record.getMessage()]
    assert "RuntimeError" in line
    assert "test_error_boundary.py" in line
    assert SECRET not in caplog.text


def test_a_stream_of_events_ends_with_an_error(url: str, caplog: pytest.LogCaptureFixture) -> None:
    told = httpx.post(f"{url}/api/ask", json={"question": SECRET}, timeout=60).text.strip().split("\n\n")
    assert told[-2].startswith("event: token")
    assert told[-1].startswith("event: error\ndata: ")
    logged(caplog, json.loads(told[-1].split("data: ")[1])["message"])


def test_a_stream_for_openais_clients_ends_with_an_error_and_done(url: str, caplog: pytest.LogCaptureFixture) -> None:
    spoken = {"messages": [{"role": "user", "content": SECRET}], "stream": True}
    told = httpx.post(f"{url}/v1/chat/completions", json=spoken, timeout=60).text.strip().split("\n\n")
    assert told[-1] == "data: [DONE]"
    error = json.loads(told[-2].removeprefix("data: "))["error"]
    assert error["code"] == "server_error"
    logged(caplog, error["message"])


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/api/broken"])
def test_an_answer_in_one_piece_is_an_error_in_its_routes_shape(
    url: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    spoken = {"messages": [{"role": "user", "content": SECRET}]}
    asked = {"json": spoken} if path.endswith("completions") else {}
    answer = httpx.request("POST" if asked else "GET", f"{url}{path}", timeout=60, **asked)  # type: ignore[arg-type]
    assert answer.status_code == 500
    told = answer.json()
    if path.startswith("/v1"):
        assert told["error"]["type"] == told["error"]["code"] == "server_error"
    else:
        assert told["code"] == "server_error"
    logged(caplog, told["error"]["message"] if path.startswith("/v1") else told["detail"])
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_what_was_foreseen_is_said_in_its_own_words(
    url: str, answerer: Breaking, caplog: pytest.LogCaptureFixture
) -> None:
    answerer.error = EmbeddingError("the model is gone; start it again")
    told = httpx.post(f"{url}/api/ask", json={"question": SECRET}, timeout=60).text
    assert 'event: error\ndata: {"message": "the model is gone; start it again"}' in told
    spoken = {"messages": [{"role": "user", "content": SECRET}]}
    answer = httpx.post(f"{url}/v1/chat/completions", json=spoken, timeout=60)
    assert answer.status_code == 503
    assert answer.json()["error"]["message"] == "the model is gone; start it again"
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
