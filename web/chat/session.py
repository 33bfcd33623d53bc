"""A reader's conversation as the server holds it, and the changes that can be made to it. Pure.

The page sends none of it back: a message that a client made could name a file of this machine.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Event
from typing import Any, Literal

from rag.messages import Catalogue
from rag.models import Message
from rag.store.conversations import OwnerKey
from web.chat.render import making_html, note_html, question_html, reply_html

_MOST_CHARACTERS = 100_000
_MOST_SOURCED = 6
"""Answers whose sources are shown."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A question or a reply of the conversation.

    Attributes:
        role: Who says it.
        content: HTML.
        sources: HTML of the sources that an answer's markers lead to.
        turn: Number of the question that an answer is for; 0 for what is said besides.
    """

    role: Literal["user", "assistant"]
    content: str
    sources: str = ""
    turn: int = 0

    def shown(self, progress: str = "") -> dict[str, str]:
        """The message as Gradio's chatbot takes it, with what is being done for it."""
        content = f"{self.content}{progress}"
        if self.turn:
            content = reply_html(content, sources=self.sources, turn=self.turn)
        return {"role": self.role, "content": content}


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
        progress: What is being done while an answer is made, in words.
        history: Earlier questions and answers, for the next question.
        record: The answers, for exports and feedback.
        asked: Number of the last question.
        receipt: Of the feedback that was kept last.
        unanswered: The last question, while its answer is made, or when it was stopped or failed.
        stop: Set to end the answer that is being made; `None` if none is.
        kept: Under which it is kept on disk; `None` unless the reader asked for that.
    """

    messages: tuple[ChatMessage, ...] = ()
    progress: str = ""
    history: tuple[Message, ...] = ()
    record: tuple[dict[str, Any], ...] = ()
    asked: int = 0
    receipt: str = ""
    unanswered: str = ""
    stop: Stop | None = None
    kept: OwnerKey | None = None

    @property
    def shown(self) -> list[dict[str, str]]:
        """The messages as Gradio's chatbot takes them; the last one says so while an answer is made."""
        shown = [message.shown() for message in self.messages]
        if not self.stop:
            return shown
        making, last = making_html(self.progress), self.messages[-1]
        if last.role == "user":
            return [*shown, ChatMessage("assistant", making).shown()]
        return [*shown[:-1], last.shown(making)]


def with_question(
    conversation: Conversation, question: str, words: Catalogue, *, shown: bool, stop: Stop
) -> Conversation:
    """The conversation with a question in it whose answer is being made.

    Args:
        conversation: So far.
        question: As asked.
        words: In the reader's language.
        shown: The page shows a conversation; after a restart of the server it shows one that is not held here.
        stop: Ends the answer once it is set.
    """
    is_gone = shown and not conversation.messages
    note = [ChatMessage("assistant", note_html(words("conversation_gone")))] if is_gone else []
    asked = ChatMessage("user", question_html(question.strip()))
    return replace(
        conversation,
        messages=newest([*conversation.messages, *note, asked]),
        progress=words("looking_through"),
        asked=conversation.asked + 1,
        unanswered=question,
        stop=stop,
    )


def with_answer(conversation: Conversation, content: str, *, sources: str = "", progress: str = "") -> Conversation:
    """The conversation with an answer to its last question, whole or in part, which replaces an earlier reply.

    Args:
        conversation: Its last question was asked.
        content: HTML.
        sources: HTML of what the answer's markers lead to.
        progress: What is being done until the next reply, in words.
    """
    answer = ChatMessage("assistant", content, sources, conversation.asked)
    return replace(_with_reply(conversation, answer), progress=progress)


def with_failure(conversation: Conversation, reason: str) -> Conversation:
    """The conversation with the reason why its last question has no answer; it can be asked again."""
    return replace(_with_reply(conversation, ChatMessage("assistant", note_html(reason))), stop=None)


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
    last = max((index for index, message in enumerate(messages) if message.role == "user"), default=0)
    before = replace(conversation, messages=messages[:last], progress="")
    if conversation.unanswered:
        return conversation.unanswered, replace(before, asked=conversation.asked - 1, unanswered="", stop=None)
    if not conversation.record:
        return "", conversation
    shorter = replace(
        before,
        history=conversation.history[:-2],
        record=conversation.record[:-1],
    )
    return conversation.record[-1]["question"], shorter


def with_end_note(conversation: Conversation, note: str) -> Conversation:
    """The conversation with its answer ended, and a note below as much of it as was made."""
    if not conversation.stop:
        return conversation
    end_answer(conversation, then=partial(with_end_note, note=note))
    last = conversation.messages[-1]
    made = last if last.role == "assistant" else ChatMessage("assistant", "")
    ended = replace(made, content=made.content + note_html(note))
    return replace(_with_reply(conversation, ended), stop=None)


def _with_reply(conversation: Conversation, reply: ChatMessage) -> Conversation:
    messages = conversation.messages
    before = messages[:-1] if messages[-1].role == "assistant" else messages
    return replace(conversation, messages=(*before, reply), progress="")


def with_note(conversation: Conversation, text: str) -> Conversation:
    """The conversation with a note at its end."""
    said = conversation.messages
    if said and said[-1].role == "assistant":
        noted = replace(said[-1], content=said[-1].content + note_html(text))
        return replace(conversation, messages=(*said[:-1], noted))
    return replace(conversation, messages=(*said, ChatMessage("assistant", note_html(text))))


def newest(messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    """The newest messages that are not too long together, the last of all; only the last answers keep their sources."""
    kept: list[ChatMessage] = []
    total = sourced = 0
    for message in reversed(messages):
        total += len(message.content)
        sourced += bool(message.sources)
        if kept and total > _MOST_CHARACTERS:
            break
        kept.append(replace(message, sources="") if sourced >= _MOST_SOURCED else message)
    return tuple(reversed(kept))
