"""The command line."""

import json
from pathlib import Path

import pytest

from rag.__main__ import main
from rag.library.library import Library
from tests.rag.asking import WHO


def test_the_command_line_searches_and_asks(
    sample_library: Library, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    monkeypatch.setenv("DATELINE_CACHE", str(cache))
    data = str(sample_library.folder)
    assert main(["search", "ferry", "-k", "3", "--data", data, "--json"]) == 0
    hits = json.loads(capsys.readouterr().out)["hits"]
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    assert main(["ask", WHO, "--data", data]) == 0
    printed = capsys.readouterr().out
    assert "Osric Tanbery" in printed
    assert "As of 2026-10-11" in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask", "Who?", "--data", "/nonexistent"], "python -m ingest"),
        (["ask", "Who?", "--as-of", "soon"], "2022-06-17"),
    ],
)
def test_the_command_line_says_what_to_do(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err
