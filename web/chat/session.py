"""A reader's conversation as the server holds it, and the changes that can be made to it. Pure.

The page sends none of it back: a message that a client made could name a file of this machine.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

from rag.messages import CONVERSATION_GONE, STOPPED
from rag.models import Message
from web.chat.render import note_html
from web.jinja import escape_markdown

_MOST_CHARACTERS = 100_000

ChatMessage = dict[str, str]
"""A message of Gradio's chatbot: `role` and `content`, which is HTML."""


class Stop(Event):
    """Set to end an answer that is being made.

    Attributes:
        then: What becomes of the conversation with the answer, should words of it be on their way to the page when it
            is ended; `None` if another answer is shown in its place.
    """

    def __init__(self) -> None:
        super().__init__()
        self.then: Callable[[Conversation], Conversation] | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation.

    Attributes:
        messages: As the chat shows them, oldest first.
        progress: HTML shown below the last message while its answer is made.
        history: Earlier questions and answers, for the next question.
        citations: HTML of the citations shown, newest answer first.
        record: The answers, for exports and feedback.
        asked: Number of the last question.
        receipt: Of the feedback that was kept last.
        unanswered: The last question, while its answer is made, or when it was stopped or failed.
        stop: Set to end the answer that is being made; `None` if none is.
    """

    messages: tuple[ChatMessage, ...] = ()
    progress: str = ""
    history: tuple[Message, ...] = ()
    citations: tuple[str, ...] = ()
    record: tuple[dict[str, Any], ...] = ()
    asked: int = 0
    receipt: str = ""
    unanswered: str = ""
    stop: Stop | None = None

    @property
    def shown(self) -> list[ChatMessage]:
        """The messages with the progress of the last one, as Gradio's chatbot takes them."""
        if not self.progress:
            return list(self.messages)
        return [*self.messages[:-1], _reply(self.messages[-1]["content"] + self.progress)]


def with_question(conversation: Conversation, question: str, *, shown: bool, stop: Stop) -> Conversation:
    """The conversation with a question in it whose answer is being made.

    Args:
        conversation: So far.
        question: As asked.
        shown: The page shows a conversation; after a restart of the server it shows one that is not held here.
        stop: Ends the answer once it is set.
    """
    note = [_reply(note_html(CONVERSATION_GONE))] if shown and not conversation.messages else []
    asked = {"role": "user", "content": str(escape_markdown(question.strip()))}
    return replace(
        conversation,
        messages=_newest([*conversation.messages, *note, asked]),
        asked=conversation.asked + 1,
        unanswered=question,
        stop=stop,
    )


def with_reply(conversation: Conversation, content: str, *, progress: str = "") -> Conversation:
    """The conversation with this reply to its last question, which replaces an earlier one.

    Args:
        conversation: Its last question was asked.
        content: HTML.
        progress: HTML shown below it until the next reply.
    """
    messages = conversation.messages
    before = messages[:-1] if messages[-1]["role"] == "assistant" else messages
    return replace(conversation, messages=(*before, _reply(content)), progress=progress)


def with_failure(conversation: Conversation, reason: str) -> Conversation:
    """The conversation with the reason why its last question has no answer; it can be asked again."""
    return replace(with_reply(conversation, note_html(reason)), stop=None)


def end_answer(conversation: Conversation, *, then: Callable[[Conversation], Conversation] | None = None) -> None:
    """End the answer that is being made, if any; it stops at its next words.

    Args:
        conversation: With the answer.
        then: See `Stop`.
    """
    if conversation.stop:
        conversation.stop.then = then
        conversation.stop.set()


def undo_last(conversation: Conversation) -> tuple[str, Conversation]:
    """The last question, and the conversation before it; an answer that is being made is not ended."""
    messages = conversation.messages
    last = max((index for index, message in enumerate(messages) if message["role"] == "user"), default=0)
    before = replace(conversation, messages=messages[:last], progress="")
    if conversation.unanswered:
        return conversation.unanswered, replace(before, asked=conversation.asked - 1, unanswered="", stop=None)
    if not conversation.record:
        return "", conversation
    shorter = replace(
        before,
        history=conversation.history[:-2],
        citations=conversation.citations[1:],
        record=conversation.record[:-1],
    )
    return conversation.record[-1]["question"], shorter


def with_stop_note(conversation: Conversation) -> Conversation:
    """The conversation with its answer ended, and a note below as much of it as was made."""
    if not conversation.stop:
        return conversation
    end_answer(conversation, then=with_stop_note)
    last = conversation.messages[-1]
    made = last["content"] if last["role"] == "assistant" else ""
    return replace(with_reply(conversation, made + note_html(STOPPED)), stop=None)


def _newest(messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    """The newest messages that are not too long together; the last is always among them."""
    total = 0
    for kept, message in enumerate(reversed(messages)):
        total += len(message["content"])
        if kept and total > _MOST_CHARACTERS:
            return tuple(messages[-kept:])
    return tuple(messages)


def _reply(content: str) -> ChatMessage:
    return {"role": "assistant", "content": content}
