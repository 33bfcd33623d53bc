"""Requests to model servers that end, whatever part of a reply a server draws out."""

from collections.abc import Callable, Iterator
from functools import partial

import httpx
from openai import DefaultHttpxClient

from rag.deadlines import Deadline, TimedBackend
from rag.indexes.model_server import LOOPBACK_DIRECTLY

LONGEST_REPLY = 120.0
"""Seconds for one reply that is streamed."""


def bounded_client(*, seconds: float, streamed_seconds: float = LONGEST_REPLY) -> httpx.Client:
    """Return a client for OpenAI's libraries whose responses end.

    A server that keeps the connection open (`: ping`) or sends byte by byte then fails as one that is silent does.

    Args:
        seconds: Longest time until the headers have come, and then for the body of a response that is not streamed.
        streamed_seconds: The same for the body of a stream of events.
    """
    deadline = Deadline()
    hooks: dict[str, list[Callable[..., None]]] = {
        "request": [lambda _request: deadline.set(seconds)],
        "response": [partial(_bound, deadline=deadline, seconds=seconds, streamed_seconds=streamed_seconds)],
    }
    client = DefaultHttpxClient(timeout=seconds, event_hooks=hooks, mounts=LOOPBACK_DIRECTLY)
    # httpx takes a transport of ours only in the place of those that it makes for the proxies of the environment.
    for transport in (client._transport, *client._mounts.values()):
        if isinstance(transport, httpx.HTTPTransport):
            pool = transport._pool
            pool._network_backend = TimedBackend(pool._network_backend, deadline)
    return client


def _bound(response: httpx.Response, *, deadline: Deadline, seconds: float, streamed_seconds: float) -> None:
    is_stream = response.headers.get("content-type", "").startswith("text/event-stream")
    if isinstance(response.stream, httpx.SyncByteStream):
        end = deadline.end_in(streamed_seconds if is_stream else seconds)
        response.stream = _BoundedBody(response.stream, deadline, end)


class _BoundedBody(httpx.SyncByteStream):
    def __init__(self, body: httpx.SyncByteStream, deadline: Deadline, end: float) -> None:
        self._body = body
        self._deadline = deadline
        self._end = end

    def __iter__(self) -> Iterator[bytes]:
        parts = iter(self._body)
        while True:
            self._deadline.set_end(self._end)  # each part may be read by another thread
            part = next(parts, None)
            if part is None:
                return
            yield part

    def close(self) -> None:
        self._body.close()
