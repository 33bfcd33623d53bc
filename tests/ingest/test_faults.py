"""What a library survives: a full disk, damaged files, other processes."""

import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.engine import dateline_over
from rag.indexes.embedding import LocalEmbedding
from rag.library.library import Library
from rag.settings import Settings
from tests.conftest import SAMPLE, library_at
from tests.ingest.test_pipeline import assert_whole, passages, write
from tests.processes import Ended, run

Ingest = Callable[[Path, Path], Ended]


@pytest.fixture
def run_ingest(cache: Path) -> Ingest:
    """The command, in a process of its own."""
    return lambda source, data: run("ingest.__main__", source, "--data", data, "--json", DATELINE_CACHE=str(cache))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A file system of its own, of a given size; called again, it is resized."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = False

    def sized(size: str) -> Path:
        nonlocal mounted
        how = ["-o", f"remount,size={size}", str(folder)] if mounted else ["-t", "tmpfs", "-o", f"size={size}", "tmpfs"]
        done = subprocess.run(["mount", *how, *([] if mounted else [str(folder)])], capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
        mounted = True
        return folder

    yield sized
    if mounted:
        subprocess.run(["umount", str(folder)], check=True)


def short_articles(count: int) -> list[dict[str, Any]]:
    rng = random.Random(20260901)
    words = ["".join(rng.choices("abcdefghijklmnoprstuvwz", k=6)) for _ in range(800)]
    return [
        {"id": f"a{i}", "title": f"Report {i}", "text": " ".join(rng.choices(words, k=4)) + "."} for i in range(count)
    ]


@pytest.mark.parametrize(
    ("size", "count", "what"),
    [
        pytest.param("200k", 400, "making the record", marks=pytest.mark.slow),
        ("300k", 400, "opening Chroma"),
        pytest.param("600k", 400, "the record", marks=pytest.mark.slow),
        ("2m", 400, "Chroma's log"),
        # A truncated file stays, so that what is left of the index answers no query.
        pytest.param("7m", 1400, "the HNSW files", marks=pytest.mark.slow),
    ],
)
def test_a_full_disk_ends_in_a_clear_message_and_a_whole_library(
    size: str,
    count: int,
    what: str,
    small_disk: Callable[[str], Path],
    run_ingest: Ingest,
    tmp_path: Path,
    cache: Path,
    embedding: LocalEmbedding,
) -> None:
    source = write(tmp_path / "in.jsonl", *short_articles(count))
    data = small_disk(size) / "data"
    failed = run_ingest(source, data)
    assert failed.returncode == 2, f"{what}: {failed.out}"
    assert "Traceback" not in failed.out
    assert "could not be written" in failed.out
    assert "MB are free there" in failed.out
    small_disk("200m")
    resumed = run_ingest(source, data)
    assert resumed.returncode == 0, resumed.out
    library = library_at(data, cache=cache, embedding=embedding)
    assert len(passages(library)) == count
    assert_whole(library)
    library.close()


def test_an_open_library_shows_what_another_process_ingested(
    run_ingest: Ingest, tmp_path: Path, cache: Path, embedding: LocalEmbedding
) -> None:
    data = tmp_path / "data"
    assert run_ingest(SAMPLE / "articles", data).returncode == 0
    library = library_at(data, cache=cache, embedding=embedding)
    dateline = dateline_over(library, Settings())
    question = "Which bridge did the heron colony leave?"
    before = dateline.search(question)
    text = "The heron colony left the Saltmarsh bridge after forty years, wardens said."
    source = write(tmp_path / "new.jsonl", {"id": "heron", "title": "Herons move", "text": text})
    assert run_ingest(source, data).returncode == 0
    ended = time.monotonic()
    while not (seen := [hit for hit in dateline.search(question) if hit.passage.article.id == "heron"]):
        assert time.monotonic() < ended + 10, "not found after 10 s"
        time.sleep(0.2)
    while "heron.1.0" not in near(library, text):
        assert time.monotonic() < ended + 10, "its vector is not found after 10 s"
        library.refresh()
        time.sleep(0.2)
    assert seen[0].rank == 1
    assert "heron" not in {hit.passage.article.id for hit in before}
    library.close()


def near(library: Library, text: str) -> list[str]:
    return [one for one, _ in library.vectors.search(library.embedding.get_query_embedding(text), limit=3)]


@pytest.mark.parametrize(
    "damage",
    ["lexical files are gone", pytest.param("vectors are gone", marks=pytest.mark.slow), "vectors are truncated"],
)
def test_a_damaged_index_is_found_at_start_and_derived_anew(
    damage: str, run_ingest: Ingest, tmp_path: Path, cache: Path, embedding: LocalEmbedding
) -> None:
    data = tmp_path / "data"
    assert run_ingest(SAMPLE / "articles", data).returncode == 0
    if damage == "lexical files are gone":
        shutil.rmtree(data / "lexical")
    else:
        for file in (file for file in (data / "chroma").rglob("*") if file.is_file()):
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2] if "truncated" in damage else b"")
    done = run_ingest(SAMPLE / "articles", data)
    assert done.returncode == 0, done.out
    assert "the indexes are damaged; they are rebuilt from the record" in done.out
    assert done.report()["added"] == 0
    library = library_at(data, cache=cache, embedding=embedding)
    assert_whole(library)
    library.close()
