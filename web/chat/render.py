"""The chat's HTML, which is safe to hand to Gradio's Markdown components. Pure.

Article text, model text and questions are untrusted. `web.jinja.CHAT` escapes them, and the only links are
markers, this server's own pages, and originals whose address is http or https.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from markupsafe import Markup

from rag.library.base import LibraryStatus
from rag.messages import LANGUAGES, Catalogue, in_language
from rag.models import Answer, Citation
from rag.store.conversations import OwnerKey
from web import answers
from web.jinja import CHAT, escape_markdown
from web.links import CitationLinks

_LONG_QUESTION = 280
"""Characters of a question that are shown at once."""

text_html = partial(answers.text_html, CHAT)
"""`web.answers.text_html`, safe as Markdown."""


def answer_html(answer: Answer, words: Catalogue, *, turn: int) -> str:
    """A whole answer, see `web.answers.answer_html`."""
    return answers.answer_html(CHAT, answer, words, turn=turn)


def citations_html(
    citations: Sequence[Citation],
    links: CitationLinks,
    words: Catalogue,
    *,
    turn: int,
    conflicts: Sequence[Sequence[int]] = (),
) -> str:
    """The citations of one answer, see `web.answers.citations_html`."""
    held = [links.to(citation, words.language) for citation in citations]
    return answers.citations_html(CHAT, citations, words, held=held, turn=turn, conflicts=conflicts)


def question_html(question: str) -> str:
    """A question; of a long one, the rest unfolds."""
    words = question.split()
    shown = 0
    for number, word in enumerate(words):
        shown += len(word) + 1
        if shown > _LONG_QUESTION:
            return _rendered("question", begun=" ".join(words[:number]) or question[:_LONG_QUESTION], whole=question)
    return str(escape_markdown(question))


def reply_html(content: str, *, sources: str, turn: int) -> str:
    """The message that answers a question; `content` and `sources` are HTML."""
    return _rendered("reply", content=Markup(content), sources=Markup(sources), turn=turn)


def note_html(text: str) -> str:
    """A note to the reader, which screen readers announce."""
    return _rendered("note", text=text)


def kept_html(key: OwnerKey | None, words: Catalogue) -> str:
    """That a conversation is kept, until when, and the link to its read-only page; empty without a key."""
    return _rendered("kept", words=words, kept=key) if key else ""


def making_html(progress: str) -> str:
    """What tells the page, and the reader in words if there are any, that an answer is being made."""
    return _rendered("making", progress=progress)


def masthead_html(status: LibraryStatus, latest: datetime, today: datetime, words: Catalogue, *, model: str) -> str:
    """The title, what the library holds, up to when if that is not today, and who writes the answers."""
    outlets = sum(outlet.name is not None for outlet in status.outlets)
    until = words("held_until", date=latest) if (today - latest).days >= 1 else ""
    return _rendered(
        "masthead",
        held=words("held_of", articles=status.articles, outlets=outlets, until=until),
        made=words("made_by_model", model=model) if model else words("made_of_quotes"),
        words=words,
    )


def colophon_html(words: Catalogue) -> str:
    """The other languages of the page, and the way to what programs can ask."""
    return _rendered("colophon", words=words, languages=[(code, in_language(code).name) for code in LANGUAGES])


def _rendered(name: str, **values: Any) -> str:
    return CHAT.get_template(f"chat/{name}.html").render(values)
