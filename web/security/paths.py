"""The requested path as the routes know it; pure ASGI middleware."""

import re

from web.security.headers import App, Receive, Scope, Send

_SLASHES = re.compile(r"/{2,}")


class PathMiddleware:
    """Takes superfluous slashes out of paths under `/v1`, since clients put addresses together carelessly.

    Elsewhere they count: an article's id may be an address. It comes before everything that looks at the path, so that
    no two parts of the server read one request differently.

    Args:
        app: Behind it.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http":
            scope = {**scope, "path": _plain(str(scope["path"]))}
        await self._app(scope, receive, send)


def _plain(path: str) -> str:
    """The path without superfluous slashes, where it is OpenAI's."""
    plain = _SLASHES.sub("/", path).rstrip("/")
    return plain if plain == "/v1" or plain.startswith("/v1/") else path
