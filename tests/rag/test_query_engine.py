"""Dateline inside a LlamaIndex program."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

from llama_index.core.base.response.schema import Response

from rag.engine import dateline_over
from rag.library.library import Library
from rag.settings import Settings
from tests.conftest import ROOT

WHO = "Which retired judge drew up the compromise in the Skerrin ferry dispute?"


def test_the_program_of_the_documentation_runs(sample_library: Library, cache: Path, tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "llamaindex.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "data").symlink_to(sample_library.folder)
    printed = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "DATELINE_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    *answer, quotes = printed.splitlines()
    assert "Osric Tanbery" in "\n".join(answer)
    assert answer[-1].endswith("answered")
    assert quotes.startswith("['")


def test_the_nodes_of_a_response_are_its_citations(sample_library: Library) -> None:
    dateline = dateline_over(sample_library, Settings())
    answer = dateline.ask(WHO)
    response = asyncio.run(dateline.as_query_engine().aquery(WHO))
    assert isinstance(response, Response)
    assert str(response) == answer.text
    assert [node.node.metadata["marker"] for node in response.source_nodes] == [c.marker for c in answer.citations]
    for node, citation in zip(response.source_nodes, answer.citations, strict=True):
        assert node.node.metadata["quote"] == citation.quote
        assert citation.quote in node.get_content()
    assert response.metadata is not None
    assert response.metadata["status"] == answer.status
