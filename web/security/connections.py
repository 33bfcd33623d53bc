"""HTTP/1.1 connections of uvicorn with bounds, so that none waits for ever for its client."""

import asyncio
import logging
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from rag.messages import BUSY_CONNECTIONS
from web.errors import Refusal, refusal_response
from web.security.headers import Receive, Scope, Send, path_of
from web.security.rate_limit import client_of

log = logging.getLogger(__name__)

_WARN_EVERY_SECONDS = 60.0


class BoundedProtocol(H11Protocol):
    """Drops clients that begin a request and do not finish it, or do not read the response.

    uvicorn's own keep-alive time ends with the first byte of the next request. h11, unlike httptools,
    bounds the bytes of an unfinished head.

    Attributes:
        request_seconds: For a request to arrive while no response is made: its head, or the rest of a body after the
            response. The wait for a body has a limit of its own, see `web.security.limits`.
        most_lines: Of one request; a chunk, which costs more than its bytes, counts as two.
        reading_seconds: For the client to read what is ready for it.
        most_connections: Open at the same time; below the 1,024 files that a process may usually have open.
        most_of_a_client: Of one address or IPv6 network that is not a trusted proxy's; further ones are dropped.

    Args:
        is_proxy: Whether an address is a trusted proxy's, which connects for many clients; by default none is.
    """

    request_seconds = 10.0
    most_lines = 20_000
    reading_seconds = 60.0
    most_connections = 900
    most_of_a_client = 200
    _silent_until: ClassVar[float] = 0.0
    _lines = 0
    _unfinished: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def __init__(self, *, is_proxy: Callable[[str], bool] = lambda _address: False, **parts: Any) -> None:
        super().__init__(**parts)
        self._is_proxy = is_proxy

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Waits for the first request, unless the client has too many connections already."""
        super().connection_made(transport)
        client, mates = self._client_and_its_connections()
        if mates > self.most_of_a_client:
            self._warn(client)
            transport.abort()
            return
        if len(self.connections) > self.most_connections:
            self.app = _no_room
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops waiting."""
        self._unfinished = _stop(self._unfinished)
        self._unread = _stop(self._unread)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Drops a request of too many lines, and ignores what comes after a refusal."""
        self._lines += data.count(b"\r\n")
        if self._lines > self.most_lines:
            self.transport.abort()
        elif self.conn.their_state is not h11.ERROR:
            super().data_received(data)

    def handle_events(self) -> None:
        """Starts the time limit at the end of a response; the head of the next request stops it."""
        super().handle_events()
        self._await_request()

    def on_response_complete(self) -> None:
        """Starts the time limit of the next request, or of the rest of this one."""
        self._lines = 0
        super().on_response_complete()
        self._await_request()

    def pause_writing(self) -> None:
        """Starts the time limit in which the client has to read."""
        super().pause_writing()
        self._unread = self._unread or self.loop.call_later(self.reading_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Stops that time limit."""
        super().resume_writing()
        self._unread = _stop(self._unread)

    def send_400_response(self, msg: str) -> None:
        """Refuses malformed HTTP with the status that h11 suggests, e.g. 431 for a head without end."""
        error = sys.exception()
        status = error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else 400
        headers = [("content-type", "text/plain; charset=utf-8"), ("connection", "close")]
        response = h11.Response(status_code=status, headers=headers, reason=HTTPStatus(status).phrase)
        if self.conn.our_state is not h11.IDLE:  # a response has begun already
            self.transport.close()
            return
        for event in (response, h11.Data(data=msg.encode()), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        # Closed with unread data, the connection would be reset, and the response lost with it.
        self.transport.write_eof()

    def _warn(self, client: str) -> None:
        """Logs once a minute, not for each connection of a flood."""
        if time.monotonic() >= BoundedProtocol._silent_until:
            BoundedProtocol._silent_until = time.monotonic() + _WARN_EVERY_SECONDS
            log.warning("%s has %d connections open; further ones are dropped", client, self.most_of_a_client)

    def _client_and_its_connections(self) -> tuple[str, int]:
        client = client_of({"client": self.client})
        if self.client and self._is_proxy(self.client[0]):
            return client, 0
        return client, sum(
            isinstance(each, BoundedProtocol) and client_of({"client": each.client}) == client
            for each in self.connections
        )

    def _await_request(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._unfinished = _stop(self._unfinished)
        elif self._unfinished is None:
            self._unfinished = self.loop.call_later(self.request_seconds, self.transport.close)


def _stop(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    """Cancels the timer; returns `None` to take its place."""
    if timer:
        timer.cancel()
    return None


async def _no_room(scope: Scope, receive: Receive, send: Send) -> None:
    """The application while too many connections are open: refuses every request."""
    refusal = Refusal(503, BUSY_CONNECTIONS, "busy", {"retry-after": "5", "connection": "close"})
    await refusal_response(path_of(scope), refusal)(scope, receive, send)
