"""What the chat's page shows while a question is answered, and as the reader steps back, stops or takes along."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

import gradio as gr

from rag.answering.follow_ups import follow_ups
from rag.engine import Dateline
from rag.errors import DatelineError
from rag.models import Answer, Citation, Released, Stage, Turn
from web.chat.export import What, export_payload, export_record
from web.chat.filters import chosen
from web.chat.render import answer_html, escaped, finished_html, sources_html
from web.chat.session import (
    Conversation,
    end_answer,
    undo_last,
    with_failure,
    with_question,
    with_reply,
    with_stop_note,
)
from web.incidents import guarded, incident_message
from web.links import CitationLinks

NO_SOURCES = "<p>The sentences that an answer rests on appear here.</p>"
OFFERED = 3
"""Follow-ups."""
_REMEMBERED_TURNS = 12
_SHOWN_SOURCES = 6
_RECORDED = 30

Outputs = tuple[Any, ...]
"""Question box, messages, sources, memory, whether messages are shown, and a button for each follow-up."""


@dataclass(slots=True)
class _Making:
    """An answer in the making."""

    text: str = ""
    citations: list[Citation] = field(default_factory=list)

    def add(self, released: Released) -> None:
        self.text += released.text
        self.citations.extend(released.citations)


@dataclass(frozen=True, slots=True)
class ChatHandlers:
    """To what readers ask.

    Attributes:
        dateline: Answers.
        links: To cited sentences.
    """

    dateline: Dateline
    links: CitationLinks

    def ask(self, asked: str, showing: bool, known: Conversation, *form: Any) -> Iterator[Outputs]:
        """The page, again and again while the answer is made.

        First with the question, so that it can be stopped from then on; the box is emptied then only, since the
        reader may be typing the next question later.

        Args:
            asked: The question; nothing is asked if it is blank.
            showing: The page shows messages.
            known: The conversation so far.
            form: What `chosen` takes.
        """
        if not asked.strip():
            yield _unchanged()
            return
        stop = Event()
        known = with_question(known, asked, shown=showing, stop=stop)
        yield _outputs("", known)
        try:
            for known, current, offers in self._made(asked, known, form):  # noqa: B020 - each follows from the last
                if stop.is_set():
                    yield _unchanged()  # Gradio sends the last outputs once more at the end
                    return
                yield _outputs(gr.skip(), known, current, offers=offers)
                if known.stop and stop.is_set():  # meanwhile: these words took the place of the note that says so
                    yield _outputs(gr.skip(), with_stop_note(known))
        except DatelineError as error:
            yield _outputs(asked, with_failure(known, str(error)))
        except Exception as error:  # noqa: BLE001 - the outermost boundary: the reader is told in the chat
            yield _outputs(asked, with_failure(known, incident_message(error)))

    def again(self, known: Conversation, *form: Any) -> Iterator[Outputs]:
        """Asks the last question again, as if it had not been asked before."""
        asked, before = undo_last(known)
        if asked:
            yield from self.ask(asked, False, before, *form)
        else:
            yield _nothing_asked()

    def _made(
        self, asked: str, known: Conversation, form: Sequence[Any]
    ) -> Iterator[tuple[Conversation, str, list[str]]]:
        """The conversation as the answer grows, with the answer's own sources until it is whole, and its follow-ups."""
        limits = chosen(*form)
        making = _Making()
        for event in self.dateline.stream(asked, history=known.turns, filters=limits.filters, as_of=limits.as_of):
            if isinstance(event, Answer):
                finished = _finished(event, self.links, known)
                yield finished, "", _follow_ups(event, finished)
                return
            if isinstance(event, Released):
                making.add(event)
            stage = f'<p class="stage">{escaped(event.text)} …</p>' if isinstance(event, Stage) else ""
            content = answer_html(making.text, turn=known.asked, cited=making.citations) + stage
            current = sources_html(asked, making.citations, self.links, turn=known.asked) if making.citations else ""
            yield with_reply(known, _body(content, known.asked)), current, []


def _finished(answer: Answer, links: CitationLinks, known: Conversation) -> Conversation:
    turn = known.asked
    turns = (*known.turns, Turn("user", answer.question), Turn("assistant", answer.text))
    card = sources_html(answer.question, answer.citations, links, turn=turn, conflicts=answer.conflicts)
    sources = (card, *known.sources)
    return replace(
        with_reply(known, _body(finished_html(answer, turn=turn), turn)),
        turns=turns[-_REMEMBERED_TURNS:],
        sources=sources[:_SHOWN_SOURCES],
        record=(*known.record, export_record(answer))[-_RECORDED:],
        unanswered="",
        stop=None,
    )


def _follow_ups(answer: Answer, known: Conversation) -> list[str]:
    answered = {one["question"] for one in known.record}
    return [one for one in follow_ups(answer) if one not in answered]


@guarded
def edited(known: Conversation) -> Outputs:
    """The page without the last question, which is in the box to be changed."""
    asked, before = undo_last(known)
    return _outputs(asked, before) if asked else _nothing_asked()


@guarded
def cleared(known: Conversation) -> Outputs:
    """The page without a conversation."""
    end_answer(known)
    return _outputs(gr.skip(), Conversation())


@guarded
def stopping(known: Conversation) -> tuple[list[dict[str, str]], Conversation]:
    """Messages and memory once the answer that is being made is stopped."""
    known = with_stop_note(known)
    return list(known.messages), known


@guarded
def exported(what: What, known: Conversation) -> str:
    """What the page's script takes along; nothing if there is no answer."""
    return export_payload(what, known.record, secrets.token_hex(8)) if known.record else ""


def _outputs(box: Any, known: Conversation, current: str = "", *, offers: Sequence[str] = ()) -> Outputs:
    """The page as the conversation has it.

    Args:
        box: Of the question.
        known: The conversation.
        current: Sources of the answer in the making.
        offers: Follow-ups; the buttons of those that are missing are not there.
    """
    panel = "".join((current, *known.sources)) or NO_SOURCES
    buttons = [gr.update(value=one, visible=bool(one)) for one in [*offers, *[""] * OFFERED][:OFFERED]]
    return box, list(known.messages), panel, known, bool(known.messages), *buttons


def _nothing_asked() -> Outputs:
    gr.Info("No question of yours is held here that could be taken up again.")
    return _unchanged()


def _unchanged() -> Outputs:
    return (gr.skip(),) * (5 + OFFERED)


def _body(content: str, turn: int) -> str:
    return f'<div id="answer-{turn}" tabindex="-1">{content}</div>'
