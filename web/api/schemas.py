"""The requests of `/api` and the filters of `/v1`, as pydantic reads them."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rag.messages import ENGLISH, Language
from rag.models import MAX_QUESTION_CHARACTERS, Kind, Message, Role
from rag.schemas import Scope, read_scope, recent_history

_MOST_ADDRESS_CHARACTERS = 4_000

Date = Annotated[str, Field(max_length=100)]
Outlets = Annotated[list[Annotated[str, Field(max_length=1_000)]], Field(max_length=100)]
Kinds = Annotated[list[Kind], Field(max_length=100)]


class NullsLeftOut(BaseModel):
    """A request in which `null` is a field that is left out."""

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, fields: Any) -> Any:
        return without_nulls(fields)


def without_nulls(fields: Any) -> Any:
    """The fields that are not `null`."""
    return {name: value for name, value in fields.items() if value is not None} if isinstance(fields, dict) else fields


class FilterFields(NullsLeftOut):
    """Which articles to consider; dates in ISO 8601, a bare `end` means the end of that day."""

    model_config = ConfigDict(extra="forbid")

    sources: Outlets = []
    start: Date | None = None
    end: Date | None = None
    kinds: Kinds = []

    def scope(self, as_of: str | None) -> Scope:
        """The filters with an as-of date.

        Raises:
            QuestionError: A date is not ISO 8601.
        """
        return read_scope(outlets=self.sources, kinds=self.kinds, start=self.start, end=self.end, as_of=as_of)


class HistoryMessage(BaseModel):
    """One earlier message of a conversation."""

    model_config = ConfigDict(extra="forbid")

    role: Role
    content: str


class AskRequest(BaseModel):
    """A question with its conversation, of which the newest messages count.

    `article` names the only article to look in, by id or address, `language` the language of the answer's own words.
    """

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, Field(min_length=1, max_length=MAX_QUESTION_CHARACTERS)]
    history: Annotated[list[HistoryMessage], Field(fail_fast=True)] = []
    as_of: Date | None = None
    filters: FilterFields = FilterFields()
    article: Annotated[str | None, Field(max_length=_MOST_ADDRESS_CHARACTERS)] = None
    language: Language = ENGLISH

    @property
    def messages(self) -> tuple[Message, ...]:
        """The newest messages of the conversation."""
        return recent_history([Message(message.role, message.content) for message in self.history])
