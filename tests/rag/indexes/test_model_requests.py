"""A model server that never comes to an end is given up, streaming or not, wherever in its reply it dawdles."""

import pytest
from httpx import TimeoutException
from llama_index.core.base.llms.types import ChatMessage
from openai import APITimeoutError, OpenAI

from rag.answering.generative.llm import LlamaIndexModel, chat_model_from
from rag.errors import EmbeddingError, GenerationError
from rag.indexes.embedding import ServedEmbedding, query_vector
from rag.indexes.model_requests import bounded_client
from rag.settings import Settings
from tests.openai_server import openai_server

# Without its bound each of them lasts until the server is stopped, at the end of the test: never.
pytestmark = pytest.mark.timeout(60)


@pytest.mark.parametrize("fault", ["endless", "chunk"])
def test_a_stream_that_only_keeps_the_connection_open_ends(fault: str) -> None:
    with openai_server() as server:
        server.fault = fault
        client = bounded_client(seconds=5, streamed_seconds=0.3)
        model = OpenAI(base_url=server.url, api_key="none", http_client=client, max_retries=0)
        with pytest.raises(TimeoutException):
            list(model.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}], stream=True))


def test_a_stream_whose_headers_never_end_is_given_up() -> None:
    with openai_server() as server:
        server.fault = "head"
        client = bounded_client(seconds=0.3, streamed_seconds=5)
        model = OpenAI(base_url=server.url, api_key="none", http_client=client, max_retries=0)
        with pytest.raises(APITimeoutError):
            model.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}], stream=True)


@pytest.mark.parametrize("fault", ["endless", "head", "chunk"])
def test_a_whole_reply_that_comes_byte_by_byte_ends_as_the_models_failure(fault: str) -> None:
    with openai_server() as server:
        server.fault = fault
        settings = Settings(openai_base_url=server.url, request_seconds=0.3)
        model = LlamaIndexModel(chat_model_from(settings))
        with pytest.raises(GenerationError):
            model.complete([ChatMessage(role="user", content="?")])
        embedding = ServedEmbedding(model_name="m", base_url=server.url, api_key="none", seconds=0.3)
        with pytest.raises(EmbeddingError):
            query_vector(embedding, "?")


def test_a_client_that_waited_long_between_two_requests_has_its_whole_time_again() -> None:
    with openai_server() as server:
        client = bounded_client(seconds=0.5)
        server.reply = "Yes."
        for _ in range(2):
            reply = client.post(f"{server.url}/chat/completions", json={"messages": []})
            assert reply.json()["choices"][0]["message"]["content"] == "Yes."
            server.stopped.wait(0.6)


def test_a_way_over_a_proxy_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with openai_server() as proxy:
        proxy.fault = "head"
        monkeypatch.setenv("HTTP_PROXY", proxy.url.removesuffix("/v1"))
        with pytest.raises(TimeoutException):
            bounded_client(seconds=0.3).post("http://model.example/v1/embeddings", json={"input": []})
