"""What was withdrawn or forgotten stays out, under whatever name it comes again, until the operator says --again."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ingest.__main__ import main
from ingest.pipeline import ingest
from rag.library import Library
from tests.conftest import HashEmbedding, MakeLibrary
from tests.ingest.test_pipeline import assert_whole, write

TEXT = "The mayor of Quembley was seen at the Obsidian Tearoom with two ferrymen."
RECORD = {"id": "17", "url": "https://a.example/tearoom", "title": "Tearoom", "text": TEXT, "source": "Gazette"}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "cache"))

    def command(*arguments: str | Path) -> dict[str, Any]:
        capsys.readouterr()
        code = main([*map(str, arguments), "--json", "--data", str(tmp_path / "data")])
        out = capsys.readouterr().out
        return {"code": code} | (json.loads(out) if out.startswith("{") else {})

    return command


def page(canonical: str) -> str:
    return (
        f'<html><head><title>Tearoom</title><link rel="canonical" href="{canonical}"></head><body><article>'
        f"<h1>Tearoom</h1><p>{TEXT}</p><p>{TEXT.replace('two', 'three')}</p></article></body></html>"
    )


COMES_AGAIN: dict[str, Mapping[str, str | None]] = {
    "as it was": {},
    "changed": {"text": TEXT + " They left together."},
    "under another id": {"id": "9917", "text": TEXT + " They left together."},
    "without its id": {"id": None},
    "under a longer address": {"id": "9917", "url": "http://www.a.example/tearoom/?utm_source=mail#top"},
    "without its address": {"url": None, "title": "Renamed"},
    "with neither id nor address": {"id": None, "url": None},
}


@pytest.mark.parametrize("command", ["forget", "withdraw"])
@pytest.mark.parametrize("how", COMES_AGAIN)
def test_an_article_that_was_taken_out_stays_out(how: str, command: str, run: Any, tmp_path: Path) -> None:
    assert run(write(tmp_path / "in.jsonl", RECORD))["added"] == 1
    assert run(command, "https://a.example/tearoom")["code"] == 0
    again = {name: value for name, value in (RECORD | COMES_AGAIN[how]).items() if value is not None}
    other = write(tmp_path / "other.jsonl", again)
    report = run(other)
    assert (report["code"], report["seen"], report["unchanged"], report["added"]) == (0, 1, 1, 0)
    assert [one["reason"] for one in report["warnings"]] == [
        "left out: it was withdrawn or forgotten; give --again to take it in again"
    ]
    let_in = run(other, "--again")
    assert (let_in["code"], let_in["added"] + let_in["updated"]) == (0, 1)
    assert run(write(tmp_path / "more.jsonl", again | {"text": TEXT + " It rained."}))["warnings"] == []
    assert run("check")["code"] == 0


def test_a_file_without_names_stays_out_as_a_copy_too(run: Any, tmp_path: Path) -> None:
    for name, content in (("a.txt", f"Tearoom\n\n{TEXT}"), ("b.html", page("https://a.example/tearoom"))):
        file = tmp_path / name
        file.write_text(content, encoding="utf-8")
        assert run(file)["added"] == 1
        library = Library(tmp_path / "data", cache=tmp_path / "unused", embedding=_local())
        (article_id,) = library.record.current_ids()
        library.close()
        assert run("forget", article_id)["code"] == 0
        copy = file.rename(tmp_path / f"copy-of-{name}")
        assert (run(copy)["unchanged"], run(copy)["added"]) == (1, 0)


def _local() -> HashEmbedding:
    return HashEmbedding(model_name="all-MiniLM-L6-v2-int8")


def test_it_stays_out_after_a_rebuild_and_of_a_restored_backup(run: Any, tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", RECORD, {"id": "other", "text": "It rained on Harrowmere."})
    assert run(source)["added"] == 2
    assert run("forget", "17")["code"] == 0
    assert run("rebuild")["code"] == 0
    assert (run(source)["unchanged"], run(source)["added"]) == (2, 0)
    assert run("backup", tmp_path / "backup.tar.gz")["code"] == 0
    (tmp_path / "data").rename(tmp_path / "before")
    assert run("restore", tmp_path / "backup.tar.gz")["code"] == 0
    assert (run(source)["unchanged"], run(source)["added"]) == (2, 0)


def test_again_is_for_one_run(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--watch", "--again", "--sources", "sources.toml"])
    assert "--again" in capsys.readouterr().err


def test_what_shares_an_address_with_it_comes_in(make_library: MakeLibrary, tmp_path: Path) -> None:
    """As the entries of a live blog do."""
    entry = {"url": "https://a.example/live", "title": "Entry", "source": "Gazette"}
    one, two = entry | {"id": "one", "text": TEXT}, entry | {"id": "two", "text": "The ferry came back empty."}
    library = make_library()
    ingest([write(tmp_path / "1.jsonl", one, two)], library)
    with library.writing() as writer:
        writer.forget(["one"])
    changed = two | {"text": "The ferry came back at nine, and empty."}
    report = ingest([write(tmp_path / "2.jsonl", one, changed)], library)
    assert (report.unchanged, report.updated) == (1, 1)


def test_another_outlets_copy_of_it_comes_in(make_library: MakeLibrary, tmp_path: Path) -> None:
    library = make_library()
    ingest([write(tmp_path / "1.jsonl", RECORD)], library)
    with library.writing() as writer:
        writer.forget(["17"])
    copy = {"url": "https://b.example/tea", "title": "Tearoom", "text": TEXT, "source": "Mail"}
    assert ingest([write(tmp_path / "2.jsonl", copy)], library).added == 1


def test_copies_of_a_forgotten_story_are_one_story_still(make_library: MakeLibrary, tmp_path: Path) -> None:
    text = " ".join(f"Line {i} of the story has its own words, {i * i} of them." for i in range(20))
    library = make_library()
    records = [{"id": f"https://{one}.example/", "title": "Story", "text": text, "source": one} for one in "abc"]
    ingest([write(tmp_path / "1.jsonl", *records)], library)
    named_after = next(iter({one.cluster_id for one in library.record.articles()}))
    assert named_after
    with library.writing() as writer:
        writer.forget([named_after])
    ingest([write(tmp_path / "2.jsonl", {"id": "x", "text": "It rained."})], library)
    clusters = {one.cluster_id for one in library.record.articles() if one.title == "Story"}
    assert len(clusters) == 1
    assert named_after not in clusters
    resumed = list(library.record.missing_from("vectors"))
    assert resumed == []
    assert_whole(library)
