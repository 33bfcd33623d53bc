"""`--watch` in a process of its own: it takes in what appears, lets others write, and ends when it is told to."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from filelock import FileLock

from ingest.__main__ import main
from ingest.crawl.discovery import discover_outlet
from ingest.crawl.fan_in import merge_streams
from ingest.crawl.session import CrawlSession
from ingest.http.fetcher import Fetcher, Limits
from ingest.models import RawPage
from ingest.pipeline import ingest
from rag.errors import LibraryBusyError
from rag.indexes.embedding import LocalEmbedding
from rag.outlets import Outlet
from tests.conftest import library_at
from tests.ingest.crawl.test_discovery import put_page
from tests.ingest.test_pipeline import assert_whole, write
from tests.ingest.web_server import Answer, Site, serving
from tests.processes import Command

PATIENCE_SECONDS = 120.0
"""How long a busy machine may take for one step; nothing is measured against it."""


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


class Watching:
    """A running `python -m ingest --watch`."""

    def __init__(self, site: Site, folder: Path, cache: Path) -> None:
        self.data = folder / "data"
        sources = folder / "sources.toml"
        sources.write_text(f'[[outlet]]\nname = "The Courier"\nrefresh = "1s"\nfeeds = ["{site.url}/feed"]\n')
        arguments = ("--sources", sources, "--data", self.data, "--watch", "--allow-private", "--json")
        self.process = Command("ingest.__main__", *arguments, DATELINE_CACHE=str(cache))

    def reports(self) -> Iterator[dict[str, int]]:
        """What it prints, a line for each batch."""
        return (json.loads(line) for line in self.process.stdout if line.startswith("{"))

    def ends(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)


@pytest.fixture
def watching(site: Site, tmp_path: Path, cache: Path) -> Iterator[Watching]:
    lists(site, put_page(site, "/a", "Crane", "The crane was taken down."))
    running = Watching(site, tmp_path, cache)
    yield running
    running.process.send_signal(signal.SIGKILL)
    running.process.wait(PATIENCE_SECONDS)


def lists(site: Site, *addresses: str) -> None:
    items = "".join(f"<item><title>t</title><link>{one}</link></item>" for one in addresses)
    site.put("/feed", f'<?xml version="1.0"?><rss version="2.0"><channel><title>C</title>{items}</channel></rss>')


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_takes_in_what_appears_lets_others_write_and_stops_when_told(
    site: Site, watching: Watching, tmp_path: Path, cache: Path, embedding: LocalEmbedding, number: int
) -> None:
    reports = watching.reports()
    assert next(reports)["added"] == 1
    page = put_page(site, "/b", "Quay", "The quay was reopened on Friday.")
    lists(site, f"{site.url}/a", page)
    assert next(one for one in reports if one["added"])["added"] == 1
    library = library_at(watching.data, cache=cache, embedding=embedding)
    # Between batches the lock is free: another process gets its turn while this one goes on.
    record = write(tmp_path / "in.jsonl", {"id": "own", "title": "Own", "text": "A file of our own came in."})
    assert eventually(lambda: ingest([record], library).added) == 1
    put_page(site, "/b", "Quay", "The quay was closed again on Sunday.")
    assert next(one for one in reports if one["updated"])["updated"] == 1
    assert watching.ends(number) == 0
    assert {one.title for one in library.record.articles()} == {"Crane", "Quay", "Own"}
    library.close()
    # Opened anew: an open index sees what another process wrote a moment later.
    library = library_at(watching.data, cache=cache, embedding=embedding)
    assert_whole(library)
    library.close()


def eventually(run: Callable[[], int]) -> int:
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return run()
        except LibraryBusyError:
            assert time.monotonic() < end, "the lock is never free"
            time.sleep(0.05)


def test_while_a_server_keeps_it_waiting_others_may_write_and_it_ends_at_once(site: Site, watching: Watching) -> None:
    asked, done = Event(), Event()

    def silent() -> Iterator[bytes]:
        asked.set()
        yield b"HTTP/1.1 200 OK\r\n"
        done.wait(PATIENCE_SECONDS)

    site.pages["/slow"] = Answer(raw=silent)
    lists(site, f"{site.url}/slow")
    assert asked.wait(PATIENCE_SECONDS)
    with FileLock(watching.data / "write.lock", timeout=PATIENCE_SECONDS):
        assert site.paths().count("/slow") == 1  # it still waits for the answer
    assert watching.ends(signal.SIGTERM) == 0
    done.set()
    assert site.paths().count("/slow") == 1  # had it waited for the answer, it would have tried again


def test_watch_without_sources_is_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as misuse:
        main(["--watch", "https://courier.example/feed"])
    assert misuse.value.code == 2
    assert "--sources" in capsys.readouterr().err


# Several outlets at once


def test_an_outlet_that_is_slow_does_not_hold_up_another() -> None:
    """The first outlet's page is sent only once the second outlet's was asked for."""
    asked = Event()

    def answered(wait: bool) -> Answer:
        asked.set() if not wait else asked.wait(PATIENCE_SECONDS)
        return Answer("<html></html>", headers={"content-type": "text/html"})

    with serving() as first, serving() as second:
        first.pages["/a"], second.pages["/a"] = (lambda: answered(True)), (lambda: answered(False))
        outlets = [Outlet(name=name, pages=(f"{one.url}/a",)) for name, one in (("A", first), ("B", second))]
        fetcher = Fetcher(allow_private=True, limits=Limits(tries=1, idle_seconds=PATIENCE_SECONDS / 2))
        streams = [discover_outlet(one, CrawlSession(fetcher)) for one in outlets]
        found = [one for one in merge_streams(streams, stop=Event()) if one is not None]
        fetcher.close()
    assert [type(one) for one in found] == [RawPage, RawPage]


def test_a_stream_that_breaks_is_not_passed_over_in_silence() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        list(merge_streams([broken(), iter([2])], stop=Event()))
