"""What strangers send to the chat over Gradio's own routes: nothing of it is read, copied, fetched or left waiting."""

import json
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
import pytest
from fastapi import FastAPI

from tests.openai_server import openai_server
from tests.web.chat.client import DATA, HONEST, QUESTION, ChatClient
from tests.web.chat.test_page import assert_cut_off
from tests.web.conftest import awaited, serving
from web.chat.events import events_of

FOREIGN = "not a request that the page makes"


@pytest.fixture(scope="module")
def fetched() -> Iterator[tuple[str, list[str]]]:
    """An address that nobody should ask, and who asked it."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(404)
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/secret.txt", seen
        server.shutdown()


@pytest.fixture(scope="module")
def attacked(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A server of its own, whose log must not show a traceback or what was asked, whatever the tests send."""
    temp = tmp_path_factory.mktemp("gradio")
    with serving(data, GRADIO_TEMP_DIR=str(temp)) as server:
        yield SimpleNamespace(url=server.url, temp=temp)
        server.process.send_signal(signal.SIGTERM)
        log = server.process.stdout.read()
        assert "Traceback" not in log, log
        assert QUESTION not in log


@pytest.fixture
def chat(attacked: SimpleNamespace) -> Iterator[ChatClient]:
    client = ChatClient(attacked.url)
    yield client
    client.close()


def crafted(data: Path, address: str) -> list[Any]:
    """Values that Gradio takes for files, addresses or components, bare and inside of messages."""
    paths = ["/dev/zero", "/etc/passwd", str(data / "record.sqlite"), "/proc/self/environ"]
    files = [{"path": path, "meta": {"_type": "gradio.FileData"}} for path in paths]
    files += [{"path": "", "url": address, "meta": {"_type": "gradio.FileData"}}, {"url": address}, {"path": address}]
    parts = [{"type": "file", "file": file} for file in files]
    parts += [{"type": "component", "component": "html", "value": "<b>", "props": {}, "constructor_args": {}}]
    messages = [[{"role": "user", "content": [part]}] for part in parts]
    return [*files, *messages, [files[:1]], {"value": files[0]}, {"__type__": "update", "value": files}]


def test_no_event_of_the_page_takes_a_component_that_can_carry_a_file(chat: ChatClient) -> None:
    taken = {chat.types[component] for event in chat.events for component in event["inputs"]}
    assert taken == set(HONEST)


@pytest.mark.parametrize(
    "component", [gr.Chatbot, gr.File, gr.Image, gr.Gallery, gr.HTML, gr.MultimodalTextbox, gr.JSON, gr.UploadButton]
)
def test_a_page_with_an_event_that_takes_such_a_component_cannot_be_opened(component: Any) -> None:
    async def opened() -> None:
        with gr.Blocks(analytics_enabled=False) as page:
            taken = component()
            gr.Button().click(lambda value: None, taken, None)
        events_of(page)

    with pytest.raises(TypeError, match=f"takes a {component.__name__}"):
        awaited(opened())


def test_every_event_takes_what_the_page_sends(chat: ChatClient) -> None:
    assert len(chat.events) > 10
    for event in chat.events:
        ended = chat.run(chat.body(event["id"]))
        assert ended["success"], (event["api_name"], ended)
    assert "04:12" in chat.ask(QUESTION).replace("&#58;", ":")


def test_no_event_reads_copies_or_fetches_what_a_message_names(
    chat: ChatClient, attacked: SimpleNamespace, data: Path, fetched: tuple[str, list[str]]
) -> None:
    address, seen = fetched
    sent = 0
    for event in chat.events:
        number, honest = event["id"], chat.inputs(event["id"])
        for value in crafted(data, address):
            bodies = [chat.body(number, data=[*honest[:at], value, *honest[at + 1 :]]) for at in range(len(honest))]
            bodies += [chat.body(number, data=[*honest, value]), chat.body(number, event_data=value)]
            for body in bodies:
                answer = chat.join(body)
                assert answer.status_code == 422, (event["api_name"], body, answer.text)
                sent += 1
        for key in ("trigger_id", "data", "session_hash", "fn_index", "path", "url", "component"):
            assert chat.join(chat.body(number, **{key: crafted(data, address)[0]})).status_code == 422, key
    assert sent > 1000
    assert [file for file in attacked.temp.rglob("*") if file.is_file()] == []
    assert seen == []
    assert httpx.get(f"{attacked.url}/healthz").status_code == 200
    assert "04:12" in chat.ask(QUESTION).replace("&#58;", ":")


def spelled(body: dict[str, Any], **changed: str) -> bytes:
    """The body with some keys' values written as given."""
    return (
        "{" + ",".join(f'"{key}":{changed.get(key, json.dumps(value))}' for key, value in body.items()) + "}"
    ).encode()


def misspelled(body: dict[str, Any]) -> dict[str, bytes]:
    """Bodies that are not JSON as the page sends it, and that parsers read in different ways."""
    plain = json.dumps(body)
    return {
        "nothing": b"",
        "a list": b"[]",
        "a word": b'"data"',
        "cut off": plain[:-1].encode(),
        "UTF-16": plain.encode("utf-16"),
        "byte order mark": b"\xef\xbb\xbf" + plain.encode(),
        "not UTF-8": plain.replace("Heron", "\udcff").encode("utf-8", "surrogateescape"),
        "a key twice": plain[:-1].encode() + b',"data":[{"path":"/etc/passwd"}]}',
        "a key twice, the good last": b'{"data":[{"path":"/dev/zero"}],' + plain[1:].encode(),
        "a key twice within": spelled(body, data='[{"path":"/dev/zero","path":""}]'),
        "deep lists": spelled(body, data="[" * 20_000 + "]" * 20_000),
        "deep objects": spelled(body, event_data='{"a":' * 8_000 + "1" + "}" * 8_000),
        "not a number": spelled(body, fn_index="NaN"),
        "infinite": spelled(body, data="[Infinity]"),
        "a number of 5,000 digits": spelled(body, fn_index="9" * 5_000),
        "half a character": spelled(body, data=json.dumps(["\ud83d", *body["data"][1:]])),
        "half a character in a key": plain[:-1].encode() + b',"\\ud83d":1}',
        "half a character as a session": spelled(body, session_hash='"\\udc00"'),
        "half a character as a choice": spelled(
            body, data=json.dumps([QUESTION, False, "en", "", None, ["\ud83d"], [], "", "", ""])
        ),
    }


def test_bodies_that_are_not_the_pages_json_are_refused(chat: ChatClient) -> None:
    body = {**chat.body(chat.asking), "event_data": None, "trigger_id": None}
    for name, sent in misspelled(body).items():
        assert chat.join(sent).status_code == 422, name
    assert chat.join(b'{"data":[' + b" " * 70_000 + b"]}").status_code == 413
    assert "half a character" in chat.join(misspelled(body)["half a character"]).text


@pytest.mark.parametrize(
    "changed",
    [
        *({"fn_index": value} for value in (None, -1, 9_999, 2**63, 10**400, True, 2.0, "2", [2], {})),
        *({"session_hash": value} for value in (None, "", " ", 1, ["s"], "s" * 65, "s\n", "../s", "s/../t", "é")),
        *({"data": value} for value in (None, "x", {}, [], [QUESTION], [None] * 10, [QUESTION] * 10, [QUESTION] * 500)),
        *(
            {"data": [value, False, "en", "", None, [], [], "", "", ""]}
            for value in (None, 1, True, [], ["x"], {}, "a" * 4_001)
        ),
        *({"data": [QUESTION, value, "en", "", None, [], [], "", "", ""]} for value in (None, 1, "1", [], {})),
        *({"data": [QUESTION, False, value, "", None, [], [], "", "", ""]} for value in (1, [], "xx", "e" * 65)),
        *({"data": [QUESTION, False, "en", value, None, [], [], "", "", ""]} for value in (None, 1, [], "x" * 65)),
        *(
            {"data": [QUESTION, False, "en", "", value, [], [], "", "", ""]}
            for value in ("x", 0, [], {}, {"messages": []})
        ),
        *(
            {"data": [QUESTION, False, "en", "", None, value, [], "", "", ""]}
            for value in (None, "x", 1, [1], ["No outlet"], {"a": 1})
        ),
        *(
            {"data": [QUESTION, False, "en", "", None, [], value, "", "", ""]}
            for value in (["evil"], ["news", "news"], [["news"]])
        ),
        *({"data": [QUESTION, False, "en", "", None, [], [], value, "", ""]} for value in (None, 1, [], "1" * 31)),
        *({"event_data": value} for value in (1, "x", [], {}, {"value": 1})),
        *({"trigger_id": value} for value in ("1", 1.0, [], {})),
        *({key: None} for key in ("event_id", "oauth_token", "simple_format", "batched", "request", "component")),
    ],
)
def test_values_that_the_page_does_not_send_are_refused(chat: ChatClient, changed: dict[str, Any]) -> None:
    answer = chat.join(chat.body(chat.asking, **changed))
    assert (answer.status_code, FOREIGN in answer.text) == (422, True)


@pytest.mark.parametrize("missing", ["data", "fn_index", "session_hash"])
def test_a_body_that_lacks_something_is_refused(chat: ChatClient, missing: str) -> None:
    body = chat.body(chat.asking)
    del body[missing]
    assert chat.join(body).status_code == 422


@pytest.mark.parametrize("position", [7, 8, 9])
@pytest.mark.parametrize(
    "date",
    [
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31",
        "0001-01-01",
        "0000-01-01",
        "\x00",
        "٢٠٢٦",
    ],
)
def test_dates_at_both_ends_of_the_calendar_are_answered_or_declined_in_words(
    chat: ChatClient, position: int, date: str
) -> None:
    data = chat.inputs(chat.asking)
    data[position] = date
    ended = chat.run(chat.body(chat.asking, data=data))
    assert ended["success"]
    output = json.dumps(ended["output"])
    assert "as-of" in output or "ISO 8601" in output
    assert "Something went wrong" not in output


def routes_of_gradio() -> list[tuple[str, str]]:
    """All that Gradio serves where it is mounted, by its own description, with `x` for each parameter."""

    async def described() -> dict[str, dict[str, Any]]:
        with gr.Blocks(analytics_enabled=False) as page:
            gr.Button().click(lambda: None)
        mounted: Any = gr.mount_gradio_app(FastAPI(), page, path="/").routes[-1]
        paths: dict[str, dict[str, Any]] = mounted.app.openapi()["paths"]
        return paths

    paths = awaited(described())
    return [(method.upper(), re.sub(r"\{[^}]*\}", "x", path)) for path, methods in paths.items() for method in methods]


OPEN = {
    *((method, path) for method in ("GET", "HEAD") for path in ("/", "/config", "/theme.css", "/favicon.ico")),
    *((method, path) for method in ("GET", "HEAD") for path in ("/static/x", "/assets/x")),
    ("POST", "/gradio_api/queue/join"),
    ("GET", "/gradio_api/queue/data"),
    ("GET", "/gradio_api/heartbeat/x"),
}


def test_every_route_of_gradio_that_the_page_does_not_use_is_closed(attacked: SimpleNamespace) -> None:
    routes = routes_of_gradio()
    closed = [route for route in routes if route not in OPEN]
    assert ("GET", "/gradio_api/dev/reload") in closed
    assert ("POST", "/gradio_api/upload") in closed
    assert ("POST", "/gradio_api/cancel") in closed
    assert len(closed) > 60
    with httpx.Client(base_url=attacked.url) as client:
        for method, path in closed:
            assert client.request(method, path).status_code == 404, (method, path)
        for method, path in OPEN - {("GET", "/gradio_api/heartbeat/x")}:
            assert client.request(method, path).status_code in (200, 404, 405, 422), (method, path)
        assert client.get("/").status_code == client.get("/config").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "//gradio_api/upload",
        "/gradio_api//upload",
        "/gradio_api/upload/",
        "/./gradio_api/upload",
        "/assets/../gradio_api/upload",
        "/assets/..%2f..%2froutes.py",
        "/assets/%2e%2e/routes.py",
        "/static/..%2f..%2froutes.py",
        "/static//etc/passwd",
        "/gradio_api%2fupload",
        "/%67radio_api/upload",
        "/GRADIO_API/upload",
        "/gradio_api/upload;x=1",
        "/gradio_api/upload%00",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file%3d/etc/passwd",
        "/file=/etc/passwd",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=http://127.0.0.1/",
        "/gradio_api/call/ask",
        "/gradio_api/run/ask",
        "/gradio_api/api/ask",
        "//gradio_api/queue/join",
        "/gradio_api/queue/join/",
        "/gradio_api/queue/data/../../dev/reload",
        "/gradio_api/heartbeat/x/../../dev/reload",
        "/gradio_api/mcp",
        "/gradio_api/mcp/sse",
        "/mcp",
        "/monitoring",
        "/monitoring/summary",
        "/login",
        "/login/",
    ],
)
def test_no_spelling_opens_a_closed_route(attacked: SimpleNamespace, path: str) -> None:
    target = httpx.URL(attacked.url).copy_with(raw_path=path.encode())
    for method in ("GET", "POST", "PUT", "HEAD"):
        assert httpx.request(method, target).status_code in (404, 405), method


@pytest.mark.parametrize(
    "query",
    ["page=x", "page=", "deep_link=x", "deep_link=../../x", "%00=%ff", "__theme=dark", "x" * 5_000, "page=x&page=y"],
)
def test_nothing_behind_the_question_mark_changes_or_breaks_the_page(attacked: SimpleNamespace, query: str) -> None:
    for path in ("/", "/config", "/theme.css", "/favicon.ico"):
        plain, asked = (httpx.get(f"{attacked.url}{path}{behind}") for behind in ("", f"?{query}"))
        assert (asked.status_code, asked.content) == (200, plain.content), path


@pytest.mark.parametrize(
    "headers",
    [{"range": "bytes=9-1"}, {"range": "x"}, {"cookie": "access-token=%ff; =;;"}, {"accept": "*" * 5_000}, {"te": "x"}],
)
def test_no_header_breaks_the_page(attacked: SimpleNamespace, headers: dict[str, str]) -> None:
    for path in ("/", "/config", "/theme.css", "/favicon.ico", "/static/js/iframeResizer.contentWindow.min.js"):
        assert httpx.get(f"{attacked.url}{path}", headers=headers).status_code in (200, 400, 416), path


def test_a_stream_is_open_only_while_something_is_made_for_its_session(chat: ChatClient) -> None:
    get = chat._http.get
    assert get(DATA, params={"session_hash": "nobody"}).status_code == 404
    for query in (
        "",
        "?session_hash=",
        "?session_hash=a&session_hash=b",
        "?session_hash=%0a",
        f"?session_hash={'a' * 65}",
    ):
        assert get(f"{DATA}{query}").status_code == 422, query
    body = chat.body(chat.asking)
    assert chat.run(body)["success"]
    assert get(DATA, params={"session_hash": body["session_hash"]}).status_code == 404


def test_a_page_that_collects_nothing_can_leave_only_so_much(chat: ChatClient) -> None:
    body = chat.body(chat.asking)
    answers = [chat.join(body) for _ in range(20)]
    assert [answer.status_code for answer in answers] == [200] * 8 + [429] * 12
    assert "wait for one" in answers[-1].text
    assert chat.ask(QUESTION)


def test_one_address_holds_only_so_many_streams(chat: ChatClient, attacked: SimpleNamespace) -> None:
    with (
        ExitStack() as held,
        httpx.Client(base_url=attacked.url, limits=httpx.Limits(max_connections=None)) as client,
    ):
        statuses = [
            held.enter_context(client.stream("GET", f"/gradio_api/heartbeat/s{number}")).status_code
            for number in range(110)
        ]
        assert statuses == [200] * 100 + [503] * 10
        assert client.get("/healthz").status_code == 200


@pytest.mark.slow
def test_an_answer_that_nobody_collects_is_not_made_to_its_end(data: Path) -> None:
    with openai_server() as model:
        model.reply = " ".join(f"Osric Tanbery wrote proposal number {number} [1]." for number in range(400))
        model.whole, model.pause = "Osric Tanbery wrote it [1].", 0.05
        with serving(data, OPENAI_BASE_URL=model.url, DATELINE_CHAT_MODEL="scripted") as server:
            chat = ChatClient(server.url)
            body = chat.body(chat.asking)
            body["data"][0] = "Which retired judge drew up the ferry compromise?"
            assert chat.join(body).status_code == 200
            assert_cut_off(model, 1)
            assert chat._http.get(DATA, params={"session_hash": body["session_hash"]}).status_code == 404
            chat.close()
