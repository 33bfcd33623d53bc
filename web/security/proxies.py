"""The headers in which proxies name client, scheme and host: read from trusted proxies, ignored from anyone else."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from rag.errors import SettingsError
from web.security.headers import App, Receive, Scope, Send

_CLIENT, _SCHEME, _HOST = b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"
_PROXY_HEADERS = (b"x-forwarded-", b"x-real-", b"x-original-", b"forwarded")

Network = IPv4Network | IPv6Network


def trusted_proxies(given: Sequence[str]) -> tuple[Network, ...]:
    """Addresses and networks as `--trusted-proxy` names them.

    Raises:
        SettingsError: A value is neither.
    """
    try:
        return tuple(map(ip_network, given))
    except ValueError as error:
        raise SettingsError(
            f"--trusted-proxy: {error}; give the proxy's address or network, e.g. 10.0.0.7 or 10.0.0.0/24"
        ) from error


def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """The address in the text, `None` if it is malformed; an IPv4-mapped IPv6 address is the IPv4 address."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address


class TrustedProxyMiddleware:
    """Applies the headers of trusted proxies to a request, and removes those headers from all; pure ASGI middleware.

    It reads `X-Forwarded-For`, `-Proto` and `-Host`, and of several values the last, which the nearest proxy wrote.

    Args:
        app: Sees client, scheme and host of the reader, and no headers of proxies.
        trusted: Networks of trusted proxies; by default none.
    """

    def __init__(self, app: App, *, trusted: Sequence[Network] = ()) -> None:
        self._app = app
        self._trusted = tuple(trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "lifespan":
            scope = {**scope, **self._changes(scope)}
        await self._app(scope, receive, send)

    def _changes(self, scope: Scope) -> dict[str, Any]:
        headers = [(name, value) for name, value in scope["headers"] if not name.lower().startswith(_PROXY_HEADERS)]
        client = scope.get("client")
        if client is None or not self.trusts(client[0]):
            return {"headers": headers}
        changes: dict[str, Any] = {"headers": headers}
        if address := self._last_untrusted(_values(scope, _CLIENT)):
            changes["client"] = (address, 0)
        if (scheme := _last(_values(scope, _SCHEME)).lower()) in ("http", "https"):
            changes["scheme"] = scheme
        if host := _last(_values(scope, _HOST)):
            kept = [(name, value) for name, value in headers if name.lower() != b"host"]
            changes["headers"] = [(b"host", host.encode("latin-1")), *kept]
        return changes

    def trusts(self, host: str) -> bool:
        """Whether the address is a trusted proxy's."""
        address = address_of(host)
        return address is not None and any(address in network for network in self._trusted)

    def _last_untrusted(self, hosts: Sequence[str]) -> str | None:
        """The last address that is not a trusted proxy's; `None` if there is none, or it is malformed."""
        for text in reversed(hosts):
            host = _without_port(text)
            if not self.trusts(host):
                return host if address_of(host) else None
        return None


def _values(scope: Scope, name: bytes) -> list[str]:
    joined = b",".join(value for key, value in scope["headers"] if key.lower() == name)
    return [value.strip() for value in joined.decode("latin-1").split(",")]


def _last(values: Sequence[str]) -> str:
    return values[-1]


def _without_port(text: str) -> str:
    """The address of `203.0.113.7:4711`, `[2001:db8::1]:4711` or of a bare address."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text
