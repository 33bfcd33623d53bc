"""Dateline inside a LlamaIndex program."""

import asyncio
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import llama_index.core
import pytest
from llama_index.core.base.response.schema import Response
from llama_index.core.llms import MockLLM

from rag.engine import dateline_over
from rag.errors import LibraryModelError
from rag.library.library import Library, open_library
from rag.settings import Settings
from tests.conftest import ROOT
from tests.rag.asking import WHO


def printed_by_program(number: int, cwd: Path, cache: Path) -> str:
    """What a program of docs/llamaindex.md prints."""
    programs = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "llamaindex.md").read_text("utf-8"), re.DOTALL)
    return subprocess.run(
        [sys.executable, "-c", programs[number]],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT), "DATELINE_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    ).stdout


def test_the_program_of_the_documentation_runs(sample_library: Library, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to(sample_library.folder)
    *answer, quotes = printed_by_program(0, tmp_path, cache).splitlines()
    assert "Osric Tanbery" in "\n".join(answer)
    assert answer[-1].endswith("answered")
    assert quotes.startswith("['")


def test_the_documentations_program_makes_a_library_with_another_embedding(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "evals").symlink_to(ROOT / "evals")
    assert "Tanbery" in printed_by_program(1, tmp_path, cache)
    with pytest.raises(LibraryModelError, match="made by the model 'mock-8'"):
        open_library(Settings(data=tmp_path / "otherdata", cache=cache))


def test_the_nodes_of_a_response_are_its_citations(sample_library: Library) -> None:
    dateline = dateline_over(sample_library, Settings())
    answer = dateline.ask(WHO)
    with ThreadPoolExecutor(1) as pool:  # the browser of other tests keeps a loop running in this thread
        response = pool.submit(asyncio.run, dateline.as_query_engine().aquery(WHO)).result()
    assert isinstance(response, Response)
    assert str(response) == answer.text
    assert [node.node.metadata["marker"] for node in response.source_nodes] == [c.marker for c in answer.citations]
    for node, citation in zip(response.source_nodes, answer.citations, strict=True):
        assert node.node.metadata["quote"] == citation.quote
        assert citation.quote in node.get_content()
    assert response.metadata is not None
    assert response.metadata["status"] == answer.status


def test_llama_indexs_global_settings_are_neither_read_nor_set(
    sample_library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_settings: object) -> None:
        raise AssertionError("a global model was asked for")

    settings = type(llama_index.core.Settings)
    for name in ("llm", "embed_model", "node_parser"):
        monkeypatch.setattr(settings, name, property(refuse))
    dateline = dateline_over(sample_library, Settings(), llm=MockLLM(max_tokens=5))
    assert "Osric Tanbery" in str(dateline.as_query_engine().query(WHO))
