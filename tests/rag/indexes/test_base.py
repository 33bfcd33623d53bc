"""A library works over other indexes than Tantivy and Chroma."""

from pathlib import Path

from ingest.pipeline import ingest
from rag.engine import dateline_over
from rag.indexes import LexicalIndex, VectorIndex
from rag.indexes.embedding import LocalEmbedding
from rag.library.library import Library
from rag.settings import Settings
from tests.conftest import SAMPLE, library_at
from tests.rag.asking import WHO
from tests.rag.memory import MemoryLexicalIndex, MemoryVectorIndex


def test_an_index_in_memory_takes_the_place_of_chroma(
    tmp_path: Path, cache: Path, embedding: LocalEmbedding, sample_library: Library
) -> None:
    vectors = MemoryVectorIndex()
    index: VectorIndex = vectors
    library = library_at(tmp_path / "data", cache=cache, embedding=embedding, vectors=index)
    try:
        assert ingest([SAMPLE / "articles"], library).complete
        assert not (tmp_path / "data" / "chroma").exists()
        hits = dateline_over(library, Settings()).search(WHO)
        assert vectors.searches == 1
        expected = dateline_over(sample_library, Settings()).search(WHO)
        assert [hit.passage.id for hit in hits] == [hit.passage.id for hit in expected]
        assert all(hit.why.vector is not None for hit in hits)
    finally:
        library.close()


def test_an_index_in_memory_takes_the_place_of_tantivy(tmp_path: Path, cache: Path, embedding: LocalEmbedding) -> None:
    lexical = MemoryLexicalIndex()
    index: LexicalIndex = lexical
    library = library_at(tmp_path / "data", cache=cache, embedding=embedding, lexical=index)
    try:
        assert ingest([SAMPLE / "articles"], library).complete
        assert not (tmp_path / "data" / "lexical").exists()
        answer = dateline_over(library, Settings()).ask(WHO)
        assert lexical.searches == 1
        assert "Osric Tanbery" in answer.text
        assert answer.citations
    finally:
        library.close()
