"""Server-sent events: how they are written, and that their making ends with their reader."""

import asyncio
from collections.abc import Generator
from typing import Any

from tests.web.conftest import awaited
from web.api.events import DONE, EventStream, event


def test_an_event_is_its_name_and_its_data_as_json() -> None:
    assert event({"text": "“ß”\n\nb"}, "token") == 'event: token\ndata: {"text": "“ß”\\n\\nb"}\n\n'.encode()
    assert event([1]) == b"data: [1]\n\n"
    assert DONE == b"data: [DONE]\n\n"


def test_what_makes_the_events_is_closed_when_the_reader_leaves() -> None:
    closed = []

    def events() -> Generator[bytes]:
        try:
            while True:
                yield event({})
        finally:
            closed.append(True)

    async def read() -> None:
        sent: list[Any] = []
        gone = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)
            if len(sent) == 3:
                gone.set()

        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "asgi": {"spec_version": "2.0"}}
        await EventStream(events())(scope, receive, send)
        headers = dict(sent[0]["headers"])
        assert headers[b"content-type"] == b"text/event-stream; charset=utf-8"
        assert headers[b"cache-control"] == b"no-store"

    awaited(read())
    assert closed == [True]
