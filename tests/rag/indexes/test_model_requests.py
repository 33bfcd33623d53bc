"""A model server that never comes to an end is given up, whether it streams or not."""

import pytest
from httpx import ReadTimeout
from llama_index.core.base.llms.types import ChatMessage
from openai import OpenAI

from rag.answering.llm import LlamaIndexModel, chat_model_from
from rag.errors import EmbeddingError, GenerationError
from rag.indexes.embedding import ServedEmbedding, query_vector
from rag.indexes.model_requests import bounded_client
from rag.settings import Settings
from tests.openai_server import openai_server


def test_a_stream_that_only_keeps_the_connection_open_ends() -> None:
    with openai_server() as server:
        server.fault = "endless"
        client = bounded_client(seconds=5, streamed_seconds=0.3)
        model = OpenAI(base_url=server.url, api_key="none", http_client=client, max_retries=0)
        with pytest.raises(ReadTimeout, match="did not end within"):
            list(model.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}], stream=True))


def test_a_whole_reply_that_comes_byte_by_byte_ends_as_the_models_failure() -> None:
    with openai_server() as server:
        server.fault = "endless"
        settings = Settings(openai_base_url=server.url, request_seconds=0.3)
        model = LlamaIndexModel(chat_model_from(settings))
        with pytest.raises(GenerationError):
            model.complete([ChatMessage(role="user", content="?")])
        embedding = ServedEmbedding(model_name="m", base_url=server.url, api_key="none", seconds=0.3)
        with pytest.raises(EmbeddingError):
            query_vector(embedding, "?")
