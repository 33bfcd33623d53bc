"""Answers kept in memory for a while, for readers who ask what was just asked.

A cache belongs to one engine, so that model and prompts are the same for all that it holds.
"""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

from rag.models import Answer


class AnswerCache:
    """The answers that were asked for last; for one version of the library at a time.

    Args:
        size: Most answers.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._version: str | None = None
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, *, version: str | None) -> Answer | None:
        """Return the answer kept under a key, if it was made from this version of the library."""
        with self._lock:
            if version != self._version:
                return None
            answer = self._answers.get(key)
            if answer:
                self._answers.move_to_end(key)
            return answer

    def put(self, key: Hashable, answer: Answer, *, version: str | None) -> None:
        """Keep an answer, in place of the one that was asked for longest ago; answers of other versions are dropped."""
        with self._lock:
            if version != self._version:
                self._answers.clear()
                self._version = version
            self._answers[key] = answer
            self._answers.move_to_end(key)
            if len(self._answers) > self._size:
                self._answers.popitem(last=False)
