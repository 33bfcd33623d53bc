"""Error responses: in OpenAI's shape under `/v1`, with `detail` and `code` elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException

from rag import messages
from rag.errors import DatelineError, QuestionError
from rag.messages import ENGLISH, in_language

_NAMED_ERRORS = 5
_TYPES = {"server_error": "server_error", "busy": "server_error", "rate_limit_exceeded": "requests"}
_CODES = {404: "not_found", 429: "rate_limit_exceeded", 503: "busy"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused.

    Attributes:
        status: Of HTTP.
        message: Tells the reader what to do next.
        code: A name for programs; OpenAI's where it has one.
        headers: Of the response.
        param: The field that is wrong, as `messages[0].role`; `None` where it is not one field.
    """

    status: int
    message: str
    code: str
    headers: dict[str, str] = field(default_factory=dict)
    param: str | None = None


def is_openai(path: str) -> bool:
    """Whether callers of this path expect errors as OpenAI's clients read them."""
    return path == "/v1" or path.startswith("/v1/")


def invalid_request(path: str, message: str, param: str | None = None) -> Refusal:
    """The refusal of a request that cannot be understood, with the status that callers of this path expect."""
    return Refusal(400 if is_openai(path) else 422, message, "invalid_request", param=param)


class RefusedError(Exception):
    """Ends a request with a refusal.

    Attributes:
        refusal: What the caller is told.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class RefusalBody(BaseModel):
    """An error response outside of `/v1`."""

    detail: str
    code: str


class OpenAIError(BaseModel):
    """An error as OpenAI describes it."""

    message: str
    type: str
    param: str | None
    code: str


class OpenAIRefusalBody(BaseModel):
    """An error response under `/v1`, as OpenAI's clients read it."""

    error: OpenAIError


def _described(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    kinds = {"4XX": "Refused; the message says why", "5XX": "Busy or failing; the message says what to do"}
    return {status: {"model": model, "description": text} for status, text in kinds.items()}


REFUSALS = _described(RefusalBody)
OPENAI_REFUSALS = _described(OpenAIRefusalBody)
"""Error responses of routes, for the OpenAPI description."""


def too_many_requests(seconds: int) -> Refusal:
    """The refusal of a client that asks too often; it may ask again after these seconds."""
    return Refusal(429, messages.too_many_requests(seconds), "rate_limit_exceeded", {"retry-after": str(seconds)})


def openai_error(message: str, code: str, param: str | None = None) -> dict[str, Any]:
    """An error as OpenAI's clients read it."""
    kind = _TYPES.get(code, "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def refusal_response(path: str, refusal: Refusal) -> JSONResponse:
    """A refusal as a response, in the shape that callers of this path expect."""
    body: dict[str, Any] = {"detail": refusal.message, "code": refusal.code}
    if is_openai(path):
        body = openai_error(refusal.message, refusal.code, refusal.param)
    return JSONResponse(body, refusal.status, refusal.headers)


def shape_errors(app: FastAPI) -> None:
    """Gives errors raised by routes and by FastAPI itself the same shapes."""

    @app.exception_handler(StarletteHTTPException)
    async def failed(request: Request, error: HTTPException) -> JSONResponse:
        code = _CODES.get(error.status_code, "invalid_request")
        return refusal_response(
            request.url.path, Refusal(error.status_code, str(error.detail), code, dict(error.headers or {}))
        )

    @app.exception_handler(RequestValidationError)
    async def misunderstood(request: Request, error: RequestValidationError) -> JSONResponse:
        problems = error.errors()[:_NAMED_ERRORS]
        reasons = "; ".join(map(_reason, problems))
        refusal = invalid_request(request.url.path, reasons, _field_name(problems[0]["loc"][1:]))
        return refusal_response(request.url.path, refusal)

    @app.exception_handler(QuestionError)
    async def unasked(request: Request, error: QuestionError) -> JSONResponse:
        words = in_language(getattr(request.state, "language", ENGLISH))
        return refusal_response(request.url.path, invalid_request(request.url.path, error.told_in(words)))

    @app.exception_handler(RefusedError)
    async def refused(request: Request, error: RefusedError) -> JSONResponse:
        return refusal_response(request.url.path, error.refusal)

    @app.exception_handler(DatelineError)
    async def unanswered(request: Request, error: DatelineError) -> JSONResponse:
        return refusal_response(request.url.path, Refusal(503, str(error), "server_error"))


def _reason(problem: Mapping[str, Any]) -> str:
    """One problem in words, with the place of its field."""
    if problem["type"] == "json_invalid":
        return messages.not_json(problem["loc"][-1])
    if problem["loc"] == ("body",):
        return messages.NOT_AN_OBJECT
    return f"{'.'.join(map(str, problem['loc'][1:]))[:100]}: {problem['msg'][:200]}"


def _field_name(place: Sequence[str | int]) -> str | None:
    """The field as OpenAI's errors name it, e.g. `messages[0].role`; `None` for what is not JSON at all.

    Args:
        place: Keys and positions in the body.
    """
    name = ""
    for step in place:
        if isinstance(step, int):
            name += f"[{step}]" if name else ""
        elif step.isidentifier():
            name += f".{step}" if name else step
    return name or None
