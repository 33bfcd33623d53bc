"""What the chat's page remembers of a conversation, and how the reader takes a step back in it. Pure."""

import re
from dataclasses import dataclass, replace
from typing import Any

from rag.domain import Turn
from web.rendering import escaped

_STAGE = re.compile(r'<p class="stage">[^<]*</p>')
_STOPPED = "Stopped. “Ask again” starts it anew, “Edit question” takes it back."

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the page remembers.

    Attributes:
        turns: For the next question.
        sources: Those shown, newest first.
        record: The answers, for exports and feedback.
        asked: Number of the last question.
        sent: Number of the last export.
        receipt: Of the feedback that was kept last.
        unanswered: The last question, while its answer is made, or when it was stopped or failed.
        making: An answer is being made.
    """

    turns: tuple[Turn, ...] = ()
    sources: tuple[str, ...] = ()
    record: tuple[dict[str, Any], ...] = ()
    asked: int = 0
    sent: int = 0
    receipt: str = ""
    unanswered: str = ""
    making: bool = False


def taken_back(messages: list[Message], known: Conversation) -> tuple[str, list[Message], Conversation]:
    """The last question, and the conversation as it was before it."""
    last = max((at for at, message in enumerate(messages) if message["role"] == "user"), default=0)
    if known.unanswered:
        return known.unanswered, messages[:last], replace(known, unanswered="", making=False)
    if not known.record:
        return "", messages, known
    shorter = replace(known, turns=known.turns[:-2], sources=known.sources[1:], record=known.record[:-1])
    return known.record[-1]["question"], messages[:last], shorter


def stopped(messages: list[Message], known: Conversation) -> tuple[list[Message], Conversation]:
    """What was made of an answer before the reader stopped it, marked as such in words."""
    if not known.making or not messages:
        return messages, known
    text = _STAGE.sub("", _text_of(messages[-1]["content"]))
    note = f'<p class="note" role="status">{escaped(_STOPPED)}</p>'
    return [*messages[:-1], says(text + note)], replace(known, making=False)


def says(content: str) -> Message:
    """A message of the chat's, as its component takes it."""
    return {"role": "assistant", "content": content}


def _text_of(content: Any) -> str:
    """A message's text, which comes back from the page in parts."""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
