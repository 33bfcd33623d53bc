"""What a request must pass before it reaches a route: connections, sizes, hosts, keys, tokens and rates."""

from web.security.api_key import Access, ApiKeyMiddleware, access_from, bears_key
from web.security.connections import BoundedProtocol
from web.security.headers import SecurityHeadersMiddleware, is_of_host, is_own_page, path_of
from web.security.limits import MOST_HEAD_BYTES, RequestLimitsMiddleware
from web.security.paths import PathMiddleware, root_path_from
from web.security.proxies import TrustedProxyMiddleware, trusted_proxies
from web.security.rate_limit import RateLimit, client_of
from web.security.site_tokens import SiteTokenAuth
from web.security.tokens import SiteTokens

__all__ = [
    "MOST_HEAD_BYTES",
    "Access",
    "ApiKeyMiddleware",
    "BoundedProtocol",
    "PathMiddleware",
    "RateLimit",
    "RequestLimitsMiddleware",
    "SecurityHeadersMiddleware",
    "SiteTokenAuth",
    "SiteTokens",
    "TrustedProxyMiddleware",
    "access_from",
    "bears_key",
    "client_of",
    "is_of_host",
    "is_own_page",
    "path_of",
    "root_path_from",
    "trusted_proxies",
]
