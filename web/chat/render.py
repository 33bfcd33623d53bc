"""The chat's HTML, which is safe to hand to Gradio's Markdown components. Pure.

Article text, model text and questions are untrusted. `web.jinja.CHAT` escapes them, and the only links are
markers, this server's own pages, and originals whose address is http or https.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from markupsafe import Markup

from rag import messages
from rag.dates import spoken_day
from rag.library.base import LibraryStatus
from rag.models import Answer, Citation
from web import answers
from web.jinja import CHAT
from web.links import CitationLinks

text_html = partial(answers.text_html, CHAT)
"""`web.answers.text_html`, safe as Markdown."""


def answer_html(answer: Answer, *, turn: int) -> str:
    """A whole answer, see `web.answers.answer_html`."""
    return answers.answer_html(CHAT, answer, turn=turn)


def citations_html(
    question: str,
    citations: Sequence[Citation],
    links: CitationLinks,
    *,
    turn: int,
    conflicts: Sequence[Sequence[int]] = (),
) -> str:
    """The citations of one answer, see `web.answers.citations_html`."""
    held = [links.to(citation) for citation in citations]
    return answers.citations_html(CHAT, question, citations, held=held, turn=turn, conflicts=conflicts)


def reply_html(content: str, *, turn: int) -> str:
    """The message that answers a question; `content` is HTML."""
    return _rendered("reply", content=Markup(content), turn=turn)


def note_html(text: str) -> str:
    """A note to the reader, which screen readers announce."""
    return _rendered("note", text=text)


def progress_html(text: str) -> str:
    """What is being done while an answer is made."""
    return _rendered("progress", text=text)


def masthead_html(status: LibraryStatus, latest: datetime, today: datetime) -> str:
    """The title, what the library holds, and up to when if that is not today."""
    outlets = sum(outlet.name is not None for outlet in status.outlets)
    until = spoken_day(latest) if (today - latest).days >= 1 else None
    return _rendered("masthead", held=messages.held(status.articles, outlets, until))


def _rendered(name: str, **values: Any) -> str:
    return CHAT.get_template(f"chat/{name}.html").render(values)
