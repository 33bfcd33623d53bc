"""What the server remembers of a chat's conversation, and how the reader takes a step back in it.

The page sends none of it back: a message that a client made could name a file of this machine.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

from rag.models import Turn
from web.chat.render import escaped

_STAGE = re.compile(r'<p class="stage">[^<]*</p>')
_STOPPED = "Stopped. “Ask again” starts it anew, “Edit question” takes it back."
_FORGOTTEN = "The server no longer holds the conversation that stood here; this begins a new one."
_MOST_CHARACTERS = 100_000

Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What is remembered.

    Attributes:
        messages: As the chat shows them, oldest first.
        turns: For the next question.
        sources: Those shown, newest first.
        record: The answers, for exports and feedback.
        asked: Number of the last question.
        receipt: Of the feedback that was kept last.
        unanswered: The last question, while its answer is made, or when it was stopped or failed.
        stop: Set to end the answer that is being made; `None` if none is.
    """

    messages: tuple[Message, ...] = ()
    turns: tuple[Turn, ...] = ()
    sources: tuple[str, ...] = ()
    record: tuple[dict[str, Any], ...] = ()
    asked: int = 0
    receipt: str = ""
    unanswered: str = ""
    stop: Event | None = None


def with_question(known: Conversation, question: str, *, shown: bool, stop: Event) -> Conversation:
    """The conversation with the question in it, whose answer is being made.

    Args:
        known: So far.
        question: As asked.
        shown: The page shows a conversation. One that outlived a restart of the server shows what is not known here.
        stop: Ends the making once it is set.
    """
    note = [_says(_note(_FORGOTTEN))] if shown and not known.messages else []
    messages = _newest([*known.messages, *note, {"role": "user", "content": escaped(question)}])
    return replace(known, messages=messages, asked=known.asked + 1, unanswered=question, stop=stop)


def with_reply(known: Conversation, content: str) -> Conversation:
    """The conversation with this as what is said to its last question, instead of what was said so far."""
    before = known.messages[:-1] if known.messages[-1]["role"] == "assistant" else known.messages
    return replace(known, messages=(*before, _says(content)))


def with_failure(known: Conversation, reason: str) -> Conversation:
    """The conversation with the reason why its last question has no answer; it can be asked again."""
    return replace(with_reply(known, _note(reason)), stop=None)


def end_answer(known: Conversation) -> None:
    """Ends the making of an answer; it stops at its next words."""
    if known.stop:
        known.stop.set()


def undo_last(known: Conversation) -> tuple[str, Conversation]:
    """The last question, and the conversation as it was before it; its answer is made no further."""
    end_answer(known)
    last = max((at for at, message in enumerate(known.messages) if message["role"] == "user"), default=0)
    before = replace(known, messages=known.messages[:last])
    if known.unanswered:
        return known.unanswered, replace(before, asked=known.asked - 1, unanswered="", stop=None)
    if not known.record:
        return "", known
    shorter = replace(before, turns=known.turns[:-2], sources=known.sources[1:], record=known.record[:-1])
    return known.record[-1]["question"], shorter


def with_stop_note(known: Conversation) -> Conversation:
    """What was made of an answer before the reader stopped it, marked as such in words."""
    if not known.stop:
        return known
    end_answer(known)
    last = known.messages[-1]
    made = _STAGE.sub("", last["content"]) if last["role"] == "assistant" else ""
    return replace(with_reply(known, made + _note(_STOPPED)), stop=None)


def _newest(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The newest messages that are not too long together; the last is always among them."""
    total = 0
    for kept, message in enumerate(reversed(messages)):
        total += len(message["content"])
        if kept and total > _MOST_CHARACTERS:
            return tuple(messages[-kept:])
    return tuple(messages)


def _says(content: str) -> Message:
    return {"role": "assistant", "content": content}


def _note(text: str) -> str:
    return f'<p class="note" role="status">{escaped(text)}</p>'
