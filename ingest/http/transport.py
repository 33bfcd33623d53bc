"""Connections to checked addresses only, each read and write within the deadline of its fetch."""

from collections.abc import Iterable, Iterator
from typing import Any

import httpcore
import httpx

from ingest.http.addresses import Resolver, checked_addresses
from rag.deadlines import Deadline, TimedStream

_TRIED_ADDRESSES = 2


class CheckedBackend(httpcore.NetworkBackend):
    """Connects where `checked_addresses` allows, to the very address that was checked.

    The connection pool above it still sees the host's name, so that the Host header, the server name of
    TLS and the certificate check are those of the name.

    Args:
        resolve: Resolves names.
        connector: Opens connections to IP addresses.
        deadline: Of the current thread's fetch.
        allow_private: Connect to addresses that are not public, too.
    """

    def __init__(
        self, *, resolve: Resolver, connector: httpcore.NetworkBackend, deadline: Deadline, allow_private: bool
    ) -> None:
        self._resolve = resolve
        self._connector = connector
        self._deadline = deadline
        self._allow_private = allow_private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first of the host's addresses that answers."""
        addresses = checked_addresses(host, port, resolve=self._resolve, allow_private=self._allow_private)
        *others, last = addresses[:_TRIED_ADDRESSES]
        for address in others:
            try:
                return self._connected(address, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connected(last, port, timeout)

    def _connected(self, address: str, port: int, timeout: float | None) -> httpcore.NetworkStream:
        return TimedStream(self._connector.connect_tcp(address, port, self._deadline.left(timeout)), self._deadline)


class CheckedTransport(httpx.BaseTransport):
    """httpx's way to the network over a `CheckedBackend`; raises httpcore's errors."""

    def __init__(self, backend: CheckedBackend, *, connections: int) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=connections,
            keepalive_expiry=10.0,
            network_backend=backend,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request; the response's body is still to be read."""
        url = request.url
        response = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    def close(self) -> None:
        """Closes all connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()
