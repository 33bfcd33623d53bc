"""`/v1`: what OpenAI's clients send and expect, with the citations added.

Shapes after OpenAI's API reference for chat completions (2025): `chat.completion`,
`chat.completion.chunk`, `url_citation` annotations, errors as `{"error": {...}}`.
"""

import json
import time
from collections.abc import Generator, Iterable
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from rag.dates import parse_as_of
from rag.engine import MAX_QUESTION_CHARACTERS, Dateline
from rag.errors import QuestionError
from rag.markers import MARKER
from rag.models import Answer, AnswerEvent, Citation, Released, Turn
from rag.schemas import link_to_quote
from web.api.concurrency import ConcurrencyLimit, EventStream
from web.api.disclosure import Disclosure
from web.api.schemas import recent
from web.error_boundary import closing_with_error
from web.errors import OPENAI_REFUSALS, openai_error
from web.security.api_key import bears_key

MODEL = "dateline"
_MODEL = {"id": MODEL, "object": "model", "created": 0, "owned_by": "dateline"}
_DONE = "data: [DONE]\n\n"


class Part(BaseModel):
    """A part of a message's content; only text is read."""

    model_config = ConfigDict(extra="ignore")

    type: str
    text: str = ""


class Message(BaseModel):
    """A message of the conversation; what a system message says is not followed."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | Annotated[list[Part], Field(fail_fast=True)] | None = None

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
    """A request for a chat completion; sampling settings are accepted and have no effect."""

    model_config = ConfigDict(extra="ignore")

    model: str = MODEL
    messages: Annotated[list[Message], Field(min_length=1, fail_fast=True)]
    n: int | None = 1
    stream: bool = False
    stream_options: StreamOptions | None = None
    metadata: dict[str, str] | None = None


def openai_routes(dateline: Dateline, admission: ConcurrencyLimit, showing: Disclosure) -> APIRouter:
    """The routes under `/v1`.

    Args:
        dateline: Asked.
        admission: How many may ask at once.
        showing: What is shown of articles.
    """
    routes = APIRouter(prefix="/v1", tags=["OpenAI"], responses=OPENAI_REFUSALS)

    @routes.get("/models")
    def models() -> dict[str, Any]:
        """The one model that there is."""
        return {"object": "list", "data": [_MODEL]}

    @routes.get("/models/{model}", response_model=None)
    def one_model(model: str) -> dict[str, Any] | JSONResponse:
        """That model."""
        return _MODEL if model == MODEL else _no_model(model)

    @routes.post(
        "/chat/completions",
        response_model=None,
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    )
    def complete(completion: ChatCompletionRequest, request: Request) -> JSONResponse | EventStream:
        """The answer to the last user message; `metadata.as_of` bounds what may be found.

        Of the conversation before, the newest turns count. The `text` of `dateline.hits` is null for outlets
        without full text, unless the request bears the API key.
        """
        if refusal := _not_offered(completion):
            return refusal
        question, arguments = _asked(completion)
        shown = showing.to(keyed=bears_key(request.scope))
        place = admission.enter()
        if completion.stream:
            usage = bool(completion.stream_options and completion.stream_options.include_usage)
            parts = _chunks(dateline.stream(question, **arguments), shown, usage=usage)
            return EventStream(place.held(closing_with_error(parts, _failed)))
        with place:
            return JSONResponse(_completed(dateline.ask(question, **arguments), shown))

    return routes


def _asked(completion: ChatCompletionRequest) -> tuple[str, dict[str, Any]]:
    said = [message for message in completion.messages if message.role in ("user", "assistant")]
    if not said or said[-1].role != "user" or not said[-1].text.strip():
        raise QuestionError("the last message must be a user's question")
    if len(said[-1].text) > MAX_QUESTION_CHARACTERS:
        raise QuestionError(f"the question has more than {MAX_QUESTION_CHARACTERS:,} characters; shorten it")
    history = recent([Turn("user" if one.role == "user" else "assistant", one.text) for one in said[:-1]])
    as_of = (completion.metadata or {}).get("as_of")
    return said[-1].text, {"history": history, "as_of": parse_as_of(as_of) if as_of else None}


def _completed(answer: Answer, showing: Disclosure) -> dict[str, Any]:
    message = {
        "role": "assistant",
        "content": answer.text,
        "refusal": None,
        "annotations": _annotations(answer),
        "citations": [showing.citation(citation) for citation in answer.citations],
    }
    return {
        **_head("chat.completion"),
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": _usage(answer),
        "dateline": showing.answer(answer),
    }


def _chunks(events: Iterable[AnswerEvent], showing: Disclosure, *, usage: bool) -> Generator[str]:
    head = _head("chat.completion.chunk") | ({"usage": None} if usage else {})
    yield _chunk(head, {"role": "assistant", "content": ""})
    for event in events:
        if isinstance(event, Released):
            cited = [showing.citation(citation) for citation in event.citations]
            yield _chunk(head, {"content": event.text} | ({"citations": cited} if cited else {}))
        elif isinstance(event, Answer):
            yield _chunk(head, {"annotations": _annotations(event)}, finish="stop", answer=showing.answer(event))
            if usage:
                yield _data({**head, "choices": [], "usage": _usage(event)})
    yield _DONE


def _failed(message: str) -> list[str]:
    return [_data(openai_error(message, "server_error")), _DONE]


def _chunk(
    head: dict[str, Any], delta: dict[str, Any], *, finish: str | None = None, answer: dict[str, Any] | None = None
) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
    return _data({**head, "choices": [choice]} | ({"dateline": answer} if answer else {}))


def _annotations(answer: Answer) -> list[dict[str, Any]]:
    """Where each marker stands in the text, and the page that it cites."""
    cited = {citation.marker: citation for citation in answer.citations if citation.passage.article.url}
    return [
        {"type": "url_citation", "url_citation": _url_citation(citation, *match.span())}
        for match in MARKER.finditer(answer.text)
        if (citation := cited.get(int(match.group(1))))
    ]


def _url_citation(citation: Citation, start: int, end: int) -> dict[str, Any]:
    return {
        "start_index": start,
        "end_index": end,
        "title": citation.passage.article.title,
        "url": link_to_quote(citation),
    }


def _usage(answer: Answer) -> dict[str, int]:
    prompt, completion = answer.usage.prompt_tokens, answer.usage.completion_tokens
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _head(kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid4().hex}", "object": kind, "created": int(time.time()), "model": MODEL}


def _data(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"


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
