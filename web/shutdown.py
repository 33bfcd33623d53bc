"""How open requests end when the server is stopped: finished if that takes moments, else told so; ASGI middleware."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

from rag.messages import STOPPING
from web.api.events import DONE, event
from web.errors import Refusal, is_openai, openai_error, refusal_response
from web.security.headers import App, Receive, Scope, Send, path_of

GRACE_SECONDS = 5.0
"""In which an answer may still be finished; whatever stops services waits 10 s or longer."""
_ENDLESS = "/gradio_api/heartbeat/"
"""Streams that end with their page only, and have nothing to finish."""


class ShutdownMiddleware:
    """Ends the requests that are open when `stop` is called.

    Args:
        app: Behind it.
        grace: Seconds that requests have to end by themselves.
    """

    def __init__(self, app: App, *, grace: float = GRACE_SECONDS) -> None:
        self._app = app
        self._grace = grace
        self._stopping = asyncio.Event()
        self._open: set[asyncio.Future[None]] = set()

    @property
    def is_working(self) -> bool:
        """Whether something still works on a request, e.g. waits for a model server, be it given up or not."""
        return any(not each.done() for each in self._open)

    def stop(self) -> None:
        """Begins the end of open requests."""
        self._stopping.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        response = _Response(send)
        answering = asyncio.ensure_future(self._app(scope, receive, response.send))
        self._open.add(answering)
        answering.add_done_callback(self._open.discard)
        patience = asyncio.ensure_future(self._patience(path_of(scope)))
        try:
            await asyncio.wait((answering, patience), return_when=asyncio.FIRST_COMPLETED)
        finally:
            patience.cancel()
            if not answering.done():
                answering.cancel()
                response.is_over = True
        if response.is_over:
            await _tell(response, scope, receive, send)
        else:
            await answering

    async def _patience(self, path: str) -> None:
        """Lasts as long as a request may."""
        await self._stopping.wait()
        await asyncio.sleep(0 if path.startswith(_ENDLESS) else self._grace)


class _Response:
    """What has been sent of a response; once it is over, nothing more."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun = False
        self.is_stream = False
        self.is_over = False

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Sends a message of the response."""
        if self.is_over:
            return
        if message["type"] == "http.response.start":
            self.has_begun = True
            self.is_stream = any(value.startswith(b"text/event-stream") for _, value in message["headers"])
        await self._send(message)


async def _tell(response: _Response, scope: Scope, receive: Receive, send: Send) -> None:
    path = path_of(scope)
    if not response.has_begun:
        refusal = Refusal(503, STOPPING, "server_error", {"retry-after": "5", "connection": "close"})
        await refusal_response(path, refusal)(scope, receive, send)
        return
    # A response that is no stream of events cannot be told from a whole one but by its connection, which then closes.
    if response.is_stream:
        await send({"type": "http.response.body", "body": _last_words(path), "more_body": False})


def _last_words(path: str) -> bytes:
    if not is_openai(path):
        return event({"message": STOPPING}, "error")
    error = openai_error(STOPPING, "server_error")
    return event({**error, **error["error"], "type": "error"}, "error" if path == "/v1/responses" else None) + DONE
