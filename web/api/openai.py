"""`/v1`: the routes that OpenAI's clients call."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.routing import Match

from rag.engine import Dateline
from web.api.annotations import counts_utf16
from web.api.concurrency import ConcurrencyLimit
from web.api.disclosure import Disclosure
from web.api.events import DONE, EventStream, event
from web.api.openai_requests import MODEL, ChatCompletionRequest, ResponseRequest, model_not_found
from web.error_boundary import closing_with_error
from web.errors import OPENAI_REFUSALS, Refusal, RefusedError, openai_error
from web.security import bears_key

_MODEL = {"id": MODEL, "object": "model", "created": 0, "owned_by": "dateline"}
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_SERVED = "GET /v1/models, POST /v1/chat/completions and POST /v1/responses"
_STREAMED: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {}}}}


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

    @routes.get("/models/{model}", summary="A model by its name")
    def one_model(model: str) -> dict[str, Any]:
        """A name that is not among the models is refused."""
        if model != MODEL:
            raise RefusedError(model_not_found(model))
        return _MODEL

    @routes.post(
        "/chat/completions",
        summary="An answer in the shape of OpenAI's chat completions, whole or as server-sent events",
        response_model=None,
        responses=_STREAMED,
    )
    def complete(completion: ChatCompletionRequest, request: Request) -> JSONResponse | EventStream:
        """The answer to the last user message, from the articles that `filters` and `as_of` allow.

        Of the conversation before, the newest messages count. The `text` of `dateline.hits` is null for outlets
        without full text, unless the request bears the API key.
        """
        from web.api.completions import Chunks, completion_json  # noqa: PLC0415 - costs seconds

        asked, utf16 = completion.asked(), counts_utf16(request.scope)
        shown = disclosure.to(keyed=bears_key(request.scope))
        slot = limit.acquire()
        if completion.stream:
            chunks = Chunks(MODEL, shown, with_usage=completion.stream_options.include_usage, utf16=utf16)
            events = chunks.events(dateline.stream(**asked))
            return EventStream(slot.during(closing_with_error(events, _error_chunks)))
        with slot:
            return JSONResponse(completion_json(dateline.ask(**asked), shown, model=MODEL, utf16=utf16))

    @routes.post(
        "/responses",
        summary="An answer in the shape of OpenAI's responses, whole or as server-sent events",
        response_model=None,
        responses=_STREAMED,
    )
    def respond(response: ResponseRequest, request: Request) -> JSONResponse | EventStream:
        """As `/v1/chat/completions`, with `input` instead of `messages`; nothing is stored."""
        from web.api.responses import ResponseEvents  # noqa: PLC0415 - costs seconds

        asked, utf16 = response.asked(), counts_utf16(request.scope)
        shown = disclosure.to(keyed=bears_key(request.scope))
        slot = limit.acquire()
        if response.stream:
            made = ResponseEvents(MODEL, shown, response.metadata, utf16=utf16)
            events = made.events(dateline.stream(**asked))
            return EventStream(slot.during(closing_with_error(events, made.failed)))
        with slot:
            answer = dateline.ask(**asked)
            made = ResponseEvents(MODEL, shown, response.metadata, utf16=utf16)
            return JSONResponse(made.whole(answer))

    _refuse_others(routes)
    return routes


def _refuse_others(routes: APIRouter) -> None:
    """Refuses what the routes so far do not serve, in OpenAI's shape."""
    known = list(routes.routes)

    @routes.api_route("/{route:path}", methods=_METHODS, include_in_schema=False)
    def other(route: str, request: Request) -> None:
        of_path = [each for each in known if each.matches(request.scope)[0] is Match.PARTIAL]
        allowed = ", ".join(sorted({method for each in of_path for method in getattr(each, "methods", ())}))
        if allowed:
            message = f"/v1/{route[:100]} takes {allowed}, not {request.method}"
            raise RefusedError(Refusal(405, message, "method_not_allowed", {"allow": allowed}))
        raise RefusedError(Refusal(404, f"/v1/{route[:100]} is not served here; there are {_SERVED}", "not_found"))


def misplaced_routes() -> APIRouter:
    """Refuses, in OpenAI's shape, what clients ask whose base address is another than `/v1`; after all other routes."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/{base:path}chat/completions", methods=_METHODS)
    @routes.api_route("/{base:path}responses", methods=_METHODS)
    @routes.api_route("/{base:path}models", methods=_METHODS)
    def misplaced(request: Request) -> JSONResponse:
        message = f"{request.url.path[:100]} is not served here; the base address of OpenAI's clients ends in /v1 here"
        return JSONResponse(openai_error(f"{message}: there are {_SERVED}", "not_found"), 404)

    return routes


def _error_chunks(message: str) -> list[bytes]:
    return [event(openai_error(message, "server_error")), DONE]
