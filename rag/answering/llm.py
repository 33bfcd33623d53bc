"""Language models: any LlamaIndex `LLM`, with its vendor's exceptions translated into `GenerationError`."""

import gc
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from time import monotonic
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponse
from llama_index.core.llms import LLM
from llama_index.llms.openai import OpenAI
from llama_index.llms.openai_like import OpenAILike

from rag.answering.base import ModelDelta
from rag.errors import GenerationError, vendor_errors
from rag.indexes.model_requests import bounded_client
from rag.models import Usage
from rag.settings import Settings

_ANSWER_TOKENS = 400
_RETRIES = 2


def chat_model_from(settings: Settings) -> LLM:
    """Build the language model that the settings name: OpenAI's, or one behind a compatible server."""
    common: dict[str, Any] = {
        "model": settings.chat_model,
        "api_key": settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none",
        "temperature": 0.0,
        "max_tokens": _ANSWER_TOKENS,
        "timeout": settings.request_seconds,
        "max_retries": _RETRIES,
        "http_client": bounded_client(seconds=settings.request_seconds),
    }
    if settings.openai_base_url:
        like: LLM = OpenAILike(api_base=settings.openai_base_url, is_chat_model=True, **common)
        return like
    return OpenAI(**common)


class LlamaIndexModel:
    """A `LanguageModel` over a LlamaIndex `LLM` of any vendor.

    Args:
        model: Passed explicitly; LlamaIndex's global settings are not read.
    """

    def __init__(self, model: LLM) -> None:
        self._model = model
        # Only OpenAI's protocol has this option; it asks for the tokens used.
        self._options = {"stream_options": {"include_usage": True}} if isinstance(model, OpenAI) else {}

    @property
    def name(self) -> str:
        """The model's name, as answers report it."""
        return self._model.metadata.model_name

    def complete(self, messages: Sequence[ChatMessage]) -> str:
        """Return the whole reply, without surrounding white space.

        Raises:
            GenerationError: The model failed.
        """
        with self._vendor_errors():
            return (self._model.chat(messages).message.content or "").strip()

    def stream(self, messages: Sequence[ChatMessage], *, seconds: float) -> Iterator[ModelDelta]:
        """Yield the reply as the model writes it; closing the iterator stops the model.

        Args:
            messages: The prompt, oldest message first.
            seconds: Longest time for the whole reply.

        Raises:
            GenerationError: The model failed, took too long, or stopped before the end of its reply.
        """
        deadline = monotonic() + seconds
        with self._vendor_errors():
            responses = iter(self._model.stream_chat(messages, **self._options))
        ending = _Ending()
        try:
            while (response := self._next(responses)) is not None:
                ending.observe(response)
                yield ModelDelta(response.delta or "", _usage(response))
                if monotonic() > deadline:
                    raise GenerationError(f"no whole answer within {seconds:.0f} s")
            ending.exhausted = True
        finally:
            if not ending.is_whole:
                # LlamaIndex leaves a stopped stream in a reference cycle; until that is collected, the
                # connection stays open and the model writes on for a reader who left.
                if isinstance(responses, Generator):
                    responses.close()
                del responses
                gc.collect()
        if not ending.is_whole:
            raise GenerationError("the stream ended before the answer did")

    def _next(self, responses: Iterator[ChatResponse]) -> ChatResponse | None:
        with self._vendor_errors():
            return next(responses, None)

    def _vendor_errors(self) -> AbstractContextManager[None]:
        return vendor_errors(GenerationError, f"language model {self.name}")


class _Ending:
    """Whether a reply is whole: as OpenAI's protocol says it, else if the stream ended after some text."""

    def __init__(self) -> None:
        self.exhausted = False
        self._wrote = False
        self._reports_reason = False
        self._stopped = False

    def observe(self, response: ChatResponse) -> None:
        """Take one response of the stream into account."""
        choices = getattr(response.raw, "choices", None)
        self._wrote = self._wrote or bool((response.delta or "").strip())
        self._reports_reason = self._reports_reason or choices is not None
        if choices:
            self._stopped = self._stopped or getattr(choices[0], "finish_reason", None) == "stop"

    @property
    def is_whole(self) -> bool:
        """The model came to the end of its reply."""
        return self._stopped if self._reports_reason else self.exhausted and self._wrote


def _usage(response: ChatResponse) -> Usage | None:
    counts = response.additional_kwargs
    if not counts.get("total_tokens"):
        return None
    return Usage(int(counts.get("prompt_tokens", 0)), int(counts.get("completion_tokens", 0)))
