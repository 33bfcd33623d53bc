"""Responses under `/v1`, built of the classes that OpenAI's own client reads them with.

Those take seconds to import, so this module is imported with the first request.
"""

import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from openai.types import CompletionUsage
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessage
from openai.types.chat.chat_completion import Choice
from openai.types.chat.chat_completion_chunk import Choice as ChunkChoice
from openai.types.chat.chat_completion_chunk import ChoiceDelta
from openai.types.chat.chat_completion_message import Annotation, AnnotationURLCitation
from pydantic import BaseModel

from rag.models import Answer, AnswerEvent, TextDelta
from web.api.annotations import marker_places
from web.api.disclosure import Disclosure
from web.api.events import DONE, event


def completion_json(answer: Answer, disclosure: Disclosure, *, model: str, utf16: bool) -> dict[str, Any]:
    """A whole answer as a chat completion, with `citations` in the message and the answer itself as `dateline`.

    Places of annotations count UTF-16 code units where `utf16`, else code points.
    """
    message = ChatCompletionMessage(
        role="assistant",
        content=answer.text,
        refusal=None,
        annotations=_annotations(answer, utf16=utf16),
        citations=[disclosure.citation(citation) for citation in answer.citations],
    )
    completion = ChatCompletion(
        id=_new_id(),
        object="chat.completion",
        created=int(time.time()),
        model=model,
        choices=[Choice(index=0, message=message, finish_reason="stop", logprobs=None)],
        usage=_usage(answer),
        dateline=disclosure.answer(answer),
    )
    return _json(completion)


@dataclass(frozen=True, slots=True)
class Chunks:
    """Makes the chunks of one streamed answer.

    Attributes:
        model: Name of the model.
        disclosure: What is shown of articles.
        with_usage: The last chunk holds the usage, and the others `null`.
        utf16: Places of annotations count UTF-16 code units, not code points.
        id: Of the completion.
        created: Seconds since 1970.
    """

    model: str
    disclosure: Disclosure
    with_usage: bool
    utf16: bool
    id: str = field(default_factory=lambda: _new_id())
    created: int = field(default_factory=lambda: int(time.time()))

    def events(self, answering: Iterable[AnswerEvent]) -> Generator[bytes]:
        """The answer as server-sent events.

        Entries of lists are numbered, since OpenAI's client puts the lists of all chunks together by `index`.
        """
        count = 0
        yield self._event(ChoiceDelta(role="assistant", content=""))
        for part in answering:
            if isinstance(part, TextDelta):
                shown = map(self.disclosure.citation, part.citations)
                citations = [{"index": index, **citation} for index, citation in enumerate(shown, count)]
                count += len(citations)
                yield self._event(ChoiceDelta(content=part.text, **({"citations": citations} if citations else {})))
            elif isinstance(part, Answer):
                annotations = enumerate(_annotations(part, utf16=self.utf16))
                delta = ChoiceDelta(annotations=[{"index": index, **_json(each)} for index, each in annotations])
                yield self._event(delta, finish_reason="stop", dateline=self.disclosure.answer(part))
                if self.with_usage:
                    yield self._chunk([], usage=_usage(part))
        yield DONE

    def _event(self, delta: ChoiceDelta, *, finish_reason: Literal["stop"] | None = None, **more: Any) -> bytes:
        choice = ChunkChoice(index=0, delta=delta, finish_reason=finish_reason, logprobs=None)
        return self._chunk([choice], **({"usage": None} if self.with_usage else {}), **more)

    def _chunk(self, choices: list[ChunkChoice], **more: Any) -> bytes:
        chunk = ChatCompletionChunk(
            id=self.id, object="chat.completion.chunk", created=self.created, model=self.model, choices=choices, **more
        )
        return event(_json(chunk))


def _annotations(answer: Answer, *, utf16: bool) -> list[Annotation]:
    """Where each marker stands in the text, and the page that it cites."""
    return [
        Annotation(
            type="url_citation",
            url_citation=AnnotationURLCitation(
                start_index=place.start, end_index=place.end, title=place.title, url=place.url
            ),
        )
        for place in marker_places(answer, utf16=utf16)
    ]


def _usage(answer: Answer) -> CompletionUsage:
    prompt, completion = answer.usage.prompt_tokens, answer.usage.completion_tokens
    return CompletionUsage(prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion)


def _new_id() -> str:
    return f"chatcmpl-{uuid4().hex}"


def _json(value: BaseModel) -> dict[str, Any]:
    """The fields that were set, as OpenAI's own server sends them."""
    return value.model_dump(mode="json", exclude_unset=True)
