"""Connections that do not wait for ever: HTTP/1.1 as uvicorn speaks it, with bounds on what clients leave undone."""

import asyncio
import logging
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from web.errors import Refusal, refusal_response
from web.security.headers import Receive, Scope, Send, path_of
from web.security.rate_limit import client_of

log = logging.getLogger(__name__)

_WARN_EVERY_SECONDS = 60.0


class BoundedProtocol(H11Protocol):
    """Drops who begins a request and does not finish it, and who asks and does not read the answer.

    uvicorn's own keep-alive time ends with the first byte of the next request. h11, unlike httptools,
    bounds the bytes of an unfinished head.

    Attributes:
        request_seconds: For a request to arrive while nothing here works on it: its head, or what is left of
            a body after the answer. A body that is waited for has a time of its own, see `web.security.limits`.
        most_lines: Of one request; each of its chunks, which cost more than their bytes, ends two.
        reading_seconds: For the client to read what is ready for it.
        most_connections: Open at the same time; below the 1,024 files that a process may usually have open.
        most_of_a_client: Of one address, or of one IPv6 network, that is no trusted proxy's; further ones are dropped.

    Args:
        is_proxy: Whether an address is a trusted proxy's, which speaks for many clients; by default none is.
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
        """Waits for the first request, unless the client has its share of connections already."""
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
        """Waits no longer."""
        self._unfinished = _stop(self._unfinished)
        self._unread = _stop(self._unread)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """What comes after a refusal is not looked at, and neither is a request in too many pieces."""
        self._lines += data.count(b"\r\n")
        if self._lines > self.most_lines:
            self.transport.abort()
        elif self.conn.their_state is not h11.ERROR:
            super().data_received(data)

    def handle_events(self) -> None:
        """The time runs from the end of one answer until the head of the next request is here."""
        super().handle_events()
        self._await_request()

    def on_response_complete(self) -> None:
        """The time for the next request begins, or for what is left of this one."""
        self._lines = 0
        super().on_response_complete()
        self._await_request()

    def pause_writing(self) -> None:
        """More is ready than the client has read."""
        super().pause_writing()
        self._unread = self._unread or self.loop.call_later(self.reading_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """It has read."""
        super().resume_writing()
        self._unread = _stop(self._unread)

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is refused with h11's word for it: 431 for a head without end."""
        error = sys.exception()
        status = error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else 400
        headers = [("content-type", "text/plain; charset=utf-8"), ("connection", "close")]
        response = h11.Response(status_code=status, headers=headers, reason=HTTPStatus(status).phrase)
        if self.conn.our_state is not h11.IDLE:  # an answer is on its way already
            self.transport.close()
            return
        for event in (response, h11.Data(data=msg.encode()), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        # Closed with something unread, the connection would be reset, and the answer lost with it.
        self.transport.write_eof()

    def _warn(self, client: str) -> None:
        """Once in a minute, not for each connection of a flood."""
        if time.monotonic() >= BoundedProtocol._silent_until:
            BoundedProtocol._silent_until = time.monotonic() + _WARN_EVERY_SECONDS
            log.warning("%s has %d connections open; further ones are dropped", client, self.most_of_a_client)

    def _client_and_its_connections(self) -> tuple[str, int]:
        client = client_of({"client": self.client})
        if self.client and self._is_proxy(self.client[0]):
            return client, 0
        return client, sum(
            isinstance(one, BoundedProtocol) and client_of({"client": one.client}) == client for one in self.connections
        )

    def _await_request(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._unfinished = _stop(self._unfinished)
        elif self._unfinished is None:
            self._unfinished = self.loop.call_later(self.request_seconds, self.transport.close)


def _stop(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    """No timer instead of this one."""
    if timer:
        timer.cancel()
    return None


async def _no_room(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers in the place of the application while too many connections are open."""
    message = "busy: too many connections; ask again in a few seconds"
    refusal = Refusal(503, message, "busy", {"retry-after": "5", "connection": "close"})
    await refusal_response(path_of(scope), refusal)(scope, receive, send)
