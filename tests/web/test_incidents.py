"""What should not happen ends in words, with a number that the log knows and nothing that the reader wrote."""

import logging
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import gradio as gr
import pytest
import uvicorn
from fastapi import FastAPI

from rag.answering.extractive.answerer import ExtractiveAnswerer
from rag.engine import Dateline
from rag.indexes.embedding import LocalEmbedding
from rag.library.library import Library
from rag.models import Hit, Message, Query
from rag.query.intents import IntentExamples
from rag.query.parsing import ExampleQueryParser
from rag.reading.onnx_reader import span_reader
from rag.retrieval.hybrid import HybridRetriever
from tests.web.chat.client import QUESTION, ChatClient
from tests.web.conftest import awaited, free_port
from web.chat.gateway import mount_chat
from web.chat.page import chat_page, page_settings
from web.incidents import guarded
from web.links import CitationLinks

SAID = r"tell the operator the number ([0-9a-f]{8})"


class Failing(ExtractiveAnswerer):
    """Fails with the question in its mouth."""

    def answer(self, query: Query, hits: Sequence[Hit], history: Sequence[Message]) -> Iterator[Any]:
        yield from ()
        raise RuntimeError(query.question)


@contextmanager
def served(library: Library) -> Iterator[str]:
    failing = Failing(library.lexical, span_reader())
    parser = ExampleQueryParser(IntentExamples(LocalEmbedding()))
    dateline = Dateline(library, HybridRetriever(library), failing, failing, parser)

    async def built() -> FastAPI:
        app = FastAPI()
        mount_chat(app, chat_page(dateline, ["What is new?"], CitationLinks()), page_settings())
        return app

    port = free_port()
    server = uvicorn.Server(uvicorn.Config(awaited(built()), host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def test_an_answer_that_fails_says_so_in_the_chat(sample_library: Library, caplog: pytest.LogCaptureFixture) -> None:
    with served(sample_library) as url, caplog.at_level(logging.ERROR):
        chat = ChatClient(url)
        answer = chat.ask(QUESTION)
        chat.close()
    number = re.search(SAID, answer)
    assert number
    assert f"mishap {number[1]}: RuntimeError at" in caplog.text
    assert "Heron" not in caplog.text


def test_a_click_that_fails_says_so_on_the_page(caplog: pytest.LogCaptureFixture) -> None:
    def clicked(question: str) -> None:
        raise KeyError(question)

    with pytest.raises(gr.Error, match=SAID) as raised:
        guarded(clicked)(QUESTION)
    assert raised.value.print_exception is False

    def closed(language: str | None, question: str) -> None:
        raise KeyError(question)

    with pytest.raises(gr.Error, match="Номер|номер"):
        guarded(closed)("uk", QUESTION)
    assert "KeyError" in caplog.text
    assert "Heron" not in caplog.text
