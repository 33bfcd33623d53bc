"""`/c/ID`: a kept conversation to be read, without script; whoever has its address can."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from rag.library.base import ReadableLibrary
from rag.library.kept_answers import restored_answers
from rag.messages import Catalogue
from rag.models import Answer
from rag.store.conversations import ConversationStore
from web.answers import answer_html, citations_html
from web.jinja import PAGES
from web.language import ReaderOf
from web.links import CitationLinks
from web.pages.routes import message_response, page_response
from web.pages.views import rendered


def conversation_routes(conversations: ConversationStore, library: ReadableLibrary, links: CitationLinks) -> APIRouter:
    """The route of the read-only page.

    Args:
        conversations: As they are kept.
        library: Tells which of their sources stand.
        links: To cited sentences.
    """
    routes = APIRouter(include_in_schema=False)

    @routes.get("/c/{conversation_id}")
    def conversation(conversation_id: str, reader: ReaderOf) -> HTMLResponse:
        kept = conversations.shared(conversation_id)
        if kept is None:
            return message_response(reader, "no_conversation_title", "no_conversation", status=404, is_private=True)
        answers = restored_answers(kept.turns, library.record, reader.words)
        turns = [_turn(answer, number, links, reader.words) for number, answer in enumerate(answers, 1)]
        return page_response(reader, rendered("conversation", reader, turns=turns, kept=kept), is_private=True)

    return routes


def _turn(answer: Answer, number: int, links: CitationLinks, words: Catalogue) -> tuple[int, str, Markup, Markup]:
    """Number, question, answer and sources."""
    held = [links.to(citation, words.language) for citation in answer.citations]
    sources = citations_html(PAGES, answer.citations, words, held=held, turn=number, conflicts=answer.conflicts)
    return number, answer.question, Markup(answer_html(PAGES, answer, words, turn=number)), Markup(sources)
