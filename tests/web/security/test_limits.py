"""How much a client may send, and how long it may take: over real connections, byte by byte where it matters."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from rag.engine import dateline_over
from rag.library.library import Library
from rag.settings import Settings
from rag.store.feedback import FeedbackStore
from tests.web.conftest import answer_to, connected, listening
from web.api.feedback import MOST_FEEDBACK_BYTES
from web.links import CitationLinks
from web.security.api_key import Access
from web.security.connections import BoundedProtocol
from web.security.headers import SecurityHeadersMiddleware
from web.security.limits import RequestLimitsMiddleware
from web.security.proxies import TrustedProxyMiddleware, trusted_proxies
from web.server import routes_app

HOST = b"host: 127.0.0.1\r\n"
MEGABYTE = 1_000_000


class HastyProtocol(BoundedProtocol):
    request_seconds = 1.0
    reading_seconds = 1.0


@pytest.fixture(scope="module")
def url(sample_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = FeedbackStore(tmp_path_factory.mktemp("feedback") / "feedback.sqlite", days=30)
    app = routes_app(
        dateline_over(sample_library, Settings()),
        access=Access(),
        links=CitationLinks(),
        full_text=frozenset(),
        feedback=store,
        sites=(),
        widget=None,
    )
    with listening(SecurityHeadersMiddleware(app), http=HastyProtocol) as started:
        yield started
    store.close()


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Says how long the body was, as far as it was asked for."""
    if scope["type"] != "http":
        return
    size, more = 0, scope["method"] == "POST"
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": str(size).encode() * 100_000})


@pytest.fixture(scope="module")
def plain() -> Iterator[str]:
    """A server that has the limits and hardly anything else, and less patience than ours."""
    with listening(RequestLimitsMiddleware(echo, seconds=1.0), http=HastyProtocol) as started:
        yield started


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def chunked(path: bytes, pieces: int, size: int) -> bytes:
    """A body without a length, in pieces, and without an end."""
    piece = f"{size:x}\r\n".encode() + b"a" * size + b"\r\n"
    return b"POST " + path + b" HTTP/1.1\r\n" + HOST + b"transfer-encoding: chunked\r\n\r\n" + piece * pieces


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/api/ask", MEGABYTE),
        ("/v1/chat/completions", MEGABYTE),
        ("/api/feedback", MOST_FEEDBACK_BYTES),
        ("/embed/token", 4_000),
        ("/anything", MEGABYTE),
    ],
)
def test_a_body_is_at_most_what_its_route_needs(url: str, path: str, most: int) -> None:
    larger = httpx.post(f"{url}{path}", content=b" " * (most + 1), timeout=30)
    assert larger.status_code == 413
    message = larger.json()["error"]["message"] if path.startswith("/v1") else larger.json()["detail"]
    assert f"{most:,} bytes" in message
    assert larger.headers["x-content-type-options"] == "nosniff"
    with connected(url) as line:
        line.sendall(chunked(path.encode(), most // 50_000 + 1, 50_000))
        assert status_of(line.recv(100)) == 413
    assert httpx.post(f"{url}{path}", content=b" " * most, timeout=30).status_code in (400, 404, 422)


def test_the_longest_feedback_fits_however_its_characters_are_written(url: str) -> None:
    longest = {"question": "\N{GRINNING FACE}" * 4_000, "answer": "\N{GRINNING FACE}" * 20_000, "thumb": "up"}
    written = json.dumps({**longest, "reason": "\N{GRINNING FACE}" * 2_000, "consent": True})
    assert len(written) > 300_000
    kept = httpx.post(f"{url}/api/feedback", content=written, headers={"content-type": "application/json"}, timeout=30)
    assert kept.status_code == 201


def test_a_body_of_a_hundred_megabytes_is_neither_kept_nor_answered_with_a_reset(url: str) -> None:
    with connected(url) as line:
        size = 100 * MEGABYTE
        line.sendall(b"POST /api/ask HTTP/1.1\r\n" + HOST + f"content-length: {size}\r\n\r\n".encode())
        for _ in range(100):
            line.sendall(b"a" * MEGABYTE)
        assert status_of(line.makefile("rb").read()) == 413


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /healthz?" + b"a" * 60_001 + b" HTTP/1.1\r\n" + HOST, 414),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"x: y\r\n" * 100, 431),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"x: " + b"y" * 200_000 + b"\r\n", 431),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + HOST, 400),
        (b"GET /healthz HTTP/1.1\r\n", 400),
        (b"no request at all\r\n", 400),
    ],
)
def test_an_address_and_headers_without_end_are_refused(url: str, head: bytes, status: int) -> None:
    assert status_of(answer_to(url, head + b"connection: close\r\n\r\n")) == status


def test_a_head_that_grows_without_end_is_refused_before_its_end(url: str) -> None:
    with connected(url) as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\n" + HOST + (b"x: " + b"y" * 1_000 + b"\r\n") * 1_000)
        assert status_of(line.recv(100)) == 431


def test_the_longest_question_fits_in_an_address(url: str) -> None:
    question = {"q": "\N{GRINNING FACE}" * 4_000}
    assert httpx.get(f"{url}/api/search", params=question, timeout=60).status_code == 200


def test_a_body_that_does_not_arrive_is_answered_with_408(plain: str) -> None:
    half = answer_to(plain, b"POST / HTTP/1.1\r\n" + HOST + b"content-length: 10\r\n\r\nhalf")
    assert status_of(half) == 408
    assert b"connection: close" in half.lower()
    assert status_of(answer_to(plain, chunked(b"/", 2, 5))) == 408


def closed_after(line: socket.socket, *, sending: bytes = b"") -> float:
    """Seconds until the server closes the connection, while these bytes are sent one by one."""
    begun = time.monotonic()
    line.settimeout(0.2)
    for piece in [sending[at : at + 1] for at in range(len(sending))] + [b""] * 100:
        try:
            line.sendall(piece)
            if line.recv(65_536) == b"":
                break
        except TimeoutError:
            continue
        except OSError:
            break
    else:
        pytest.fail("the server waits for ever")
    return time.monotonic() - begun


@pytest.mark.parametrize("begun", [b"", b"GET", b"GET / HTTP/1.1\r\n" + HOST, b"\r\n"])
def test_a_request_that_is_begun_and_not_finished_is_dropped(url: str, begun: bytes) -> None:
    with connected(url) as line:
        line.sendall(begun)
        closed_after(line)


def test_one_byte_after_another_keeps_no_connection_not_even_after_an_answer(url: str) -> None:
    trickle = b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nx: " + b"y" * 200
    with connected(url) as line:
        closed_after(line, sending=trickle)
    with connected(url) as line:
        line.sendall(b"GET /library HTTP/1.1\r\n" + HOST + b"\r\n")
        assert line.recv(20).startswith(b"HTTP/1.1 200")
        closed_after(line, sending=trickle)


def test_what_is_left_of_a_body_after_its_answer_keeps_no_connection(url: str) -> None:
    """Refused for its host before the body is looked at."""
    with connected(url) as line:
        line.sendall(b"POST / HTTP/1.1\r\nhost: evil.example\r\ncontent-length: 1000000\r\n\r\n")
        assert line.recv(20).startswith(b"HTTP/1.1 421")
        closed_after(line, sending=b"a" * 300)


def read(line: socket.socket) -> int:
    """How many bytes come until the connection ends, in whichever way."""
    size = 0
    try:
        while piece := line.recv(65_536):
            size += len(piece)
            time.sleep(0.005)
    except ConnectionError:
        pass
    return size


def test_who_does_not_read_is_dropped_and_who_reads_slowly_is_not(plain: str) -> None:
    asked, answer = b"GET / HTTP/1.1\r\n" + HOST + b"\r\n", 100_000
    with connected(plain) as line:
        line.sendall(asked * 200)
        time.sleep(5)
        assert read(line) < 200 * answer
    with connected(plain) as line:
        line.sendall(asked * 59 + b"GET / HTTP/1.1\r\n" + HOST + b"connection: close\r\n\r\n")
        assert read(line) > 60 * answer


def test_many_half_requests_leave_the_server_answering(url: str) -> None:
    lines = [connected(url) for _ in range(100)]
    for line in lines:
        line.sendall(b"POST /api/ask HTTP/1.1\r\n" + HOST)
    assert httpx.get(f"{url}/healthz", timeout=30).status_code == 200
    for line in lines:
        closed_after(line)
        line.close()


def test_when_there_is_no_room_for_a_connection_that_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BoundedProtocol, "most_connections", 3)
    with listening(echo) as url:
        others = [connected(url) for _ in range(3)]
        refused = httpx.get(url, timeout=30)
        assert (refused.status_code, refused.json()["code"]) == (503, "busy")
        assert httpx.get(f"{url}/v1/models", timeout=30).json()["error"]["code"] == "busy"
        for other in others:
            other.close()
        while httpx.get(url, timeout=30).status_code == 503:
            pass


def test_a_client_has_a_share_of_the_connections_unless_it_is_a_proxy(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(BoundedProtocol, "most_of_a_client", 3)
    monkeypatch.setattr(BoundedProtocol, "_silent_until", 0.0)
    for trusted, answered in (([], False), (["127.0.0.1"], True)):
        with listening(TrustedProxyMiddleware(echo, trusted=trusted_proxies(trusted))) as url:
            others = [connected(url) for _ in range(3)]
            if answered:
                assert httpx.get(url, timeout=30).status_code == 200
            else:
                for _ in range(3):
                    with pytest.raises(httpx.TransportError):
                        httpx.get(url, timeout=30)
            for other in others:
                other.close()
    assert [record.message for record in caplog.records if "connections" in record.message] == [
        "127.0.0.1 has 3 connections open; further ones are dropped"
    ]


def test_a_connection_serves_request_after_request(url: str) -> None:
    with httpx.Client(base_url=url, timeout=30) as client:
        for _ in range(3):
            assert client.get("/healthz").status_code == 200
            asked = {"question": "When did Heron-2 lift off?"}
            assert "event: answer" in client.post("/api/ask", json=asked).text
    both = answer_to(url, (b"GET /library HTTP/1.1\r\n" + HOST + b"\r\n") * 2 + b"\r\n")
    assert both.count(b"HTTP/1.1 200") == 2


def test_a_conversation_of_any_length_goes_on(url: str) -> None:
    many = [{"role": "user", "content": "Who is Maria?"}, {"role": "assistant", "content": "“x” [1]"}] * 200
    long = [{"role": "user", "content": "Aa Bb " * 60_000}, {"role": "assistant", "content": "A" * 400_000}]
    asked = {"role": "user", "content": "When did Heron-2 lift off?"}
    for history in (many, long):
        spoken = {"messages": [*history, asked]}
        answer = httpx.post(f"{url}/v1/chat/completions", json=spoken, timeout=60)
        assert "04:12" in answer.json()["choices"][0]["message"]["content"]
        told = httpx.post(f"{url}/api/ask", json={"question": asked["content"], "history": history}, timeout=60)
        assert "event: answer" in told.text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/ask", {"question": "x", "history": [1] * 300_000}),
        ("/api/ask", {"question": "x", "history": [{}] * 200_000}),
        ("/api/ask", {"question": "x", **{f"k{number}": 1 for number in range(60_000)}}),
        ("/api/ask", {"question": "x", "history": [1] * 15_000}),
        ("/v1/chat/completions", {"messages": [1] * 300_000}),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": [1] * 15_000}]}),
    ],
)
def test_a_body_of_many_values_is_refused_in_few_words(
    server: SimpleNamespace, path: str, body: dict[str, Any]
) -> None:
    answer = httpx.post(f"{server.url}{path}", json=body, timeout=60)
    assert answer.status_code in (400, 413, 422)
    assert len(answer.content) < 3_000


def test_a_body_of_countless_chunks_is_cut_off(server: SimpleNamespace) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        head = f"POST /nothing HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nTransfer-Encoding: chunked\r\n\r\n"
        with suppress(ConnectionError):
            connection.sendall(head.encode() + b"1\r\n \r\n" * 200_000)
        with suppress(ConnectionError):
            assert not connection.recv(65_536).startswith(b"HTTP/1.1 200")
    assert httpx.get(f"{server.url}/healthz", timeout=60).status_code == 200


def test_gradio_sees_no_header_that_says_where_its_page_is(server: SimpleNamespace) -> None:
    for value in ("http://evil.example", "http://a:b", "x" * 70_000):
        answer = httpx.get(f"{server.url}/config", headers={"X-Gradio-Server": value}, timeout=60)
        assert answer.status_code in (200, 431)
        assert "evil.example" not in answer.text
