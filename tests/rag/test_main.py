"""The command line."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rag.__main__ import main
from rag.answering.generative.prompts import VERSION
from rag.library.library import Library
from rag.messages import NOT_FOUND
from rag.store.token_ledger import USAGE_FILE
from tests.openai_server import openai_server
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


def test_who_reads_no_further_gets_no_error(
    sample_library: Library, monkeypatch: pytest.MonkeyPatch, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATELINE_CACHE", str(cache))
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as unread:
        monkeypatch.setattr(sys, "stdout", unread)
        assert main(["search", "ferry", "--data", str(sample_library.folder)]) == 0
    assert capsys.readouterr().err == ""


def test_nobody_but_the_model_server_is_asked_and_it_without_a_proxy(
    sample_library: Library, tmp_path: Path, cache: Path
) -> None:
    with openai_server() as model, socket.create_server(("127.0.0.1", 0)) as proxy:
        model.reply = "Osric Tanbery led it. [1]"
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        # In continuous integration onnxruntime is silent by itself.
        kept = {name: value for name, value in os.environ.items() if name not in ("CI", "GITHUB_ACTIONS", "TF_BUILD")}
        proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), address)
        names = {"DATELINE_CACHE": str(cache), "OPENAI_BASE_URL": model.url, "XDG_CACHE_HOME": str(tmp_path)}
        command = [sys.executable, "-m", "rag", "ask", WHO, "--data", str(sample_library.folder)]
        done = subprocess.run(command, env={**kept, **proxies, **names}, capture_output=True, text=True, timeout=240)
        proxy.setblocking(False)
        with pytest.raises(BlockingIOError):
            proxy.accept()
    assert done.returncode == 0, done.stderr
    assert model.requests


@pytest.mark.parametrize("command", ["search", "ask"])
def test_the_command_line_takes_the_filters_of_the_api(
    command: str,
    sample_library: Library,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    cache: Path,
) -> None:
    monkeypatch.setenv("DATELINE_CACHE", str(cache))

    def articles(*filters: str) -> list[dict[str, Any]]:
        arguments = [command, "Who drew up the ferry compromise?", "--data", str(sample_library.folder), "--json"]
        assert main([*arguments, *filters]) == 0
        return [hit["article"] for hit in json.loads(capsys.readouterr().out)["hits"]]

    everything = articles()
    outlets = {article["source"] for article in everything}
    assert len(outlets) > 2
    chosen = sorted(outlets)[:2]
    assert {article["source"] for article in articles("--source", chosen[0], "--source", chosen[1])} == set(chosen)
    assert {article["kind"] for article in everything} != {"opinion"}
    assert {article["kind"] for article in articles("--kind", "opinion")} == {"opinion"}
    days = [article["published_at"][:10] for article in articles("--start", "2026-09-05", "--end", "2026-09-20")]
    assert days
    assert "2026-09-05" <= min(days) <= max(days) <= "2026-09-20"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask", "Who?", "--data", "/nonexistent"], "python -m ingest"),
        (["ask", "Who?", "--as-of", "soon"], "as-of date 'soon' is not ISO 8601; write 2022-06-17"),
        (["ask", "Who?", "--start", "soon"], "start date 'soon'"),
        (["search", "ferry", "--end", "2026-02-30"], "end date '2026-02-30'"),
        (["search", "ferry", "--kind", "gossip"], "kind 'gossip' is unknown; choose from news"),
    ],
)
def test_the_command_line_says_what_to_do(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_explain_shows_the_prompts_and_their_version(
    sample_library: Library, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    monkeypatch.setenv("DATELINE_CACHE", str(cache))
    with openai_server() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        server.reply = NOT_FOUND
        try:
            assert main(["ask", WHO, "--data", str(sample_library.folder), "--json", "--explain"]) == 0
        finally:
            for file in sample_library.folder.glob(f"{USAGE_FILE}*"):
                file.unlink()
    prompts = json.loads(capsys.readouterr().out)["prompts"]
    assert prompts["version"] == VERSION
    assert prompts["requests"] == [server.requests[0]["messages"]]
