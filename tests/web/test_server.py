"""What the server refuses, says of its health, and how `app.py` fails."""

import json
import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from ingest.pipeline import ingest
from rag.errors import EmbeddingError
from rag.library.library import Library
from rag.messages import STOPPING, in_language, model_failed
from tests.conftest import SAMPLE, HashEmbedding, MakeLibrary
from tests.openai_server import openai_server
from tests.web.conftest import free_port, run, serving
from web.server import health

WORDS = in_language()


def test_health_answers_with_what_the_library_holds(server: SimpleNamespace) -> None:
    answer = httpx.get(f"{server.url}/healthz")
    assert answer.status_code == 200
    told = answer.json()
    assert told["status"] == "ok"
    assert told["parts"] == dict.fromkeys(("record", "lexical", "vectors", "model"), True)
    assert (told["articles"], told["pending"]) == (19, 0)
    assert told["passages"] >= 19


class _FailingEmbedding(HashEmbedding):
    def _get_query_embedding(self, query: str) -> list[float]:
        raise EmbeddingError("the model is gone")


def _damaged(library: Library, part: str) -> None:
    if part == "record":
        with closing(sqlite3.connect(library.folder / "record.sqlite")) as connection:
            connection.execute("DROP TABLE passages")
    elif part == "lexical":
        library.lexical.clear()
    elif part == "vectors":
        library.vectors.clear()


@pytest.mark.parametrize("part", ["record", "lexical", "vectors", "model", ""])
def test_health_names_the_part_that_does_not_answer(make_library: MakeLibrary, part: str) -> None:
    library = make_library(embedding=_FailingEmbedding(model_name="hash") if part == "model" else None)
    ingest([SAMPLE / "articles"], library)
    _damaged(library, part)
    answer = health(library)
    parts = json.loads(bytes(answer.body))["parts"]
    assert answer.status_code == (503 if part else 200)
    assert [name for name, answers in parts.items() if not answers][:1] == ([part] if part else [])


def test_an_empty_library_is_healthy(make_library: MakeLibrary) -> None:
    assert health(make_library()).status_code == 200


@pytest.mark.slow
def test_a_language_model_that_is_down_leaves_it_healthy_and_the_answers_quoted(data: Path) -> None:
    with serving(data, OPENAI_BASE_URL=f"http://127.0.0.1:{free_port()}/v1", OPENAI_API_KEY="none") as server:
        assert httpx.get(f"{server.url}/healthz", timeout=30).status_code == 200
        asked = {"model": "dateline", "messages": [{"role": "user", "content": "When did Heron-2 lift off?"}]}
        answer = httpx.post(f"{server.url}/v1/chat/completions", json=asked, timeout=120).json()["dateline"]
        assert "OPENAI_BASE_URL" in server.warnings[0]
    assert "04:12" in answer["answer"]
    assert model_failed(WORDS, "server", midway=False) in answer["notes"]


@pytest.mark.parametrize("path", ["/", "/healthz", "/config"])
def test_every_response_carries_the_policy(server: SimpleNamespace, path: str) -> None:
    headers = httpx.get(f"{server.url}{path}").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/upload", "//gradio_api/upload", "/gradio_api/file=/etc/passwd", "/monitoring", "/gradio_api/proxy=x"],
)
def test_routes_that_take_or_give_files_are_closed(server: SimpleNamespace, path: str) -> None:
    assert httpx.post(f"{server.url}{path}", files={"files": b"x"}).status_code == 404
    assert httpx.get(f"{server.url}{path}").status_code == 404


def test_requests_from_other_pages_and_names_are_refused(server: SimpleNamespace) -> None:
    assert httpx.get(f"{server.url}/", headers={"origin": "http://evil.example"}).status_code == 403
    assert httpx.get(f"{server.url}/", headers={"host": "evil.example"}).status_code == 421
    own = httpx.get(f"{server.url}/", headers={"origin": server.url})
    assert own.status_code == 200
    assert "access-control-allow-origin" not in own.headers


@pytest.mark.parametrize("path", ["/", "/healthz", "/library", "/v1/models", "/openapi.json"])
def test_a_monitor_may_ask_for_the_head_alone(server: SimpleNamespace, path: str) -> None:
    head, whole = httpx.head(f"{server.url}{path}"), httpx.get(f"{server.url}{path}", headers={"accept-encoding": ""})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]


def test_a_missing_library_is_said_with_the_command_that_makes_one(tmp_path: Path) -> None:
    done = run("app", "--data", str(tmp_path / "none"), "--port", "0")
    assert done.returncode == 2
    assert "python -m ingest" in done.out
    assert not (tmp_path / "none").exists()


def test_a_port_in_use_is_said(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("app", "--data", str(data), "--port", port)
    assert done.returncode == 2
    assert done.out == (
        f"app: port {port} on 127.0.0.1: Address already in use; choose another with --port or --host\n"
    )


@pytest.mark.parametrize(
    ("options", "environment", "told"),
    [
        (["--port", "70001"], {}, "port 70001"),
        (["--port", "-1"], {}, "port -1"),
        (["--host", "192.0.2.7", "--allow-origin", "https://a.example"], {"DATELINE_API_KEY": "k"}, "--host"),
        (["--allow-origin", "news.example"], {}, "--allow-origin news.example"),
        (["--trusted-proxy", "proxy"], {}, "--trusted-proxy"),
        (["--root-path", "/news/../api"], {}, "--root-path /news/../api"),
        (["--root-path", "/api"], {}, "--root-path /api: the server has paths of its own there"),
        ([], {"DATELINE_PROT": "1"}, "DATELINE_PROT is no setting"),
        ([], {"DATELINE_FEEDBACK_DAYS": "0"}, "DATELINE_FEEDBACK_DAYS '0'"),
        ([], {"OPENAI_BASE_URL": "127.0.0.1/v1"}, "OPENAI_BASE_URL '127.0.0.1/v1'"),
    ],
)
def test_a_wrong_setting_is_one_line(data: Path, options: list[str], environment: dict[str, str], told: str) -> None:
    done = run("app", "--data", str(data), *(options or ["--port", "0"]), **environment)
    assert done.returncode == 2
    assert done.out.startswith("app: ")
    assert told in done.out
    assert done.out.count("\n") == 1


def test_a_key_that_the_model_server_refuses_is_one_line(data: Path) -> None:
    with openai_server() as model:
        model.fault = "401"
        done = run("app", "--data", str(data), "--port", "0", OPENAI_BASE_URL=model.url, OPENAI_API_KEY="wrong-key")
    assert done.returncode == 2
    assert f"{model.url}/models refuses the key (401); check OPENAI_API_KEY and OPENAI_BASE_URL" in done.out
    assert done.out.count("\n") == 1
    assert "wrong-key" not in done.out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_quietly_and_tells_those_whose_answers_are_not_finished(data: Path, number: signal.Signals) -> None:
    asked = {"question": "When did Heron-2 lift off?"}
    with openai_server() as model:
        model.fault = "silent"
        # However long it takes: what would give up on a slow machine would answer, and log, instead of being told.
        with serving(data, OPENAI_BASE_URL=model.url, DATELINE_REQUEST_SECONDS="3600") as server:
            with httpx.stream("POST", f"{server.url}/api/ask", json=asked, timeout=None) as answer:
                lines = answer.iter_lines()
                assert next(lines) == "event: status"
                server.process.send_signal(number)
                told = list(lines)
            assert json.loads([line for line in told if line][-1].removeprefix("data: ")) == {"message": STOPPING}
            printed = server.process.stdout.read()
            assert server.process.wait(30) == 0
    assert printed == ""


def test_a_second_interrupt_ends_it_at_once(data: Path) -> None:
    with openai_server() as model:
        model.fault = "silent"
        with serving(data, OPENAI_BASE_URL=model.url, DATELINE_REQUEST_SECONDS="3600") as server:
            asked = {"question": "When did Heron-2 lift off?"}
            with httpx.stream("POST", f"{server.url}/api/ask", json=asked, timeout=None) as answer:
                assert next(answer.iter_lines()) == "event: status"
                server.process.send_signal(signal.SIGINT)
                while is_listening(server.port):
                    pass
                server.process.send_signal(signal.SIGINT)
                printed = server.process.stdout.read()
            assert server.process.wait(30) == 0
    assert printed == ""


def is_listening(port: int) -> bool:
    with closing(socket.socket()) as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_another_address_than_loopback_is_refused(data: Path) -> None:
    done = run("app", "--data", str(data), "--host", "0.0.0.0")
    assert done.returncode == 2
    assert "loopback" in done.out
