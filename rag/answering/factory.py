"""The language model, the verifier and the answerer that the settings ask for."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rag.answering.base import Answerer, LanguageModel, Verifier
from rag.answering.extractive.answerer import ExtractiveAnswerer
from rag.answering.verification import EvidenceVerifier
from rag.reading.base import SpanReader
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.core.llms import LLM


def language_model_from(
    settings: Settings,
    llm: "LLM | None" = None,
    *,
    sent: "Callable[[Sequence[ChatMessage]], object] | None" = None,
) -> LanguageModel | None:
    """Build the language model that writes the answers.

    Args:
        settings: Name the model, if any.
        llm: Any LlamaIndex model to take instead.
        sent: Is told the messages of each request.

    Returns:
        `None` where the settings name no model and none is given: answers are then quoted.
    """
    if llm is None and not settings.generates:
        return None
    from rag.answering.generative.llm import LlamaIndexModel, chat_model_from, parameters_from  # noqa: PLC0415 - costs seconds

    if llm is None:
        return LlamaIndexModel(chat_model_from(settings), parameters_from(settings), sent=sent)
    return LlamaIndexModel(llm, sent=sent)


def verifier_from(_settings: Settings, reader: SpanReader) -> Verifier:
    """Build what checks the sentences of a language model; so far there is one."""
    return EvidenceVerifier(reader)


def answerer_from(settings: Settings, extractive: ExtractiveAnswerer, model: LanguageModel | None) -> Answerer:
    """Build the answerer: generative where there is a language model, extractive otherwise.

    Args:
        settings: How much evidence a prompt may hold, and what becomes of claims that are not verified.
        extractive: Answers by quotes; falls in where the language model fails.
        model: The language model, if any.
    """
    if model is None:
        return extractive
    from rag.answering.generative.answerer import GenerativeAnswerer  # noqa: PLC0415 - costs seconds
    from rag.answering.generative.llm import ANSWER_TOKENS  # noqa: PLC0415 - likewise
    from rag.answering.generative.prompts import evidence_budget  # noqa: PLC0415 - likewise

    reply = ANSWER_TOKENS + settings.reasoning_tokens
    return GenerativeAnswerer(
        model,
        verifier=verifier_from(settings, extractive.reader),
        fallback=extractive,
        differences=extractive.differences,
        evidence_tokens=evidence_budget(settings.evidence_tokens, context=model.context_tokens, reply=reply),
        drops_unverified=settings.unverified == "drop",
    )
