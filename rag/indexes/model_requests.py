"""Requests to model servers that end: httpx's timeouts are for one read, and a server may always send one byte more."""

from collections.abc import Iterator
from functools import partial
from time import monotonic

import httpx
from openai import DefaultHttpxClient

LONGEST_REPLY = 120.0
"""Seconds for one reply that is streamed."""


def bounded_client(*, seconds: float, streamed_seconds: float = LONGEST_REPLY) -> httpx.Client:
    """Return a client for OpenAI's libraries whose responses end.

    A server that keeps the connection open (`: ping`) or sends byte by byte then fails as one that is silent does.

    Args:
        seconds: Longest wait for the first byte, between two, and for the body of a response that is not streamed.
        streamed_seconds: The same for the body of a stream of events.
    """
    hook = partial(_bound, seconds=seconds, streamed_seconds=streamed_seconds)
    return DefaultHttpxClient(timeout=seconds, event_hooks={"response": [hook]})


def _bound(response: httpx.Response, *, seconds: float, streamed_seconds: float) -> None:
    is_stream = response.headers.get("content-type", "").startswith("text/event-stream")
    if isinstance(response.stream, httpx.SyncByteStream):
        response.stream = _BoundedBody(response.stream, streamed_seconds if is_stream else seconds)


class _BoundedBody(httpx.SyncByteStream):
    def __init__(self, body: httpx.SyncByteStream, seconds: float) -> None:
        self._body = body
        self._seconds = seconds
        self._deadline = monotonic() + seconds

    def __iter__(self) -> Iterator[bytes]:
        for part in self._body:
            if monotonic() > self._deadline:
                raise httpx.ReadTimeout(f"the response did not end within {self._seconds:.0f} s")
            yield part

    def close(self) -> None:
        self._body.close()
