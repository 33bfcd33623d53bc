"""What the server refuses, says of its health, and how `app.py` fails."""

import socket
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from tests.web.conftest import run


def test_health_answers_with_what_the_library_holds(server: SimpleNamespace) -> None:
    answer = httpx.get(f"{server.url}/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "articles": 19, "passages": answer.json()["passages"], "pending": 0}


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


def test_a_missing_library_is_said_with_the_command_that_makes_one(tmp_path: Path) -> None:
    done = run("app.py", "--data", str(tmp_path / "none"), "--port", "0")
    assert done.returncode == 2
    assert "python -m ingest" in done.stderr
    assert not (tmp_path / "none").exists()


def test_a_port_in_use_is_said(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("app.py", "--data", str(data), "--port", port)
    assert done.returncode == 2
    assert f"port {port}" in done.stderr


def test_another_address_than_loopback_is_refused(data: Path) -> None:
    done = run("app.py", "--data", str(data), "--host", "0.0.0.0")
    assert done.returncode == 2
    assert "loopback" in done.stderr
