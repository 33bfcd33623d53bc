"""`/api/feedback`: readers rate an answer, and can erase what they sent."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Response
from pydantic import BaseModel, ConfigDict, Field

from rag.errors import FeedbackError
from rag.models import MAX_QUESTION_CHARACTERS
from rag.store.feedback import Feedback, FeedbackStore, Thumb

_MOST_ANSWER_CHARACTERS = 20_000
_MOST_REASON_CHARACTERS = 2_000
MOST_FEEDBACK_BYTES = 12 * (MAX_QUESTION_CHARACTERS + _MOST_ANSWER_CHARACTERS + _MOST_REASON_CHARACTERS) + 1000
"""The longest feedback: each character may be written as `\\ud83d\\ude00`; the rest is for names of fields."""


class FeedbackRequest(BaseModel):
    """Feedback on one answer; it is kept only if `consent` is true."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION_CHARACTERS)]
    answer: Annotated[str, Field(max_length=_MOST_ANSWER_CHARACTERS)]
    thumb: Thumb
    reason: Annotated[str, Field(max_length=_MOST_REASON_CHARACTERS)] = ""
    consent: bool = False


def feedback_routes(store: FeedbackStore) -> APIRouter:
    """The routes under `/api/feedback`.

    Args:
        store: Of feedback.
    """
    routes = APIRouter(prefix="/api/feedback", tags=["feedback"])

    @routes.post("", status_code=201, summary="Keep feedback, with the reader's consent")
    def keep(feedback: FeedbackRequest) -> dict[str, Any]:
        """The `receipt` erases it; `until` is when it is deleted in any case."""
        if not feedback.consent:
            raise HTTPException(422, "feedback is kept only with the reader's consent; send it with `consent: true`")
        try:
            receipt = store.keep(Feedback(feedback.question, feedback.answer, feedback.thumb, feedback.reason))
        except FeedbackError as error:
            raise HTTPException(503, str(error)) from error
        return {"receipt": receipt.id, "until": receipt.until.isoformat()}

    @routes.delete("/{receipt}", status_code=204, summary="Erase feedback")
    def erase(receipt: str) -> Response:
        """By the receipt that `POST /api/feedback` returned."""
        if not store.erase(receipt):
            raise HTTPException(404, "there is no feedback under this receipt; it may be erased already")
        return Response(status_code=204)

    return routes
