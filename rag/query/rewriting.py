"""A follow-up written out as a question that stands alone, by the language model."""

from collections.abc import Sequence

import httpx
from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.llms import LLM
from openai import OpenAIError

from rag.errors import GenerationError
from rag.markers import without_markers
from rag.models import Message

_MOST_CHARACTERS = 400
_TURNS = 4
_TURN_CHARACTERS = 600
_SYSTEM = """You rewrite the last question of a conversation so that it can be understood without the conversation.
Put names in the place of pronouns, and add what an incomplete question leaves out. Keep everything else as it is.
Do not answer it. If it already stands alone, repeat it. Write the question only, on one line."""


class QuestionRewriter:
    """Resolves what a follow-up leaves out; the rules of `rag.query.parsing` are there where this fails.

    Args:
        model: Any LlamaIndex chat model.
    """

    def __init__(self, model: LLM) -> None:
        self._model = model

    def standalone(self, question: str, history: Sequence[Message]) -> str:
        """The question, written out.

        Raises:
            GenerationError: The model failed, or wrote something else than one question.
        """
        said = "\n".join(
            f"{turn.role}: {without_markers(turn.content)[:_TURN_CHARACTERS]}" for turn in history[-_TURNS:]
        )
        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=_SYSTEM),
            ChatMessage(role=MessageRole.USER, content=f"Conversation:\n{said}\n\nLast question: {question}"),
        ]
        try:
            written = (self._model.chat(messages).message.content or "").strip()
        except (OpenAIError, httpx.HTTPError, ValueError) as error:
            raise GenerationError(f"{type(error).__name__}: {error}") from error
        if not written or "\n" in written or len(written) > _MOST_CHARACTERS:
            raise GenerationError("the model did not write one question")
        return written
