"""The JSON of an answer."""

import json

import pytest

from rag.engine import Dateline, dateline_over
from rag.library.library import Library
from rag.schemas import answer_json
from rag.settings import Settings
from tests.rag.asking import WHO


@pytest.fixture(scope="module")
def quoting(sample_library: Library) -> Dateline:
    return dateline_over(sample_library, Settings())


def test_the_answer_has_the_documented_shape(quoting: Dateline) -> None:
    found = answer_json(quoting.ask(WHO))
    assert {"question", "answer", "status", "as_of", "claims", "citations", "hits", "model", "usage", "timings_ms"} <= (
        found.keys()
    )
    citation = found["citations"][0]
    assert citation.keys() == {"marker", "quote", "start", "end", "passage_id", "article", "link"}
    assert {"id", "url", "title", "source", "authors", "published_at", "updated_at"} <= citation["article"].keys()
    assert found["hits"][0].keys() == {"rank", "score", "text", "passage_id", "start", "end", "article", "copies"}
    assert f"[{citation['marker']}]" in found["answer"]
    json.dumps(found)
