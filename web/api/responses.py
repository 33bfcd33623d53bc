"""Responses of `/v1/responses`, built of the classes that OpenAI's own client reads them with.

Those take seconds to import, so this module is imported with the first request.
"""

import time
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseContentPartAddedEvent,
    ResponseContentPartDoneEvent,
    ResponseCreatedEvent,
    ResponseError,
    ResponseErrorEvent,
    ResponseFailedEvent,
    ResponseInProgressEvent,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseOutputTextAnnotationAddedEvent,
    ResponseTextConfig,
    ResponseTextDeltaEvent,
    ResponseTextDoneEvent,
    ResponseUsage,
)
from openai.types.responses.response_output_text import Annotation, AnnotationURLCitation
from openai.types.responses.response_usage import InputTokensDetails, OutputTokensDetails
from openai.types.shared import ResponseFormatText
from pydantic import BaseModel

from rag.models import Answer, AnswerEvent, TextDelta
from web.api.annotations import marker_places
from web.api.disclosure import Disclosure
from web.api.events import event

Status = Literal["in_progress", "completed", "failed"]


@dataclass(slots=True)
class ResponseEvents:
    """Makes one response, whole or as events.

    Attributes:
        model: Name of the model.
        disclosure: What is shown of articles.
        metadata: Of the request, returned as it came.
        utf16: Places of annotations count UTF-16 code units, not code points.
        id: Of the response.
        item: Id of its only message.
        created: Seconds since 1970.
        sent: Events so far, which are numbered.
    """

    model: str
    disclosure: Disclosure
    metadata: Mapping[str, str]
    utf16: bool
    id: str = field(default_factory=lambda: f"resp_{uuid4().hex}")
    item: str = field(default_factory=lambda: f"msg_{uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))
    sent: int = 0

    def events(self, answering: Iterable[AnswerEvent]) -> Generator[bytes]:
        """The answer as server-sent events."""
        begun = self._response("in_progress")
        yield self._event(ResponseCreatedEvent, "response.created", response=begun)
        yield self._event(ResponseInProgressEvent, "response.in_progress", response=begun)
        message = self._message("in_progress")
        yield self._event(ResponseOutputItemAddedEvent, "response.output_item.added", output_index=0, item=message)
        empty = _text("", [])
        yield self._part(ResponseContentPartAddedEvent, "response.content_part.added", part=empty)
        for part in answering:
            if isinstance(part, TextDelta):
                yield self._part(ResponseTextDeltaEvent, "response.output_text.delta", delta=part.text, logprobs=[])
            elif isinstance(part, Answer):
                yield from self._end(part)

    def failed(self, message: str) -> list[bytes]:
        """The last events of a stream that failed."""
        error = ResponseError(code="server_error", message=message)
        response = self._response("failed", error=error)
        return [
            self._event(ResponseErrorEvent, "error", code="server_error", message=message, param=None),
            self._event(ResponseFailedEvent, "response.failed", response=response),
        ]

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The answer as a response, with the answer itself as `dateline`."""
        return _json(self._completed(answer))

    def _completed(self, answer: Answer) -> Response:
        message = self._message("completed", _text(answer.text, self._annotations(answer)))
        usage, dateline = _usage(answer), self.disclosure.answer(answer)
        return self._response("completed", output=[message], usage=usage, dateline=dateline)

    def _end(self, answer: Answer) -> Generator[bytes]:
        annotations = self._annotations(answer)
        for index, annotation in enumerate(annotations):
            yield self._part(
                ResponseOutputTextAnnotationAddedEvent,
                "response.output_text.annotation.added",
                annotation_index=index,
                annotation=_json(annotation),
            )
        yield self._part(ResponseTextDoneEvent, "response.output_text.done", text=answer.text, logprobs=[])
        text = _text(answer.text, annotations)
        yield self._part(ResponseContentPartDoneEvent, "response.content_part.done", part=text)
        message = self._message("completed", text)
        yield self._event(ResponseOutputItemDoneEvent, "response.output_item.done", output_index=0, item=message)
        yield self._event(ResponseCompletedEvent, "response.completed", response=self._completed(answer))

    def _annotations(self, answer: Answer) -> list[Annotation]:
        return [
            AnnotationURLCitation(
                type="url_citation", start_index=place.start, end_index=place.end, title=place.title, url=place.url
            )
            for place in marker_places(answer, utf16=self.utf16)
        ]

    def _message(self, status: Literal["in_progress", "completed"], *text: ResponseOutputText) -> ResponseOutputMessage:
        return ResponseOutputMessage(id=self.item, type="message", role="assistant", status=status, content=list(text))

    def _response(
        self,
        status: Status,
        *,
        output: Iterable[ResponseOutputMessage] = (),
        error: ResponseError | None = None,
        **more: Any,
    ) -> Response:
        """A response with every field that OpenAI's schema requires, those without meaning here as `null`."""
        return Response(
            id=self.id,
            object="response",
            created_at=self.created,
            status=status,
            error=error,
            incomplete_details=None,
            instructions=None,
            metadata=dict(self.metadata),
            model=self.model,
            output=list(output),
            parallel_tool_calls=False,
            previous_response_id=None,
            temperature=None,
            text=ResponseTextConfig(format=ResponseFormatText(type="text")),
            tool_choice="auto",
            tools=[],
            top_p=None,
            store=False,
            **{"usage": None, **more},
        )

    def _part(self, of: type[BaseModel], name: str, **fields: Any) -> bytes:
        """An event about the only part of the only message."""
        return self._event(of, name, item_id=self.item, output_index=0, content_index=0, **fields)

    def _event(self, of: type[BaseModel], name: str, **fields: Any) -> bytes:
        made = of(type=name, sequence_number=self.sent, **fields)
        self.sent += 1
        return event(_json(made), name)


def _text(text: str, annotations: list[Annotation]) -> ResponseOutputText:
    return ResponseOutputText(type="output_text", text=text, annotations=annotations, logprobs=[])


def _usage(answer: Answer) -> ResponseUsage:
    read, written = answer.usage.prompt_tokens, answer.usage.completion_tokens
    return ResponseUsage(
        input_tokens=read,
        input_tokens_details=InputTokensDetails(cached_tokens=0, cache_write_tokens=0),
        output_tokens=written,
        output_tokens_details=OutputTokensDetails(reasoning_tokens=0),
        total_tokens=read + written,
    )


def _json(value: BaseModel) -> dict[str, Any]:
    """The fields that were set, as OpenAI's own server sends them."""
    return value.model_dump(mode="json", exclude_unset=True)
