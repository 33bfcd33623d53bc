"""Authentication of the readers of sites: by token instead of API key, from our own page, within their site's limit."""

from collections.abc import Callable, Sequence
from math import ceil
from time import monotonic

from rag.messages import TOKEN_INVALID
from web.errors import Refusal, too_many_requests
from web.security.headers import Scope, header, is_own_page, path_of
from web.security.rate_limit import RateLimit, client_of
from web.security.tokens import SiteToken, SiteTokens
from web.sites import Site

TOKEN_HEADER = "x-dateline-token"
_OPEN = ("/api/ask", "/api/feedback")
"""Paths for which tokens are valid, with the paths below them."""


class SiteTokenAuth:
    """Authenticates requests that come with a token.

    Args:
        sites: As `sites.toml` names them.
        tokens: Issues and reads them; by default with a new secret.
        requests_per_minute: Of one reader of a site that sets no limit.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        sites: Sequence[Site] = (),
        tokens: SiteTokens | None = None,
        *,
        requests_per_minute: int = 0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.sites = tuple(sites)
        self._by_id = {site.id: site for site in sites}
        self._tokens = tokens or SiteTokens()
        self._limits = {site.id: RateLimit(_limit(site, requests_per_minute), clock=clock) for site in sites}

    def site(self, site_id: str) -> Site | None:
        """The site with this id."""
        return self._by_id.get(site_id)

    def token_for(self, site: Site) -> SiteToken:
        """A new token for a site."""
        return self._tokens.issue(site.id)

    def applies_to(self, scope: Scope) -> bool:
        """Whether the request has a token, for a path where tokens are valid."""
        path = path_of(scope)
        is_open = any(path == each or path.startswith(f"{each}/") for each in _OPEN)
        return bool(self.sites and is_open and header(scope, TOKEN_HEADER))

    def refusal(self, scope: Scope) -> Refusal | None:
        """Why a request with a token is refused; `None` if it is not, and then its `state` holds the site."""
        site = self.site(self._tokens.site_of(header(scope, TOKEN_HEADER)) or "")
        if site is None or not site.origins or not is_own_page(scope):
            return Refusal(401, TOKEN_INVALID, "invalid_token", {"www-authenticate": "Dateline-Token"})
        wait = self._limits[site.id].wait(client_of(scope))
        if wait:
            return too_many_requests(ceil(wait))
        scope.setdefault("state", {})["site"] = site
        return None


def _limit(site: Site, general: int) -> int:
    return general if site.requests_per_minute is None else site.requests_per_minute
