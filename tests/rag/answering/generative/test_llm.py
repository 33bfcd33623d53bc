"""Any LlamaIndex model writes answers; what its vendor raises leads to quotes, never to an error page."""

from collections.abc import Generator
from typing import Any

import pytest
from llama_index.core.base.llms.types import ChatMessage, CompletionResponse, LLMMetadata
from llama_index.core.llms import CustomLLM, MockLLM

from rag.answering.generative.llm import LlamaIndexModel
from rag.answering.generative.prompts import hits_within
from rag.engine import dateline_over
from rag.errors import GenerationError
from rag.library.library import Library
from rag.messages import Text, in_language, model_failed
from rag.models import Message
from rag.settings import Settings
from tests.rag.asking import WHO

WORDS = in_language()

PROMPT = [ChatMessage(role="user", content="Who?")]


class VendorError(Exception):
    """Raised by a vendor's library; it has no base in common with any other vendor's."""


class ScriptedModel(CustomLLM):
    """Streams a reply word by word, then raises an error if it has one."""

    reply: str = ""
    error: Exception | None = None

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="scripted-custom")

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        if self.error:
            raise self.error
        return CompletionResponse(text=self.reply)

    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> Generator[CompletionResponse, None, None]:
        assert "stream_options" not in kwargs  # a vendor that has no such option may refuse it
        text = ""
        for word in self.reply.split(" "):
            text += f"{word} "
            yield CompletionResponse(text=text, delta=f"{word} ")
        if self.error:
            raise self.error


def test_a_custom_model_writes_the_answer(sample_library: Library) -> None:
    number = next(
        hit.rank
        for hit in dateline_over(sample_library, Settings()).search(WHO)
        if "retired appeal judge" in hit.passage.text
    )
    model = ScriptedModel(reply=f"Osric Tanbery is a retired appeal judge [{number}].")
    answer = dateline_over(sample_library, Settings(), llm=model).ask(WHO)
    assert answer.text == "Osric Tanbery is a retired appeal judge. [1]"
    assert (answer.model, answer.notes, answer.status) == ("scripted-custom", (), "answered")


def test_llama_indexs_mock_model_is_reached(sample_library: Library) -> None:
    answer = dateline_over(sample_library, Settings(), llm=MockLLM(max_tokens=20)).ask(WHO)
    # It writes "text text text", which no passage says: the quotes answer, and the note names the true reason.
    assert answer.notes == (WORDS("model_uncheckable"),)
    assert "Osric Tanbery" in answer.text


def test_a_mock_model_that_repeats_its_prompt_is_reached() -> None:
    model = LlamaIndexModel(MockLLM())
    assert "".join(delta.text for delta in model.stream(PROMPT, seconds=5)).startswith("user: Who?")
    assert model.complete(PROMPT).text.startswith("user: Who?")


def test_a_vendors_error_leads_to_quotes(sample_library: Library) -> None:
    model = ScriptedModel(error=VendorError("quota exceeded"))
    dateline = dateline_over(sample_library, Settings(), llm=model)
    answer = dateline.ask(WHO)
    assert answer.notes == (model_failed(WORDS, "failed", midway=False),)
    assert "Osric Tanbery" in answer.text
    history = [Message("user", "When was the Heron-2 satellite launched?"), Message("assistant", "On 7 October. [1]")]
    assert dateline.understand("How heavy is it?", history=history).notes == (Text("model_not_understood"),)


def test_a_vendors_error_in_the_middle_leaves_what_was_checked(sample_library: Library) -> None:
    reply = "Osric Tanbery is a retired appeal judge. He was"
    model = ScriptedModel(reply=reply, error=VendorError("connection lost"))
    answer = dateline_over(sample_library, Settings(), llm=model).ask(WHO)
    assert answer.text == "Osric Tanbery is a retired appeal judge. [1]"
    assert (answer.status, answer.notes) == ("partial", (model_failed(WORDS, "failed", midway=True),))


def test_a_vendors_error_is_translated_with_its_name() -> None:
    model = LlamaIndexModel(ScriptedModel(error=VendorError("quota exceeded")))
    with pytest.raises(GenerationError, match="language model scripted-custom: VendorError: quota exceeded"):
        model.complete(PROMPT)
    with pytest.raises(GenerationError, match="VendorError"):
        list(model.stream(PROMPT, seconds=5))


def test_a_model_that_writes_nothing_has_failed() -> None:
    with pytest.raises(GenerationError, match="ended before the answer did"):
        list(LlamaIndexModel(ScriptedModel(reply="")).stream(PROMPT, seconds=5))


def test_a_model_that_takes_too_long_is_stopped() -> None:
    stream = LlamaIndexModel(ScriptedModel(reply="word " * 50)).stream(PROMPT, seconds=0.0)
    with pytest.raises(GenerationError, match="no whole answer within 0 s"):
        list(stream)


def test_evidence_is_counted_in_the_tokens_of_a_tokenizer(sample_library: Library) -> None:
    hits = dateline_over(sample_library, Settings()).search(WHO)
    first = hits[0].passage
    few = hits_within(hits, 10)
    assert [hit.passage.id for hit in few] == [first.id]  # one passage is always given
    words = len(first.text.split())
    assert len(hits_within(hits[:2], 4 * words)) == 2
    assert len(hits_within(hits, 10_000)) == len([hit for hit in hits if hit.passage.sentences])
