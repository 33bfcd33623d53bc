"""Hybrid retrieval: candidates from words and from vectors, their scores mixed; a LlamaIndex `BaseRetriever` too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from rag.indexes.base import UNDATED
from rag.indexes.embedding import query_vector
from rag.library.base import SearchableLibrary
from rag.models import Filters, Hit, Query, Window
from rag.retrieval.newest import newest_passages
from rag.retrieval.nodes import node_of
from rag.retrieval.ranking import SHORTLIST, Weights, deduplicate, fuse_scores, time_prior
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


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What a search may return.

    Attributes:
        before: Latest publication, epoch seconds.
        filters: Conditions that articles must meet.
        within: The passages of the sections and articles that the filters name; `None` where they name none.
    """

    before: int
    filters: Filters
    within: frozenset[str] | None

    def allow(self, passage_id: str, facts: PassageMetadata) -> bool:
        """Whether a passage meets all conditions."""
        published = UNDATED if facts.published is None else facts.published
        filters = self.filters
        if filters.start and published < filters.start.timestamp():
            return False
        if filters.sources and facts.outlet not in filters.sources:
            return False
        if filters.kinds and facts.kind not in filters.kinds:
            return False
        return published <= self.before and (self.within is None or passage_id in self.within)


class HybridRetriever(BaseRetriever):
    """The `Retriever` that mixes words, vectors and time.

    Args:
        library: Open.
        weights: How the parts of a score are mixed.
        tiers: Outlet -> tier: 1 is preferred, 2 is where all others are, 3 comes last.
        k: Passages that LlamaIndex's `retrieve` returns.
    """

    def __init__(
        self,
        library: SearchableLibrary,
        *,
        weights: Weights | None = None,
        tiers: Mapping[str, int] | None = None,
        k: int = 10,
    ) -> None:
        super().__init__()
        self._library = library
        self.weights = weights or Weights()
        self.tiers = tiers or {}
        self._k = k

    def search(self, query: Query, *, k: int) -> tuple[Hit, ...]:
        """Return the `k` best passages, none published after the query's `as_of`.

        Raises:
            EmbeddingError: The embedding model failed.
        """
        self._library.refresh()
        as_of = query.as_of or datetime.now(UTC)
        bounds = self._bounds(int(min(as_of, query.filters.end or as_of).timestamp()), query.filters)
        if bounds.within is not None and not bounds.within:
            return ()
        lexical = dict(self._by_words(query.question, bounds))
        vector = self._by_meaning(query.question, bounds, lexical) if self.weights.vector else {}
        facts = self._library.record.passage_metadata(list(lexical | vector))
        window = _preferred_time(query, as_of)
        priors = {passage_id: self._prior(fact, window, query.mentioned) for passage_id, fact in facts.items()}
        ranked = fuse_scores(lexical, vector, priors, self.weights)[: k * SHORTLIST]
        passages = self._library.record.passages([passage_id for passage_id, _, _ in ranked])
        # An article may have been removed since the indexes answered.
        stored = [(passages[passage_id], score, why) for passage_id, score, why in ranked if passage_id in passages]
        # Who asks about one article wants more than a few passages of its story.
        weights = replace(self.weights, per_story=k) if query.filters.articles else self.weights
        return deduplicate(stored, k=k, weights=weights)

    def newest(self, query: Query, *, k: int) -> tuple[Hit, ...]:
        """Return the beginnings of the newest articles of the time asked about, or before it if it has none."""
        return newest_passages(self._library, query, k=k, weights=self.weights)

    def _prior(self, facts: PassageMetadata, window: Window | None, mentioned: Sequence[str]) -> float:
        preferred = self.weights.mentioned if facts.outlet in mentioned else 1.0
        tier = self.weights.tier ** (_MIDDLE_TIER - self.tiers.get(facts.outlet or "", _MIDDLE_TIER))
        return preferred * tier * time_prior(_moment(facts.published), window, self.weights)

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
        """Cosine similarities of the nearest allowed passages, and of those that the words found."""
        vector = query_vector(self._library.embedding, question)
        if bounds.within is not None and len(bounds.within) <= _FEW:
            return self._allowed(list(self._library.vectors.similarities(vector, list(bounds.within)).items()), bounds)
        nearest = self._allowed(self._library.vectors.search(vector, limit=_CANDIDATES), bounds)
        if len(nearest) < _ENOUGH:
            nearest = self._deeper(vector, bounds)
        unscored = [passage_id for passage_id in lexical if passage_id not in nearest]
        return nearest | self._library.vectors.similarities(vector, unscored)

    def _deeper(self, vector: Sequence[float], bounds: _Bounds) -> dict[str, float]:
        """The nearest where few are allowed: of a short time all are scored, of a longer one more are taken.

        A range filter inside Chroma costs time with every row.
        """
        start = int(bounds.filters.start.timestamp()) if bounds.filters.start else None
        in_time = self._library.record.count_between(start, bounds.before)
        if in_time <= _FEW:
            among = self._library.record.ids_between(start, bounds.before)
            return self._allowed(list(self._library.vectors.similarities(vector, among).items()), bounds)
        share = in_time / max(1, self._library.record.passage_count())
        limit = min(int(_CANDIDATES / share), _MOST_CANDIDATES)
        allowed: dict[str, float] = {}
        while limit <= _MOST_CANDIDATES:
            nearest = self._library.vectors.search(vector, limit=limit)
            allowed = self._allowed(nearest, bounds)
            if len(allowed) >= _ENOUGH or len(nearest) < limit:
                break
            limit *= 4
        return allowed

    def _allowed(self, scored: Sequence[tuple[str, float]], bounds: _Bounds) -> dict[str, float]:
        facts = self._library.record.passage_metadata([passage_id for passage_id, _ in scored])
        return {
            passage_id: score
            for passage_id, score in scored
            if passage_id in facts and bounds.allow(passage_id, facts[passage_id])
        }

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self.search(Query(question=query_bundle.query_str, as_of=self._library.latest_date()), k=self._k)
        return [NodeWithScore(node=node_of(hit.passage), score=hit.score) for hit in hits]


def _preferred_time(query: Query, as_of: datetime) -> Window | None:
    """The time asked about if it is past; what is recent, or open to now, wants the newest (measured: docs)."""
    if query.window and as_of - query.window.end > _RECENT:
        return query.window
    return Window(as_of, as_of) if query.newest or query.window else None


def _moment(epoch: int | None) -> datetime | None:
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC)
