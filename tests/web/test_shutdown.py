"""Requests that are open when the server is stopped are finished, or told."""

import asyncio
import json
from typing import Any

import pytest

from rag.messages import STOPPING
from tests.web.conftest import awaited
from web.shutdown import ShutdownMiddleware


async def ended(path: str, *, lasting: float, begun: bool, grace: float = 0.1) -> tuple[list[Any], bool]:
    """What is sent for a request that lasts so many seconds after the stop, and whether work is left."""
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]}
        if begun:
            await send(start)
        try:
            await asyncio.sleep(lasting)
        except asyncio.CancelledError:
            await asyncio.sleep(lasting)  # as a thread that cannot be interrupted
        if not begun:
            await send(start)
        await send({"type": "http.response.body", "body": b"whole"})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        await asyncio.sleep(60)

    requests = ShutdownMiddleware(app, grace=grace)
    request = asyncio.ensure_future(requests({"type": "http", "path": path, "headers": []}, receive, send))
    await asyncio.sleep(0.02)
    requests.stop()
    await request
    return sent, requests.is_working


def test_an_answer_that_is_nearly_made_is_finished() -> None:
    sent, is_working = awaited(ended("/api/ask", lasting=0.1, begun=True, grace=60))
    assert [message.get("body") for message in sent[1:]] == [b"whole"]
    assert not is_working


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/api/ask", {"message": STOPPING}),
        ("/v1/chat/completions", {"error": {"message": STOPPING, "type": "server_error"}}),
        ("/v1/responses", {"type": "error", "message": STOPPING, "error": {"message": STOPPING}}),
    ],
)
def test_a_stream_is_told(path: str, data: dict[str, Any]) -> None:
    sent, is_working = awaited(ended(path, lasting=60, begun=True))
    last = sent[-1]["body"].decode()
    told = json.loads(last.split("data: ")[1].split("\n")[0])
    error = data.pop("error", {})
    assert {name: told[name] for name in data} == data
    assert {name: told["error"][name] for name in error} == error
    assert ("[DONE]" in last) == path.startswith("/v1")
    assert sent[-1]["more_body"] is False
    assert is_working


def test_who_has_no_answer_yet_is_refused() -> None:
    sent, _ = awaited(ended("/v1/chat/completions", lasting=60, begun=False))
    assert sent[0]["status"] == 503
    assert json.loads(sent[1]["body"])["error"]["message"] == STOPPING


def test_streams_that_never_end_end_at_once() -> None:
    sent, _ = awaited(asyncio.wait_for(ended("/gradio_api/heartbeat/x", lasting=60, begun=True, grace=60), 30))
    assert b"whole" not in [message.get("body") for message in sent]
