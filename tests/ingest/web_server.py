"""A news site on loopback that serves what a test puts there, and misbehaves as told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """What a path answers with; `raw` is sent as it is, in place of all else, and the connection closed."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = None
    raw: Callable[[], Iterator[bytes]] | None = None


@dataclass
class Site:
    """The site's pages by path, and the requests it got, oldest first: path and headers."""

    url: str = ""
    pages: dict[str, Answer | Callable[[], Answer]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def put(self, path: str, body: bytes | str = b"", status: int = 200, **headers: str) -> str:
        """Serves a body at a path; returns its URL."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = Answer(body, status, named, etag=named.pop("etag", None))
        return f"{self.url}{path}"

    def paths(self) -> list[str]:
        """The paths that were asked for."""
        return [path for path, _ in self.requests]


class _Handler(BaseHTTPRequestHandler):
    disable_nagle_algorithm = True  # else each answer waits 40 ms for an acknowledgement
    protocol_version = "HTTP/1.1"
    site: Site

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.site.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        answer = self.site.pages.get(self.path, Answer("not here", 404))
        answer = answer() if callable(answer) else answer
        if answer.raw:
            self._send_raw(answer.raw())
        elif answer.etag and self.headers.get("if-none-match") == answer.etag:
            self._send(Answer(status=304, etag=answer.etag))
        else:
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        self.send_response(answer.status)
        if answer.etag:
            self.send_header("etag", answer.etag)
        for name, value in {"content-length": str(len(body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if answer.status != 304:
            self.wfile.write(body)

    def _send_raw(self, pieces: Iterator[bytes]) -> None:
        self.close_connection = True
        try:
            for piece in pieces:
                self.wfile.write(piece)
                self.wfile.flush()
        except OSError:
            pass  # the client has had enough, which is what such a body is for


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 50

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[Site]:
    """A running site on a port of its own."""
    site = Site()
    handler = type("Handler", (_Handler,), {"site": site})
    server = _Server(("127.0.0.1", 0), handler)
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
