"""From a query to ranked passages.

The interface is in `rag.retrieval.base`; `hybrid` and `nodes` load LlamaIndex.
"""

from rag.retrieval.base import Retriever
from rag.retrieval.ranking import Weights

__all__ = ["Retriever", "Weights"]
