"""`/api`: ask (server-sent events), search, articles; see `/docs` of a running server for the shapes."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import StreamingResponse

from rag.asking import MAX_QUESTION_CHARACTERS, Dateline
from rag.dates import parse_as_of
from rag.domain import Answer, Kind, Released, Stage
from rag.errors import DatelineError, QuestionError
from rag.library import Library
from rag.wire import answer_json, article_json, citation_json, search_json
from web.admission import Admission, EventStream
from web.conversations import Asking, FiltersGiven
from web.holdings import holding, notices, story
from web.sites import Site

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
    def ask(asking: Asking, request: Request) -> EventStream:
        """`token` holds a checked piece of text, `answer` the whole as `python -m rag ask --json` prints it."""
        try:
            arguments = _bounded(dateline.library, asking, getattr(request.state, "site", None))
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
            "corrections": [
                {
                    "text": one.text,
                    "date": str(one.dated) if one.dated else None,
                    "seen_at": one.seen_on.isoformat() if one.seen_on else None,
                }
                for one in (notices(held.versions) if held.current else ())
            ],
            "versions": [
                {"version": one.version, "fetched_at": one.fetched_at.isoformat() if one.fetched_at else None}
                for one in held.versions
            ],
            "copies": [article_json(one) for one in held.copies],
        }

    return routes


def _bounded(library: Library, asking: Asking, site: Site | None) -> dict[str, Any]:
    """What is asked for, within one article where one is named, and within what a site allows.

    Raises:
        QuestionError: There is no such article, or the site allows nothing of what is asked for.
    """
    arguments = asking.arguments()
    filters = arguments["filters"]
    if asking.article:
        ids = tuple(one.id for one in story(library, asking.article))
        if not ids:
            raise QuestionError("the library does not hold this article; ask without `article`")
        filters = replace(filters, articles=ids)
    return {**arguments, "filters": site.bounded(filters) if site else filters}


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
