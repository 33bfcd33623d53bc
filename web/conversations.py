"""What requests ask for, in one shape: question, history, as-of and filters."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from rag.asking import MAX_QUESTION_CHARACTERS
from rag.dates import parse_as_of
from rag.domain import Filters, Kind, Role, Turn

_MOST_TURNS = 40
_MOST_TURN_CHARACTERS = 20_000
_MOST_ADDRESS_CHARACTERS = 4_000


class FiltersGiven(BaseModel):
    """What the articles must be; dates in ISO 8601, a bare `end` means the end of that day."""

    model_config = ConfigDict(extra="forbid")

    sources: Annotated[list[str], Field(max_length=100)] = []
    start: str | None = None
    end: str | None = None
    kinds: list[Kind] = []

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


class Said(BaseModel):
    """One earlier message of a conversation."""

    model_config = ConfigDict(extra="forbid")

    role: Role
    content: Annotated[str, Field(max_length=_MOST_TURN_CHARACTERS)]


class Asking(BaseModel):
    """A question with its conversation; `article` names the only one to look in, by id or address."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION_CHARACTERS)]
    history: Annotated[list[Said], Field(max_length=_MOST_TURNS)] = []
    as_of: str | None = None
    filters: FiltersGiven = FiltersGiven()
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


def turns(said: Sequence[Said]) -> tuple[Turn, ...]:
    """The messages as the library takes them."""
    return tuple(Turn(one.role, one.content) for one in said)
