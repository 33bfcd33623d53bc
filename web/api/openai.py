"""`/v1`: what OpenAI's clients send and expect, with citations added.

Requests are not read with OpenAI's own types: those describe what a client may write, and are strict where this server
accepts and ignores. Responses are built of them, see `web.api.completions`.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from rag.engine import MAX_QUESTION_CHARACTERS, Dateline
from rag.errors import QuestionError
from rag.messages import question_too_long
from rag.models import Message as Turn
from rag.schemas import recent_history
from web.api.concurrency import ConcurrencyLimit
from web.api.disclosure import Disclosure
from web.api.events import DONE, EventStream, event
from web.api.schemas import Date, FilterFields
from web.error_boundary import closing_with_error
from web.errors import OPENAI_REFUSALS, openai_error
from web.security import bears_key

MODEL = "dateline"
_MODEL = {"id": MODEL, "object": "model", "created": 0, "owned_by": "dateline"}


class ContentPart(BaseModel):
    """A part of a message's content; only text is read."""

    model_config = ConfigDict(extra="ignore")

    type: str
    text: str = ""


class Message(BaseModel):
    """A message of the conversation; instructions of a system message are not followed."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | Annotated[list[ContentPart], Field(fail_fast=True)] | None = None

    @property
    def text(self) -> str:
        """Its text parts, joined."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """Whether a stream ends with the usage."""

    model_config = ConfigDict(extra="ignore")

    include_usage: bool = False


class ChatCompletionRequest(BaseModel):
    """A request for a chat completion; sampling settings are accepted and have no effect.

    `as_of` and `filters` are those of `/api/ask`; `metadata.as_of` is for clients that send no fields of their own.
    """

    model_config = ConfigDict(extra="ignore")

    model: str = MODEL
    messages: Annotated[list[Message], Field(min_length=1, fail_fast=True)]
    n: int | None = 1
    stream: bool = False
    stream_options: StreamOptions | None = None
    metadata: dict[str, str] | None = None
    as_of: Date | None = None
    filters: FilterFields = FilterFields()


def openai_routes(dateline: Dateline, limit: ConcurrencyLimit, disclosure: Disclosure) -> APIRouter:
    """The routes under `/v1`.

    Args:
        dateline: Answers.
        limit: Of questions at the same time.
        disclosure: What is shown of articles.
    """
    routes = APIRouter(prefix="/v1", tags=["OpenAI"], responses=OPENAI_REFUSALS)

    @routes.get("/models", summary="The models that can be asked")
    def models() -> dict[str, Any]:
        """There is only one."""
        return {"object": "list", "data": [_MODEL]}

    @routes.get("/models/{model}", summary="A model by its name", response_model=None)
    def one_model(model: str) -> dict[str, Any] | JSONResponse:
        """A name that is not among the models is refused."""
        return _MODEL if model == MODEL else _no_model(model)

    @routes.post(
        "/chat/completions",
        summary="An answer in the shape of OpenAI's chat completions, whole or as server-sent events",
        response_model=None,
        responses={200: {"content": {"text/event-stream": {}}}},
    )
    def complete(completion: ChatCompletionRequest, request: Request) -> JSONResponse | EventStream:
        """The answer to the last user message, from the articles that `filters` and `as_of` allow.

        Of the conversation before, the newest messages count. The `text` of `dateline.hits` is null for outlets
        without full text, unless the request bears the API key.
        """
        from web.api.completions import Chunks, completion_json  # noqa: PLC0415 - costs seconds

        if refusal := _not_offered(completion):
            return refusal
        question, arguments = _question(completion)
        shown = disclosure.to(keyed=bears_key(request.scope))
        slot = limit.acquire()
        if completion.stream:
            usage = bool(completion.stream_options and completion.stream_options.include_usage)
            chunks = Chunks(MODEL, shown, with_usage=usage)
            events = chunks.events(dateline.stream(question, **arguments))
            return EventStream(slot.during(closing_with_error(events, _error_events)))
        with slot:
            return JSONResponse(completion_json(dateline.ask(question, **arguments), shown, model=MODEL))

    return routes


def _question(completion: ChatCompletionRequest) -> tuple[str, dict[str, Any]]:
    """The question, and the other arguments of `Dateline.stream` and `Dateline.ask`.

    Raises:
        QuestionError: The last message is not a user's, or it is too long; or a date is wrong.
    """
    messages = [message for message in completion.messages if message.role in ("user", "assistant")]
    if not messages or messages[-1].role != "user" or not messages[-1].text.strip():
        raise QuestionError("the last message must be a user's question")
    if len(messages[-1].text) > MAX_QUESTION_CHARACTERS:
        raise QuestionError(question_too_long(MAX_QUESTION_CHARACTERS))
    earlier = [Turn("user" if message.role == "user" else "assistant", message.text) for message in messages[:-1]]
    scope = completion.filters.scope(completion.as_of or (completion.metadata or {}).get("as_of"))
    arguments = {"history": recent_history(earlier), "as_of": scope.as_of, "filters": scope.filters}
    return messages[-1].text, arguments


def _error_events(message: str) -> list[bytes]:
    return [event(openai_error(message, "server_error")), DONE]


def _not_offered(completion: ChatCompletionRequest) -> JSONResponse | None:
    if completion.model != MODEL:
        return _no_model(completion.model)
    if completion.n not in (None, 1):
        return _refusal(400, "one answer is given; leave n out, or set it to 1", "unsupported_value", "n")
    return None


def _no_model(model: str) -> JSONResponse:
    return _refusal(404, f"the model {model[:100]!r} does not exist; use {MODEL!r}", "model_not_found", "model")


def _refusal(status: int, message: str, code: str, param: str | None = None) -> JSONResponse:
    return JSONResponse(openai_error(message, code, param), status_code=status)
