"""Second implementations of the article store, the two indexes and what a retriever needs of a library, in memory."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import log

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.dates import NewsDate
from rag.indexes.base import UNDATED, Vectors
from rag.indexes.chunking import passages_of
from rag.models import Article, Filters, Passage
from rag.store import OutletCount, PassageMetadata


class MemoryVectorIndex:
    """Exact search over a dictionary of vectors."""

    def __init__(self) -> None:
        self._vectors: dict[str, Vectors] = {}
        self.searches = 0

    def put(self, passage_ids: Sequence[str], vectors: Vectors) -> None:
        self._vectors |= dict(zip(passage_ids, vectors, strict=True))

    def remove(self, passage_ids: Sequence[str]) -> None:
        for passage_id in passage_ids:
            self._vectors.pop(passage_id, None)

    def clear(self) -> None:
        self._vectors.clear()

    def close(self) -> None:
        pass

    def reopen(self) -> None:
        pass

    def search(self, vector: Sequence[float], *, limit: int) -> list[tuple[str, float]]:
        self.searches += 1
        scored = self.similarities(vector, list(self._vectors))
        return sorted(scored.items(), key=lambda hit: (-hit[1], hit[0]))[:limit]

    def similarities(self, vector: Sequence[float], passage_ids: Sequence[str]) -> dict[str, float]:
        held = [passage_id for passage_id in passage_ids if passage_id in self._vectors]
        return {passage_id: float(self._vectors[passage_id] @ np.asarray(vector)) for passage_id in held}

    def ids(self) -> set[str]:
        return set(self._vectors)

    def answers_for(self, passage_ids: Sequence[str]) -> bool:
        return self.ids() >= set(passage_ids)

    def finds_itself(self) -> bool:
        return bool(self._vectors)


class MemoryLexicalIndex:
    """Sums the rarity of the question's words that a passage or its headline holds."""

    def __init__(self) -> None:
        self._passages: dict[str, Passage] = {}
        self._terms: dict[str, frozenset[str]] = {}
        self.searches = 0

    def analyze(self, text: str) -> list[str]:
        return re.findall(r"\w+", text.lower())

    def put(self, passages: Iterable[Passage]) -> None:
        for passage in passages:
            self._passages[passage.id] = passage
            self._terms[passage.id] = frozenset(self.analyze(f"{passage.article.title} {passage.text}"))

    def remove(self, passage_ids: Iterable[str]) -> None:
        for passage_id in passage_ids:
            self._passages.pop(passage_id, None)
            self._terms.pop(passage_id, None)

    def clear(self) -> None:
        self._passages.clear()
        self._terms.clear()

    def search(
        self,
        words: Sequence[str],
        *,
        before: int | None,
        limit: int,
        filters: Filters | None = None,
        within: Collection[str] = (),
        names: Sequence[Sequence[str]] = (),
    ) -> list[tuple[str, float]]:
        self.searches += 1
        frequencies = self.document_frequencies(words)
        weights = {word: log(1 + len(self._terms) / number) for word, number in frequencies.items() if number}
        scored = {
            passage_id: sum(weight for word, weight in weights.items() if word in self._terms[passage_id])
            for passage_id, passage in self._passages.items()
            if _matches(passage, before, filters or Filters()) and (not within or passage_id in within)
        }
        ranked = sorted(((name, score) for name, score in scored.items() if score), key=lambda hit: (-hit[1], hit[0]))
        return ranked[:limit]

    def missing_ids(self, passage_ids: Iterable[str]) -> list[str]:
        return [passage_id for passage_id in passage_ids if passage_id not in self._passages]

    def ids(self) -> set[str]:
        return set(self._passages)

    def document_frequencies(self, words: Iterable[str]) -> dict[str, int]:
        return {word: sum(word in terms for terms in self._terms.values()) for word in set(words)}

    def terms(self, beginning: str) -> dict[str, int]:
        counts = Counter(term for terms in self._terms.values() for term in terms)
        return {term: count for term, count in counts.items() if term.startswith(beginning)}

    def passage_count(self) -> int:
        return len(self._passages)


def _matches(passage: Passage, before: int | None, filters: Filters) -> bool:
    article, published = passage.article, _epoch(passage)
    return (
        (before is None or published <= before)
        and (filters.start is None or published >= filters.start.timestamp())
        and (not filters.sources or article.source in filters.sources)
        and (not filters.kinds or article.kind in filters.kinds)
        and (not filters.sections or article.section in filters.sections)
        and (not filters.articles or article.id in filters.articles)
    )


def _epoch(passage: Passage) -> int:
    return passage.article.published_at.epoch if passage.article.published_at else UNDATED


class MemoryArticleStore:
    """The `ArticleStore` over a list of articles."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._of_article = {article: passages_of(article) for article in articles}
        self._passages = {passage.id: passage for some in self._of_article.values() for passage in some}

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        return {passage_id: self._passages[passage_id] for passage_id in ids if passage_id in self._passages}

    def passage_metadata(self, ids: Sequence[str]) -> dict[str, PassageMetadata]:
        return {name: _metadata(passage) for name, passage in self.passages(ids).items()}

    def count_between(self, start: int | None, end: int) -> int:
        return len(self.ids_between(start, end))

    def ids_between(self, start: int | None, end: int) -> list[str]:
        first = UNDATED if start is None else start
        return [name for name, passage in self._passages.items() if first <= _epoch(passage) <= end]

    def ids_within(self, filters: Filters) -> list[str]:
        only = Filters(sections=filters.sections, articles=filters.articles)
        return [name for name, passage in self._passages.items() if _matches(passage, None, only)]

    def latest_openings(self, before: int, *, limit: int, filters: Filters) -> list[Passage]:
        first = [some[0] for article, some in self._of_article.items() if article.published_at and some[0].sentences]
        matching = [passage for passage in first if _matches(passage, before, filters)]
        return sorted(matching, key=lambda passage: (-_epoch(passage), passage.id))[:limit]

    def passage_count(self) -> int:
        return len(self._passages)

    def article_count(self, filters: Filters | None = None) -> int:
        return len(self._matching(filters))

    def newest_publication(self, filters: Filters | None = None) -> NewsDate | None:
        dates = [article.published_at for article in self._matching(filters) if article.published_at]
        return max(dates, default=None)

    def outlet_names(self) -> tuple[str, ...]:
        return tuple(sorted({article.source for article in self._of_article if article.source}))

    def outlets(self, filters: Filters | None = None) -> tuple[OutletCount, ...]:
        counts = Counter(article.source for article in self._matching(filters))
        return tuple(OutletCount(name, number, None, None) for name, number in counts.most_common())

    def _matching(self, filters: Filters | None) -> list[Article]:
        wanted = replace(filters or Filters(), start=None, end=None)  # dates bound passages, not counts
        return [article for article, some in self._of_article.items() if some and _matches(some[0], None, wanted)]


def _metadata(passage: Passage) -> PassageMetadata:
    published = passage.article.published_at
    return PassageMetadata(published.epoch if published else None, passage.article.source, passage.article.kind)


@dataclass(frozen=True, slots=True)
class MemoryLibrary:
    """The `SearchableLibrary` of a list of articles."""

    record: MemoryArticleStore
    embedding: BaseEmbedding
    latest: datetime
    lexical: MemoryLexicalIndex = field(default_factory=MemoryLexicalIndex)
    vectors: MemoryVectorIndex = field(default_factory=MemoryVectorIndex)

    def refresh(self) -> None:
        pass

    def latest_date(self, filters: Filters | None = None) -> datetime:
        return self.latest

    def outlet_names(self) -> tuple[str, ...]:
        return self.record.outlet_names()
