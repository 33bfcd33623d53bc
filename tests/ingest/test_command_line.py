"""What an operator is told who mistypes."""

from pathlib import Path

import pytest

from ingest.__main__ import main
from rag.outlets import load_outlets
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["stauts"], "did you mean the command `status`?"),
        (["Rebuild"], "did you mean the command `rebuild`?"),
        (["outlet.example/feed"], "did you mean https://outlet.example/feed?"),
        (["articles/of/yesterday"], "no file or folder 'articles/of/yesterday'"),
        (["htps://outlet.example/feed"], "did you mean https://outlet.example/feed?"),
        (["feed:https://outlet.example/feed"], "did you mean https://outlet.example/feed?"),
        (["file:///home/a.html"], "give the path of the file alone"),
        ([""], "a SOURCE is empty"),
        (["help"], "--help tells"),
        (["withdrw", "https://outlet.example/a"], "did you mean the command `withdraw`?"),
        (["delete", "https://outlet.example/a"], "did you mean the command `forget`?"),
        (["artikels"], "did you mean articles?"),
        (["outlets.toml"], "give it as --sources outlets.toml"),
        (["<https//outlet.example/feed>"], "did you mean https://outlet.example/feed?"),
        (["https://"], "did you mean"),
        (["--sources", "outlet.toml"], "did you mean outlets.toml?"),
        (["--sources", "https://outlet.example/feed"], "give https://outlet.example/feed without it"),
        (["rebuild", "a.jsonl"], "rebuild takes nothing more"),
        (["a.jsonl", "--source", "Courier"], "--source NAME is for withdraw and forget"),
        (["--sources"], "sources.example.toml"),
        (["--sources", "nowhere.toml"], "there is no file nowhere.toml"),
    ],
)
def test_a_source_that_is_none_is_told_before_anything_is_made(
    arguments: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "articles").mkdir()
    (tmp_path / "outlets.toml").touch()
    with pytest.raises(SystemExit) as stopped:
        main(["--data", "data", *arguments])
    assert stopped.value.code == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", ["withdraw", "forget"])
def test_nothing_is_withdrawn_without_a_name(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command]) == 2
    assert "none is given" in capsys.readouterr().err


def test_an_outlet_of_nearly_that_name_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forget", "--source", "gazete", "--data", str(data)]) == 2
    assert "did you mean 'Gazette'?" in capsys.readouterr().err


def test_what_was_done_is_said(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", str(tmp_path / "b.tar.gz"), "--data", str(data)]) == 0
    assert "3 articles" in capsys.readouterr().out
    assert main(["restore", str(tmp_path / "b.tar.gz"), "--data", str(tmp_path / "new")]) == 0
    assert capsys.readouterr().out.startswith("restored: 3 articles in 3 passages are in both indexes")


def test_the_example_of_outlets_is_valid() -> None:
    assert len(load_outlets(ROOT / "sources.example.toml")) == 2
