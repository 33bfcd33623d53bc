"""The chat's door: what of Gradio is open to readers, as pure ASGI middleware right before it."""

import asyncio
import re
from collections import Counter
from collections.abc import MutableMapping
from typing import Any

from fastapi import FastAPI
from gradio import Blocks, mount_gradio_app
from starlette.routing import Mount

from web.chat.events import SESSION, ForeignRequestError, checked_join, events_of, session_in
from web.errors import Refusal, refusal_response
from web.security.headers import App, Receive, Scope, Send
from web.security.rate_limit import client_of

_PAGE = re.compile(r"/|/config|/theme\.css|/favicon\.ico|/assets/\w[\w.-]*|/static(/\w[\w.-]*)+", re.ASCII)
_HEARTBEAT = re.compile(rf"/gradio_api/heartbeat/{SESSION}", re.ASCII)
_DATA = "/gradio_api/queue/data"
_JOIN = "/gradio_api/queue/join"
_HEADERS = frozenset(
    b"host accept accept-encoding accept-language connection content-type content-length if-none-match "
    b"if-modified-since user-agent origin".split()
)
"""What Gradio may see of those that a browser sends."""
_MOST_BYTES = 65_536
"""A question, or a reason and choices, with room to spare."""
_MOST_AT_ONCE = 8
"""Answers that one page may have in the making or uncollected."""
_STREAMS_EACH = 100
"""Of one address; an open page holds one, and one more while an answer is made."""
_STREAMS = 800
_COLLECTED_WITHIN = 10.0
"""Seconds; the page opens its stream as soon as its question is accepted."""

_NOT_FOUND = Refusal(404, "not found", "not_found")
_TOO_LONG = Refusal(413, f"a request of the page has at most {_MOST_BYTES} bytes", "invalid_request")
_UNFINISHED = Refusal(429, "answers are still being made for this page; wait for one", "busy", {"retry-after": "5"})
_CROWDED = Refusal(503, "busy: too many open pages; close some, or try again later", "busy", {"retry-after": "30"})


def mount_chat(app: FastAPI, page: Blocks, settings: dict[str, Any]) -> None:
    """Mounts the page at `/`, its door before it.

    Args:
        app: Its own routes come first.
        page: The chat.
        settings: Of `gradio.mount_gradio_app`.
    """
    mount_gradio_app(app, page, path="/", **settings)
    mounted = app.routes[-1]
    if not isinstance(mounted, Mount):  # pragma: no cover - how Gradio mounts itself
        raise TypeError("Gradio did not mount itself as the last route")
    mounted.app = ChatGateway(mounted.app, page)


class ChatGateway:
    """Lets through what the page asks for, in the shape in which it asks; everything else is refused.

    Gradio keeps what it makes until it is collected, and goes on making it. What no page collects is dropped here, so
    that nobody can have the server work, or fill its memory, by asking and going away.

    Args:
        app: Gradio's.
        page: The chat.
    """

    def __init__(self, app: App, page: Blocks) -> None:
        self._app = app
        self._events = events_of(page)
        self._queue = page._queue
        self._open: Counter[str] = Counter()
        self._reading: Counter[str] = Counter()
        self._drops: dict[str, asyncio.Task[None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        try:
            refusal = await self._passed(scope, receive, send)
        except ForeignRequestError as error:
            refusal = Refusal(422, str(error), "invalid_request")
        if refusal:
            await refusal_response(scope["path"], refusal)(scope, receive, send)

    async def _passed(self, scope: Scope, receive: Receive, send: Send) -> Refusal | None:
        method, path, query = scope["method"], str(scope["path"]), scope["query_string"].decode("latin-1")
        # Gradio's page takes pages and saved states from the address, which only its script should read, and believes
        # headers that say where it is.
        headers = [(name, value) for name, value in scope["headers"] if name.lower() in _HEADERS]
        scope = {**scope, "query_string": b"", "headers": headers}
        if method in ("GET", "HEAD") and _PAGE.fullmatch(path):
            await self._app(scope, receive, send)
        elif method == "POST" and path == _JOIN:
            return await self._joined(scope, receive, send)
        elif method == "GET" and path == _DATA:
            session = session_in(query)
            if not self._queue.pending_event_ids_session.get(session):
                return _NOT_FOUND
            return await self._streamed(session, scope, receive, send)
        elif method == "GET" and _HEARTBEAT.fullmatch(path):
            return await self._streamed("", scope, receive, send)
        else:
            return _NOT_FOUND
        return None

    async def _joined(self, scope: Scope, receive: Receive, send: Send) -> Refusal | None:
        body = await _body(receive)
        if len(body) > _MOST_BYTES:
            return _TOO_LONG
        session, written = checked_join(body, self._events)
        if len(self._queue.pending_event_ids_session.get(session, ())) >= _MOST_AT_ONCE:
            return _UNFINISHED
        await self._app(scope, _replayed(written, receive), send)
        self._await_reader(session)
        return None

    async def _streamed(self, session: str, scope: Scope, receive: Receive, send: Send) -> Refusal | None:
        """What is made for the session is sent; of no session, signs of life."""
        client = client_of(scope)
        if self._open[client] >= _STREAMS_EACH or self._open.total() >= _STREAMS:
            return _CROWDED
        self._open[client] += 1
        self._reading[session] += 1
        try:
            await self._app({**scope, "query_string": f"session_hash={session}".encode()}, receive, send)
        finally:
            self._open -= Counter((client,))
            self._reading -= Counter((session,))
            if session:
                self._await_reader(session)
        return None

    def _await_reader(self, session: str) -> None:
        before = self._drops.pop(session, None)
        if before:
            before.cancel()
        self._drops[session] = asyncio.create_task(self._dropped(session))

    async def _dropped(self, session: str) -> None:
        """What is made for the session is dropped unless a page collects it by then."""
        await asyncio.sleep(_COLLECTED_WITHIN)
        del self._drops[session]
        if not self._reading[session]:
            await self._queue.clean_events(session_hash=session)
            self._queue.pending_messages_per_session.pop(session, None)
            self._queue.pending_event_ids_session.pop(session, None)


async def _body(receive: Receive) -> bytes:
    """The request's body; of a too long one only as much as shows that it is."""
    parts: list[bytes] = []
    size = 0
    more = True
    while more and size <= _MOST_BYTES:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
    return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Receives this body, then what the client does next."""
    left: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receiving() -> MutableMapping[str, Any]:
        return left.pop() if left else await receive()

    return receiving
