"""How many questions are answered at once: when all slots are taken, a request is refused without waiting."""

from collections.abc import Generator, Iterator
from threading import BoundedSemaphore
from types import TracebackType
from typing import Self, TypeVar

from fastapi import HTTPException

from rag.messages import BUSY

Item = TypeVar("Item")

_RETRY_AFTER = {"retry-after": "5"}


class ConcurrencyLimit:
    """Bounds the requests that are worked on at the same time.

    Args:
        slots: How many.
    """

    def __init__(self, slots: int) -> None:
        self._slots = BoundedSemaphore(slots)

    def acquire(self) -> "Slot":
        """A slot, which its `release` gives back.

        Raises:
            HTTPException: 503, all are taken.
        """
        if not self._slots.acquire(blocking=False):
            raise HTTPException(503, BUSY, _RETRY_AFTER)
        return Slot(self._slots)


class Slot:
    """A taken slot; it is released when the block or the stream that holds it ends."""

    def __init__(self, slots: BoundedSemaphore) -> None:
        self._slots = slots
        self._is_taken = True

    def release(self) -> None:
        """Gives the slot back; further calls do nothing."""
        if self._is_taken:
            self._is_taken = False
            self._slots.release()

    def __del__(self) -> None:
        # A reader who leaves before the first event is sent leaves a stream that never began.
        self.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def during(self, items: Iterator[Item]) -> Generator[Item]:
        """The items; the slot is held until the last one, or until the generator is closed."""
        with self:
            yield from items
