"""Commands in processes of their own, forked from one that has imported everything: a start takes moments, not 8 s."""

import contextlib
import importlib
import json
import multiprocessing
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import IO, Any

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["app", "ingest.__main__", "evals.__main__"])


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, negative for the signal that ended it, and what it printed."""

    returncode: int
    out: str

    def report(self) -> dict[str, Any]:
        """The last object that it printed as JSON."""
        *_, last = (json.loads(line) for line in self.out.splitlines() if line.startswith("{"))
        return last


def run(module: str, *arguments: str | os.PathLike[str], **environment: str) -> Ended:
    """Runs a command that ends by itself."""
    command = Command(module, *arguments, **environment)
    out = command.stdout.read()
    return Ended(command.wait(240), out)


class Command:
    """A running command.

    Args:
        module: Has the `main` that is run, e.g. `app`.
        arguments: What `main` gets.
        environment: Beside this process's own.

    Attributes:
        pid: Of its process.
        stdout: What it prints, errors among it, as it comes.
    """

    def __init__(self, module: str, *arguments: str | os.PathLike[str], **environment: str) -> None:
        reading, writing = _FORKS.Pipe(duplex=False)
        given = [str(one) for one in arguments]
        self._process = _FORKS.Process(target=_run, args=(module, given, {**os.environ, **environment}, writing))
        self._process.start()
        writing.close()
        self.stdout: IO[str] = os.fdopen(os.dup(reading.fileno()), encoding="utf-8")
        reading.close()
        assert self._process.pid
        self.pid = self._process.pid

    def send_signal(self, number: int) -> None:
        """Sends a signal to the process, if it has not ended."""
        # The server of forks waits for it, so its number may be free before its exit code has come here.
        if self._process.exitcode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def wait(self, seconds: float) -> int:
        """Its exit code, negative for the signal that ended it.

        Raises:
            TimeoutError: It has not ended within so many seconds.
        """
        self._process.join(seconds)
        if self._process.exitcode is None:
            raise TimeoutError(f"process {self.pid} has not ended within {seconds} seconds")
        self.stdout.close()
        return self._process.exitcode


def _run(module: str, arguments: Sequence[str], environment: dict[str, str], out: Connection) -> None:
    os.dup2(out.fileno(), 1)
    os.dup2(out.fileno(), 2)
    out.close()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = [module]
    sys.exit(importlib.import_module(module).main(arguments))
