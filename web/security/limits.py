"""How large a request may be and how long it may take to arrive; pure ASGI middleware."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, MutableMapping
from typing import Any

from web.errors import Refusal, invalid_request, refusal_response
from web.security.headers import App, Receive, Scope, Send, header, path_of

MOST_HEAD_BYTES = 80_000
"""Of the headers of a request together."""
_MOST_ADDRESS_BYTES = 60_000
"""The longest question takes 48,000: a character may be written as `%F0%9F%98%80`."""
_MOST_HEADERS = 100
_MOST_BYTES = 1_000_000
_MOST_VALUES = 20_000
"""In the JSON of a body; a conversation of thousands of messages has fewer."""
_SECONDS = 10.0
_WHILE_SENDING = (413, 414, 415, 431)
"""Statuses of refusals during which a client may still be sending."""
_CLOSE = {"connection": "close"}


class RequestLimitsMiddleware:
    """Passes a request on once its body has arrived: whole, not too long, and text; pure ASGI middleware.

    Args:
        app: Behind it.
        most_bytes: Of bodies to paths with a smaller limit than others.
        seconds: How long a body may take to arrive.
    """

    def __init__(self, app: App, *, most_bytes: Mapping[str, int] | None = None, seconds: float = _SECONDS) -> None:
        self._app = app
        self._most_bytes = most_bytes or {}
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = bytearray()
        try:
            refusal = _long_head(scope) or _compressed(scope) or await self._read(scope, receive, body)
        except _GoneError:
            return
        if refusal is None:
            await self._app(scope, _again(bytes(body), receive), send)
        else:
            sending = self._lingering(receive, send) if refusal.status in _WHILE_SENDING else send
            await refusal_response(path_of(scope), refusal)(scope, receive, sending)

    async def _read(self, scope: Scope, receive: Receive, body: bytearray) -> Refusal | None:
        """Fills `body`; returns why the request is refused, if it is."""
        if not (header(scope, "content-length") or header(scope, "transfer-encoding")):
            return None
        most = self._most_bytes.get(path_of(scope), _MOST_BYTES)
        announced = header(scope, "content-length")
        if announced and int(announced) > most:
            return _too_large(most)
        try:
            async with asyncio.timeout(self._seconds):
                async for piece in _pieces(receive):
                    body += piece
                    if len(body) > most:
                        return _too_large(most)
        except TimeoutError:
            message = f"the body did not arrive within {self._seconds:.0f} seconds; send the request again"
            return Refusal(408, message, "timeout", _CLOSE)
        return _unreadable(path_of(scope), bytes(body)) if body else None

    def _lingering(self, receive: Receive, send: Send) -> Send:
        """Sends the whole response, then waits until the client has sent its request.

        A connection that is closed with unread data is reset, and the response may be lost with it.
        """

        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] != "http.response.body":
                await send(message)
                return
            await send({**message, "more_body": True})
            try:
                async with asyncio.timeout(self._seconds):
                    async for _ in _pieces(receive):
                        pass
            except (TimeoutError, _GoneError):
                pass
            await send({"type": "http.response.body"})

        return sending


class _GoneError(Exception):
    """The client disconnected before its request was whole."""


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        more = message.get("more_body", False)
        yield message.get("body", b"")


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that returns the body in one piece, then what the client sends next."""
    begun = False

    async def receiving() -> MutableMapping[str, Any]:
        nonlocal begun
        if begun:
            return await receive()
        begun = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


def _long_head(scope: Scope) -> Refusal | None:
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > _MOST_ADDRESS_BYTES:
        return Refusal(414, f"the address has more than {_MOST_ADDRESS_BYTES:,} bytes", "invalid_request", _CLOSE)
    headers = scope["headers"]
    if len(headers) > _MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > MOST_HEAD_BYTES:
        message = f"the headers are more than {_MOST_HEADERS}, or have more than {MOST_HEAD_BYTES:,} bytes"
        return Refusal(431, message, "invalid_request", _CLOSE)
    return None


def _compressed(scope: Scope) -> Refusal | None:
    encoding = header(scope, "content-encoding")
    if encoding.lower() in ("", "identity"):
        return None
    message = f"a body that is compressed ({encoding[:100]}) is not read; send it without Content-Encoding"
    return Refusal(415, message, "invalid_request", _CLOSE)


def _too_large(most: int) -> Refusal:
    return Refusal(413, f"the body has more than {most:,} bytes; shorten it", "too_large", _CLOSE)


def _unreadable(path: str, body: bytes) -> Refusal | None:
    """Why a JSON body is refused: it has more values than can be validated at once, or a lone surrogate.

    JSON can hold a lone surrogate, and no text can be encoded with it. The route refuses what is not JSON at all.
    """
    try:
        value = json.loads(body)
        if _has_more_values(value, _MOST_VALUES):
            return Refusal(413, f"the body has more than {_MOST_VALUES:,} values; shorten it", "too_large", _CLOSE)
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeError:
        return invalid_request(path, "the body holds half a character, or is not UTF-8; send JSON of whole characters")
    except (ValueError, RecursionError):
        return None
    return None


def _has_more_values(value: Any, most: int) -> bool:
    left, seen = [value], 0
    while left and seen <= most:
        item = left.pop()
        inner = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
        seen += 1 + len(inner)
        left.extend(inner if seen <= most else ())
    return seen > most
