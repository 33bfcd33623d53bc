"""Finding passages: candidates from words and from vectors, fused, as LlamaIndex's `BaseRetriever`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from rag.indexes.base import UNDATED
from rag.indexes.embedding import query_vector
from rag.library.library import Library
from rag.models import Filters, Hit, Passage, Query, ScoreBreakdown, Window
from rag.retrieval.ranking import Weights, deduplicate, fuse_scores, time_prior
from rag.store import PassageMetadata
from rag.text import content_words, names_in

_CANDIDATES = 200
_RECENT = timedelta(days=9)
"""News about a time that ended so long before as-of is no longer the newest."""
_ENOUGH = 100
"""Vector candidates below which a search looks deeper."""
_MOST_CANDIDATES = 3200
_FEW = 1500
"""Passages of a time, or of sections and articles, up to which all of them are scored."""
_MIDDLE_TIER = 2
_SHORTLIST = 5
"""Passages loaded for each one wanted, so that folding leaves enough."""


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What may be found.

    Attributes:
        before: Latest publication, epoch seconds.
        filters: What articles must be.
        within: The passages of the sections and articles that the filters name; `None` where they name none.
    """

    before: int
    filters: Filters
    within: frozenset[str] | None

    def let_in(self, passage_id: str, facts: PassageMetadata) -> bool:
        published = UNDATED if facts.published is None else facts.published
        filters = self.filters
        if filters.start and published < filters.start.timestamp():
            return False
        if filters.sources and facts.source not in filters.sources:
            return False
        if filters.kinds and facts.kind not in filters.kinds:
            return False
        return published <= self.before and (self.within is None or passage_id in self.within)


class HybridRetriever(BaseRetriever):
    """The best passages of a library for a query.

    Args:
        library: Open.
        weights: How the parts of a score are mixed.
        tiers: Outlet -> tier: 1 is preferred, 2 is where all others are, 3 comes last.
        k: Passages that LlamaIndex's `retrieve` returns.
    """

    def __init__(
        self,
        library: Library,
        *,
        weights: Weights | None = None,
        tiers: Mapping[str, int] | None = None,
        k: int = 10,
    ) -> None:
        super().__init__()
        self._library = library
        self._weights = weights or Weights()
        self._tiers = tiers or {}
        self._k = k

    def search(self, query: Query, *, k: int) -> tuple[Hit, ...]:
        """The `k` best passages, nothing published after the query's `as_of` among them.

        Raises:
            EmbeddingError: The embedding model failed.
        """
        self._library.refresh()
        as_of = query.as_of or datetime.now(UTC)
        bounds = self._bounds(int(min(as_of, query.filters.end or as_of).timestamp()), query.filters)
        if bounds.within is not None and not bounds.within:
            return ()
        lexical = dict(self._by_words(query.question, bounds))
        vector = self._by_meaning(query.question, bounds, lexical) if self._weights.vector else {}
        facts = self._library.record.passage_metadata(list(lexical | vector))
        window = _preferred_time(query, as_of)
        priors = {one: self._prior(fact, window, query.mentioned) for one, fact in facts.items()}
        ranked = fuse_scores(lexical, vector, priors, self._weights)[: k * _SHORTLIST]
        passages = self._library.record.passages([one for one, _, _ in ranked])
        known = [(passages[one], score, why) for one, score, why in ranked if one in passages]
        # Who asks about one article wants more than a few passages of its story.
        weights = replace(self._weights, per_story=k) if query.filters.articles else self._weights
        return deduplicate(known, k=k, weights=weights)

    def words_only(self) -> "HybridRetriever":
        """The same without vectors: for what is looked for by its very words."""
        weights = replace(self._weights, lexical=1.0, vector=0.0)
        return HybridRetriever(self._library, weights=weights, tiers=self._tiers, k=self._k)

    def newest(self, query: Query, *, k: int) -> tuple[Hit, ...]:
        """The beginnings of the newest articles of the time asked about, or before it if it has none; newest first."""
        self._library.refresh()
        as_of, filters, window = query.as_of or datetime.now(UTC), query.filters, query.window
        before = int(min(as_of, filters.end or as_of, window.end if window else as_of).timestamp())
        found = self._library.record.latest_openings(before, limit=k * _SHORTLIST, filters=filters)
        within = [one for one in found if window and _since(one, window)]
        ranked = [(passage, 1.0 / place, ScoreBreakdown()) for place, passage in enumerate(within or found, 1)]
        return deduplicate(ranked, k=k, weights=self._weights)

    def _prior(self, facts: PassageMetadata, window: Window | None, mentioned: Sequence[str]) -> float:
        preferred = self._weights.mentioned if facts.source in mentioned else 1.0
        tier = self._weights.tier ** (_MIDDLE_TIER - self._tiers.get(facts.source or "", _MIDDLE_TIER))
        return preferred * tier * time_prior(_moment(facts.published), window, self._weights)

    def _bounds(self, before: int, filters: Filters) -> _Bounds:
        named = filters.sections or filters.articles
        return _Bounds(before, filters, frozenset(self._library.record.ids_within(filters)) if named else None)

    def _by_words(self, question: str, bounds: _Bounds) -> list[tuple[str, float]]:
        words = list(dict.fromkeys(self._library.lexical.analyze(" ".join(content_words(question)) or question)))
        return self._library.lexical.search(
            words,
            before=bounds.before,
            limit=_CANDIDATES,
            filters=bounds.filters,
            within=bounds.within or (),
            names=[self._library.lexical.analyze(name) for name in names_in(question) if " " in name],
        )

    def _by_meaning(self, question: str, bounds: _Bounds, lexical: Mapping[str, float]) -> dict[str, float]:
        """Cosine similarities of the nearest passages that may be found, and of those that the words found."""
        vector = query_vector(self._library.embedding, question)
        if bounds.within is not None and len(bounds.within) <= _FEW:
            return self._allowed(list(self._library.vectors.similarities(vector, list(bounds.within)).items()), bounds)
        found = self._allowed(self._library.vectors.search(vector, limit=_CANDIDATES), bounds)
        if len(found) < _ENOUGH:
            found = self._deeper(vector, bounds)
        unseen = [one for one in lexical if one not in found]
        return found | self._library.vectors.similarities(vector, unseen)

    def _deeper(self, vector: Sequence[float], bounds: _Bounds) -> dict[str, float]:
        """The nearest where few may be found: of a short time all are scored, of a longer one more are taken.

        A range filter inside Chroma costs time with every row.
        """
        start = int(bounds.filters.start.timestamp()) if bounds.filters.start else None
        in_time = self._library.record.count_between(start, bounds.before)
        if in_time <= _FEW:
            among = self._library.record.ids_between(start, bounds.before)
            return self._allowed(list(self._library.vectors.similarities(vector, among).items()), bounds)
        share = in_time / max(1, self._library.record.passage_count())
        limit = min(int(_CANDIDATES / share), _MOST_CANDIDATES)
        found: dict[str, float] = {}
        while limit <= _MOST_CANDIDATES:
            nearest = self._library.vectors.search(vector, limit=limit)
            found = self._allowed(nearest, bounds)
            if len(found) >= _ENOUGH or len(nearest) < limit:
                break
            limit *= 4
        return found

    def _allowed(self, scored: Sequence[tuple[str, float]], bounds: _Bounds) -> dict[str, float]:
        facts = self._library.record.passage_metadata([one for one, _ in scored])
        return {one: score for one, score in scored if one in facts and bounds.let_in(one, facts[one])}

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self.search(Query(question=query_bundle.query_str, as_of=self._library.latest_date()), k=self._k)
        return [NodeWithScore(node=node_of(hit.passage), score=hit.score) for hit in hits]


def _since(passage: Passage, window: Window) -> bool:
    published = passage.article.published_at
    return published is not None and published.at >= window.start


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


def _preferred_time(query: Query, as_of: datetime) -> Window | None:
    """The time asked about if it is past; what is recent, or open to now, wants the newest (measured: docs)."""
    if query.window and as_of - query.window.end > _RECENT:
        return query.window
    return Window(as_of, as_of) if query.newest or query.window else None


def _moment(epoch: int | None) -> datetime | None:
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC)
