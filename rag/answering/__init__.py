"""From passages to a checked answer with citations.

The interfaces are in `rag.answering.base`, the factories in `rag.answering.factory`; only `generative`
loads LlamaIndex.
"""

from rag.answering.base import Answerer, AnswererEvent, CheckedClaim, LanguageModel, ModelDelta, Verifier
from rag.answering.factory import answerer_from, language_model_from, verifier_from

__all__ = [
    "Answerer",
    "AnswererEvent",
    "CheckedClaim",
    "LanguageModel",
    "ModelDelta",
    "Verifier",
    "answerer_from",
    "language_model_from",
    "verifier_from",
]
