"""What the chat's page shows while a question is answered, and when the reader edits, stops, clears or exports."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import gradio as gr

from rag.engine import Dateline
from rag.errors import DatelineError
from rag.messages import Catalogue, in_language
from rag.models import Answer, Citation, Claim, Message, Progress, TextDelta
from rag.query.follow_ups import follow_ups
from rag.schemas import read_scope, recent_history, turn_json
from web.chat.export import ExportFormat, export_payload
from web.chat.kept import ConversationKeeper, forgotten_address
from web.chat.render import answer_html, citations_html, kept_html, text_html
from web.chat.session import (
    Conversation,
    Stop,
    end_answer,
    undo_last,
    with_answer,
    with_end_note,
    with_failure,
    with_note,
    with_question,
)
from web.incidents import guarded, incident_message
from web.language import words_of
from web.links import CitationLinks

OFFERED = 3
"""Follow-up questions."""
_RECORDED = 30
"""Answers that an export holds."""

Outputs = tuple[Any, ...]
"""Question box, messages, conversation, whether messages are shown, what is said of its keeping, and a button for each
follow-up."""


@dataclass(slots=True)
class _PartialAnswer:
    """As much of an answer as was released."""

    text: str = ""
    citations: list[Citation] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)

    def add(self, released: TextDelta) -> None:
        self.text += released.text
        self.citations.extend(released.citations)
        self.claims.extend(released.claims)


@dataclass(frozen=True, slots=True)
class ChatHandlers:
    """Handlers of the page's events that ask questions.

    Attributes:
        dateline: Answers.
        links: To cited sentences.
        keeper: Keeps conversations; `None` if none are kept here.
    """

    dateline: Dateline
    links: CitationLinks
    keeper: ConversationKeeper | None = None

    def ask(
        self, question: str, showing: bool, language: str | None, address: str, conversation: Conversation, *form: Any
    ) -> Iterator[Outputs]:
        """The page, again and again while the answer is made.

        First with the question, so that it can be stopped from then on; the box is emptied then only, since the
        reader may be typing the next question later.

        Args:
            question: Nothing is asked if it is blank.
            showing: The page shows messages.
            language: Of the page; `None` from what is no page of ours.
            address: Secret of the kept conversation that the page shows; empty if it is of none.
            conversation: So far.
            form: Values of the filter form: outlets, kinds, start, end, as-of.
        """
        if not question.strip():
            yield _unchanged()
            return
        stop, words = Stop(), words_of(language)
        # The page asks when no answer is being made: what is still made here has lost its connection.
        conversation = with_end_note(conversation, words("error_cut"))
        if self.keeper and address and not (conversation.messages or conversation.kept):
            # The page outlived what the server remembered of it.
            conversation = self.keeper.opened(address, words) or conversation
        conversation = with_question(conversation, question, words, shown=showing, stop=stop)
        yield _outputs("", conversation, words)
        try:
            for conversation, offers in self._answering(question, conversation, form, words):  # noqa: B020 - each follows from the last
                if stop.is_set():
                    yield _unchanged()  # Gradio sends the last outputs once more at the end
                    return
                yield _outputs(gr.skip(), conversation, words, offers=offers)
                if conversation.stop and stop.is_set() and stop.then:  # meanwhile: these words replaced what it led to
                    yield _outputs(gr.skip(), stop.then(conversation), words)
        except DatelineError as error:
            yield _outputs(question, with_failure(conversation, error.told_in(words)), words)
        except Exception as error:  # noqa: BLE001 - the outermost boundary: the reader is told in the chat
            yield _outputs(question, with_failure(conversation, incident_message(error, words)), words)

    def again(self, language: str | None, conversation: Conversation, *form: Any) -> Iterator[Outputs]:
        """Asks the last question again, as if it had not been asked before."""
        question, before = undo_last(conversation)
        if question:
            end_answer(conversation)
            yield from self.ask(question, False, language, "", before, *form)
        else:
            yield _nothing_asked(words_of(language))

    @guarded
    def edited(self, language: str | None, conversation: Conversation) -> Outputs:
        """The page without the last question, which is in the box to be changed."""
        words = words_of(language)
        question, before = undo_last(conversation)
        if not question:
            return _nothing_asked(words)
        end_answer(conversation, then=lambda _: before)
        if before.record != conversation.record:
            before = self._updated(before, words)
        return _outputs(question, before, words)

    @guarded
    def opened(self, language: str | None, address: str, conversation: Conversation) -> Outputs:
        """The page with the kept conversation of its address, and what the page's script is told of the address.

        Args:
            language: Of the page; `None` from what is no page of ours.
            address: Secret of the conversation; empty for none.
            conversation: So far.
        """
        words = words_of(language)
        kept = self.keeper.opened(address, words) if self.keeper and address else Conversation()
        end_answer(conversation, then=lambda _: kept or Conversation())
        if kept is None:
            return *_outputs(gr.skip(), with_note(Conversation(), words("no_conversation")), words), forgotten_address()
        return *_outputs(gr.skip(), kept, words), gr.skip()

    def _updated(self, conversation: Conversation, words: Catalogue) -> Conversation:
        return self.keeper.updated(conversation, words) if self.keeper else conversation

    def _answering(
        self, question: str, conversation: Conversation, form: Sequence[Any], words: Catalogue
    ) -> Iterator[tuple[Conversation, list[str]]]:
        """The conversation as the answer grows, and the answer's follow-ups."""
        outlets, kinds, start, end, as_of = form
        scope = read_scope(outlets=outlets, kinds=kinds, start=start, end=end, as_of=as_of)
        turn, partial = conversation.asked, _PartialAnswer()
        for event in self.dateline.stream(
            question,
            history=conversation.history,
            filters=scope.filters,
            as_of=scope.as_of,
            language=words.language,
        ):
            if isinstance(event, Answer):
                finished = self._updated(_with_answer(conversation, event, self.links, words), words)
                yield finished, _unasked_follow_ups(event, finished)
                return
            if isinstance(event, TextDelta):
                partial.add(event)
            progress = event.text if isinstance(event, Progress) else ""
            content = text_html(partial.text, words, turn=turn, cited=partial.citations, claims=partial.claims)
            sources = citations_html(partial.citations, self.links, words, turn=turn)
            yield with_answer(conversation, content, sources=sources, progress=progress), []


def _with_answer(conversation: Conversation, answer: Answer, links: CitationLinks, words: Catalogue) -> Conversation:
    """The conversation with its last question answered."""
    turn = conversation.asked
    history = (*conversation.history, Message("user", answer.question), Message("assistant", answer.text))
    sources = citations_html(answer.citations, links, words, turn=turn, conflicts=answer.conflicts)
    return replace(
        with_answer(conversation, answer_html(answer, words, turn=turn), sources=sources),
        history=recent_history(history),
        record=(*conversation.record, turn_json(answer))[-_RECORDED:],
        unanswered="",
        stop=None,
    )


def _unasked_follow_ups(answer: Answer, conversation: Conversation) -> list[str]:
    answered = {recorded["question"] for recorded in conversation.record}
    return [question for question in follow_ups(answer) if question not in answered]


@guarded
def cleared(conversation: Conversation) -> Outputs:
    """The page without a conversation."""
    end_answer(conversation, then=lambda _: Conversation())
    return _outputs(gr.skip(), Conversation(), in_language())  # of no conversation, nothing is said


@guarded
def stopped(language: str | None, conversation: Conversation) -> tuple[Any, Conversation]:
    """Messages and conversation once the answer that is being made is stopped; as they are if none is made here."""
    if not conversation.stop:
        return gr.skip(), conversation
    words = words_of(language)
    note = words("stopped_chat", again=words("again"), edit=words("edit"))
    conversation = with_end_note(conversation, note)
    return conversation.shown, conversation


@guarded
def exported(file_format: ExportFormat, language: str | None, conversation: Conversation) -> str:
    """What the page's script copies or saves; nothing if there is no answer."""
    if not conversation.record:
        return ""
    return export_payload(file_format, conversation.record, words_of(language), secrets.token_hex(8))


def _outputs(box: Any, conversation: Conversation, words: Catalogue, *, offers: Sequence[str] = ()) -> Outputs:
    """The page as the conversation has it.

    Args:
        box: Of the question.
        conversation: To be shown.
        words: In the reader's language.
        offers: Follow-ups; the buttons of those that are missing are hidden.
    """
    labels = [*offers, *[""] * OFFERED][:OFFERED]
    buttons = [gr.update(value=label, visible=bool(label)) for label in labels]
    kept = kept_html(conversation.kept, words)
    return box, conversation.shown, conversation, bool(conversation.messages), kept, *buttons


def _nothing_asked(words: Catalogue) -> Outputs:
    gr.Info(words("nothing_asked"))
    return _unchanged()


def _unchanged() -> Outputs:
    return (gr.skip(),) * (5 + OFFERED)
