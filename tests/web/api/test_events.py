"""Server-sent events: how they are written, and that their making ends with their reader."""

import asyncio
import json
import time
from collections.abc import Generator
from typing import Any

from tests.web.conftest import awaited
from web.api.events import DONE, EventStream, event


def test_an_event_is_its_name_and_its_data_as_json() -> None:
    assert event({"text": "“ß”\n\nb"}, "token") == 'event: token\ndata: {"text": "“ß”\\n\\nb"}\n\n'.encode()
    assert event([1]) == b"data: [1]\n\n"
    assert DONE == b"data: [DONE]\n\n"


def test_data_is_one_line_however_a_client_splits_text() -> None:
    written = event({"text": "a\u2028b\x85c\u2029d\x0be"}).decode()
    (line,) = filter(None, written.splitlines())
    assert json.loads(line.removeprefix("data: ")) == {"text": "a\u2028b\x85c\u2029d\x0be"}


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


def test_a_silent_stream_says_now_and_then_that_it_lives() -> None:
    def events() -> Generator[bytes]:
        yield event(1)
        time.sleep(0.35)
        yield event(2)

    async def read() -> list[bytes]:
        stream = EventStream(events(), silence=0.1)
        return [piece async for piece in stream.body_iterator if isinstance(piece, bytes)]

    read_pieces = awaited(read())
    assert read_pieces[0] == event(1)
    assert read_pieces[-1] == event(2)
    assert 2 <= read_pieces.count(b": ping\n\n") == len(read_pieces) - 2


def test_a_reader_who_leaves_a_silent_stream_ends_its_making() -> None:
    closed = []

    def events() -> Generator[bytes]:
        try:
            yield event(1)
            time.sleep(0.3)
            yield event(2)
        finally:
            closed.append(True)

    async def read() -> None:
        gone = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message.get("body") == b": ping\n\n":
                gone.set()

        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "asgi": {"spec_version": "2.0"}}
        await EventStream(events(), silence=0.05)(scope, receive, send)

    awaited(read())
    assert closed == [True]
