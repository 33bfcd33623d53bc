"""What requests ask for, in one shape: question, history, as-of and filters."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from rag.dates import parse_as_of
from rag.engine import MAX_QUESTION_CHARACTERS
from rag.models import Filters, Kind, Role, Turn

_MOST_TURNS = 40
_MOST_HISTORY_CHARACTERS = 20_000
_MOST_ADDRESS_CHARACTERS = 4_000

Date = Annotated[str, Field(max_length=100)]
Outlets = Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(max_length=100)]
Kinds = Annotated[list[Kind], Field(max_length=100)]


class FilterFields(BaseModel):
    """What the articles must be; dates in ISO 8601, a bare `end` means the end of that day."""

    model_config = ConfigDict(extra="forbid")

    sources: Outlets = []
    start: Date | None = None
    end: Date | None = None
    kinds: Kinds = []

    def filters(self) -> Filters:
        """As the library takes them.

        Raises:
            QuestionError: A date is not ISO 8601.
        """
        return Filters(
            sources=tuple(self.sources),
            # A bare date begins with the day, which ends 24 hours later.
            start=parse_as_of(f"{self.start}T00:00:00Z" if self.start and len(self.start) == 10 else self.start)
            if self.start
            else None,
            end=parse_as_of(self.end) if self.end else None,
            kinds=tuple(self.kinds),
        )


class HistoryMessage(BaseModel):
    """One earlier message of a conversation."""

    model_config = ConfigDict(extra="forbid")

    role: Role
    content: str


class AskRequest(BaseModel):
    """A question with its conversation, of which the newest turns count.

    `article` names the only one to look in, by id or address.
    """

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION_CHARACTERS)]
    history: Annotated[list[HistoryMessage], Field(fail_fast=True)] = []
    as_of: Date | None = None
    filters: FilterFields = FilterFields()
    article: Annotated[str | None, Field(max_length=_MOST_ADDRESS_CHARACTERS)] = None

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments of `Dateline.stream` and `Dateline.ask`.

        Raises:
            QuestionError: A date is not ISO 8601.
        """
        return {
            "history": turns(self.history),
            "as_of": parse_as_of(self.as_of) if self.as_of else None,
            "filters": self.filters.filters(),
        }


def turns(said: Sequence[HistoryMessage]) -> tuple[Turn, ...]:
    """The messages as the library takes them."""
    return recent([Turn(one.role, one.content) for one in said])


def recent(history: Sequence[Turn]) -> tuple[Turn, ...]:
    """The newest turns, as many as are heeded: a conversation may go on for ever, and no client knows what is kept."""
    left = _MOST_HISTORY_CHARACTERS
    kept: list[Turn] = []
    for turn in reversed(history[-_MOST_TURNS:]):
        left -= len(turn.content)
        if left < 0:
            break
        kept.append(turn)
    return tuple(reversed(kept))
