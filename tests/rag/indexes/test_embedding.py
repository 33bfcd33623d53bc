"""Any LlamaIndex embedding serves: its vectors are normalised, and its errors become ours."""

from pathlib import Path

import numpy as np
import pytest

from ingest.pipeline import ingest
from rag.engine import dateline_over
from rag.errors import EmbeddingError
from rag.indexes.embedding import LocalEmbedding, embedding_from, passage_vectors, query_vector
from rag.library.library import Library
from rag.settings import Settings
from tests.conftest import SAMPLE, HashEmbedding, library_at
from tests.rag.asking import WHO


class LongEmbedding(LocalEmbedding):
    """The local model with vectors of length 7, and questions of length 3."""

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [[7 * value for value in vector] for vector in super()._get_text_embeddings(texts)]

    def _get_query_embedding(self, query: str) -> list[float]:
        return [3 * value for value in super()._get_query_embedding(query)]


class FailingEmbedding(HashEmbedding):
    """Raises what a vendor's library might."""

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        raise ConnectionRefusedError("no server")

    def _get_query_embedding(self, query: str) -> list[float]:
        raise LookupError("no such model")


def test_passages_and_questions_become_unit_vectors() -> None:
    model = LongEmbedding()
    (passage,) = passage_vectors(model, ["The ferry crews went on strike."])
    question = query_vector(model, "Who went on strike?")
    assert np.linalg.norm(passage) == pytest.approx(1.0, abs=1e-6)
    assert np.linalg.norm(question) == pytest.approx(1.0, abs=1e-6)


def test_the_length_of_vectors_changes_no_score(tmp_path: Path, sample_library: Library) -> None:
    library = library_at(tmp_path / "data", cache=tmp_path / "cache", embedding=LongEmbedding())
    try:
        assert ingest([SAMPLE / "articles"], library).complete
        hits = dateline_over(library, Settings()).search(WHO)
    finally:
        library.close()
    expected = dateline_over(sample_library, Settings()).search(WHO)
    assert [hit.passage.id for hit in hits] == [hit.passage.id for hit in expected]
    assert [hit.why.vector for hit in hits] == pytest.approx([hit.why.vector for hit in expected], abs=1e-5)


def test_a_vendors_error_becomes_ours() -> None:
    model = FailingEmbedding(model_name="failing")
    with pytest.raises(EmbeddingError, match="embedding model failing: ConnectionRefusedError: no server"):
        passage_vectors(model, ["text"])
    with pytest.raises(EmbeddingError, match="LookupError"):
        query_vector(model, "question")


def test_a_model_whose_name_is_not_that_of_the_settings_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.indexes.embedding._model_of", lambda _settings: HashEmbedding(model_name="hash"))
    assert embedding_from(Settings(embedding_model="hash")).model_name == "hash"
    with pytest.raises(EmbeddingError, match="EMBEDDING_MODEL is 'other', but .* calls itself 'hash'"):
        embedding_from(Settings(embedding_model="other"))
