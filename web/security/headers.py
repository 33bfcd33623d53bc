"""The security headers of every response, and the refusal of foreign hosts and origins; pure ASGI middleware."""

import re
from collections.abc import Awaitable, Callable, Collection, Iterable, MutableMapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from fastapi.responses import PlainTextResponse, Response

from rag import messages
from web.errors import Refusal, refusal_response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        # Gradio's page starts from inline scripts and styles.
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "media-src 'none'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = tuple(
    (name.encode(), value.encode())
    for name, value in (
        ("content-security-policy", CONTENT_SECURITY_POLICY),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
    )
)
_FOR_PROGRAMS = ("/v1", "/api/", "/gradio_api/")
_POLICY = b"content-security-policy"
_FRAMED_BY_NONE = b"frame-ancestors 'none'"
_LOADED_ANYWHERE = re.compile(r"/widget\.js|/widget/v[^/]+/widget\.js|/embed/check\.js")
"""Files that other people's pages load; with an integrity hash, browsers send the page's origin."""
_HEALTH = "/healthz"
"""Asked by orchestrators and balancers, which know a server by its address alone."""
_NETLOC = re.compile(r"(\[[0-9a-f:.]+\]|[^\s/?#@:\\\[\]]+)(?::\d{1,5})?")
_OVERWRITTEN = {name for name, _ in _HEADERS}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""Names of this machine under which other machines cannot reach it."""


def header(scope: Scope, name: str) -> str:
    """A header of the request; empty if absent."""
    wanted = name.encode()
    return next((value.decode("latin-1") for key, value in scope["headers"] if key.lower() == wanted), "")


def path_of(scope: Scope) -> str:
    """The requested path; several slashes at its start count as one."""
    return "/" + str(scope["path"]).lstrip("/")


def is_own_page(scope: Scope) -> bool:
    """Whether a page of this server sent the request, as the browser reports it; other programs can report anything."""
    origin = header(scope, "origin")
    return header(scope, "sec-fetch-site") == "same-origin" or is_of_host(scope, origin)


def is_of_host(scope: Scope, origin: str) -> bool:
    """Whether an origin is that of the host that the request asks for."""
    host = header(scope, "host")
    return origin in (f"http://{host}", f"https://{host}")


class SecurityHeadersMiddleware:
    """Adds the security headers; refuses foreign hosts and requests from foreign pages.

    The host is checked because a foreign name may resolve to this machine; the origin because CORS does not keep a
    request from being processed.

    Args:
        app: Behind it.
        origins: Where readers reach this server, besides loopback, or whose pages may send it requests.
    """

    def __init__(self, app: App, *, origins: Collection[str] = ()) -> None:
        self._app = app
        self._origins = frozenset(origins)
        # Only pages have a server's name in their address: `app://NAME` is an application on the reader's machine.
        addresses = [urlsplit(origin) for origin in origins]
        self._hosts = LOOPBACK | {_hostname(each.netloc) for each in addresses if each.scheme in ("http", "https")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal:
            await _response(path_of(scope), refusal)(scope, receive, _with_headers(send))
        else:
            await self._app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> Refusal | None:
        host, origin, path = header(scope, "host"), header(scope, "origin"), path_of(scope)
        if _hostname(host) not in self._hosts and not (path == _HEALTH and _is_nobodys_name(host)):
            return Refusal(421, messages.unknown_name(host), "unknown_host")
        shared = scope["method"] in ("GET", "HEAD") and _LOADED_ANYWHERE.fullmatch(path)
        if origin and not shared and origin not in self._origins and not is_of_host(scope, origin):
            return Refusal(403, messages.foreign_origin(origin), "foreign_origin")
        return None


def _hostname(netloc: str) -> str:
    """The name or address in `name:port`, without the dot that ends a full name; empty if it is malformed."""
    match = _NETLOC.fullmatch(netloc.lower())
    return match[1].strip("[]").removesuffix(".") if match else ""


def _is_nobodys_name(host: str) -> bool:
    """Whether a host is an address, or missing: only a name can be made to mean this machine."""
    try:
        return not host or bool(ip_address(_hostname(host)))
    except ValueError:
        return False


def _response(path: str, refusal: Refusal) -> Response:
    """For programs as data, else as text that a browser shows."""
    if path.startswith(_FOR_PROGRAMS):
        return refusal_response(path, refusal)
    return PlainTextResponse(refusal.message, refusal.status)


def _with_headers(send: Send) -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": _secured(message.get("headers", []))}
        await send(message)

    return sending


def _secured(given: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers with ours added; a page may have a stricter policy of its own.

    A page that may be framed names by whom in its policy, and gets no `x-frame-options`, which can only say nobody.
    """
    policy = [(name, value) for name, value in given if name.lower() == _POLICY]
    kept = [(name, value) for name, value in given if name.lower() not in _OVERWRITTEN]
    omitted = {_POLICY} if policy else set()
    if policy and not any(_FRAMED_BY_NONE in value for _, value in policy):
        omitted.add(b"x-frame-options")
    return [*kept, *policy, *((name, value) for name, value in _HEADERS if name not in omitted)]
