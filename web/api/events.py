"""Server-sent events, in FastAPI's encoding, as a response that stops its generator when the reader leaves."""

import asyncio
import json
from collections.abc import AsyncIterator, Generator
from typing import Any

from anyio import CancelScope
from anyio.to_thread import run_sync
from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.types import Receive, Scope, Send

DONE = format_sse_event(data_str="[DONE]")
"""Ends a stream for OpenAI's clients."""
_ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "\x85\u2028\u2029"}
"""Signs that end no line of an event, and at which clients cut one that split text as Python does."""
_SILENCE_SECONDS = 15.0
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
"""No proxy should keep or hold back the events."""


def event(data: Any, name: str | None = None) -> bytes:
    """One event.

    Args:
        data: Sent as JSON.
        name: Of the event; `None` sends data alone.
    """
    return format_sse_event(data_str=json.dumps(data, ensure_ascii=False).translate(_ESCAPED), event=name)


class EventStream(StreamingResponse):
    """The response of a route.

    FastAPI's own `EventSourceResponse` does not fit. It takes routes that yield, and sends the status before the first
    item, so that they cannot refuse; it reads ahead of a slow reader; and it does not close the generator of a reader
    who left, which would keep the language model at work and the slot taken.

    Args:
        events: Closed as soon as the reader leaves; what makes them then stops.
        silence: Seconds without an event after which a comment is sent, so that no proxy takes the stream for dead.
    """

    media_type = "text/event-stream"

    def __init__(self, events: Generator[bytes], *, silence: float = _SILENCE_SECONDS) -> None:
        super().__init__(_with_pings(events, silence), headers=_HEADERS)
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One response."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._events.close()


async def _with_pings(events: Generator[bytes], silence: float) -> AsyncIterator[bytes]:
    """The events, and a comment after every so many seconds without one; a thread makes each event."""
    while True:
        making = asyncio.ensure_future(run_sync(next, events, None))
        try:
            while not (await asyncio.wait((making,), timeout=silence))[0]:
                yield KEEPALIVE_COMMENT
        finally:
            # A generator cannot be closed while its thread is at work.
            with CancelScope(shield=True):
                await asyncio.wait((making,))
        made = making.result()
        if made is None:
            return
        yield made
