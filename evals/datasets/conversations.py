"""Suites of conversations: turns that are asked one after the other, with what is right for each."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from evals.datasets.suite import Suite, read_suite
from rag.dates import parse_as_of
from rag.errors import QuestionError

Form = Literal["shorter", "list"]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a reader types, and what is right.

    Attributes:
        kind: What makes it hard, e.g. "pronoun" or "source".
        answers: Accepted variants.
        at_least: How many of the variants must stand in the answer; more than one for summaries and lists.
        required: Strings that must all stand in the answer.
        answerable: False where declining is right.
        not_declined: Any answer with a citation is right, as far as `answers` and `required` do not ask for more.
        small_talk: An answer without citations is right.
        form: What the reader wishes the answer to look like: of fewer words than the last one, or a list.
    """

    kind: str
    question: str
    answers: tuple[str, ...] = ()
    at_least: int = 1
    required: tuple[str, ...] = ()
    answerable: bool = True
    not_declined: bool = False
    small_talk: bool = False
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns in the order in which they are asked; `as_of` holds for all of them."""

    id: str
    turns: tuple[Turn, ...]
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConversationSuite:
    """Conversations, and the suite that names the corpus they are about; that one holds no cases."""

    suite: Suite
    conversations: tuple[Conversation, ...]


class _Turn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    kind: str = Field(min_length=1)
    question: str = Field(min_length=1)
    answers: list[str] = []
    at_least: int = Field(default=1, ge=1)
    required: list[str] = []
    answerable: bool = True
    not_declined: bool = False
    small_talk: bool = False
    form: Form | None = None


class _Conversation(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    id: str = Field(min_length=1)
    as_of: str | None = None
    turns: list[_Turn] = Field(min_length=1)


def load_conversations(folder: Path) -> ConversationSuite:
    """The conversations in a suite's folder.

    Raises:
        SuiteError: It is not in the format; the message lists every problem with its file and line.
    """
    suite, conversations = read_suite(folder, default="conversations.jsonl", what="conversation", read=_conversation)
    return ConversationSuite(suite, conversations)


def _conversation(fields: dict[str, Any]) -> Conversation:
    row = _Conversation.model_validate(fields)
    as_of = parse_as_of(row.as_of) if row.as_of else None
    return Conversation(row.id, tuple(map(_turn, row.turns)), as_of)


def _turn(row: _Turn) -> Turn:
    gold = bool(row.answers or row.required)
    if row.answerable and not (gold or row.not_declined or row.small_talk):
        raise QuestionError(f"{row.question!r} says not what is right: `answers`, `answerable`, `small_talk` ...")
    if not row.answerable and (gold or row.not_declined or row.small_talk):
        raise QuestionError(f"{row.question!r} has a right answer and is not answerable")
    if row.at_least > max(1, len(row.answers)):
        raise QuestionError(f"{row.question!r} wants {row.at_least} of {len(row.answers)} answers")
    return Turn(
        kind=row.kind,
        question=row.question,
        answers=tuple(row.answers),
        at_least=row.at_least,
        required=tuple(row.required),
        answerable=row.answerable,
        not_declined=row.not_declined,
        small_talk=row.small_talk,
        form=row.form,
    )
