"""Several outlets at once, each read by a thread of its own, as one stream."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TypeVar

Item = TypeVar("Item")

_READ_AHEAD = 10
_LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class _End:
    """A stream's end, and what ended it early."""

    error: Exception | None = None


def merge_streams(streams: Sequence[Iterable[Item]], *, stop: Event) -> Iterator[Item | None]:
    """What the streams give, as it comes; `None` now and then while nothing does.

    Args:
        streams: Read a little ahead.
        stop: Once it is set nothing more comes, and streams that are at work are not waited for; it is set when
            the caller takes no more.

    Raises:
        Exception: Whatever a stream raises.
    """
    queue: Queue[Item | _End] = Queue(_READ_AHEAD)
    for stream in streams:
        Thread(target=_read, args=(stream, queue, stop), daemon=True).start()
    running = len(streams)
    try:
        while running and not stop.is_set():
            try:
                item = queue.get(timeout=_LOOK_SECONDS)
            except Empty:
                yield None
                continue
            if not isinstance(item, _End):
                yield item
            elif item.error:
                raise item.error
            else:
                running -= 1
    finally:
        stop.set()


def _read(stream: Iterable[Item], queue: "Queue[Item | _End]", stop: Event) -> None:
    end = _End()
    try:
        for item in stream:
            if not _put(item, queue, stop):
                return
    except Exception as error:  # noqa: BLE001 - raised again in the thread that takes the items
        end = _End(error)
    _put(end, queue, stop)


def _put(item: "Item | _End", queue: "Queue[Item | _End]", stop: Event) -> bool:
    while not stop.is_set():
        try:
            queue.put(item, timeout=_LOOK_SECONDS)
        except Full:
            continue
        return True
    return False
