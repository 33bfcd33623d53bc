"""`/api`: ask (server-sent events), search, articles; see `/docs` of a running server for the shapes."""

import json
from collections.abc import Generator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import StreamingResponse

from rag.dates import parse_as_of
from rag.engine import MAX_QUESTION_CHARACTERS, Dateline
from rag.errors import QuestionError
from rag.library.library import Library
from rag.models import Answer, Released, Stage
from rag.schemas import article_json
from web.api.concurrency import ConcurrencyLimit, EventStream
from web.api.disclosure import Disclosure
from web.api.schemas import AskRequest, Date, FilterFields, Kinds, Outlets
from web.error_boundary import closing_with_error
from web.pages.articles import held_article, notices, story_articles
from web.security.api_key import bears_key
from web.sites import Site

_MOST_HITS = 50
_EXAMPLE = (
    'event: status\ndata: {"text": "searching 4,886 articles"}\n\n'
    'event: token\ndata: {"text": "It took off at 04:12. [1]"}\n\n'
    'event: citation\ndata: {"marker": 1, "quote": "...", "link": "...", "article": {...}}\n\n'
    'event: answer\ndata: {"status": "answered", "answer": "It took off at 04:12. [1]", "citations": [...], ...}\n\n'
)


def api_routes(dateline: Dateline, admission: ConcurrencyLimit, showing: Disclosure) -> APIRouter:
    """The routes under `/api`.

    Args:
        dateline: Asked.
        admission: How many may ask at once.
        showing: What is shown of articles.
    """
    routes = APIRouter(prefix="/api", tags=["news"])

    @routes.post(
        "/ask",
        summary="An answer as server-sent events: status, token, citation, answer, error",
        response_class=StreamingResponse,
        responses={200: {"description": "The events", "content": {"text/event-stream": {"example": _EXAMPLE}}}},
    )
    def ask(asking: AskRequest, request: Request) -> EventStream:
        """`token` holds a checked piece of text, `answer` the whole as `python -m rag ask --json` prints it.

        A citation's `held` opens its passage on this server. The `text` of `hits` is null for outlets without
        full text, unless the request bears the API key.
        """
        arguments = _bounded(dateline.library, asking, getattr(request.state, "site", None))
        place = admission.enter()
        events = _events(dateline, asking.question, arguments, showing.to(keyed=bears_key(request.scope)))
        return EventStream(place.held(closing_with_error(events, _failed)))

    @routes.get("/search", summary="The best passages for a query")
    def search(
        request: Request,
        q: Annotated[str, Query(min_length=1, max_length=MAX_QUESTION_CHARACTERS)],
        k: Annotated[int, Query(ge=1, le=_MOST_HITS)] = 10,
        as_of: Date | None = None,
        source: Annotated[Outlets, Query()] = [],  # noqa: B006 - FastAPI takes a new one for each request
        kind: Annotated[Kinds, Query()] = [],  # noqa: B006
        start: Date | None = None,
        end: Date | None = None,
    ) -> dict[str, Any]:
        """What `python -m rag search --json` prints.

        The `text` of hits is null for outlets without full text, unless the request bears the API key.
        """
        given = FilterFields(sources=source, kinds=kind, start=start, end=end)
        with admission.enter():
            moment = parse_as_of(as_of) if as_of else None
            found = dateline.search(q, k=k, as_of=moment, filters=given.filters())
        return showing.to(keyed=bears_key(request.scope)).found(found)

    @routes.get("/articles/{article_id:path}", summary="An article's metadata, versions and copies")
    def article(article_id: str) -> dict[str, Any]:
        """Its text stays with its outlet: `url` leads there."""
        held = held_article(dateline.library, article_id)
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


def _bounded(library: Library, asking: AskRequest, site: Site | None) -> dict[str, Any]:
    """What is asked for, within one article where one is named, and within what a site allows.

    Raises:
        QuestionError: There is no such article, or the site allows nothing of what is asked for.
    """
    arguments = asking.arguments()
    filters = arguments["filters"]
    if asking.article:
        held = story_articles(library, asking.article)
        ids = tuple(one.id for one in held if site is None or site.covers(one))
        if not ids:
            raise QuestionError("the library does not hold this article; ask without `article`")
        filters = replace(filters, articles=ids)
    return {**arguments, "filters": site.bounded(filters) if site else filters}


def _events(dateline: Dateline, question: str, arguments: dict[str, Any], showing: Disclosure) -> Generator[str]:
    for event in dateline.stream(question, **arguments):
        match event:
            case Stage(text):
                yield _event("status", {"text": text})
            case Released(text, citations):
                yield _event("token", {"text": text})
                for citation in citations:
                    yield _event("citation", showing.citation(citation))
            case Answer():
                yield _event("answer", showing.answer(event))


def _failed(message: str) -> list[str]:
    return [_event("error", {"message": message})]


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
