"""Connections that end in time: httpcore's timeouts are for one read, and a server may always send one byte more."""

import ssl
import threading
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

import httpcore


class DeadlinePassed(httpcore.TimeoutException):
    """No time is left for the request, or for the body of its response."""


class Deadline(threading.local):
    """Until when what the current thread does on the network may last, in seconds of `clock`."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._end = float("inf")

    def set(self, seconds: float) -> None:
        """Let what is done from now on last so long."""
        self.set_end(self.end_in(seconds))

    def end_in(self, seconds: float) -> float:
        """Return the end of so many seconds, for `set_end` in this or another thread."""
        return self._clock() + seconds

    def set_end(self, end: float) -> None:
        """Let what is done from now on last until then."""
        self._end = end

    def left(self, timeout: float | None) -> float:
        """Return the seconds that one operation may take.

        Raises:
            DeadlinePassed: None are left.
        """
        left = self._end - self._clock()
        if left <= 0:
            raise DeadlinePassed("took too long altogether")
        return left if timeout is None else min(left, timeout)


class TimedStream(httpcore.NetworkStream):
    """A stream none of whose operations outlasts the deadline; headers that drip in do not, either."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what comes next."""
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return the same stream, encrypted."""
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the connection."""
        return self._stream.get_extra_info(info)


class TimedBackend(httpcore.NetworkBackend):
    """Opens connections as another backend does, and makes their streams timed ones."""

    def __init__(self, backend: httpcore.NetworkBackend, deadline: Deadline) -> None:
        self._backend = backend
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a timed connection."""
        left = self._deadline.left(timeout)
        stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return TimedStream(stream, self._deadline)
