"""`/api`: ask (server-sent events), search, articles; see `/docs` of a running server for the shapes."""

import logging
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import StreamingResponse

from rag.engine import Dateline
from rag.errors import LibraryError, QuestionError
from rag.library.base import ReadableLibrary
from rag.messages import Text, in_language
from rag.models import MAX_QUESTION_CHARACTERS, Answer, AnswerEvent, Filters, Progress, TextDelta
from rag.schemas import article_json, claim_json
from rag.store.site_usage import Outcome, SiteUsage
from web.api.concurrency import ConcurrencyLimit
from web.api.disclosure import Disclosure
from web.api.events import EventStream, event
from web.api.schemas import AskRequest, Date, FilterFields, Kinds, Outlets
from web.error_boundary import closing_with_error
from web.pages import HeldArticle, held_article, notices, story_articles
from web.security import bears_key
from web.sites import Site

log = logging.getLogger(__name__)

_MOST_HITS = 50
_EXAMPLE = (
    'event: status\ndata: {"text": "searching 4,886 articles"}\n\n'
    'event: token\ndata: {"text": "It took off at 04:12. [1]", "claims": [...]}\n\n'
    'event: citation\ndata: {"marker": 1, "quote": "...", "link": "...", "article": {...}}\n\n'
    'event: answer\ndata: {"status": "answered", "answer": "It took off at 04:12. [1]", "citations": [...], ...}\n\n'
)


def api_routes(
    dateline: Dateline, limit: ConcurrencyLimit, disclosure: Disclosure, usage: SiteUsage | None = None
) -> APIRouter:
    """The routes under `/api`.

    Args:
        dateline: Answers.
        limit: Of questions and searches at the same time.
        disclosure: What is shown of articles.
        usage: Counts the questions of sites; by default they are not counted.
    """
    routes = APIRouter(prefix="/api", tags=["news"])

    @routes.post(
        "/ask",
        summary="An answer as server-sent events: status, token, citation, answer, error",
        response_class=StreamingResponse,
        responses={200: {"description": "The events", "content": {"text/event-stream": {"example": _EXAMPLE}}}},
    )
    def ask(asked: AskRequest, request: Request) -> EventStream:
        """`token` holds a checked piece of text, `answer` the whole as `python -m rag ask --json` prints it.

        A citation's `held` opens its passage on this server. The `text` of `hits` is null for outlets without
        full text, unless the request bears the API key. `language` is that of what the answer says besides its
        quotes, and of refusals of the question.
        """
        request.state.language = asked.language
        words = in_language(asked.language)
        scope = asked.filters.scope(asked.as_of)
        site = getattr(request.state, "site", None)
        filters = _bounded(dateline.library, scope.filters, article=asked.article, site=site)
        slot = limit.acquire()
        engine = dateline.of_site(site.id, daily_tokens=site.daily_tokens) if site else dateline
        answering = engine.stream(
            asked.question, history=asked.messages, as_of=scope.as_of, filters=filters, language=asked.language
        )
        if site and usage:
            answering = _counted(answering, usage, site.id)
        events = _events(answering, disclosure.to(keyed=bears_key(request.scope)))
        return EventStream(slot.during(closing_with_error(events, _error_events, words)))

    @routes.get("/search", summary="The best passages for a query")
    def search(
        request: Request,
        q: Annotated[str, Query(min_length=1, max_length=MAX_QUESTION_CHARACTERS)],
        k: Annotated[int, Query(ge=1, le=_MOST_HITS)] = 10,
        as_of: Date | None = None,
        source: Annotated[Outlets, Query()] = [],  # noqa: B006 - FastAPI makes a new list for each request
        kind: Annotated[Kinds, Query()] = [],  # noqa: B006
        start: Date | None = None,
        end: Date | None = None,
    ) -> dict[str, Any]:
        """What `python -m rag search --json` prints.

        The `text` of hits is null for outlets without full text, unless the request bears the API key.
        """
        scope = FilterFields(sources=source, kinds=kind, start=start, end=end).scope(as_of)
        with limit.acquire():
            hits = dateline.search(q, k=k, as_of=scope.as_of, filters=scope.filters)
        return disclosure.to(keyed=bears_key(request.scope)).hits(hits)

    @routes.get("/articles/{article_id:path}", summary="An article's metadata, versions and copies")
    def article(article_id: str) -> dict[str, Any]:
        """Its text stays with its outlet: `url` leads there."""
        held = held_article(dateline.library, article_id)
        if held is None:
            raise HTTPException(404, "no such article")
        return _held_json(held)

    return routes


def _bounded(library: ReadableLibrary, filters: Filters, *, article: str | None, site: Site | None) -> Filters:
    """The filters within one article where one is named, and within what a site allows.

    Raises:
        QuestionError: There is no such article, or the site allows nothing of what is asked for.
    """
    if article:
        held = story_articles(library, article)
        ids = tuple(copy.id for copy in held if site is None or site.covers(copy))
        if not ids:
            raise QuestionError(Text("article_not_held"))
        filters = replace(filters, articles=ids)
    return site.bounded(filters) if site else filters


def _held_json(held: HeldArticle) -> dict[str, Any]:
    newest = held.versions[-1]
    corrections = notices(held.versions) if held.current else ()
    return {
        **article_json(newest),
        "withdrawn": held.current is None,
        "correction": newest.correction,
        "corrections": [
            {
                "text": notice.text,
                "date": str(notice.dated) if notice.dated else None,
                "seen_at": notice.first_seen.isoformat() if notice.first_seen else None,
            }
            for notice in corrections
        ],
        "versions": [
            {"version": each.version, "fetched_at": each.fetched_at.isoformat() if each.fetched_at else None}
            for each in held.versions
        ],
        "copies": [article_json(copy) for copy in held.copies],
    }


def _counted(answering: Iterable[AnswerEvent], usage: SiteUsage, site: str) -> Iterator[AnswerEvent]:
    """The same events; however they end, the question is counted, without its text."""
    outcome: Outcome = "failed"
    cited: set[str] = set()
    try:
        for part in answering:
            if isinstance(part, Answer):
                outcome = "declined" if part.status == "not_found" else "answered"
                cited = {citation.passage.article.id for citation in part.citations}
            yield part
    finally:
        try:
            usage.add(site, outcome, cited)
        except LibraryError as error:
            # A full disk must not cost readers their answers.
            log.warning("a question of the site %s was not counted: %s", site, error)


def _events(answering: Iterable[AnswerEvent], disclosure: Disclosure) -> Generator[bytes]:
    for part in answering:
        match part:
            case Progress(text):
                yield event({"text": text}, "status")
            case TextDelta(text, citations, claims):
                yield event({"text": text, "claims": [claim_json(claim) for claim in claims]}, "token")
                for citation in citations:
                    yield event(disclosure.citation(citation), "citation")
            case Answer():
                yield event(disclosure.answer(part), "answer")


def _error_events(message: str) -> list[bytes]:
    return [event({"message": message}, "error")]
