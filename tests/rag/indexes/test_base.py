"""A library works over another vector index than Chroma."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ingest.pipeline import ingest
from rag.engine import Dateline, dateline_over
from rag.indexes import VectorIndex, Vectors
from rag.indexes.embedding import LocalEmbedding
from rag.library.library import Library
from rag.settings import Settings
from tests.conftest import SAMPLE

QUESTION = "Which retired judge drew up the compromise in the Skerrin ferry dispute?"


class MemoryIndex:
    """Exact search over a dictionary of vectors."""

    def __init__(self) -> None:
        self._vectors: dict[str, Vectors] = {}
        self.searches = 0

    def put(self, passage_ids: Sequence[str], vectors: Vectors) -> None:
        self._vectors |= dict(zip(passage_ids, vectors, strict=True))

    def remove(self, passage_ids: Sequence[str]) -> None:
        for passage_id in passage_ids:
            self._vectors.pop(passage_id, None)

    def clear(self) -> None:
        self._vectors.clear()

    def close(self) -> None:
        pass

    def reopen(self) -> None:
        pass

    def search(self, vector: Sequence[float], *, limit: int) -> list[tuple[str, float]]:
        self.searches += 1
        scored = self.similarities(vector, list(self._vectors))
        return sorted(scored.items(), key=lambda hit: (-hit[1], hit[0]))[:limit]

    def similarities(self, vector: Sequence[float], passage_ids: Sequence[str]) -> dict[str, float]:
        held = [passage_id for passage_id in passage_ids if passage_id in self._vectors]
        return {passage_id: float(self._vectors[passage_id] @ np.asarray(vector)) for passage_id in held}

    def ids(self) -> set[str]:
        return set(self._vectors)

    def answers_for(self, passage_ids: Sequence[str]) -> bool:
        return self.ids() >= set(passage_ids)

    def finds_itself(self) -> bool:
        return bool(self._vectors)


def test_an_index_in_memory_takes_the_place_of_chroma(
    tmp_path: Path, cache: Path, embedding: LocalEmbedding, sample_library: Library
) -> None:
    vectors = MemoryIndex()
    index: VectorIndex = vectors
    library = Library(tmp_path / "data", cache=cache, embedding=embedding, vectors=index)
    try:
        assert ingest([SAMPLE / "articles"], library).complete
        assert not (tmp_path / "data" / "chroma").exists()
        hits = dateline_over(library, Settings()).search(QUESTION)
        assert vectors.searches == 1
        expected = _dateline(sample_library).search(QUESTION)
        assert [hit.passage.id for hit in hits] == [hit.passage.id for hit in expected]
        assert all(hit.why.vector is not None for hit in hits)
    finally:
        library.close()


def _dateline(library: Library) -> Dateline:
    return dateline_over(library, Settings())
