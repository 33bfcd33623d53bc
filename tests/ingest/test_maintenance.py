"""What an operator does to a library: nothing of what is forgotten stays on disk, damage is found and mended."""

import json
import shutil
from pathlib import Path

import pytest

from ingest.__main__ import main
from ingest.pipeline import ingest
from rag.library import Library
from tests.conftest import HashEmbedding
from tests.ingest.test_pipeline import assert_whole, found, passages, write

SECRET = "Xylothrace Quembley confessed to nothing at the Obsidian Tearoom."


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of three articles of two outlets, made by the command."""
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "cache"))
    source = write(
        tmp_path / "in.jsonl",
        {"url": "https://a.example/secret", "title": "Xylothrace", "text": SECRET, "source": "Gazette"},
        {"url": "https://a.example/rain", "title": "Rain", "text": "It rained on Harrowmere.", "source": "Gazette"},
        {"url": "https://b.example/snow", "title": "Snow", "text": "It snowed on Skerrin.", "source": "Mail"},
    )
    assert main([str(source), "--data", str(tmp_path / "data")]) == 0
    source.unlink()
    return tmp_path / "data"


def on_disk(folder: Path, words: str) -> list[str]:
    """Files below the folder that hold the words, as text, lower case or UTF-16."""
    wanted = [words.encode(), words.lower().encode(), words.encode("utf-16-le")]
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file.name for file in files if any(one in file.read_bytes() for one in wanted)]


def test_what_is_forgotten_leaves_record_indexes_cache_and_disk(data: Path) -> None:
    assert on_disk(data, "Quembley")
    assert main(["forget", "https://a.example/secret?utm_source=x", "--data", str(data)]) == 0
    for words in ("Quembley", "Xylothrace", "quembley", "a.example/secret"):
        assert on_disk(data, words) == []
    assert main(["check", "--data", str(data)]) == 0


def test_an_outlet_is_forgotten_by_name(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forget", "--source", "Gazette", "--data", str(data)]) == 0
    assert "2 articles forgotten" in capsys.readouterr().out
    assert on_disk(data, "Harrowmere") == []
    assert on_disk(data, "Skerrin")


def test_a_withdrawn_article_is_not_found_but_kept(data: Path, tmp_path: Path) -> None:
    assert main(["withdraw", "https://a.example/secret", "--data", str(data)]) == 0
    assert on_disk(data, "Quembley") == ["record.sqlite"]
    again = write(
        tmp_path / "again.jsonl",
        {"url": "https://a.example/secret", "title": "Xylothrace", "text": SECRET, "source": "Gazette"},
    )
    assert main([str(again), "--data", str(data)]) == 0
    assert main(["check", "--data", str(data)]) == 0


@pytest.mark.parametrize("command", ["withdraw", "forget"])
def test_an_unknown_article_is_said_and_nothing_is_done(
    data: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "https://a.example/rain", "https://a.example/none", "--data", str(data)]) == 2
    assert "https://a.example/none" in capsys.readouterr().err
    assert on_disk(data, "Harrowmere")


def test_a_backup_is_restored_into_the_same_library(data: Path, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar.gz"
    assert main(["backup", str(archive), "--data", str(data)]) == 0
    assert main(["restore", str(archive), "--data", str(data)]) == 2
    restored = tmp_path / "restored"
    assert main(["restore", str(archive), "--data", str(restored)]) == 0
    assert main(["check", "--data", str(restored)]) == 0
    assert on_disk(restored, "Quembley")


@pytest.mark.parametrize("damage", ["no lexical", "no chroma", "flipped chroma", "no segment"])
def test_damaged_indexes_are_found_and_derived_anew(
    data: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if damage == "no lexical":
        shutil.rmtree(data / "lexical")
    elif damage == "no chroma":
        shutil.rmtree(data / "chroma")
    elif damage == "flipped chroma":
        file = data / "chroma" / "chroma.sqlite3"
        file.write_bytes(bytes(byte ^ 0xFF for byte in file.read_bytes()))
    else:
        for segment in (data / "chroma").iterdir():
            if segment.is_dir():
                shutil.rmtree(segment)
        (data / "chroma" / "chroma.sqlite3").unlink()
    capsys.readouterr()
    assert main(["check", "--json", "--data", str(data)]) == 0
    printed = capsys.readouterr()
    assert "damaged" in printed.err
    assert json.loads(printed.out) == {"passages": 3, "pending": 0, "not_by_words": 0, "not_by_vector": 0}


def test_withdrawing_takes_passages_out_of_both_indexes(tmp_path: Path) -> None:
    library = Library(tmp_path / "data", cache=tmp_path / "cache", embedding=HashEmbedding(model_name="hash"))
    ingest([write(tmp_path / "in.jsonl", {"id": "a", "title": "T", "text": SECRET})], library)
    with library.writing() as writer:
        assert writer.withdraw(["a"]) == 1
    assert found(library, "Quembley") == []
    assert passages(library) == []
    assert_whole(library)
    library.close()
