"""A follow-up written out as a question that stands alone, by the language model."""

from collections.abc import Sequence

from rag.answering.base import LanguageModel
from rag.answering.drafts import reply_without_reasoning
from rag.answering.generative.prompts import follow_up_messages
from rag.errors import GenerationError
from rag.models import Message, Usage

_MOST_CHARACTERS = 400


class QuestionRewriter:
    """The `Rewriter` that asks a language model.

    Args:
        model: Is asked once for each follow-up.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    def standalone(self, question: str, history: Sequence[Message]) -> tuple[str, Usage]:
        """Return the question with everything written out that it leaves to the conversation, and the tokens it took.

        Raises:
            GenerationError: The model failed, or wrote something else than one question.
        """
        reply = self._model.complete(follow_up_messages(question, history))
        written = reply_without_reasoning(reply.text)
        if not written or "\n" in written or len(written) > _MOST_CHARACTERS:
            raise GenerationError("the model did not write one question")
        return written, (reply.usage or Usage()).of("follow_up")
