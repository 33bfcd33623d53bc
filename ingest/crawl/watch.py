"""Keeping on: each outlet is asked for what is due, over and over, until it is told to stop."""

import logging
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from threading import Event
from time import monotonic
from types import FrameType
from typing import Any

from ingest.crawl.discovery import discover_outlet
from ingest.crawl.fan_in import merge_streams
from ingest.crawl.session import CrawlSession
from ingest.models import RawInput
from ingest.pipeline import ingest_inputs
from ingest.report import Report
from rag.errors import LibraryBusyError
from rag.library.library import Library
from rag.outlets import Outlet

log = logging.getLogger(__name__)

_BATCH = 25
_BATCH_SECONDS = 5.0
_MOST_A_ROUND = 500
"""Inputs after which an outlet's feeds are looked at again, so that a long sitemap does not keep news waiting."""
_BUSY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _RoundDone:
    """Comes after the inputs of a round; the outlet goes on when they are in the record."""

    recorded: Event = field(default_factory=Event)


def watch(
    outlets: Sequence[Outlet],
    library: Library,
    session: CrawlSession,
    *,
    stop: Event,
    report: Callable[[Report], None],
    obey_opt_outs: bool = False,
) -> None:
    """Takes in what outlets publish and change, as it comes, until `stop` is set.

    The library's lock is held only while a batch is written.

    Args:
        outlets: Each is asked in a thread of its own.
        library: Open.
        session: Its fetcher should wait in `stop.wait`, so that a pause ends when the watch does.
        stop: Ends it; the current batch is still ingested.
        obey_opt_outs: As for `ingest_inputs`.
        report: Told of each batch in which something was seen, or is to be said of a seed.
    """
    batch: list[RawInput] = []
    waiting: list[_RoundDone] = []
    since = monotonic()
    for item in merge_streams([_rounds(outlet, session, stop) for outlet in outlets], stop=stop):
        if isinstance(item, _RoundDone):
            waiting.append(item)
        elif item is not None:
            batch.append(item)
        if len(batch) >= _BATCH or waiting or (batch and monotonic() - since > _BATCH_SECONDS):
            _take(batch, library, stop, report, obey_opt_outs)
            for done in waiting:
                done.recorded.set()
            batch, waiting = [], []
        since = since if batch else monotonic()
    _take(batch, library, stop, report, obey_opt_outs)


def _rounds(outlet: Outlet, session: CrawlSession, stop: Event) -> Iterator[RawInput | _RoundDone]:
    while not stop.is_set():
        number = 0
        for raw in islice(discover_outlet(outlet, session), _MOST_A_ROUND):
            number += 1
            yield raw
        done = _RoundDone()
        yield done
        while not done.recorded.wait(0.2) and not stop.is_set():
            pass
        if number < _MOST_A_ROUND:
            stop.wait(outlet.refresh.total_seconds())


def _take(
    batch: Sequence[RawInput], library: Library, stop: Event, report: Callable[[Report], None], obey_opt_outs: bool
) -> None:
    """Ingest a batch once no other process writes; a batch that cannot be ingested is discovered again next time."""
    while batch:
        try:
            done = ingest_inputs(batch, library, obey_opt_outs=obey_opt_outs)
        except LibraryBusyError as error:
            log.info("waiting: %s", error)
            if stop.wait(_BUSY_SECONDS):
                return
        else:
            if done.seen or done.warnings:
                report(done)
            return


@contextmanager
def stopping() -> Iterator[Event]:
    """An event that SIGINT and SIGTERM set; a second signal ends the process as usual."""
    stop = Event()
    before: dict[signal.Signals, Any] = {}

    def set_and_restore(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        for number, handler in before.items():
            signal.signal(number, handler)

    for number in (signal.SIGINT, signal.SIGTERM):
        before[number] = signal.signal(number, set_and_restore)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
