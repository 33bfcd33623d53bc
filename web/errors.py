"""What is answered instead of an answer: OpenAI's error shape under `/v1`, `detail` and `code` elsewhere."""

from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException

from rag.errors import DatelineError, QuestionError

_NAMED_ERRORS = 5
_TYPES = {"server_error": "server_error", "busy": "server_error", "rate_limit_exceeded": "requests"}
_CODES = {404: "not_found", 429: "rate_limit_exceeded", 503: "busy"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not carried out.

    Attributes:
        status: HTTP's.
        message: Tells the reader what to do next.
        code: OpenAI's name for it.
        headers: Sent with it.
    """

    status: int
    message: str
    code: str
    headers: dict[str, str] = field(default_factory=dict)


def invalid_request(path: str, message: str) -> Refusal:
    """To a request that cannot be understood, with the status that callers of this path expect."""
    return Refusal(400 if path.startswith("/v1/") else 422, message, "invalid_request")


class RefusalBody(BaseModel):
    """What is answered instead."""

    detail: str
    code: str


class OpenAIError(BaseModel):
    """What went wrong."""

    message: str
    type: str
    param: str | None
    code: str


class OpenAIRefusalBody(BaseModel):
    """What is answered instead, as OpenAI's clients read it."""

    error: OpenAIError


def _described(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    kinds = {"4XX": "Refused; the message says why", "5XX": "Busy or failing; the message says what to do"}
    return {status: {"model": model, "description": said} for status, said in kinds.items()}


REFUSALS = _described(RefusalBody)
OPENAI_REFUSALS = _described(OpenAIRefusalBody)
"""What routes may answer instead, for the OpenAPI description."""


def too_many_requests(seconds: int) -> Refusal:
    """To a client that asks too often, and may again after so many seconds."""
    message = f"too many requests in a short time; ask again in {seconds} second{'' if seconds == 1 else 's'}"
    return Refusal(429, message, "rate_limit_exceeded", {"retry-after": str(seconds)})


def openai_error(message: str, code: str, param: str | None = None) -> dict[str, Any]:
    """An error as OpenAI's clients read it."""
    kind = _TYPES.get(code, "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def refusal_response(path: str, refusal: Refusal) -> JSONResponse:
    """The response, in the shape that callers of this path expect."""
    under_v1 = path.startswith("/v1/")
    body = (
        openai_error(refusal.message, refusal.code) if under_v1 else {"detail": refusal.message, "code": refusal.code}
    )
    return JSONResponse(body, refusal.status, refusal.headers)


def shape_errors(app: FastAPI) -> None:
    """Gives what FastAPI itself refuses the same shapes."""

    @app.exception_handler(StarletteHTTPException)
    async def failed(request: Request, error: HTTPException) -> JSONResponse:
        code = _CODES.get(error.status_code, "invalid_request")
        return refusal_response(
            request.url.path, Refusal(error.status_code, str(error.detail), code, dict(error.headers or {}))
        )

    @app.exception_handler(RequestValidationError)
    async def misunderstood(request: Request, error: RequestValidationError) -> JSONResponse:
        named = error.errors()[:_NAMED_ERRORS]
        reasons = "; ".join(f"{'.'.join(map(str, one['loc'][1:]))[:100]}: {one['msg'][:200]}" for one in named)
        return refusal_response(request.url.path, invalid_request(request.url.path, reasons))

    @app.exception_handler(QuestionError)
    async def unasked(request: Request, error: QuestionError) -> JSONResponse:
        return refusal_response(request.url.path, invalid_request(request.url.path, str(error)))

    @app.exception_handler(DatelineError)
    async def unanswered(request: Request, error: DatelineError) -> JSONResponse:
        return refusal_response(request.url.path, Refusal(503, str(error), "server_error"))
