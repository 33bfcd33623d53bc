"""`/c/ID`: a kept conversation to be read, without script; whoever has its address can."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from rag import messages
from rag.library.base import ReadableLibrary
from rag.library.kept_answers import restored_answers
from rag.models import Answer
from rag.store.conversations import ConversationStore
from web.answers import answer_html, citations_html
from web.jinja import PAGES
from web.links import CitationLinks
from web.pages.routes import message_response, page_response


def conversation_routes(conversations: ConversationStore, library: ReadableLibrary, links: CitationLinks) -> APIRouter:
    """The route of the read-only page.

    Args:
        conversations: As they are kept.
        library: Tells which of their sources stand.
        links: To cited sentences.
    """
    routes = APIRouter(include_in_schema=False)

    @routes.get("/c/{conversation_id}")
    def conversation(conversation_id: str) -> HTMLResponse:
        kept = conversations.shared(conversation_id)
        if kept is None:
            title, message = messages.NO_CONVERSATION_TITLE, messages.NO_CONVERSATION
            return message_response(title, message, status=404, is_private=True)
        answers = restored_answers(kept.turns, library.record)
        turns = [_turn(answer, number, links) for number, answer in enumerate(answers, 1)]
        template = PAGES.get_template("pages/conversation.html")
        return page_response(template.render(turns=turns, kept=kept), is_private=True)

    return routes


def _turn(answer: Answer, number: int, links: CitationLinks) -> tuple[int, str, Markup, Markup]:
    """Number, question, answer and sources."""
    held = [links.to(citation) for citation in answer.citations]
    sources = citations_html(PAGES, answer.citations, held=held, turn=number, conflicts=answer.conflicts, opened=True)
    return number, answer.question, Markup(answer_html(PAGES, answer, turn=number)), Markup(sources)
