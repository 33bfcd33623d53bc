"""Hybrid search, as the engine and as LlamaIndex call it."""

import json
from pathlib import Path

from ingest.pipeline import ingest
from rag.engine import dateline_over
from rag.indexes.embedding import LocalEmbedding
from rag.library.library import Library
from rag.retrieval.hybrid import HybridRetriever
from rag.settings import Settings
from tests.conftest import MakeLibrary
from tests.rag.asking import WHO


def test_the_retriever_is_a_llama_index_retriever(sample_library: Library) -> None:
    nodes = HybridRetriever(sample_library, k=3).retrieve(WHO)
    assert len(nodes) == 3
    assert "Tanbery" in nodes[0].get_content()
    assert nodes[0].node.metadata["source"]


def test_an_outlet_of_a_better_tier_comes_first_among_near_equals(
    make_library: MakeLibrary, embedding: LocalEmbedding, tmp_path: Path
) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_text(
        "\n".join(
            json.dumps({"id": one, "source": one, "published_at": "2026-09-01", "text": text})
            for one, text in [
                (
                    "North",
                    "On Monday the Brackenford bridge was closed for a crack that engineers saw in its third pier.",
                ),
                (
                    "South",
                    "Engineers saw a crack in its third pier, for which the Brackenford bridge was closed on Monday.",
                ),
            ]
        )
    )
    library = make_library(embedding=embedding)
    ingest([file], library)

    def first(tiers: dict[str, int]) -> str | None:
        sources = tmp_path / "sources.toml"
        sources.write_text("".join(f"[[outlet]]\nname = '{name}'\ntier = {tier}\n" for name, tier in tiers.items()))
        dateline = dateline_over(library, Settings(sources=sources))
        assert len(dateline.search("Why was the Brackenford bridge closed?")) == 2  # no outlet is left out
        return dateline.search("Why was the Brackenford bridge closed?")[0].passage.article.source

    plain = first({})
    other = "South" if plain == "North" else "North"
    assert first({other: 1, plain or "": 3}) == other
    assert first({"North": 2, "South": 2}) == plain
