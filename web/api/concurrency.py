"""Who may ask now: a full house answers "busy" at once instead of letting everybody wait."""

from collections.abc import Generator, Iterator
from threading import BoundedSemaphore
from types import TracebackType
from typing import Self, TypeVar

from fastapi import HTTPException
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

Part = TypeVar("Part")

_UNBUFFERED = {"cache-control": "no-store", "x-accel-buffering": "no"}
_RETRY_AFTER = {"retry-after": "5"}


class ConcurrencyLimit:
    """Lets so many requests in at once.

    Args:
        places: Requests that are worked on at the same time.
    """

    def __init__(self, places: int) -> None:
        self._places = BoundedSemaphore(places)

    def enter(self) -> "Slot":
        """A place, to be given back by leaving it.

        Raises:
            HTTPException: 503, all are taken.
        """
        if not self._places.acquire(blocking=False):
            raise HTTPException(503, "busy: too many questions at once; ask again in a few seconds", _RETRY_AFTER)
        return Slot(self._places)


class Slot:
    """A taken place; leaves when the block or the stream that holds it ends."""

    def __init__(self, places: BoundedSemaphore) -> None:
        self._places = places
        self._taken = True

    def leave(self) -> None:
        """Gives the place back; once, however often it is called."""
        if self._taken:
            self._taken = False
            self._places.release()

    def __del__(self) -> None:
        # A reader who is gone before the first part is sent leaves a stream that never began.
        self.leave()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def held(self, parts: Iterator[Part]) -> Generator[Part]:
        """The parts, the place held until the last, or until the reader is gone."""
        with self:
            yield from parts


class EventStream(StreamingResponse):
    """Server-sent events, which no proxy should hold back or keep.

    Args:
        events: Closed as soon as the reader is gone: what makes them stops working then.
    """

    media_type = "text/event-stream"

    def __init__(self, events: Generator[bytes]) -> None:
        super().__init__(events, headers=_UNBUFFERED)
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One response."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._events.close()
