"""Behind Debian's nginx as docs/deploy has it: TLS, a path prefix that is kept or taken off, a name that is hidden."""

import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from rag.messages import in_language
from tests.conftest import ROOT, SAMPLE
from tests.web.conftest import connected, free_port, serving

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
QUESTION = "When did the Heron-2 satellite lift off?"
pytestmark = pytest.mark.skipif(
    not (NGINX and shutil.which("openssl")), reason="no nginx or openssl; .ci/run installs them from Debian's packages"
)

WORDS = in_language()


def site(port: int, server: int, folder: Path, location: str, *, takes_off: bool) -> str:
    """The documented configuration on these ports, with a certificate in the folder."""
    text = (ROOT / "docs" / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    replacements = {
        "443 ssl": f"127.0.0.1:{port} ssl",
        "/etc/ssl/certs/news.example.pem": f"{folder}/cert.pem",
        "/etc/ssl/private/news.example.key": f"{folder}/key.pem",
        "server_name news.example": "server_name 127.0.0.1",
        "location / {": f"location {location} {{",
        "http://127.0.0.1:7860;": f"http://127.0.0.1:{server}{'/' if takes_off else ''};",
    }
    for old, new in replacements.items():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture(scope="module")
def proxied(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The server below `/news` behind nginx: `kept` and `off` with TLS, `bare` with nothing but `proxy_pass`."""
    folder = tmp_path_factory.mktemp("nginx")
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    pair = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *pair],
        check=True,
        capture_output=True,
        timeout=60,
    )
    kept, off, bare, port = (free_port() for _ in range(4))
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    servers = [
        site(kept, port, folder, "/news/", takes_off=False).replace("location /news/", "location /news"),
        site(off, port, folder, "/news/", takes_off=True),
        f"server {{ listen 127.0.0.1:{bare}; location / {{ proxy_pass http://127.0.0.1:{port}; }} }}",
    ]
    (folder / "nginx.conf").write_text(
        f"worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\n"
        f"http {{ access_log off; {temporary}\n{''.join(servers)} }}",
        encoding="utf-8",
    )
    addresses = {name: f"https://127.0.0.1:{number}" for name, number in (("kept", kept), ("off", off))}
    origins = [f"--allow-origin={address}" for address in addresses.values()]
    shutil.copyfile(SAMPLE / "sites.toml", data / "sites.toml")
    with serving(data, "--root-path=/news", "--trusted-proxy=127.0.0.1", *origins, port=port):
        assert NGINX
        process = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder)], stderr=subprocess.PIPE)
        try:
            _await(bare)
            yield SimpleNamespace(
                **{name: f"{address}/news" for name, address in addresses.items()}, bare=f"http://127.0.0.1:{bare}"
            )
        finally:
            (data / "sites.toml").unlink()
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)


def _await(port: int) -> None:
    for _ in range(200):
        try:
            connected(f"http://127.0.0.1:{port}").close()
        except ConnectionRefusedError:
            time.sleep(0.05)
            continue
        return
    raise AssertionError("nginx does not listen")


@pytest.fixture(params=["kept", "off"])
def news(proxied: SimpleNamespace, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    address = getattr(proxied, request.param)
    with httpx.Client(base_url=f"{address}/", verify=False, timeout=30) as client:
        yield client


def test_every_route_and_link_lies_below_the_prefix(news: httpx.Client) -> None:
    assert news.get("healthz").status_code == 200
    asked: Any = {"messages": [{"role": "user", "content": QUESTION}]}
    answer = news.post("v1/chat/completions", json=asked).json()
    held = answer["choices"][0]["message"]["citations"][0]["held"]
    assert held.startswith("/news/article/")
    origin = str(news.base_url).removesuffix("/news/")
    assert news.get(f"{origin}{held}").status_code == 200
    assert news.post("v1//responses/", json={"input": QUESTION}).status_code == 200
    assert news.get("openapi.json").json()["servers"] == [{"url": "/news"}]
    for page in ("library", "docs", "how", held.removeprefix("/news/")):
        links = re.findall(r'(?:href|src)="(/[^"]*)"', news.get(page).text)
        assert links
        assert all(link.startswith("/news/") for link in links), links
    assert "root_path" not in news.get("widget.js").text
    refused = news.get("v1/models", headers={"origin": "https://elsewhere.example"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "foreign_origin")


def test_a_stream_comes_as_it_is_made(news: httpx.Client) -> None:
    with news.stream("POST", "api/ask", json={"question": QUESTION}) as answer:
        pieces = list(answer.iter_raw())
    assert len(pieces) > 1
    assert b"event: answer" in b"".join(pieces)


def test_the_folder_is_found_without_its_slash(proxied: SimpleNamespace) -> None:
    moved = httpx.get(proxied.kept, verify=False)
    assert (moved.status_code, moved.headers["location"]) == (308, "/news/")


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(ignore_https_errors=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("way", ["kept", "off"])
def test_the_chat_answers_below_the_prefix(proxied: SimpleNamespace, tab: Page, way: str) -> None:
    foreign: list[str] = []
    address = getattr(proxied, way)
    local = (f"{address}/", "data:", "blob:", f"{address.removesuffix('/news')}/manifest.json")
    tab.on("request", lambda request: None if request.url.startswith(local) else foreign.append(request.url))
    tab.goto(f"{address}/")
    tab.locator("#question textarea").fill(QUESTION)
    tab.keyboard.press("Enter")
    expect(tab.locator("#cite-1-1")).to_contain_text("04:12")
    held = tab.locator('#cite-1-1 a[href*="/article/"]').first
    assert (held.get_attribute("href") or "").startswith("/news/article/")
    with tab.context.expect_page() as opened:
        tab.locator(".masthead a", has_text="library").click()
    opened.value.wait_for_url(f"{address}/library?lang=en")
    assert foreign == []


def test_the_widget_answers_below_the_prefix(proxied: SimpleNamespace, tab: Page) -> None:
    tab.goto(f"{proxied.kept}/demo")
    expect(tab.locator("#snippet")).to_contain_text(f"{proxied.kept}/widget.js")
    tab.locator("dateline-widget button").click()
    frame = tab.frame_locator("dateline-widget iframe")
    frame.locator("#question").fill(QUESTION)
    frame.locator("#send").click()
    expect(frame.locator("#log")).to_contain_text("04:12")


def test_a_page_whose_name_the_proxy_hides_says_what_to_do(proxied: SimpleNamespace, tab: Page) -> None:
    tab.goto(f"{proxied.bare}/")
    expect(tab.get_by_role("alert")).to_have_text(WORDS("unknown_address", origin=proxied.bare))
