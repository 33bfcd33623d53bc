"""A follow-up written out as a question that stands alone, by the language model."""

from collections.abc import Callable, Sequence

from llama_index.core.base.llms.types import ChatMessage, MessageRole

from rag.errors import GenerationError
from rag.markers import without_markers
from rag.models import Message

_MOST_CHARACTERS = 400
_MESSAGES = 4
_MESSAGE_CHARACTERS = 600
_SYSTEM = """You rewrite the last question of a conversation so that it can be understood without the conversation.
Put names in the place of pronouns, and add what an incomplete question leaves out. Keep everything else as it is.
Do not answer it. If it already stands alone, repeat it. Write the question only, on one line."""


class QuestionRewriter:
    """The `Rewriter` that asks a language model; where it fails, the rules of `rag.query.parsing` decide.

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
