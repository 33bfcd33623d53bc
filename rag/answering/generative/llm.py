"""Language models: any LlamaIndex `LLM`, with its vendor's exceptions translated into `GenerationError`."""

import gc
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponse
from llama_index.core.constants import DEFAULT_CONTEXT_WINDOW
from llama_index.core.llms import LLM
from llama_index.llms.openai import OpenAI
from llama_index.llms.openai.utils import openai_modelname_to_contextsize
from llama_index.llms.openai_like import OpenAILike
from openai import (
    APIConnectionError,
    AuthenticationError,
    BadRequestError,
    NotFoundError,
    PermissionDeniedError,
    UnprocessableEntityError,
)

from rag.answering.base import ModelDelta
from rag.answering.generative.parameters import AcceptedParameters
from rag.errors import GenerationError, ModelFault, vendor_errors
from rag.indexes.model_requests import bounded_client
from rag.indexes.model_server import OPENAI_URL
from rag.models import Usage
from rag.settings import Settings

ANSWER_TOKENS = 400
"""Most tokens of a reply, beside what the model thinks before."""
_RETRIES = 2
_ENDED: Mapping[ModelFault, str] = {
    "length": "it reached the limit of tokens before the end; a model that thinks needs more DATELINE_REASONING_TOKENS",
    "filter": "its provider's filter stopped it",
}
"""What the log says."""
_FAULTS: Mapping[str, ModelFault] = {"length": "length", "content_filter": "filter"}
"""Of a reply that ended for such a reason, in the words of OpenAI's protocol."""


def chat_model_from(settings: Settings) -> LLM:
    """Build the language model that the settings name: OpenAI's, or one behind a compatible server."""
    # LlamaIndex's own class for OpenAI's server knows some names of models only, and fails with any other.
    model: LLM = OpenAILike(
        model=settings.chat_model,
        api_base=settings.openai_base_url or OPENAI_URL,
        api_key=settings.openai_api_key.get_secret_value() if settings.openai_api_key else "none",
        is_chat_model=True,
        context_window=settings.context_tokens or _known_context(settings.chat_model),
        timeout=settings.request_seconds,
        max_retries=_RETRIES,
        http_client=bounded_client(seconds=settings.request_seconds),
    )
    return model


def _known_context(name: str) -> int:
    try:
        return openai_modelname_to_contextsize(name)
    except ValueError:
        return DEFAULT_CONTEXT_WINDOW


def parameters_from(settings: Settings) -> Mapping[str, Any]:
    """Return what each request to the model of the settings asks for, unless its server refuses it.

    The limit of tokens has two names: models that think know the newer one alone, many compatible servers the older.
    """
    limit = "max_tokens" if settings.openai_base_url else "max_completion_tokens"
    return {"temperature": 0.0, limit: ANSWER_TOKENS + settings.reasoning_tokens}


class LlamaIndexModel:
    """A `LanguageModel` over a LlamaIndex `LLM` of any vendor.

    Args:
        model: Passed explicitly; LlamaIndex's global settings are not read.
        parameters: Sent with each request; one that the server refuses is not sent again.
        sent: Is told the messages of each request.
    """

    def __init__(
        self,
        model: LLM,
        parameters: Mapping[str, Any] | None = None,
        *,
        sent: Callable[[Sequence[ChatMessage]], object] | None = None,
    ) -> None:
        self._model = model
        self._parameters = AcceptedParameters(parameters or {})
        # Only OpenAI's protocol has this option; it asks for the tokens used.
        usage = {"stream_options": {"include_usage": True}} if isinstance(model, OpenAI) else {}
        self._stream_parameters = AcceptedParameters(usage)
        self._sent = sent

    @property
    def name(self) -> str:
        """The model's name, as answers report it."""
        return self._model.metadata.model_name

    @property
    def context_tokens(self) -> int | None:
        """What prompt and reply may have together; `None` where LlamaIndex does not know."""
        window = self._model.metadata.context_window
        return None if window == DEFAULT_CONTEXT_WINDOW else window

    def complete(self, messages: Sequence[ChatMessage]) -> ModelDelta:
        """Return the whole reply, without surrounding white space.

        Raises:
            GenerationError: The model failed, or wrote nothing.
        """
        self._tell(messages)
        with self._vendor_errors():
            response = self._parameters.used_by(lambda sent: self._model.chat(messages, **sent))
            text = (response.message.content or "").strip()
            fault = _FAULTS.get(_finish_reason(response))
            usage = _usage(response)
        if not text:
            raise GenerationError(f"language model {self.name} wrote nothing", fault=fault or "failed")
        return ModelDelta(text, usage)

    def stream(self, messages: Sequence[ChatMessage], *, seconds: float) -> Iterator[ModelDelta]:
        """Yield the reply as the model writes it; closing the iterator stops the model.

        Args:
            messages: The prompt, oldest message first.
            seconds: Longest time for the whole reply.

        Raises:
            GenerationError: The model failed, took too long, or stopped before the end of its reply.
        """
        self._tell(messages)
        deadline = monotonic() + seconds
        ending = _Ending()
        with self._vendor_errors():
            opened = self._stream_parameters.used_by(
                lambda streamed: self._parameters.used_by(lambda sent: self._opened(messages, {**streamed, **sent}))
            )
            responses, delta = opened.responses, _observed(opened.first, ending)
        try:
            while delta is not None:
                yield delta
                if monotonic() > deadline:
                    raise GenerationError(f"no whole answer within {seconds:.0f} s")
                with self._vendor_errors():
                    delta = _observed(next(responses, None), ending)
            ending.exhausted = True
        finally:
            if not ending.is_whole:
                # LlamaIndex leaves a stopped stream in a reference cycle; until that is collected, the
                # connection stays open and the model writes on for a reader who left.
                if isinstance(responses, Generator):
                    responses.close()
                del opened, responses
                gc.collect()
        if not ending.is_whole:
            raise GenerationError(
                _ENDED.get(ending.fault, "the stream ended before the answer did"), fault=ending.fault
            )

    def _opened(self, messages: Sequence[ChatMessage], parameters: Mapping[str, Any]) -> "_Opened":
        # LlamaIndex sends the request when the first response is asked for, and only then it can be refused.
        responses = iter(self._model.stream_chat(messages, **parameters))
        return _Opened(responses, next(responses, None))

    def _tell(self, messages: Sequence[ChatMessage]) -> None:
        if self._sent:
            self._sent(messages)

    @contextmanager
    def _vendor_errors(self) -> Iterator[None]:
        try:
            with vendor_errors(GenerationError, f"language model {self.name}"):
                yield
        except GenerationError as error:
            if error.__cause__:
                error.fault = _fault_of(error.__cause__)
            raise


@dataclass(frozen=True, slots=True)
class _Opened:
    """A stream that has begun."""

    responses: Iterator[ChatResponse]
    first: ChatResponse | None


def _observed(response: ChatResponse | None, ending: "_Ending") -> ModelDelta | None:
    if response is None:
        return None
    ending.observe(response)
    return ModelDelta(response.delta or "", _usage(response))


class _Ending:
    """Whether a reply is whole: as OpenAI's protocol says it, else if the stream ended after some text."""

    def __init__(self) -> None:
        self.exhausted = False
        self.fault: ModelFault = "failed"
        self._wrote = False
        self._reports_reason = False
        self._stopped = False

    def observe(self, response: ChatResponse) -> None:
        """Take one response of the stream into account."""
        reason = _finish_reason(response)
        self._wrote = self._wrote or bool((response.delta or "").strip())
        self._reports_reason = self._reports_reason or getattr(response.raw, "choices", None) is not None
        self._stopped = self._stopped or reason == "stop"
        self.fault = _FAULTS.get(reason, self.fault)

    @property
    def is_whole(self) -> bool:
        """The model came to the end of its reply."""
        return self._stopped if self._reports_reason else self.exhausted and self._wrote


def _usage(response: ChatResponse) -> Usage | None:
    counts = response.additional_kwargs
    if not counts.get("total_tokens"):
        return None
    return Usage(int(counts.get("prompt_tokens") or 0), int(counts.get("completion_tokens") or 0))


def _finish_reason(response: ChatResponse) -> str:
    choices = getattr(response.raw, "choices", None)
    return str(getattr(choices[0], "finish_reason", "")) if choices else ""


def _fault_of(error: BaseException) -> ModelFault:
    """What an error of OpenAI's client means for who runs the server; other vendors' say too little."""
    match error:
        case AuthenticationError() | PermissionDeniedError():
            return "key"
        case NotFoundError():
            # A server that knows the path says that it lacks the model; any other 404 is that of a wrong address.
            return "model" if "model" in f"{error.code} {error.message}".lower() else "server"
        case APIConnectionError():
            return "server"
        case BadRequestError() | UnprocessableEntityError():
            return "filter" if error.code == "content_filter" else "request"
        case _:
            return "failed"
