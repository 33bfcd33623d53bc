"""Whatever programs send, none gets a 500, a trace of our files, or a stream that ends without a word."""

import json
from itertools import product
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.web.conftest import answer_to

QUESTION = "When did Heron-2 lift off?"
EDGES = [
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31",
    "0001-01-01",
    "9999-12-31T23:59:59.999999Z",
    "0001-01-01T00:00:00Z",
    "0001-01-08",
    "0000-00-00",
    "2026-W53-7",
    "20260901",
    "2026",
    "-1",
    "99999999999999999999",
    "2026-09-01T25:00",
    "2026-09-01T00:00:00+99:99",
    "٢٠٢٦-٠٩-٠١",
    "2026-09-01\x00",
    "2026-09-01T00:00:60Z",
    "NaN",
    "1e400",
    "",
    "9" * 100,
]
RELATIVE = [
    "What happened last week?",
    "What happened 999 years ago?",
    "What happened last year?",
    "What happened today?",
    "What happened since Monday?",
    "What happened on 9999-12-31?",
    "What happened on 0001-01-01?",
    "What happened in the past 999 years?",
    "What happened in January?",
]
LONE = "\ud83d ferry"
ASKING: dict[str, Any] = {
    "question": QUESTION,
    "history": [{"role": "user", "content": "ferry"}],
    "as_of": "2026-10-08",
    "article": "courier-88213",
    "filters": {"sources": ["The Ouldan Courier"], "start": "2026-09-01", "end": "2026-10-30", "kinds": ["news"]},
}
SPEAKING: dict[str, Any] = {
    "model": "dateline",
    "messages": [{"role": "user", "content": QUESTION}, {"role": "user", "content": [{"type": "text", "text": "x"}]}],
    "metadata": {"as_of": "2026-10-08"},
}
FEEDBACK = {"question": QUESTION, "answer": "!", "thumb": "up", "reason": "so", "consent": False}


def fine(response: httpx.Response) -> bool:
    """Answered or refused in words, without a trace of where we live; a stream has its end."""
    body = response.text
    ended = "event: status" not in body or "event: answer" in body or "event: error" in body
    ended = ended and ("chat.completion.chunk" not in body or body.endswith("data: [DONE]\n\n"))
    return response.status_code < 500 and ended and not any(sign in body for sign in ("Traceback", "site-packages"))


@pytest.fixture(scope="module")
def client(server: SimpleNamespace) -> Any:
    with httpx.Client(base_url=server.url, timeout=60) as opened:
        yield opened


def posted(client: httpx.Client, path: str, body: Any) -> httpx.Response:
    """As JSON whose escapes may name halves of characters."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(path, content=sent, headers={"content-type": "application/json"})


@pytest.mark.parametrize("date", EDGES)
def test_no_date_is_too_early_or_too_late(client: httpx.Client, date: str) -> None:
    for name in ("as_of", "start", "end"):
        assert fine(client.get("/api/search", params={"q": "ferry", name: date}))
    asked = [{"as_of": date}, {"filters": {"start": date}}, {"filters": {"end": date}}]
    for more in asked:
        assert fine(posted(client, "/api/ask", {"question": QUESTION, **more})), more
    for stream in (False, True):
        spoken = {"messages": [{"role": "user", "content": QUESTION}], "stream": stream, "metadata": {"as_of": date}}
        assert fine(posted(client, "/v1/chat/completions", spoken))


@pytest.mark.parametrize(("question", "as_of"), list(product(RELATIVE, ["0001-01-01", "0001-03-01", "9999-12-31"])))
def test_no_time_reckoned_from_a_date_is_too_early_or_too_late(client: httpx.Client, question: str, as_of: str) -> None:
    told = posted(client, "/api/ask", {"question": question, "as_of": as_of})
    assert told.status_code == 200
    assert "event: answer" in told.text


def places(body: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where strings stand in a body, its keys among them."""
    if isinstance(body, str):
        return [path]
    items = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    return [place for key, value in items for place in places(value, (*path, key))]


def with_lone(body: Any, path: tuple[Any, ...]) -> Any:
    """The body with half a character at that place."""
    if not path:
        return LONE
    copied = dict(body) if isinstance(body, dict) else list(body)
    copied[path[0]] = with_lone(body[path[0]], path[1:])
    return copied


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/ask", ASKING),
        ("/v1/chat/completions", SPEAKING),
        ("/api/feedback", FEEDBACK),
        ("/embed/token", {"site": "x"}),
    ],
)
def test_half_a_character_is_refused_wherever_it_stands(client: httpx.Client, path: str, body: dict[str, Any]) -> None:
    named = places(body)
    assert len(named) == len(json.dumps(body).split('": "')) - 1 + json.dumps(body).count('["')
    wrong = 400 if path.startswith("/v1") else 422
    bodies = [with_lone(body, place) for place in named] + [{**body, LONE: 1}, {**body, "metadata": {LONE: "x"}}]
    for broken in bodies:
        for written in (
            json.dumps(broken).encode(),
            b"\xef\xbb\xbf" + json.dumps(broken).encode(),
            json.dumps(broken).encode("utf-16"),
            json.dumps(broken, ensure_ascii=False).encode(errors="surrogatepass"),
        ):
            told = posted(client, path, written)
            assert told.status_code == wrong, broken
            assert "whole characters" in told.text


@pytest.mark.parametrize(
    "query",
    [
        "&source=x" * 3_001,
        "&kind=news" * 3_001,
        f"&source={'x' * 20_000}",
        "&source=%00",
        "&source=%ed%a0%80",
        f"&as_of={'9' * 20_000}",
        "&k=0",
        "&k=99999999999999999999999",
        "&kind=zzz",
    ],
)
def test_many_and_odd_parameters_are_refused_in_words(client: httpx.Client, query: str) -> None:
    told = client.get(f"/api/search?q=ferry{query}")
    assert fine(told)
    assert told.status_code in (200, 422)


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "a number": b"1",
    "more than JSON": b'{"question":"ferry"}x',
    "no number": b'{"question":NaN}',
    "a long number": b'{"question":' + b"9" * 5_000 + b"}",
    "deep lists": b'{"question":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "no UTF-8": b'{"question":"\xff\xfe"}',
    "UTF-16": '{"question":"ferry"}'.encode("utf-16"),
    "a zero byte": b'{"question":"fe\\u0000rry"}',
    "twice": b'{"question":"a","question":"ferry"}',
    "many kinds": json.dumps({"question": "ferry", "filters": {"kinds": ["news"] * 100_000}}).encode(),
    "many outlets": json.dumps({"question": "ferry", "filters": {"sources": ["x"] * 100_000}}).encode(),
    "a bad address": b'{"question":"ferry","article":"http://["}',
    "a script": b'{"question":"ferry","article":"javascript:1"}',
    "many messages": json.dumps({"messages": [{"role": "user", "content": "x"}] * 20_000}).encode(),
    "no messages": b'{"messages":[]}',
    "many answers": b'{"n":99999999999999999999999,"messages":[{"role":"user","content":"x"}]}',
    "a picture": b'{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://x/"}}]}]}',
}


@pytest.mark.parametrize("name", BODIES)
def test_odd_bodies_are_answered_or_refused_in_words(client: httpx.Client, name: str) -> None:
    for path in ("/api/ask", "/v1/chat/completions", "/api/feedback", "/embed/token"):
        assert fine(posted(client, path, BODIES[name])), path


QUESTIONS = ["\x00", "\u202e\u200b", "?" * 4_000, "“" * 4_000, "[1]" * 1_000, "the " * 1_000, "\n" * 3_999 + "a"]
QUESTIONS += ["<script>alert(1)</script>", "' OR 1=1 --", "\ufeff", "not " * 1_000, "((" * 2_000, "in 1999 " * 500]


@pytest.mark.parametrize("question", QUESTIONS, ids=[ascii(question)[:20] for question in QUESTIONS])
def test_odd_questions_are_answered(client: httpx.Client, question: str) -> None:
    assert fine(client.get("/api/search", params={"q": question}))
    history = [{"role": "user", "content": question * 5}, {"role": "assistant", "content": question * 5}]
    for asked in ({"question": question}, {"question": "When was that?", "history": history}):
        told = posted(client, "/api/ask", asked)
        assert fine(told)
        assert "event: " in told.text


IDS = ["%00", "%ff", "%ed%a0%80", "a" * 8_000, "..%2f..%2fetc%2fpasswd", "'%20OR%201=1", "%0d%0aSet-Cookie:x=1", "%25"]
PATHS = [f"{route}{name}" for route, name in product(("/article/", "/api/articles/", "/v1/models/"), IDS)]
PATHS += ["/how?site=%00", "/how?site=<script>", "/demo?site=%ed%a0%80", "/embed?site=x&article=http://[", "/healthz?x"]
PATHS += ["/widget/assets/..%2f..%2fserver.py", "/widget/v../widget.js", "http://evil.example/healthz", "*", "//", "/%"]


@pytest.mark.parametrize("path", PATHS, ids=[path[:40] for path in PATHS])
def test_odd_paths_are_answered_or_refused(server: SimpleNamespace, path: str) -> None:
    head = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{server.port}\r\nconnection: close\r\n\r\n"
    answer = answer_to(server.url, head.encode())
    assert 200 <= int(answer.split(b" ", 2)[1]) < 500
    assert b"set-cookie" not in answer.partition(b"\r\n\r\n")[0].lower()
    assert b"site-packages" not in answer


@pytest.mark.parametrize("name", ["authorization", "x-dateline-token", "origin", "accept-encoding", "cookie"])
def test_odd_headers_are_answered_or_refused(server: SimpleNamespace, name: str) -> None:
    for value in (b"\xff\xfe", b"\xed\xa0\x80", b"a" * 20_000, b"Bearer " + b"\xe9" * 50, b"a.b.c.d", b".."):
        head = (
            b"GET /api/search?q=x HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n" + name.encode() + b": " + value
        )
        assert int(answer_to(server.url, head + b"\r\n\r\n").split(b" ", 2)[1]) < 500


CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.mark.slow
def test_what_is_described_holds_whatever_is_sent(server: SimpleNamespace) -> None:
    """schemathesis makes requests as the description has them, and such as it forbids."""
    described = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    operations = [operation.ok() for operation in described.get_all_operations()]
    assert len(operations) >= 8
    for operation in operations:
        cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

        @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=cases)
        def holds(case: Case) -> None:
            response = case.call(timeout=60)
            case.validate_response(response, checks=CHECKS)
            assert fine(httpx.Response(response.status_code, content=response.content))

        holds()
