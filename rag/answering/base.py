"""The interfaces of answering: what writes an answer, what checks its claims, and the language model behind it.

`rag.answering.factory` builds the ones that the settings ask for.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from rag.models import Citation, Claim, GeneratedAnswer, Hit, Message, Passage, Progress, Query, Span, TextDelta, Usage

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatMessage

AnswererEvent = Progress | TextDelta | GeneratedAnswer

PassageSpan = tuple[Passage, Span]
"""A sentence of a passage."""
Differences = Callable[[Query, Sequence[Hit]], Sequence[Sequence[PassageSpan]]]
"""Returns, for each thing on which outlets give different answers, a sentence of each outlet."""


class Answerer(Protocol):
    """Writes an answer over the passages found for a question."""

    def answer(self, query: Query, hits: Sequence[Hit], history: Sequence[Message]) -> Iterator[AnswererEvent]:
        """Yield checked pieces of the answer as they are ready, then the whole as the last item.

        The texts of the `TextDelta` items, joined, are the text of the `GeneratedAnswer`, but for claims that a
        judgement of the whole marked otherwise or had written anew.

        Args:
            query: The question as it was understood.
            hits: Passages, best first.
            history: Earlier messages of the conversation, oldest first.
        """


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim after its check.

    Attributes:
        claim: Its text without markers, the reader's markers, and whether its evidence holds.
        text: As the reader sees it: the text with the reader's markers behind it.
        citations: All citations of the answer so far, including those of this claim.
        objection: Why it is not verified; empty if it is.
    """

    claim: Claim
    text: str
    citations: tuple[Citation, ...]
    objection: str = ""


class Verifier(Protocol):
    """Checks whether the passages that a sentence cites say what it says."""

    def check(
        self, text: str, numbers: Sequence[int], hits: Sequence[Hit], citations: Sequence[Citation]
    ) -> CheckedClaim:
        """Check one sentence of an answer.

        Args:
            text: One claim, without markers.
            numbers: Of the passages that it cites, counting the hits from 1.
            hits: The passages that the model was given, in the order of their numbers.
            citations: Those of the answer's earlier claims; the reader's markers count them from 1.
        """


@dataclass(frozen=True, slots=True)
class ModelDelta:
    """A piece of a language model's reply, or the whole of it.

    Attributes:
        text: What the model wrote since the last piece; may be empty.
        usage: Tokens so far; `None` where the model does not say.
    """

    text: str
    usage: Usage | None = None


class LanguageModel(Protocol):
    """A chat model whose only error is `GenerationError`."""

    @property
    def name(self) -> str:
        """The model's name, as answers report it."""

    @property
    def context_tokens(self) -> int | None:
        """What prompt and reply may have together; `None` where that is not known."""

    def complete(self, messages: Sequence["ChatMessage"]) -> ModelDelta:
        """Return the whole reply, without surrounding white space.

        Raises:
            GenerationError: The model failed.
        """

    def stream(self, messages: Sequence["ChatMessage"], *, seconds: float) -> Iterator[ModelDelta]:
        """Yield the reply as the model writes it; closing the iterator stops the model.

        Args:
            messages: The prompt, oldest message first.
            seconds: Longest time for the whole reply.

        Raises:
            GenerationError: The model failed, took too long, or stopped before the end of its reply.
        """
