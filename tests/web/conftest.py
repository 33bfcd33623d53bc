import asyncio
import contextlib
import json
import os
import re
import signal
import socket
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any, Self

import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, expect

from tests.processes import Command, run
from web.security.proxies import TrustedProxyMiddleware
from web.server import server_config

ROOT = Path(__file__).parents[2]
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
HOSTILE = {
    "id": "hostile",
    "url": "javascript:alert(1)",
    "title": "<img src=x onerror=alert(1)> ![x](http://evil.example/x.png) ${alert(2)} zeppelin",
    "source": "[Outlet](javascript:alert(3))",
    "published_at": "2026-10-02",
    "text": (
        "The zeppelin <x-y onclick=alert(4)>landed</x-y> <script>alert(4)</script> "
        "at <b onmouseover=alert(5)>Harbour Nine</b> on Friday. "
        "Read ![pixel](http://evil.example/p.gif) and [this](http://evil.example/) and [ref][1] too.\n\n"
        "[1]: http://evil.example/ref `${alert(6)}` $$x$$ <form action=http://evil.example/>"
    ),
}


# A busy machine takes longer than Playwright's five seconds, sometimes than twenty; what never comes still fails.
expect.set_options(timeout=60_000)


def awaited(work: Coroutine[Any, Any, Any]) -> Any:
    """What the coroutine returns, in a thread of its own: the browser keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Line:
    """A way to a server of 127.0.0.1 that can be cut, with all that is under way, and mended; to be used with `with`.

    Attributes:
        url: Where the way begins.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._ends: list[socket.socket] = []
        self._is_cut = False
        self._entry = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._entry.getsockname()[1]}"
        self._threads = [Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        _shut(self._entry)
        for thread in self._threads:
            thread.join()

    def cut(self) -> None:
        self._is_cut = True
        for end in self._ends:
            _shut(end)

    def mend(self) -> None:
        self._is_cut = False

    def _accept(self) -> None:
        with self._entry, contextlib.suppress(OSError):  # shut
            while True:
                near, _ = self._entry.accept()
                if self._is_cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._port))
                self._ends += [near, far]
                for ends in ((near, far), (far, near)):
                    self._threads.append(Thread(target=_pass_on, args=ends))
                    self._threads[-1].start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with source, contextlib.suppress(OSError):  # cut
        while piece := source.recv(65_536):
            target.sendall(piece)
    _shut(target)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it has ended by itself
        end.shutdown(socket.SHUT_RDWR)


def lonely_markers(answer: Locator) -> int:
    """How often a marker stands on another line than the word before it, over many widths of the answer."""
    lonely: int = answer.evaluate(
        """(answer) => {
          let lonely = 0;
          const texts = document.createTreeWalker(answer, NodeFilter.SHOW_TEXT);
          const all = [];
          while (texts.nextNode()) if (texts.currentNode.data.trim()) all.push(texts.currentNode);
          for (let width = 220; width < 600; width += 4) {
            answer.style.width = `${width}px`;
            for (const [at, text] of all.entries()) {
              if (!text.parentElement.matches(".marker")) continue;
              const word = document.createRange();
              word.setStart(all[at - 1], all[at - 1].data.trimEnd().length - 1);
              word.setEnd(all[at - 1], all[at - 1].data.trimEnd().length);
              lonely += text.parentElement.getBoundingClientRect().top > word.getBoundingClientRect().bottom - 2;
            }
          }
          answer.style.width = "";
          return lonely;
        }"""
    )
    return lonely


@contextmanager
def listening(app: Any, **options: Any) -> Iterator[str]:
    """The app on a free port of 127.0.0.1, served as `app.py` does but for these options; stopped at the end."""
    config = server_config(app if isinstance(app, TrustedProxyMiddleware) else TrustedProxyMiddleware(app))
    for name, value in options.items():
        setattr(config, name, value)
    with socket.create_server(("127.0.0.1", 0)) as port:
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [port]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{port.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def connected(url: str, *, seconds: float = 30.0) -> socket.socket:
    """A connection to the server, for what no client would send."""
    host, port = url.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=seconds)


def answer_to(url: str, request: bytes) -> bytes:
    """All that comes back for these bytes until the server closes the connection."""
    with connected(url) as line:
        line.sendall(request)
        return line.makefile("rb").read()


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the sample articles and one hostile one."""
    folder = tmp_path_factory.mktemp("web")
    os.environ["DATELINE_CACHE"] = str(folder / "cache")
    hostile = folder / "hostile.json"
    hostile.write_text(json.dumps(HOSTILE), encoding="utf-8")
    done = run("ingest.__main__", "evals/suites/sample/articles", str(hostile), "--data", str(folder / "data"))
    assert done.returncode == 0, done.out
    (folder / "data" / "examples.txt").write_text("When was the Heron-2 satellite launched?\n", encoding="utf-8")
    return folder / "data"


@pytest.fixture(scope="session")
def server(data: Path) -> Iterator[SimpleNamespace]:
    """`python app.py` over that library, stopped by its process id."""
    with serving(data) as started:
        yield started


@contextmanager
def serving(data: Path, *options: str, port: int | None = None, **environment: str) -> Iterator[SimpleNamespace]:
    """`python app.py` on a free port of 127.0.0.1, stopped by its process id; many tests are one client to it."""
    port = port or free_port()
    environment = {"DATELINE_REQUESTS_PER_MINUTE": "0", **environment}
    process = Command("app", "--port", str(port), "--data", str(data), *options, **environment)
    try:
        warnings = []
        while not re.search(rf"ready at http://.*:{port}", line := process.stdout.readline()):
            assert line.startswith("WARNING"), line
            warnings.append(line)
        yield SimpleNamespace(url=f"http://127.0.0.1:{port}", port=port, process=process, warnings=warnings)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@pytest.fixture
def page(browser: Browser, server: SimpleNamespace) -> Iterator[Page]:
    """The chat in a fresh browser context; fails on a request that leaves the server, a dialog or a script error."""
    yield from opened(browser, server, width=1280, height=900)


@pytest.fixture
def phone(browser: Browser, server: SimpleNamespace) -> Iterator[Page]:
    yield from opened(browser, server, width=390, height=844)


@pytest.fixture
def narrow(browser: Browser, server: SimpleNamespace) -> Iterator[Page]:
    yield from opened(browser, server, width=320, height=800)


def opened(browser: Browser, server: SimpleNamespace, *, width: int, height: int) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.set_default_timeout(60_000)
    wrong: list[str] = []
    local = (f"{server.url}/", "data:", "blob:")
    page.on(
        "request", lambda request: None if request.url.startswith(local) else wrong.append(f"request {request.url}")
    )
    page.on("pageerror", lambda error: wrong.append(f"script error {error}"))
    page.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.goto(f"{server.url}/")
    page.locator("#question textarea").wait_for()
    yield page
    context.close()
    assert wrong == []
