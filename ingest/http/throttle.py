"""Being polite: a pause between two requests to one host, and silence where a host asks for it."""

import threading
from collections.abc import Callable

from ingest.http.addresses import literal_address
from rag.errors import FetchError

LONGEST_PAUSE_SECONDS = 60.0
"""A host that asks for longer pauses between requests is asked at this pace."""
_LONGEST_HOLD_SECONDS = 86_400.0


class Pace:
    """When the next request to a host may start.

    Args:
        delay: Seconds between the starts of two requests to one host.
        clock: Monotonic seconds.
        sleep: Waits for a number of seconds.
    """

    def __init__(self, delay: float, *, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._delay = delay
        self._clock = clock
        self._sleep = sleep
        self._next: dict[str, float] = {}
        self._held: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, host: str, *, at_least: float | None = None) -> None:
        """Waits for the host's next turn; this machine's own servers need no politeness.

        Args:
            host: Name or address.
            at_least: Seconds between requests that its robots.txt asks for.

        Raises:
            FetchError: The host has asked to be left alone for longer than is waited.
        """
        self._check_hold(host)
        literal = literal_address(host)
        if literal and literal.is_loopback:
            return
        delay = min(max(self._delay, at_least or 0.0), LONGEST_PAUSE_SECONDS)
        with self._lock:
            now = self._clock()
            turn = max(now, self._next.get(host, now))
            self._next[host] = turn + delay
        if turn > now:
            self._sleep(turn - now)

    def hold(self, host: str, seconds: float) -> None:
        """Leaves a host alone for so long."""
        self._held[host] = self._clock() + min(seconds, _LONGEST_HOLD_SECONDS)

    def _check_hold(self, host: str) -> None:
        left = self._held.get(host, 0.0) - self._clock()
        if left > 0:
            raise FetchError(f"{host} asks to be left alone for {left:.0f} more seconds", transient=True)
