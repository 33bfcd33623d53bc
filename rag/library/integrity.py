"""Trying the indexes before they are trusted: damaged files answer wrongly, or crash the process that opens them."""

import logging
import subprocess
import sys
from pathlib import Path

from rag.errors import EmbeddingError, LibraryBusyError, LibraryError
from rag.indexes.factory import lexical_index_from, vector_index_from
from rag.library.library import discard_indexes, holds_library, make_library
from rag.settings import Settings
from rag.store import article_store_from

log = logging.getLogger(__name__)

DAMAGED = "the indexes are damaged; they are rebuilt from the record"
_PROBE_SECONDS = 600
_ROOT = Path(__file__).parents[2]


def ensure_indexes(settings: Settings) -> None:
    """Test the indexes of an existing library, derive them again if they do not answer, finish what was begun.

    Raises:
        LibraryError: They cannot be derived.
        LibraryBusyError: They do not answer, and another process is writing.
    """
    if not holds_library(settings.data):
        return
    if not indexes_answer(settings.data):
        log.warning("%s: %s", settings.data, DAMAGED)
        discard_indexes(settings)
    if not _is_unfinished(settings):
        return
    library = make_library(settings)
    try:
        with library.writing() as writer:
            for _ in writer.index_vectors():
                pass
    except LibraryBusyError:
        log.info("%s: another process finishes what was begun; its record can be read meanwhile", settings.data)
    except EmbeddingError as error:
        log.warning("%s; articles without vectors are found by their words, `python -m ingest` finishes them", error)
    finally:
        library.close()


def _is_unfinished(settings: Settings) -> bool:
    record = article_store_from(settings)
    try:
        return record.journal.stands()
    finally:
        record.close()


def indexes_answer(folder: Path) -> bool:
    """Both indexes open and find what the record says they hold; tried in a child process, which damage may crash."""
    done = subprocess.run(  # this program itself, no shell
        [sys.executable, "-m", "rag.library.integrity", str(folder.resolve())],
        cwd=_ROOT,
        capture_output=True,
        timeout=_PROBE_SECONDS,
        check=False,
    )
    return done.returncode == 0


def probe(settings: Settings) -> None:
    """Opens both indexes and asks them for what the record says they hold.

    Raises:
        LibraryError: One of them does not answer.
    """
    record = article_store_from(settings)
    if lexical_index_from(settings).missing_ids(record.some_passage_ids(index="lexical")):
        raise LibraryError("the lexical index lacks passages")
    if not vector_index_from(settings).answers_for(record.some_passage_ids(index="vectors")):
        raise LibraryError("the vector index lacks passages")


if __name__ == "__main__":
    # The directory alone: where this child runs, `dateline.toml` may be another.
    probe(Settings.model_construct(data=Path(sys.argv[1])))
