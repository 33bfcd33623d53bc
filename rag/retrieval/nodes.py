"""Passages as LlamaIndex nodes, and LlamaIndex retrievers as retrievers of an engine."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle, TextNode

from rag.dates import NewsDate, parse_iso
from rag.indexes.chunking import sentence_spans
from rag.library.base import SearchableLibrary
from rag.models import Article, Filters, Hit, Passage, Query, ScoreBreakdown
from rag.retrieval.newest import newest_passages
from rag.retrieval.ranking import Weights, deduplicate


def node_of(passage: Passage) -> TextNode:
    """Return a passage as a LlamaIndex node, its article's metadata included."""
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


class NodeRetriever:
    """A `Retriever` over any LlamaIndex retriever.

    Nodes under the id of one of the library's passages are that passage; any other node becomes an article of its
    own, with the metadata that `node_of` writes (`title`, `url`, `source`, `published_at`). Scores are divided by
    the best one; nodes without a score count by their rank.

    Args:
        retriever: Decides how many nodes it returns.
        library: Resolves passages, and knows the newest articles.
        weights: How many passages of one story may be returned.
    """

    def __init__(self, retriever: BaseRetriever, library: SearchableLibrary, *, weights: Weights | None = None) -> None:
        self._retriever = retriever
        self._library = library
        self._weights = weights or Weights()

    def search(self, query: Query, *, k: int) -> tuple[Hit, ...]:
        """Return the best of the retriever's passages that match the query's filters and its `as_of`."""
        self._library.refresh()
        nodes = self._retriever.retrieve(QueryBundle(query.question))
        passages = self._library.record.passages([scored.node.node_id for scored in nodes])
        best = max((scored.score or 0.0 for scored in nodes), default=0.0)
        ranked = []
        for rank, scored in enumerate(nodes, 1):
            passage = passages.get(scored.node.node_id) or passage_of(scored)
            score = scored.score / best if scored.score is not None and best > 0 else 1.0 / rank
            if _matches(passage.article, query):
                ranked.append((passage, score, ScoreBreakdown()))
        return deduplicate(sorted(ranked, key=lambda item: -item[1]), k=k, weights=self._weights)

    def newest(self, query: Query, *, k: int) -> tuple[Hit, ...]:
        """Return the beginnings of the library's newest articles."""
        return newest_passages(self._library, query, k=k, weights=self._weights)


def passage_of(scored: NodeWithScore) -> Passage:
    """Return a node that is in no library as a passage, its text being the whole article."""
    node, metadata = scored.node, scored.node.metadata
    text = node.get_content(metadata_mode=MetadataMode.NONE)
    article = Article(
        id=node.node_id,
        title=str(metadata.get("title") or metadata.get("file_name") or ""),
        text=text,
        url=_text(metadata, "url"),
        source=_text(metadata, "source"),
        published_at=_date(metadata.get("published_at")),
    )
    return Passage(node.node_id, article, text, 0, len(text), tuple(sentence_spans(text)))


def _text(metadata: Mapping[str, Any], name: str) -> str | None:
    value = metadata.get(name)
    return str(value) if value else None


def _date(value: object) -> NewsDate | None:
    """The date of a node's metadata; one that is not ISO 8601 leaves the passage undated."""
    try:
        return parse_iso(str(value)) if value else None
    except ValueError:
        return None


def _matches(article: Article, query: Query) -> bool:
    published, filters = article.published_at, query.filters
    latest = min(moment for moment in (query.as_of or datetime.now(UTC), filters.end) if moment)
    if published is not None and published.at > latest:
        return False
    if filters.start and (published is None or published.at < filters.start):
        return False
    return all(not wanted or value in wanted for value, wanted in _properties(article, filters))


def _properties(article: Article, filters: Filters) -> Sequence[tuple[str | None, Sequence[str]]]:
    return (
        (article.source, filters.sources),
        (article.kind, filters.kinds),
        (article.section, filters.sections),
        (article.id, filters.articles),
    )
