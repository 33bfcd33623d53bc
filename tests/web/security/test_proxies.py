"""Nobody's word is believed about who asks and where, but a named proxy's."""

from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from rag.errors import SettingsError
from tests.web.conftest import awaited, run, serving
from web.security.paths import root_path_from
from web.security.proxies import TrustedProxyMiddleware, trusted_proxies
from web.security.rate_limit import client_of

FORWARDED = {
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "https",
    "x-forwarded-for": "198.51.100.9",
    "x-forwarded-prefix": "/evil",
    "x-forwarded-port": "666",
    "x-forwarded-server": "evil.example",
    "x-original-host": "evil.example",
    "x-real-ip": "198.51.100.9",
    "forwarded": "for=198.51.100.9;host=evil.example;proto=https",
}


async def seen_by(app: Any, client: str, headers: list[tuple[str, str]]) -> dict[str, Any]:
    transport = httpx.ASGITransport(app, client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as session:
        told: dict[str, Any] = (await session.get("/", headers=headers)).json()
        return told


async def mirror(scope: Any, receive: Any, send: Any) -> None:
    """Answers with what it sees."""
    names = {name.decode(): value.decode() for name, value in scope["headers"]}
    told = {"client": client_of(scope), "scheme": scope["scheme"], "host": names.pop("host")}
    kept = [name for name in names if "forward" in name or name.startswith("x-")]
    response = httpx.Response(200, json={**told, "kept": kept})
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": response.content})


def seen(client: str, *headers: tuple[str, str], trusted: tuple[str, ...] = ()) -> dict[str, Any]:
    told: dict[str, Any] = awaited(
        seen_by(TrustedProxyMiddleware(mirror, trusted=trusted_proxies(trusted)), client, list(headers))
    )
    return told


def test_by_default_nobody_is_believed_and_nothing_is_handed_on() -> None:
    for client in ("127.0.0.1", "::1", "203.0.113.7"):
        told = seen(client, *FORWARDED.items())
        assert told["client"] == client or client == "::1"
        assert (told["scheme"], told["host"], told["kept"]) == ("http", "127.0.0.1", [])


def test_a_named_proxy_says_who_asks_and_where() -> None:
    told = seen("10.0.0.7", *FORWARDED.items(), trusted=("10.0.0.0/24",))
    assert told == {"client": "198.51.100.9", "scheme": "https", "host": "evil.example", "kept": []}
    other = seen("10.0.1.7", *FORWARDED.items(), trusted=("10.0.0.0/24",))
    assert other == {"client": "10.0.1.7", "scheme": "http", "host": "127.0.0.1", "kept": []}
    assert seen("10.0.0.7", trusted=("10.0.0.7",))["client"] == "10.0.0.7"


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("198.51.100.9, 203.0.113.5", "203.0.113.5"),
        ("198.51.100.9, 203.0.113.5, 10.0.0.8", "203.0.113.5"),
        ("203.0.113.5:4711", "203.0.113.5"),
        ("[2001:db8::1]:4711", "2001:db8::/64"),
        ("2001:db8::1", "2001:db8::/64"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("10.0.0.8", "10.0.0.7"),
        ("unknown", "10.0.0.7"),
        ("198.51.100.9, <script>", "10.0.0.7"),
        ("", "10.0.0.7"),
    ],
)
def test_the_client_is_the_last_that_no_proxy_vouches_for(forwarded: str, client: str) -> None:
    assert seen("10.0.0.7", ("x-forwarded-for", forwarded), trusted=("10.0.0.0/24",))["client"] == client


def test_of_several_values_the_last_counts_which_the_nearest_proxy_wrote() -> None:
    several = [("x-forwarded-host", "evil.example"), ("x-forwarded-host", "news.example")]
    assert seen("10.0.0.7", *several, trusted=("10.0.0.7",))["host"] == "news.example"
    odd = seen("10.0.0.7", ("x-forwarded-proto", "javascript"), trusted=("10.0.0.7",))
    assert odd["scheme"] == "http"


def test_an_ipv4_address_written_as_ipv6_is_the_ipv4_address() -> None:
    assert client_of({"client": ("::ffff:203.0.113.5", 1)}) == "203.0.113.5"
    assert client_of({"client": ("::ffff:cb00:7105", 1)}) == "203.0.113.5"
    assert client_of({"client": ("2001:db8::5", 1)}) == "2001:db8::/64"
    assert client_of({"client": ("a socket", 1)}) == "a socket"
    assert seen("::ffff:10.0.0.7", *FORWARDED.items(), trusted=("10.0.0.7",))["client"] == "198.51.100.9"


@pytest.mark.parametrize("wrong", ["*", "proxy.example", "10.0.0.0/8/8", "10.0.0.1/8"])
def test_what_is_no_address_is_said_by_name(wrong: str) -> None:
    with pytest.raises(SettingsError, match="--trusted-proxy"):
        trusted_proxies(["10.0.0.7", wrong])


def test_the_running_server_reflects_no_host_that_was_not_asked_for(server: SimpleNamespace) -> None:
    for path in ("/", "/config", "/embed?site=x", "/docs", "/article/x", "/healthz/", "/api/search/"):
        answer = httpx.get(f"{server.url}{path}", headers=FORWARDED, timeout=30)
        assert "evil" not in answer.text + str(answer.headers)
        assert "https://127.0.0.1" not in answer.text


def test_behind_a_named_proxy_each_reader_has_a_limit_of_his_own(data: Any) -> None:
    options = ("--trusted-proxy", "127.0.0.1", "--allow-origin", "https://news.example")
    with serving(data, *options, DATELINE_REQUESTS_PER_MINUTE="2") as server:

        def models(client: str, host: str = "news.example") -> int:
            headers = {"x-forwarded-for": client, "x-forwarded-host": host, "x-forwarded-proto": "https"}
            return httpx.get(f"{server.url}/v1/models", headers=headers, timeout=30).status_code

        assert [models("198.51.100.9") for _ in range(3)] == [200, 200, 429]
        assert models("198.51.100.10") == 200
        assert models("198.51.100.10", host="evil.example") == 421
        page = httpx.get(f"{server.url}/config", headers={"x-forwarded-host": "news.example"}, timeout=30)
        assert "news.example" in page.text


def test_without_one_a_client_cannot_choose_its_limit(data: Any) -> None:
    with serving(data, DATELINE_REQUESTS_PER_MINUTE="2") as server:
        tries = [
            httpx.get(f"{server.url}/v1/models", headers={"x-forwarded-for": f"198.51.100.{n}"}, timeout=30).status_code
            for n in range(3)
        ]
    assert tries == [200, 200, 429]


def test_no_path_of_the_server_can_be_its_prefix(server: SimpleNamespace) -> None:
    described = httpx.get(f"{server.url}/openapi.json").json()["paths"]
    pages = ("/library", "/article/x", "/how", "/docs", "/c/x", "/sites/x/usage", "/embed", "/demo", "/widget.js")
    for path in (*described, *pages, "/gradio_api/queue/join", "/config", "/assets", "/static/", "/api/news"):
        with pytest.raises(SettingsError, match="the server has paths of its own there"):
            root_path_from(path.partition("/{")[0])
    assert [root_path_from(path) for path in ("", "/", "/news/", "/news/api", "/apis")] == [
        "",
        "",
        "/news",
        "/news/api",
        "/apis",
    ]


def test_a_wrong_proxy_is_said_before_the_server_starts(data: Any) -> None:
    done = run("app", "--data", str(data), "--trusted-proxy", "*", "--port", "0")
    assert done.returncode == 2
    assert "--trusted-proxy" in done.out
