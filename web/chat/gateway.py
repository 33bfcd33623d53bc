"""The gateway to the chat: which of Gradio's routes are open to readers; pure ASGI middleware right before it."""

import asyncio
import re
from collections import Counter
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import parse_qs

from fastapi import FastAPI
from gradio import Blocks, mount_gradio_app
from starlette.routing import Mount

from rag.messages import ANSWERS_WAITING, BUSY_PAGES, in_language, page_request_too_long
from web.chat.events import SESSION, ForeignRequestError, checked_join, events_of, session_in
from web.chat.start import translated
from web.errors import Refusal, refusal_response
from web.language import language_of
from web.security import client_of
from web.security.headers import App, Receive, Scope, Send, header

_PAGE = re.compile(r"/|/config|/theme\.css|/favicon\.ico|/assets/\w[\w.-]*|/static(/\w[\w.-]*)+", re.ASCII)
_TRANSLATED = ("/", "/config")
_HEARTBEAT = re.compile(rf"/gradio_api/heartbeat/{SESSION}", re.ASCII)
_DATA = "/gradio_api/queue/data"
_JOIN = "/gradio_api/queue/join"
_HEADERS = frozenset(
    b"host accept accept-encoding accept-language connection content-type content-length if-none-match "
    b"if-modified-since user-agent origin".split()
)
"""Request headers that Gradio may see."""
_MOST_BYTES = 65_536
"""Of a request; a question, or a reason and choices, is much smaller."""
_MOST_AT_ONCE = 8
"""Answers of one page that are being made or are not collected."""
_STREAMS_EACH = 100
"""Open streams of one address; a page has one, and another while an answer is made."""
_STREAMS = 800
"""Open streams of all addresses."""
_COLLECTED_WITHIN = 10.0
"""Seconds after which uncollected answers are dropped; a page opens its stream as soon as its question is accepted."""

_NOT_FOUND = Refusal(404, "not found", "not_found")
_TOO_LONG = Refusal(413, page_request_too_long(_MOST_BYTES), "invalid_request")
_UNFINISHED = Refusal(429, ANSWERS_WAITING, "busy", {"retry-after": "5"})
_CROWDED = Refusal(503, BUSY_PAGES, "busy", {"retry-after": "30"})


def mount_chat(app: FastAPI, page: Blocks, settings: dict[str, Any]) -> None:
    """Mounts the page at `/`, behind a gateway.

    Args:
        app: Its own routes have precedence.
        page: The chat.
        settings: Arguments of `gradio.mount_gradio_app`.
    """
    mount_gradio_app(app, page, path="/", **settings)
    mounted = app.routes[-1]
    if not isinstance(mounted, Mount):  # pragma: no cover - how Gradio mounts itself
        raise TypeError("Gradio did not mount itself as the last route")
    mounted.app = ChatGateway(mounted.app, page)


class ChatGateway:
    """Passes on the requests that the page makes, and refuses all others.

    Gradio goes on making an answer, and keeps it, until it is collected. What no page collects is dropped here, so that
    nobody can make the server work, or fill its memory, by asking and leaving.

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
            refusal = await self._handled(scope, receive, send)
        except ForeignRequestError as error:
            refusal = Refusal(422, str(error), "invalid_request")
        if refusal:
            await refusal_response(scope["path"], refusal)(scope, receive, send)

    async def _handled(self, scope: Scope, receive: Receive, send: Send) -> Refusal | None:
        method, path, query = scope["method"], str(scope["path"]), scope["query_string"].decode("latin-1")
        # Gradio reads page names and saved states from the query, which only the page's script should, and trusts
        # headers that say at which address it is.
        headers = [(name, value) for name, value in scope["headers"] if name.lower() in _HEADERS]
        scope = {**scope, "query_string": b"", "headers": headers}
        if method in ("GET", "HEAD") and _PAGE.fullmatch(path):
            language = language_of(header(scope, "accept-language"), *parse_qs(query).get("lang", ()))
            await self._app(scope, receive, translated(send, in_language(language)) if path in _TRANSLATED else send)
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
        self._drop_later(session)
        return None

    async def _streamed(self, session: str, scope: Scope, receive: Receive, send: Send) -> Refusal | None:
        """Streams the answers of a session; without a session, heartbeats."""
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
                self._drop_later(session)
        return None

    def _drop_later(self, session: str) -> None:
        pending = self._drops.pop(session, None)
        if pending:
            pending.cancel()
        self._drops[session] = asyncio.create_task(self._drop(session))

    async def _drop(self, session: str) -> None:
        """Drops the answers of a session unless a page collects them in time."""
        await asyncio.sleep(_COLLECTED_WITHIN)
        del self._drops[session]
        if not self._reading[session]:
            await self._queue.clean_events(session_hash=session)
            self._queue.pending_messages_per_session.pop(session, None)
            self._queue.pending_event_ids_session.pop(session, None)


async def _body(receive: Receive) -> bytes:
    """The request's body; of one that is too long only as much as shows it."""
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
    """A `receive` that returns the body, then what the client sends next."""
    left: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receiving() -> MutableMapping[str, Any]:
        return left.pop() if left else await receive()

    return receiving
