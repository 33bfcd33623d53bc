"""From files to a library that can be asked: nothing lost, nothing twice, corrections replace."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ingest.__main__ import main
from ingest.pipeline import ingest
from ingest.report import Report
from rag.errors import LibraryBusyError
from rag.indexes.embedding import LocalEmbedding, embedded_text
from rag.indexes.lexical import analyze
from rag.library.library import Library
from rag.models import Passage
from tests.conftest import ROOT, SAMPLE, HashEmbedding, MakeLibrary, library_at
from tests.processes import Command, run


def write(file: Path, *records: dict[str, Any]) -> Path:
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return file


def found(library: Library, words: str) -> list[str]:
    return [one for one, _ in library.lexical.search(analyze(words), before=None, limit=20)]


def passages(library: Library) -> list[Passage]:
    return [passage for one in library.record.articles() for passage in library.record.passages_of(one.id)]


def assert_whole(library: Library) -> None:
    """Every stored passage is found by its vector and by its words, and nothing else is."""
    stored = passages(library)
    assert library.status().pending == 0
    assert library.lexical.passage_count() == len(stored)
    for passage in stored:
        vector = library.vector_of(embedded_text(passage))
        assert passage.id in [one for one, _ in library.vectors.search(vector, limit=3)]
        assert passage.article.text[passage.start : passage.end] == passage.text


def test_every_input_is_counted_once(make_library: MakeLibrary, tmp_path: Path) -> None:
    record = {"id": "a", "title": "Rain", "text": "It rained on Harrowmere until the last ferry sailed at noon."}
    source = write(
        tmp_path / "in.jsonl",
        record,
        record,
        {"id": "b", "text": ""},
        record | {"text": "It rained on Harrowmere until the last ferry sailed at one."},
    )
    report = ingest([source, tmp_path / "none.txt"], make_library())
    counts = (report.added, report.updated, report.unchanged, report.duplicate, report.refused, report.pending)
    assert counts == (1, 1, 0, 1, 2, 0)
    assert report.seen == 5
    assert [remark.origin for remark in report.refusals] == [f"{source} line 3", str(tmp_path / "none.txt")]


def test_running_it_twice_adds_nothing(make_library: MakeLibrary) -> None:
    model = HashEmbedding(model_name="hash")
    library = make_library(embedding=model)
    first = ingest([SAMPLE / "articles"], library)
    before, embedded = passages(library), len(model.embedded)
    again = ingest([SAMPLE / "articles"], library)
    assert (again.unchanged, again.seen, again.passages) == (first.added, first.seen, 0)
    assert passages(library) == before
    assert len(model.embedded) == embedded
    assert_whole(library)


def test_a_changed_article_replaces_the_old_text_which_stays_in_the_record(
    make_library: MakeLibrary, tmp_path: Path
) -> None:
    library = make_library()
    address = "https://courier.example/granary"
    ingest(
        [write(tmp_path / "1.jsonl", {"url": address, "title": "Granary", "text": "It costs 6.8 million."})], library
    )
    changed = {"url": f"{address}?utm_source=mail", "title": "Granary", "text": "It will cost 8.6 million."}
    report = ingest([write(tmp_path / "2.jsonl", changed)], library)
    assert report.updated == 1
    assert len(found(library, "costs")) == 1
    (passage,) = library.record.passages(found(library, "costs")).values()
    assert passage.text == "It will cost 8.6 million."
    versions = library.record.versions(passage.article.id)
    assert [(one.version, one.text) for one in versions] == [
        (1, "It costs 6.8 million."),
        (2, "It will cost 8.6 million."),
    ]
    assert_whole(library)
    # The first file, read again, does not bring the old text back.
    assert ingest([tmp_path / "1.jsonl", tmp_path / "2.jsonl"], library).unchanged == 2
    assert "8.6" in passages(library)[0].text


def test_copies_of_a_wire_story_share_a_cluster_headed_by_the_agency(sample_library: Library) -> None:
    clusters: dict[str | None, set[str | None]] = {}
    for one in sample_library.record.articles():
        clusters.setdefault(one.cluster_id, set()).add(one.source)
    copies = [sources for sources in clusters.values() if len(sources) > 1]
    assert copies == [{"Northlight News Agency", "The Ouldan Courier"}]
    (head,) = [one for one, sources in clusters.items() if len(sources) > 1]
    assert sample_library.record.current(str(head)).source == "Northlight News Agency"  # type: ignore[union-attr]


def test_equal_text_under_headlines_that_contradict_it_is_not_merged(make_library: MakeLibrary, tmp_path: Path) -> None:
    text = " ".join(f"The weekly list of departures has line {i} in it." for i in range(30))
    source = write(
        tmp_path / "in.jsonl",
        {"title": "Departures, week 12", "text": text},
        {"title": "Departures, week 13", "text": text + " One more."},
        {"title": "Council elections", "text": text + " Another."},
        {"title": "Departures in week 12", "text": text + " A copy."},
    )
    library = make_library()
    ingest([source], library)
    by_title = {one.title: one.cluster_id for one in library.record.articles()}
    assert by_title["Departures, week 12"] == by_title["Departures in week 12"]
    assert len(set(by_title.values())) == 3


def test_a_second_writer_is_told_at_once(make_library: MakeLibrary, tmp_path: Path) -> None:
    library = make_library()
    with library.writing(), pytest.raises(LibraryBusyError, match="another process is writing"):
        ingest([tmp_path], make_library())


def test_the_command_prints_one_object_and_its_exit_code_says_what_happened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "cache"))
    source = write(tmp_path / "in.jsonl", {"text": "It rained."})
    data = ["--data", str(tmp_path / "data")]
    assert main([str(source), *data, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed.keys() == Report().as_json().keys()
    assert (printed["seen"], printed["added"]) == (1, 1)
    source.write_text("{broken\n", encoding="utf-8")
    assert main([str(source), *data]) == 1
    assert f"{source} line 1: invalid JSON" in capsys.readouterr().err
    assert main(["rebuild", *data, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pending"] == 0


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_misuse_is_said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    """Run as another user, because root may read everything."""
    if os.geteuid() != 0:
        pytest.skip("only root can become the user that lacks the permission")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    code = (
        "import os, sys; from pathlib import Path; from ingest.formats.files import raw_inputs;"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534);"
        "print(*(one.reason for one in raw_inputs(Path(sys.argv[1]))))"
    )
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", code, str(closed)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "Permission denied" in done.stdout


def kill_and_resume(tmp_path: Path, seed: int, undisturbed: list[str], embedding: LocalEmbedding) -> None:
    """Kills an ingest at a random moment; the next run must end in the same library."""
    data = tmp_path / f"data{seed}"
    arguments = ("ingest.__main__", SAMPLE / "articles", "--data", data)
    cache = str(tmp_path / f"cache{seed}")
    command = Command(*arguments, DATELINE_CACHE=cache)
    time.sleep(random.Random(seed).uniform(0.2, 4))
    command.send_signal(signal.SIGKILL)
    command.wait(30)
    done = run(*arguments, DATELINE_CACHE=cache)
    assert done.returncode == 0, done.out
    library = library_at(data, cache=tmp_path / f"cache{seed}", embedding=embedding)
    assert sorted(passage.id for passage in passages(library)) == undisturbed
    assert_whole(library)
    library.close()


@pytest.fixture
def undisturbed(sample_library: Library) -> list[str]:
    return sorted(passage.id for passage in passages(sample_library))


@pytest.mark.parametrize("seed", range(2))
def test_a_killed_run_is_taken_up_where_it_stopped(
    tmp_path: Path, seed: int, undisturbed: list[str], embedding: LocalEmbedding
) -> None:
    kill_and_resume(tmp_path, seed, undisturbed, embedding)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(2, 32))
def test_thirty_killed_runs_are_taken_up(
    tmp_path: Path, seed: int, undisturbed: list[str], embedding: LocalEmbedding
) -> None:
    kill_and_resume(tmp_path, seed, undisturbed, embedding)
