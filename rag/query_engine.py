"""Dateline as a LlamaIndex query engine."""

import asyncio
from typing import Protocol

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle

from rag.models import Answer
from rag.retrieval.nodes import node_of
from rag.schemas import answer_json


class Askable(Protocol):
    """What answers a standalone question."""

    def ask(self, question: str, /) -> Answer:
        """Return the whole answer."""


class DatelineQueryEngine(BaseQueryEngine):
    """Answers queries with checked citations.

    A response's `source_nodes` are the cited passages in the order of their markers, each with its quote
    in `metadata["quote"]`; its `metadata` is the answer as `python -m rag ask --json` prints it.

    Args:
        dateline: Answers.
    """

    def __init__(self, dateline: Askable) -> None:
        super().__init__(callback_manager=None)
        self._dateline = dateline

    def _query(self, query_bundle: QueryBundle) -> Response:
        return _response(self._dateline.ask(query_bundle.query_str))

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}


def _response(answer: Answer) -> Response:
    scores = {hit.passage.id: hit.score for hit in answer.hits}
    nodes = []
    for citation in answer.citations:
        node = node_of(citation.passage)
        node.metadata |= {"marker": citation.marker, "quote": citation.quote}
        nodes.append(NodeWithScore(node=node, score=scores.get(citation.passage.id)))
    return Response(response=answer.text, source_nodes=nodes, metadata=answer_json(answer))
