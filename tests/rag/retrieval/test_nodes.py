"""Any LlamaIndex retriever finds the passages of an engine."""

from datetime import UTC, datetime

import pytest
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from rag.engine import dateline_over
from rag.library.library import Library
from rag.models import Filters
from rag.retrieval.hybrid import HybridRetriever
from rag.settings import Settings

WHO = "Which retired judge drew up the compromise in the Skerrin ferry dispute?"


class FixedRetriever(BaseRetriever):
    """Returns the same nodes for every query."""

    def __init__(self, nodes: list[NodeWithScore]) -> None:
        super().__init__()
        self._nodes = nodes

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return self._nodes


def node(text: str, name: str, score: float | None, **metadata: str) -> NodeWithScore:
    return NodeWithScore(node=TextNode(id_=name, text=text, metadata=metadata), score=score)


def test_passages_of_the_library_keep_their_articles(sample_library: Library) -> None:
    inner = HybridRetriever(sample_library, k=5)
    nodes = FixedRetriever(inner.retrieve(WHO))
    answer = dateline_over(sample_library, Settings(), retriever=nodes).ask(WHO)
    assert "Osric Tanbery" in answer.text
    citation = answer.citations[0]
    assert citation.passage.article.text[citation.start : citation.end] == citation.quote
    assert citation.passage.article.source == "The Ouldan Courier"


@pytest.fixture
def foreign() -> FixedRetriever:
    return FixedRetriever(
        [
            node("The old bridge at Marl is red.", "old", 14.0, source="Marl Post", published_at="2026-01-05"),
            node("The new bridge at Marl is blue. It is short.", "new", 30.0, title="Marl", published_at="2026-03-05"),
            node("The Marl bridge of next year is green.", "later", 29.0, published_at="2027-01-01"),
        ]
    )


def test_nodes_of_elsewhere_are_quoted(sample_library: Library, foreign: FixedRetriever) -> None:
    dateline = dateline_over(sample_library, Settings(), retriever=foreign)
    answer = dateline.ask("What colour is the new bridge at Marl?")
    assert answer.status == "answered"
    assert answer.citations[0].quote == "The new bridge at Marl is blue."
    assert answer.citations[0].passage.article.title == "Marl"


def test_time_and_filters_hold_for_any_retriever(sample_library: Library, foreign: FixedRetriever) -> None:
    dateline = dateline_over(sample_library, Settings(), retriever=foreign)

    def ids(as_of: datetime | None = None, filters: Filters | None = None) -> list[str]:
        return [hit.passage.id for hit in dateline.search("bridge at Marl", as_of=as_of, filters=filters)]

    assert ids() == ["new", "old"]  # nothing newer than the library's newest article
    assert ids(datetime(2026, 2, 1, tzinfo=UTC)) == ["old"]
    assert ids(datetime(2027, 2, 1, tzinfo=UTC)) == ["new", "later", "old"]
    assert ids(filters=Filters(sources=("Marl Post",))) == ["old"]
    assert ids(filters=Filters(start=datetime(2026, 2, 1, tzinfo=UTC))) == ["new"]


def test_nodes_without_scores_keep_their_order(sample_library: Library) -> None:
    nodes = [node(f"Text number {number} about bridges.", f"n{number}", None) for number in range(3)]
    hits = dateline_over(sample_library, Settings(), retriever=FixedRetriever(nodes)).search("bridges")
    assert [hit.passage.id for hit in hits] == ["n0", "n1", "n2"]
    assert [hit.score for hit in hits] == [1.0, 1 / 2, 1 / 3]
