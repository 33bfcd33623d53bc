"""Requests under `/v1`: read leniently, and refused where the answer would not be what the client takes it for.

They are not read with OpenAI's own types: those describe what a client may write, and are strict where this server
accepts and ignores. `null` is a field that is left out, as OpenAI's types have it.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypedDict

from pydantic import BeforeValidator, ConfigDict, Field

from rag.errors import QuestionError
from rag.messages import Text
from rag.models import MAX_QUESTION_CHARACTERS
from rag.models import Message as Turn
from rag.schemas import Scope, recent_history
from web.api.schemas import Date, FilterFields, NullsLeftOut, without_nulls
from web.errors import Refusal, RefusedError

MODEL = "dateline"

_TEXTS = ("text", "input_text", "output_text")
_ONE_ANSWER = "one answer is given; leave n out, or set it to 1"
_PROSE_ONLY = "answers are prose with citations; leave {} out, and read the answer from the text"
_NO_TOOLS = "no tools are called here; leave {} out, or set it to 'auto' or 'none'"
_NOT_STORED = "responses are not stored; leave {} out, and send the conversation as `input`"
_DATES = {"start_date": "filters.start", "end_date": "filters.end"}
"""What an error about a date calls it, and the field that it stands in."""


class ContentPart(NullsLeftOut):
    """A part of a message's content; only text is read."""

    model_config = ConfigDict(extra="ignore")

    type: str
    text: str = ""


def _as_parts(content: Any) -> Any:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


Content = Annotated[list[ContentPart], Field(fail_fast=True), BeforeValidator(_as_parts)]


class Message(NullsLeftOut):
    """A message of the conversation; instructions of a system message are not followed."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Content = []

    @property
    def text(self) -> str:
        """Its text parts, joined."""
        return "\n".join(part.text for part in self.content if part.type in _TEXTS)


class StreamOptions(NullsLeftOut):
    """Whether a stream ends with the usage."""

    model_config = ConfigDict(extra="ignore")

    include_usage: bool = False


class Format(NullsLeftOut):
    """The form of an answer."""

    model_config = ConfigDict(extra="ignore")

    type: str = "text"


class TextOptions(NullsLeftOut):
    """The form of a response's text."""

    model_config = ConfigDict(extra="ignore")

    format: Format = Format()


class Asking(NullsLeftOut):
    """What both ways to ask have in common; sampling settings are accepted and have no effect.

    `as_of` and `filters` are those of `/api/ask`; `metadata.as_of` is for clients that send no fields of their own.
    """

    model_config = ConfigDict(extra="ignore")

    model: str = MODEL
    stream: bool = False
    tool_choice: str | dict[str, Any] = "auto"
    metadata: Annotated[dict[str, str], BeforeValidator(without_nulls)] = {}
    as_of: Date | None = None
    filters: FilterFields = FilterFields()

    def scope(self) -> Scope:
        """Which articles may be used.

        Raises:
            RefusedError: A date is wrong.
        """
        try:
            return self.filters.scope(self.as_of or self.metadata.get("as_of"))
        except QuestionError as error:
            field = _DATES.get(error.subject, "as_of" if self.as_of else "metadata")
            raise _invalid(str(error), field) from error


class ChatCompletionRequest(Asking):
    """A request for a chat completion."""

    messages: Annotated[list[Message], Field(min_length=1, fail_fast=True)]
    n: int = 1
    response_format: Format = Format()
    function_call: str | dict[str, Any] = "auto"
    modalities: list[str] = []
    stream_options: StreamOptions = StreamOptions()

    def asked(self) -> "Asked":
        """The question with its conversation and scope; arguments of `Dateline.stream` and `Dateline.ask`.

        Raises:
            RefusedError: It cannot be asked, or not so.
        """
        _refuse_other_models(self.model)
        _refuse(self.n != 1, "n", _ONE_ANSWER)
        _refuse(self.response_format.type != "text", "response_format", _PROSE_ONLY)
        _refuse("audio" in self.modalities, "modalities", _PROSE_ONLY)
        _refuse(_forces_tool(self.tool_choice), "tool_choice", _NO_TOOLS)
        _refuse(_forces_tool(self.function_call), "function_call", _NO_TOOLS)
        return _asked(self.messages, self.scope(), field="messages")


class InputItem(Message):
    """An item of a response's input; only messages are read."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"] = "tool"
    type: str = "message"


def _as_items(given: Any) -> Any:
    return [{"role": "user", "content": given}] if isinstance(given, str) else given


class ResponseRequest(Asking):
    """A request for a response; it is not stored, so that each has the whole conversation as its `input`."""

    input: Annotated[list[InputItem], Field(min_length=1, fail_fast=True), BeforeValidator(_as_items)]
    text: TextOptions = TextOptions()
    background: bool = False
    previous_response_id: str | None = None
    conversation: Any = None
    prompt: Any = None

    def asked(self) -> "Asked":
        """The question with its conversation and scope; arguments of `Dateline.stream` and `Dateline.ask`.

        Raises:
            RefusedError: It cannot be asked, or not so.
        """
        _refuse_other_models(self.model)
        _refuse(self.text.format.type != "text", "text.format", _PROSE_ONLY)
        _refuse(_forces_tool(self.tool_choice), "tool_choice", _NO_TOOLS)
        _refuse(self.background, "background", _NOT_STORED)
        for field in ("previous_response_id", "conversation", "prompt"):
            _refuse(getattr(self, field) is not None, field, _NOT_STORED)
        for number, item in enumerate(self.input):
            _refuse(item.type == "item_reference", f"input[{number}]", _NOT_STORED)
        return _asked(self.input, self.scope(), field="input")


class Asked(TypedDict):
    """Arguments of `Dateline.stream` and `Dateline.ask`."""

    question: str
    history: Sequence[Turn]
    as_of: Any
    filters: Any


def model_not_found(model: str) -> Refusal:
    """The refusal of a model that is not offered."""
    message = f"the model {model[:100]!r} does not exist; use {MODEL!r}"
    return Refusal(404, message, "model_not_found", param="model")


def _asked(messages: Sequence[Message], scope: Scope, *, field: str) -> Asked:
    """The last message as a question, those before it as its history.

    Raises:
        RefusedError: The last message is not a user's, holds no text, or is too long.
    """
    spoken = [(number, message) for number, message in enumerate(messages) if message.role in ("user", "assistant")]
    if not spoken or spoken[-1][1].role != "user":
        raise _invalid("the last message must be a user's question", field)
    number, last = spoken.pop()
    if not last.text.strip():
        raise _invalid("the last message holds no text, and only text is read; ask in words", f"{field}[{number}]")
    if len(last.text) > MAX_QUESTION_CHARACTERS:
        raise _invalid(str(Text("question_too_long", {"limit": MAX_QUESTION_CHARACTERS})), f"{field}[{number}]")
    earlier = [Turn("user" if message.role == "user" else "assistant", message.text) for _, message in spoken]
    return Asked(question=last.text, history=recent_history(earlier), as_of=scope.as_of, filters=scope.filters)


def _forces_tool(choice: str | dict[str, Any]) -> bool:
    """Whether a tool must be called: its name is given, or one of some is required."""
    if isinstance(choice, dict):
        allowed = choice.get("allowed_tools")
        within = allowed if isinstance(allowed, dict) else choice
        return within.get("mode", within.get("type")) not in ("auto", "none")
    return choice not in ("auto", "none")


def _refuse_other_models(model: str) -> None:
    if model != MODEL:
        raise RefusedError(model_not_found(model))


def _refuse(is_wanted: bool, field: str, why: str) -> None:
    """Raises `RefusedError` where something is wanted that is not offered."""
    if is_wanted:
        raise RefusedError(Refusal(400, why.format(field), "unsupported_value", param=field))


def _invalid(message: str, field: str) -> RefusedError:
    return RefusedError(Refusal(400, message, "invalid_request", param=field))
