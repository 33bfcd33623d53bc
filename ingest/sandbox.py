"""Reading what strangers wrote in a process of its own, within bounds of time and memory.

Neither C code nor a regular expression can be interrupted inside a process, but the kernel can end this one. It is
started when it is first needed, serves all pages, listings and records of a run, and is replaced when it was ended.
"""

import atexit
import logging
import os
import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import IO, ParamSpec, TypeVar

from rag.errors import DatelineError, RefusedArticle

log = logging.getLogger(__name__)

Given = ParamSpec("Given")
Read = TypeVar("Read")

MOST_SECONDS = 20.0
"""Of computing for one input, so that a busy machine refuses no more than an idle one."""
MOST_MEMORY = 2_000_000_000
"""Bytes of address space."""
_TOO_DEEP = "is nested too deeply to be read"
_ROOT = Path(__file__).parents[1]


class BoundedReader:
    """Calls functions in its child process, one at a time; what it is given and gives back must be picklable.

    Args:
        seconds: Of computing for one call.
        memory: Bytes that the child may use.
    """

    def __init__(self, *, seconds: float = MOST_SECONDS, memory: int = MOST_MEMORY) -> None:
        self._seconds = seconds
        self._memory = memory
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def read(self, function: Callable[Given, Read], *args: Given.args, **named: Given.kwargs) -> Read:
        """What the function returns.

        Raises:
            RefusedArticle: It takes too long, needs too much memory, or fails in a way that nobody foresaw.
            DatelineError: Whatever of these the function raises.
        """
        with self._lock:
            child = self._running()
            try:
                try:
                    _send((function, args, named), _pipe(child.stdin))
                except RecursionError:  # before anything was sent
                    raise RefusedArticle(_TOO_DEEP) from None
                result, error = pickle.load(_pipe(child.stdout))
            except (EOFError, BrokenPipeError, pickle.UnpicklingError):
                raise RefusedArticle(self._why_it_ended(child)) from None
            except RefusedArticle:
                raise
            except BaseException:
                self.close()  # its answer would be taken for that of the next call
                raise
        if error is not None:
            raise error
        read: Read = result
        return read

    def close(self) -> None:
        """Ends the child; the next call starts another."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._child is None:
            self._child = subprocess.Popen(  # this program itself, no shell
                [sys.executable, "-m", "ingest.sandbox", str(self._seconds), str(self._memory)],
                cwd=_ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            atexit.register(self.close)
        return self._child

    def _why_it_ended(self, child: "subprocess.Popen[bytes]") -> str:
        child.communicate()
        self._child = None
        if child.returncode == -signal.SIGPROF:
            return f"takes too long to read: over {self._seconds:g} s of computing"
        log.warning("the process that reads pages ended with %s", child.returncode)
        return f"cannot be read: the process that reads it ended with {child.returncode}"


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _send(message: object, pipe: IO[bytes]) -> None:
    pipe.write(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))
    pipe.flush()


def _outcome(function: Callable[..., object], args: tuple[object, ...], named: dict[str, object]) -> object:
    """What a call returned, and what it raised."""
    try:
        return function(*args, **named), None
    except DatelineError as error:
        return None, error
    except MemoryError:
        return None, RefusedArticle("needs too much memory to read")
    except Exception as error:  # noqa: BLE001 - the outermost boundary of one input
        return None, unforeseen(error)


def unforeseen(error: Exception) -> RefusedArticle:
    """The refusal of an input that cannot be read for a reason that nobody foresaw; its traceback is logged."""
    log.error("an input cannot be read", exc_info=error)
    return RefusedArticle(f"cannot be read ({type(error).__name__}: {str(error)[:200]}); please report it")


def _serve(seconds: float, memory: int) -> None:
    """Answers calls until the pipe is closed; the kernel ends the process at a call that computes for too long."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the parent decides when to end, and closes the pipe
    calls, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    while True:
        try:
            function, args, named = pickle.load(calls)
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, seconds)
        outcome = _outcome(function, args, named)
        signal.setitimer(signal.ITIMER_PROF, 0)
        try:
            _send(outcome, answers)
        except RecursionError:
            _send((None, RefusedArticle(_TOO_DEEP)), answers)


reader = BoundedReader()
"""The one of this process."""

if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("trafilatura").setLevel(logging.ERROR)  # of what it does not read, the report tells
    _serve(float(sys.argv[1]), int(sys.argv[2]))
