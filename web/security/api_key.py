"""Who may use the server: from which addresses, with which API key, and how often."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from rag import messages
from rag.errors import SettingsError
from rag.settings import Settings
from rag.urls import with_ascii_host
from web.errors import Refusal, refusal_response, too_many_requests
from web.security.headers import LOOPBACK, App, Receive, Scope, Send, header, path_of
from web.security.rate_limit import RateLimit, client_of
from web.security.site_tokens import SiteTokenAuth

_PROGRAMS = ("/v1/", "/api/")
"""Paths below these need the API key, if one is set."""
_CHAT = ("/gradio_api/queue/join", "/gradio_api/run/", "/gradio_api/call/", "/gradio_api/api/")
"""Paths of the chat's questions."""
_PAGES = ("/article/", "/c/")
"""Paths of the pages that show text of articles."""
_SITES = "/sites/"
"""Paths below this need the secret of a site; how often one is tried is limited like keys."""
_KEYED = "keyed"
_ORIGIN = re.compile(
    r"(?P<scheme>[a-z][\w+.-]{0,60})://(?P<host>[\w.-]{1,255}(?::\d{1,5})?|\[[0-9a-f:.]{2,45}\](?::\d{1,5})?)/?",
    re.A,
)
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def bears_key(scope: Scope) -> bool:
    """Whether `ApiKeyMiddleware` found the API key in the request; false if no key is set."""
    return bool(scope.get("state", {}).get(_KEYED, False))


@dataclass(frozen=True, slots=True)
class Access:
    """How open the server is.

    Attributes:
        origins: Where readers reach it, besides loopback, e.g. `https://news.example`, and applications that may ask.
        api_key: That programs must send to `/v1` and `/api`; `None` requires none.
        requests_per_minute: Of one client; 0 means no limit.
        articles_per_minute: Pages with text of articles that one client may open; 0 means no limit.
    """

    origins: tuple[str, ...] = ()
    api_key: str | None = None
    requests_per_minute: int = 0
    articles_per_minute: int = 0


def access_from(settings: Settings, *, host: str, origins: Sequence[str]) -> Access:
    """How open the operator made the server.

    Args:
        settings: Hold the key and the limits.
        host: The address it listens on.
        origins: As given with `--allow-origin`.

    Raises:
        SettingsError: Other machines could reach it, but no origin or no key is set; or an origin is malformed.
    """
    key = settings.api_key.get_secret_value().strip() if settings.api_key else None
    if host not in LOOPBACK and not origins:
        raise SettingsError(
            f"{host} is not a loopback address, so other machines can reach it; "
            "say at which address readers will, e.g. --allow-origin https://news.example"
        )
    if host not in LOOPBACK and not key:
        raise SettingsError(
            f"{host} is not a loopback address, so other machines can reach it; set DATELINE_API_KEY to the key "
            "that programs must send to /v1 and /api"
        )
    origins = tuple(map(_origin, origins))
    return Access(origins, key or None, settings.requests_per_minute, settings.articles_per_minute)


class ApiKeyMiddleware:
    """Requires the API key of programs, and limits how often one client may ask; pure ASGI middleware.

    Args:
        app: Behind it.
        api_key: `None` requires none.
        limit: Of one client's questions from the chat, and requests to `/v1` and `/api`.
        pages: Of the pages with text of articles that one client opens; by default no limit.
        site_auth: Of the readers of sites, who need no key; by default there are no sites.
    """

    def __init__(
        self,
        app: App,
        *,
        api_key: str | None,
        limit: RateLimit,
        pages: RateLimit | None = None,
        site_auth: SiteTokenAuth | None = None,
    ) -> None:
        self._app = app
        self._api_key = api_key
        self._limit = limit
        self._pages = pages or RateLimit(0)
        self._site_auth = site_auth or SiteTokenAuth()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal:
            await refusal_response(path_of(scope), refusal)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Refusal | None:
        if self._site_auth.applies_to(scope):
            return self._site_auth.refusal(scope)
        path = path_of(scope)
        is_program = path.startswith(_PROGRAMS)
        limit = self._pages if path.startswith(_PAGES) else self._limit
        if not is_program and not path.startswith((*_CHAT, *_PAGES, _SITES)):
            return None
        wait = limit.wait(client_of(scope))
        if wait:
            return too_many_requests(ceil(wait))
        keyed = scope.setdefault("state", {})[_KEYED] = self._has_key(header(scope, "authorization"))
        if is_program and self._api_key is not None and not keyed:
            told = "this is not the key of this server" if header(scope, "authorization") else "a key is needed"
            message = f"{told}; send it as `Authorization: Bearer KEY`"
            return Refusal(401, message, "invalid_api_key", {"www-authenticate": "Bearer"})
        return None

    def _has_key(self, authorization: str) -> bool:
        """Whether the request has the key; false if no key is set."""
        if self._api_key is None:
            return False
        scheme, _, given = authorization.partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(
            given.strip().encode("latin-1"), self._api_key.encode()
        )


def _origin(given: str) -> str:
    """The origin as browsers send it: of a site, or of an application, whose scheme is its own."""
    match = _ORIGIN.fullmatch(with_ascii_host(given.strip().lower()))
    if not match:
        raise SettingsError(messages.not_an_origin(given))
    return f"{match['scheme']}://{match['host']}".removesuffix(_DEFAULT_PORTS.get(match["scheme"], "/"))
