"""How addresses are requested: the fetcher, with what is stored about earlier visits."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Event
from time import sleep

from ingest.http.fetcher import Fetcher
from rag.library.library import Library
from rag.outlets import Outlet
from rag.settings import Settings
from rag.store.blocked.blocklist import Blocklist
from rag.store.repositories.crawl_state import CrawlState

_CONNECTIONS = 20


@dataclass(frozen=True, slots=True)
class CrawlSession:
    """How addresses are requested.

    Attributes:
        fetcher: The way to the network.
        crawl_state: Earlier visits, so that what did not change is not sent again; `None` for none.
        only_due: Request only what is due by the outlet's interval, not everything.
        blocklist: Withdrawn and forgotten articles, which are not requested; `None` for none.
        again: Request those too, as if for the first time.
        now: Returns the current time, aware.
    """

    fetcher: Fetcher
    crawl_state: CrawlState | None = None
    only_due: bool = False
    blocklist: Blocklist | None = None
    again: bool = False
    now: Callable[[], datetime] = partial(datetime.now, UTC)


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
    """Open a session for a library; the state of seeds that are no longer configured is deleted.

    Args:
        library: Open.
        settings: Name the contact that outlets can ask about our requests.
        outlets: All outlets of `sources.toml`; empty if addresses are given one by one.
        allow_private: Fetch from addresses that are not public, too.
        only_due: Request only what is due.
        again: Request what was withdrawn or forgotten, too.
        stop: Ends pauses between requests when it is set.
    """
    crawl_state = library.record.crawl_state
    if outlets:
        crawl_state.keep_seeds([address for outlet in outlets for address in outlet.addresses])
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
