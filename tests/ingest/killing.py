"""Runs commands in children of one process, which has imported everything, and kills them at a chosen moment.

The moments are calls that change a disk: commits of SQLite and Tantivy, writes of Chroma, files that are written,
renamed or deleted. A child is killed, with SIGKILL, right before the n-th of them.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from ingest.__main__ import main as ingest
from ingest.maintenance import check
from rag.__main__ import main as rag
from rag.library.library import open_library
from rag.settings import load_settings
from tests.conftest import ROOT

_FILES = {"rename", "replace", "unlink", "remove", "rmdir", "mkdir", "fsync", "ftruncate"}
_TANTIVY = {"commit", "delete_all_documents", "garbage_collect_files", "wait_merging_threads"}
_CHROMA_READS = {"get", "query", "count", "heartbeat", "get_collection", "get_max_batch_size", "list_collections"}


@dataclass(frozen=True)
class Ended:
    """How a command ended; `code` is `None` if it was killed, `moments` how many it had until then."""

    code: int | None
    out: str
    moments: int


class Commands:
    """Runs one command after the other, each in a child of its own."""

    def __init__(self, server: "subprocess.Popen[str]") -> None:
        self._server = server

    def run(self, *arguments: str | Path, kill_at: int = 0, cache: Path) -> Ended:
        assert self._server.stdin
        assert self._server.stdout
        asked = {"arguments": [str(one) for one in arguments], "kill_at": kill_at, "cache": str(cache)}
        self._server.stdin.write(json.dumps(asked) + "\n")
        self._server.stdin.flush()
        return Ended(**json.loads(self._server.stdout.readline()))


@contextmanager
def commands() -> Iterator[Commands]:
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "tests.ingest.killing"]
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as server:
        yield Commands(server)
        assert server.stdin
        server.stdin.close()


class _Killer:
    """A profile function that counts the moments into a file, and kills its process at one of them."""

    def __init__(self, kill_at: int, counter: IO[bytes]) -> None:
        self._kill_at = kill_at
        self._counter = counter
        self._moments = 0
        self._lock = threading.Lock()

    def __call__(self, frame: Any, event: str, call: Any) -> None:
        if event != "c_call" or not _changes_disk(frame, call):
            return
        with self._lock:
            self._moments += 1
            os.pwrite(self._counter.fileno(), str(self._moments).encode(), 0)
            if self._moments == self._kill_at:
                os.kill(os.getpid(), signal.SIGKILL)


def _changes_disk(frame: Any, call: Any) -> bool:
    name, owner = call.__name__, getattr(call, "__self__", None)
    kind = type(owner).__name__
    if kind == "Connection":  # of sqlite3
        return name == "commit"
    if kind == "Cursor" and name == "execute":
        return frame.f_code.co_name == "do_execute" and frame.f_locals["statement"].startswith(("VACUUM", "PRAGMA wal"))
    if kind == "IndexWriter":
        return name in _TANTIVY
    if kind == "Bindings":  # Chroma's
        return name not in _CHROMA_READS
    return (kind == "BufferedWriter" and name == "write") or (call.__module__ == "posix" and name in _FILES)


def _child(asked: dict[str, Any], out: IO[bytes], counter: IO[bytes]) -> int:
    os.environ["DATELINE_CACHE"] = asked["cache"]
    for descriptor in (1, 2):
        os.dup2(out.fileno(), descriptor)
    killer = _Killer(asked["kill_at"], counter)
    threading.setprofile(killer)
    sys.setprofile(killer)
    arguments = asked["arguments"]
    main = {"search": rag, "whole": _whole}.get(arguments[0], ingest)
    code = main(arguments)
    sys.setprofile(None)
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _whole(arguments: Sequence[str]) -> int:
    """What `check` says of a library as it stands, without its mending anything."""
    library = open_library(load_settings(Path(arguments[2])))
    print(json.dumps(asdict(check(library))))  # noqa: T201
    library.close()
    return 0


def _served(asked: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as counter:
        process = os.fork()
        if process == 0:
            code = 70
            try:
                code = _child(asked, out, counter)
            finally:
                os._exit(code)
        status = os.waitpid(process, 0)[1]
        for file in (out, counter):
            file.seek(0)
        killed = os.WIFSIGNALED(status)
        return {
            "code": None if killed else os.waitstatus_to_exitcode(status),
            "out": out.read().decode("utf-8", "replace"),
            "moments": int(counter.read() or b"0"),
        }


def _serve() -> None:
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_served(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
