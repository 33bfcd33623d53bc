"""How far the server is open: keys, origins, and how often one client may ask."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from openai import AuthenticationError, OpenAI, RateLimitError
from playwright.sync_api import Browser, Page, expect

from rag.errors import SettingsError
from rag.settings import Settings
from tests.web.conftest import awaited, opened, run, serving
from web.security.api_key import Access, ApiKeyMiddleware, access_from
from web.security.headers import SecurityHeadersMiddleware
from web.security.rate_limit import RateLimit

KEY = "a key for programs"
ORIGIN = "https://news.example"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_client_may_ask_a_minutes_worth_at_once_and_then_as_the_bucket_fills() -> None:
    clock = Clock()
    limit = RateLimit(6, clock=clock)
    assert [limit.wait("a") for _ in range(7)] == [0, 0, 0, 0, 0, 0, 10]
    assert limit.wait("b") == 0
    clock.now = 4
    assert limit.wait("a") == pytest.approx(6)
    clock.now = 10
    assert limit.wait("a") == 0
    clock.now = 1000
    assert [limit.wait("a") for _ in range(7)][-2:] == [0, 10]


def test_only_so_many_clients_are_remembered() -> None:
    limit = RateLimit(1, most_clients=2, clock=Clock())
    assert [limit.wait(client) for client in "abc"] == [0, 0, 0]
    assert limit.wait("c") > 0
    assert limit.wait("a") == 0


def test_no_limit_is_no_limit() -> None:
    limit = RateLimit(0)
    assert not any(limit.wait("a") for _ in range(1000))


async def plain(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"in"})


async def get(app: Any, path: str, *, client: str = "192.0.2.1", **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app, client=(client, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as session:
        return await session.get(path, headers=headers)


def fetched(app: Any, path: str, **options: str) -> httpx.Response:
    return awaited(get(app, path, **options))


@pytest.mark.parametrize("path", ["/api/search", "/v1/models", "/gradio_api/queue/join"])
def test_who_asks_too_often_is_told_when_to_ask_again(path: str) -> None:
    app = ApiKeyMiddleware(plain, api_key=None, limit=RateLimit(2, clock=Clock()))
    assert [fetched(app, path).status_code for _ in range(3)] == [200, 200, 429]
    refused = fetched(app, path)
    assert refused.headers["retry-after"] == "30"
    message = refused.json()["error"]["message"] if "v1" in path else refused.json()["detail"]
    assert "again in 30 seconds" in message
    assert fetched(app, path, client="192.0.2.2").status_code == 200
    assert fetched(app, "/article/a").status_code == 200


def test_an_ipv6_client_cannot_choose_another_bucket() -> None:
    app = ApiKeyMiddleware(plain, api_key=None, limit=RateLimit(1, clock=Clock()))
    addresses = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"]
    assert [fetched(app, "/api/search", client=address).status_code for address in addresses] == [200, 429, 200]


@pytest.mark.parametrize(
    ("given", "status"),
    [("", 401), (f"Bearer {KEY}", 200), (f"bearer  {KEY}", 200), (f"Bearer {KEY}x", 401), (f"Basic {KEY}", 401)],
)
def test_programs_need_the_key_and_readers_do_not(given: str, status: int) -> None:
    app = ApiKeyMiddleware(plain, api_key=KEY, limit=RateLimit(0))
    assert fetched(app, "/v1/models", authorization=given).status_code == status
    assert fetched(app, "/api/search", authorization=given).status_code == status
    assert fetched(app, "/").status_code == fetched(app, "/library").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "news.example"}, 200),
        ({"host": "news.example:443"}, 200),
        ({"host": "evil.example"}, 421),
        ({"host": "[::"}, 421),
        ({"host": "127.0.0.1", "origin": ORIGIN}, 200),
        ({"host": "news.example", "origin": "https://evil.example"}, 403),
        ({"host": "news.example", "origin": "null"}, 403),
        ({"host": "news.example", "origin": "http://news.example"}, 200),
        ({"host": "news.example", "origin": "x://news.example"}, 403),
        ({"host": "news.example", "origin": "http://["}, 403),
    ],
)
def test_only_names_and_pages_that_were_allowed_are_answered(headers: dict[str, str], status: int) -> None:
    assert fetched(SecurityHeadersMiddleware(plain, origins=[ORIGIN]), "/", **headers).status_code == status


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("10.0.0.5:7860", "/healthz", 200),
        ("[fd00::5]:7860", "/healthz", 200),
        ("10.0.0.5:7860", "/", 421),
        ("evil.example", "/healthz", 421),
        ("evil.example:10.0.0.5", "/healthz", 421),
        ("localhost.", "/", 200),
        ("news.example.:443", "/", 200),
    ],
)
def test_a_balancer_may_ask_for_health_by_the_address_alone(host: str, path: str, status: int) -> None:
    app = SecurityHeadersMiddleware(plain, origins=[ORIGIN])
    assert fetched(app, path, host=host).status_code == status


def settings(**values: Any) -> Settings:
    return Settings(**values)


def test_other_machines_are_let_in_only_with_an_origin_and_a_key() -> None:
    with pytest.raises(SettingsError, match="--allow-origin"):
        access_from(settings(api_key=KEY), host="0.0.0.0", origins=[])
    with pytest.raises(SettingsError, match="DATELINE_API_KEY"):
        access_from(settings(api_key=""), host="0.0.0.0", origins=[ORIGIN])
    with pytest.raises(SettingsError, match="scheme and host"):
        access_from(settings(), host="127.0.0.1", origins=["https://news.example/page"])
    opened = access_from(settings(api_key=f" {KEY}\n"), host="::", origins=["HTTPS://News.example/"])
    assert opened == Access((ORIGIN,), KEY, 60, 60)
    assert access_from(settings(), host="127.0.0.1", origins=[]).api_key is None
    named = access_from(settings(), host="127.0.0.1", origins=["https://Новини.example:443", "app://notes"])
    assert named.origins == ("https://xn--b1amarcd.example", "app://notes")


def test_the_server_does_not_start_without_them(data: Path) -> None:
    done = run("app", "--data", str(data), "--host", "0.0.0.0", "--allow-origin", ORIGIN)
    assert done.returncode == 2
    assert "DATELINE_API_KEY" in done.out


@pytest.fixture(scope="module")
def public(data: Path) -> Iterator[SimpleNamespace]:
    """Open as to other machines, though `127.1` is 127.0.0.1 spelled so that it does not pass for loopback."""
    limited = {"DATELINE_API_KEY": KEY, "DATELINE_REQUESTS_PER_MINUTE": "12"}
    with serving(data, "--host", "127.1", "--allow-origin", ORIGIN, **limited) as server:
        yield server


@pytest.fixture
def reader(browser: Browser, public: SimpleNamespace) -> Iterator[Page]:
    yield from opened(browser, public, width=1280, height=900)


def test_the_chat_works_without_a_key_and_says_when_to_ask_again(reader: Page, public: SimpleNamespace) -> None:
    box = reader.locator("#question textarea")
    box.fill("When was the Heron-2 satellite launched?")
    box.press("Enter")
    expect(reader.locator(".as-of")).to_have_count(1)
    page = httpx.Headers({"origin": ORIGIN})
    seen = [httpx.get(f"{public.url}/v1/models", headers=page) for _ in range(13)]
    assert seen[0].status_code == 401
    assert seen[-1].status_code == 429
    assert seen[-1].headers["access-control-allow-origin"] == ORIGIN
    assert int(seen[-1].headers["retry-after"]) > 0
    box.fill("How heavy is Heron-2?")
    box.press("Enter")
    expect(reader.get_by_text("Those were many questions in a short time. Ask again in")).to_be_visible()


def test_the_official_client_knows_what_was_refused(data: Path) -> None:
    with (
        serving(data, DATELINE_API_KEY=KEY, DATELINE_REQUESTS_PER_MINUTE="2") as server,
        OpenAI(base_url=f"{server.url}/v1", api_key=KEY, max_retries=0) as client,
    ):
        with pytest.raises(AuthenticationError, match="this is not the key of this server"):
            client.with_options(api_key="wrong").models.list()
        assert [model.id for model in client.models.list()] == ["dateline"]
        with pytest.raises(RateLimitError, match="ask again in"):
            client.models.list()


def test_a_page_of_an_allowed_origin_may_ask(public: SimpleNamespace) -> None:
    preflight = httpx.options(
        f"{public.url}/api/ask",
        headers={
            "origin": ORIGIN,
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type",
            "access-control-request-private-network": "true",
        },
    )
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == ORIGIN
    assert preflight.headers["access-control-allow-private-network"] == "true"
    foreign = httpx.options(f"{public.url}/api/ask", headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
