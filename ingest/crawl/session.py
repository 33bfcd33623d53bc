"""How an operator's settings and outlets are asked: the fetcher with what is remembered of their addresses."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event
from time import sleep

from ingest.crawl.discovery import CrawlSession
from ingest.http.fetcher import Fetcher
from rag.library.library import Library
from rag.outlets import Outlet
from rag.settings import Settings

_CONNECTIONS = 20


@contextmanager
def crawl_session(
    library: Library,
    settings: Settings,
    outlets: Sequence[Outlet],
    *,
    allow_private: bool,
    only_due: bool,
    again: bool = False,
    stop: Event | None = None,
) -> Iterator[CrawlSession]:
    """The way to the outlets, with the memory of the library; how sources did that are named no more is forgotten.

    Args:
        library: Open.
        settings: Name whom outlets can ask about us.
        outlets: All of `sources.toml`; none where addresses are given one by one.
        allow_private: Fetch from addresses that are not public, too.
        only_due: Ask only what is due.
        again: Ask what was withdrawn or forgotten, too.
        stop: Ends pauses between requests when it is set.
    """
    crawl_state = library.record.crawl_state
    if outlets:
        crawl_state.keep_sources([address for outlet in outlets for address in outlet.addresses])
    fetcher = Fetcher(
        allow_private=allow_private,
        contact=settings.contact,
        connections=max(_CONNECTIONS, len(outlets) + 1),
        sleep=_pausing(stop) if stop else sleep,
    )
    try:
        yield CrawlSession(fetcher, crawl_state, only_due=only_due, blocklist=library.record.blocklist, again=again)
    finally:
        fetcher.close()


def _pausing(stop: Event) -> Callable[[float], None]:
    def pause(seconds: float) -> None:
        stop.wait(seconds)

    return pause
