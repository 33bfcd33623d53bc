"""The retriever that the settings ask for."""

from typing import TYPE_CHECKING

from rag.library.base import SearchableLibrary
from rag.outlets import outlets_of
from rag.retrieval.base import Retriever
from rag.retrieval.hybrid import HybridRetriever
from rag.retrieval.nodes import NodeRetriever
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.base.base_retriever import BaseRetriever


def retriever_from(
    settings: Settings, library: SearchableLibrary, retriever: "BaseRetriever | None" = None
) -> Retriever:
    """Build the retriever of a library.

    Args:
        settings: Name the `sources.toml` whose tiers rank outlets.
        library: Open.
        retriever: Any LlamaIndex retriever to take instead of hybrid search.
    """
    if isinstance(retriever, HybridRetriever):
        return retriever
    if retriever is not None:
        return NodeRetriever(retriever, library)
    return HybridRetriever(library, tiers={outlet.name: outlet.tier for outlet in outlets_of(settings.sources)})
