"""`/api`: ask (server-sent events), search, articles; see `/docs` of a running server for the shapes."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import StreamingResponse

from rag.asking import MAX_QUESTION_CHARACTERS, Dateline
from rag.dates import parse_as_of
from rag.domain import Answer, Kind, Released, Stage
from rag.errors import DatelineError, QuestionError
from rag.wire import answer_json, article_json, citation_json, search_json
from web.admission import Admission, EventStream
from web.conversations import Asking, FiltersGiven
from web.holdings import holding

_MOST_HITS = 50
_EXAMPLE = (
    'event: status\ndata: {"text": "searching 4,886 articles"}\n\n'
    'event: token\ndata: {"text": "It took off at 04:12. [1]"}\n\n'
    'event: citation\ndata: {"marker": 1, "quote": "...", "link": "...", "article": {...}}\n\n'
    'event: answer\ndata: {"status": "answered", "answer": "It took off at 04:12. [1]", "citations": [...], ...}\n\n'
)


def api_routes(dateline: Dateline, admission: Admission) -> APIRouter:
    """The routes under `/api`.

    Args:
        dateline: Asked.
        admission: How many may ask at once.
    """
    routes = APIRouter(prefix="/api", tags=["news"])

    @routes.post(
        "/ask",
        summary="An answer as server-sent events: status, token, citation, answer, error",
        response_class=StreamingResponse,
        responses={200: {"description": "The events", "content": {"text/event-stream": {"example": _EXAMPLE}}}},
    )
    def ask(asking: Asking) -> EventStream:
        """`token` holds a checked piece of text, `answer` the whole as `python -m rag ask --json` prints it."""
        try:
            arguments = asking.arguments()
        except QuestionError as error:
            raise HTTPException(422, str(error)) from error
        place = admission.enter()
        return EventStream(place.held(_events(dateline, asking.question, arguments)))

    @routes.get("/search", summary="The best passages for a query")
    def search(
        q: Annotated[str, Query(min_length=1, max_length=MAX_QUESTION_CHARACTERS)],
        k: Annotated[int, Query(ge=1, le=_MOST_HITS)] = 10,
        as_of: str | None = None,
        source: Annotated[list[str] | None, Query()] = None,
        kind: Annotated[list[Kind] | None, Query()] = None,
        start: str | None = None,
        end: str | None = None,
    ) -> dict[str, Any]:
        """What `python -m rag search --json` prints."""
        given = FiltersGiven(sources=source or [], kinds=kind or [], start=start, end=end)
        with admission.enter():
            try:
                moment = parse_as_of(as_of) if as_of else None
                return search_json(dateline.search(q, k=k, as_of=moment, filters=given.filters()))
            except QuestionError as error:
                raise HTTPException(422, str(error)) from error

    @routes.get("/articles/{article_id:path}", summary="An article's metadata, versions and copies")
    def article(article_id: str) -> dict[str, Any]:
        """Its text stays with its outlet: `url` leads there."""
        held = holding(dateline.library, article_id)
        if held is None:
            raise HTTPException(404, "no such article")
        return {
            **article_json(held.versions[-1]),
            "withdrawn": held.current is None,
            "correction": held.versions[-1].correction,
            "versions": [
                {"version": one.version, "fetched_at": one.fetched_at.isoformat() if one.fetched_at else None}
                for one in held.versions
            ],
            "copies": [article_json(one) for one in held.copies],
        }

    return routes


def _events(dateline: Dateline, question: str, arguments: dict[str, Any]) -> Iterator[str]:
    try:
        for event in dateline.stream(question, **arguments):
            match event:
                case Stage(text):
                    yield _event("status", {"text": text})
                case Released(text, citations):
                    yield _event("token", {"text": text})
                    for citation in citations:
                        yield _event("citation", citation_json(citation))
                case Answer():
                    yield _event("answer", answer_json(event))
    except DatelineError as error:
        yield _event("error", {"message": str(error)})


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
