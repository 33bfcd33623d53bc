"""How often one client may ask: a token bucket for each address, in memory.

The library `limits` has no token bucket: its windows would let a client who used up a minute's requests wait for the
window instead of for the next request. Nor does its memory storage bound the number of clients, so that one with many
addresses could fill the memory.
"""

from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_network
from threading import Lock
from time import monotonic

from web.security.headers import Scope
from web.security.proxies import address_of

_MOST_CLIENTS = 10_000
_SECONDS_PER_MINUTE = 60.0
_NETWORK = 64
"""Bits of an IPv6 address that name a network, whose owner chooses the others freely."""


class RateLimit:
    """A token bucket for each client, which holds a minute's requests and fills evenly.

    Args:
        per_minute: Requests that one client may make in a minute; 0 means any number.
        most_clients: Clients remembered; the least recently seen is forgotten first, which can only favour it.
        clock: Monotonic seconds.
    """

    def __init__(
        self, per_minute: int, *, most_clients: int = _MOST_CLIENTS, clock: Callable[[], float] = monotonic
    ) -> None:
        self._size = float(per_minute)
        self._per_second = per_minute / _SECONDS_PER_MINUTE
        self._most_clients = most_clients
        self._clock = clock
        self._lock = Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Takes one request from the client's bucket; seconds to wait if it is empty, else 0."""
        if not self._size:
            return 0.0
        now = self._clock()
        with self._lock:
            left, since = self._buckets.pop(client, (self._size, now))
            left = min(self._size, left + (now - since) * self._per_second)
            allowed = left >= 1
            self._buckets[client] = (left - 1 if allowed else left, now)
            if len(self._buckets) > self._most_clients:
                self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self._per_second


def client_of(scope: Scope) -> str:
    """The client's address; for IPv6, its network."""
    host = str((scope.get("client") or ("unknown", 0))[0])
    address = address_of(host)
    # A Unix socket has no address.
    return (
        str(ip_network((address, _NETWORK), strict=False)) if isinstance(address, IPv6Address) else str(address or host)
    )
