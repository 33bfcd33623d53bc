"""What tests of ingestion share: a small library with a secret in it, and a search through the bytes on disk."""

import shutil
from pathlib import Path

import pytest

from ingest.__main__ import main
from tests.ingest.test_pipeline import write

SECRET = "Xylothrace Quembley confessed to nothing at the Obsidian Tearoom."


@pytest.fixture(scope="session")
def made_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a library of three articles of two outlets, made by the command, its cache and its backup."""
    folder = tmp_path_factory.mktemp("made")
    source = write(
        folder / "in.jsonl",
        {"url": "https://a.example/secret", "title": "Xylothrace", "text": SECRET, "source": "Gazette"},
        {"url": "https://a.example/rain", "title": "Rain", "text": "It rained on Harrowmere.", "source": "Gazette"},
        {"url": "https://b.example/snow", "title": "Snow", "text": "It snowed on Skerrin.", "source": "Mail"},
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DATELINE_CACHE", str(folder / "cache"))
        assert main([str(source), "--data", str(folder / "data")]) == 0
        assert main(["backup", str(folder / "backup.tar.gz"), "--data", str(folder / "data")]) == 0
    source.unlink()
    return folder


@pytest.fixture
def data(made_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That library, to be changed."""
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "cache"))
    for name in ("data", "cache"):
        shutil.copytree(made_data / name, tmp_path / name)
    return tmp_path / "data"


def on_disk(folder: Path, words: str) -> list[str]:
    """Files below the folder that hold the words, as text, lower case or UTF-16."""
    wanted = [words.encode(), words.lower().encode(), words.encode("utf-16-le")]
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file.name for file in files if any(one in file.read_bytes() for one in wanted)]
