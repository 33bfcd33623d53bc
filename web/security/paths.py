"""The requested path as the routes know it; pure ASGI middleware."""

import re

from fastapi.responses import RedirectResponse

from rag import messages
from rag.errors import SettingsError
from web.security.headers import App, Receive, Scope, Send

_PREFIX = re.compile(r"(?:/(?!\.{1,2}(?:/|$))[\w.~-]{1,100}){1,20}", re.ASCII)
_SLASHES = re.compile(r"/{2,}")
_OWN = frozenset(
    "api article assets c config demo docs embed favicon.ico gradio_api healthz how library openapi.json sites static "
    "theme.css v1 widget widget.js".split()
)
"""First parts of the server's own paths."""


class PathMiddleware:
    """Takes the prefix under which a proxy serves the server off the path, and superfluous slashes under `/v1`.

    A HEAD request, which FastAPI's routes do not know, is answered as a GET; uvicorn leaves the body out.
    Clients put addresses under `/v1` together carelessly; elsewhere slashes count: an article's id may be an address.
    It comes before everything that looks at the path, so that no two parts of the server read one request differently.

    Args:
        app: Behind it.
        root_path: The prefix, e.g. `/news`; a proxy may take it off, or leave it.
    """

    def __init__(self, app: App, *, root_path: str = "") -> None:
        self._app = app
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http":
            path = str(scope["path"])
            if self._root_path and path == self._root_path:
                # The page's addresses are relative to a folder.
                await RedirectResponse(f"{self._root_path}/", 308)(scope, receive, send)
                return
            if self._root_path and path.startswith(f"{self._root_path}/"):
                path = path.removeprefix(self._root_path)
            method = "GET" if scope["method"] == "HEAD" else scope["method"]
            scope = {**scope, "method": method, "path": _plain(path), "root_path": self._root_path}
        await self._app(scope, receive, send)


def root_path_from(given: str) -> str:
    """The prefix as `--root-path` names it, without a slash at its end; empty for none.

    Raises:
        SettingsError: It is not a plain path, or begins as the server's own do: a request for `/api/ask` could then be
            for `/ask` below the prefix, or for what a proxy has taken the prefix off.
    """
    path = given.rstrip("/")
    if path and not _PREFIX.fullmatch(path):
        raise SettingsError(messages.not_a_root_path(given))
    if path.removeprefix("/").partition("/")[0] in _OWN:
        raise SettingsError(messages.root_path_taken(given))
    return path


def _plain(path: str) -> str:
    """The path without superfluous slashes, where it is OpenAI's."""
    plain = _SLASHES.sub("/", path).rstrip("/")
    return plain if plain == "/v1" or plain.startswith("/v1/") else path
