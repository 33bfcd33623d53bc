"""What tests of ingestion share: a small library with a secret in it, and a search through the bytes on disk."""

from pathlib import Path

import pytest

from ingest.__main__ import main
from tests.ingest.test_pipeline import write

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
