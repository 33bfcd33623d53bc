"""Finding passages: candidates from words and from vectors, fused, as LlamaIndex's `BaseRetriever`."""

from datetime import UTC, datetime

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from rag.domain import Hit, Passage, Query
from rag.errors import EmbeddingError
from rag.lexical import UNDATED, stems
from rag.library import Library
from rag.ranking import Weights, folded, fused, time_prior
from rag.words import content_words

_CANDIDATES = 200
_MOST_VECTOR_CANDIDATES = 3200
_SHORTLIST = 6
"""Passages loaded for each one wanted, so that folding leaves enough."""


class HybridRetriever(BaseRetriever):
    """The best passages of a library for a query.

    Args:
        library: Open.
        weights: How the parts of a score are mixed.
        k: Passages that LlamaIndex's `retrieve` returns.
    """

    def __init__(self, library: Library, *, weights: Weights | None = None, k: int = 10) -> None:
        super().__init__()
        self._library = library
        self._weights = weights or Weights()
        self._k = k

    def search(self, query: Query, *, k: int) -> tuple[Hit, ...]:
        """The `k` best passages, nothing published after the query's `as_of` among them.

        Raises:
            EmbeddingError: The embedding model failed.
        """
        self._library.refresh()
        as_of = query.as_of or datetime.now(UTC)
        before = int(as_of.timestamp())
        lexical = dict(self._by_words(query.question, before))
        vector = self._by_meaning(query.question, before, lexical)
        published = self._library.record.published_epochs(list(lexical | vector))
        priors = {one: time_prior(_moment(epoch), as_of, self._weights) for one, epoch in published.items()}
        ranked = fused(lexical, vector, priors, self._weights)[: k * _SHORTLIST]
        passages = self._library.record.passages([one for one, _, _ in ranked])
        known = [(passages[one], score, why) for one, score, why in ranked if one in passages]
        return folded(known, k=k, weights=self._weights)

    def _by_words(self, question: str, before: int) -> list[tuple[str, float]]:
        words = list(dict.fromkeys(stems(" ".join(content_words(question)) or question)))
        return self._library.lexical.search(words, before=before, limit=_CANDIDATES)

    def _by_meaning(self, question: str, before: int, lexical: dict[str, float]) -> dict[str, float]:
        """Cosine similarities of the nearest passages in time, and of those that the words found."""
        vector = self._library.embedding.get_query_embedding(question)
        if not vector:
            raise EmbeddingError("the embedding model returned no vector for the question")
        found: dict[str, float] = {}
        limit = _CANDIDATES
        # The usual question is about now and few candidates fall away; one about an earlier date
        # takes more of them, since a range filter inside Chroma costs time with every row.
        while limit <= _MOST_VECTOR_CANDIDATES:
            nearest = self._library.vectors.search(vector, limit=limit)
            epochs = self._library.record.published_epochs([one for one, _ in nearest])
            found = {one: score for one, score in nearest if one in epochs and (epochs[one] or UNDATED) <= before}
            if len(found) >= _CANDIDATES or len(nearest) < limit:
                break
            limit *= 4
        unseen = [one for one in lexical if one not in found]
        return found | self._library.vectors.similarities(vector, unseen)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self.search(Query(question=query_bundle.query_str, as_of=self._library.horizon()), k=self._k)
        return [NodeWithScore(node=node_of(hit.passage), score=hit.score) for hit in hits]


def node_of(passage: Passage) -> TextNode:
    """The passage as LlamaIndex knows it."""
    article = passage.article
    return TextNode(
        id_=passage.id,
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata={
            "article_id": article.id,
            "title": article.title,
            "url": article.url,
            "source": article.source,
            "published_at": str(article.published_at) if article.published_at else None,
        },
    )


def _moment(epoch: int | None) -> datetime | None:
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC)
