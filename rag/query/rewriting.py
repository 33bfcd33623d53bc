"""A follow-up written out as a question that stands alone, by the language model."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from llama_index.core.base.llms.types import ChatMessage, MessageRole

from rag.errors import GenerationError
from rag.markers import without_markers
from rag.messages import MODEL_NOT_UNDERSTOOD
from rag.models import Filters, Message, Query
from rag.query.base import QueryParser, Rewriter
from rag.query.context import needs_context

log = logging.getLogger(__name__)

_MOST_CHARACTERS = 400
_MESSAGES = 4
_MESSAGE_CHARACTERS = 600
_SYSTEM = """You rewrite the last question of a conversation so that it can be understood without the conversation.
Put names in the place of pronouns, and add what an incomplete question leaves out. Keep everything else as it is.
Do not answer it. If it already stands alone, repeat it. Write the question only, on one line."""


@dataclass(frozen=True, slots=True)
class RewritingQueryParser:
    """The `QueryParser` that has follow-ups written out; where that fails, the other parser decides.

    Attributes:
        parser: Reads what stands alone.
        rewriter: Writes out what does not.
    """

    parser: QueryParser
    rewriter: Rewriter

    def parse(
        self,
        question: str,
        history: Sequence[Message],
        *,
        as_of: datetime,
        outlets: Sequence[str] = (),
        filters: Filters | None = None,
    ) -> Query:
        """Return the query that a question amounts to (see `QueryParser`)."""
        rules = self.parser.parse(question, history, as_of=as_of, outlets=outlets, filters=filters)
        if not history or rules.intent != "question" or not needs_context(question):
            return rules
        try:
            written = self.rewriter.standalone(question, history)
        except GenerationError as error:
            log.warning("follow-up understood by rules: %s", error)
            return replace(rules, notes=(MODEL_NOT_UNDERSTOOD,))
        alone = self.parser.parse(written, (), as_of=as_of, outlets=outlets, filters=filters)
        return replace(alone, asked=" ".join(question.split()), understood_by="model")


class QuestionRewriter:
    """The `Rewriter` that asks a language model.

    Args:
        complete: Returns the model's whole reply to a prompt, or raises `GenerationError`.
    """

    def __init__(self, complete: Callable[[Sequence[ChatMessage]], str]) -> None:
        self._complete = complete

    def standalone(self, question: str, history: Sequence[Message]) -> str:
        """Return the question with everything written out that it leaves to the conversation.

        Raises:
            GenerationError: The model failed, or wrote something else than one question.
        """
        conversation = "\n".join(
            f"{message.role}: {without_markers(message.content)[:_MESSAGE_CHARACTERS]}"
            for message in history[-_MESSAGES:]
        )
        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=_SYSTEM),
            ChatMessage(role=MessageRole.USER, content=f"Conversation:\n{conversation}\n\nLast question: {question}"),
        ]
        written = self._complete(messages)
        if not written or "\n" in written or len(written) > _MOST_CHARACTERS:
            raise GenerationError("the model did not write one question")
        return written
