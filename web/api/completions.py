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

from rag.markers import MARKER
from rag.models import Answer, AnswerEvent, Citation, TextDelta
from rag.schemas import link_to_quote
from web.api.disclosure import Disclosure
from web.api.events import DONE, event


def completion_json(answer: Answer, disclosure: Disclosure, *, model: str) -> dict[str, Any]:
    """A whole answer as a chat completion, with `citations` in the message and the answer itself as `dateline`."""
    message = ChatCompletionMessage(
        role="assistant",
        content=answer.text,
        refusal=None,
        annotations=_annotations(answer),
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
        id: Of the completion.
        created: Seconds since 1970.
    """

    model: str
    disclosure: Disclosure
    with_usage: bool
    id: str = field(default_factory=lambda: _new_id())
    created: int = field(default_factory=lambda: int(time.time()))

    def events(self, answering: Iterable[AnswerEvent]) -> Generator[bytes]:
        """The answer as server-sent events."""
        yield self._event(ChoiceDelta(role="assistant", content=""))
        for part in answering:
            if isinstance(part, TextDelta):
                citations = [self.disclosure.citation(citation) for citation in part.citations]
                yield self._event(ChoiceDelta(content=part.text, **({"citations": citations} if citations else {})))
            elif isinstance(part, Answer):
                delta = ChoiceDelta(annotations=[_json(annotation) for annotation in _annotations(part)])
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


def _annotations(answer: Answer) -> list[Annotation]:
    """Where each marker stands in the text, and the page that it cites."""
    cited = {citation.marker: citation for citation in answer.citations if citation.passage.article.url}
    return [
        Annotation(type="url_citation", url_citation=_url_citation(citation, *match.span()))
        for match in MARKER.finditer(answer.text)
        if (citation := cited.get(int(match.group(1))))
    ]


def _url_citation(citation: Citation, start: int, end: int) -> AnnotationURLCitation:
    title, url = citation.passage.article.title, link_to_quote(citation) or ""
    return AnnotationURLCitation(start_index=start, end_index=end, title=title, url=url)


def _usage(answer: Answer) -> CompletionUsage:
    prompt, completion = answer.usage.prompt_tokens, answer.usage.completion_tokens
    return CompletionUsage(prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion)


def _new_id() -> str:
    return f"chatcmpl-{uuid4().hex}"


def _json(value: BaseModel) -> dict[str, Any]:
    """The fields that were set, as OpenAI's own server sends them."""
    return value.model_dump(mode="json", exclude_unset=True)
