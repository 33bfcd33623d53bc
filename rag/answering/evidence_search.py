"""Which passages to answer from, and how a follow-up is to be read: the reader's probability of an answer decides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answering.extractive.answerer import ExtractiveAnswerer
from rag.answering.extractive.composition import DECLINE_BELOW
from rag.models import Hit, Query
from rag.query.parsing import parts_of
from rag.retrieval.base import Retriever

HITS = 10
"""Passages that an answer lists, and that an answerer reads."""
_OF_A_STORY = 30
"""Passages among which the stories on a subject are looked for."""
_OF_CORRECTIONS = "correction corrected earlier version wrong error"
"""Words by which notices of corrections are found."""
_SURE = 0.55
"""Confidence from which a reading over the last answers' articles is taken without trying others."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a question is answered from.

    Attributes:
        query: As the question is best read.
        hits: To be read, best first.
        confidence: How likely they answer, in [0, 1]; 0 where nothing had to be weighed.
    """

    query: Query
    hits: tuple[Hit, ...]
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class EvidenceSearch:
    """Finds what a question is answered from.

    Attributes:
        retriever: Finds passages.
        extractive: Tells how likely passages answer.
    """

    retriever: Retriever
    extractive: ExtractiveAnswerer

    def find(self, query: Query) -> Evidence:
        """Return the passages for a question, and how it is to be read.

        A question that may go on from the last answers is read over their articles first, with and without the names
        that the conversation adds; where these hardly answer, over the whole library, and the best reading counts.
        Where none is answered, what it asks for otherwise is looked for.
        """
        if query.intent != "question" or not (query.story or query.carried or query.otherwise):
            return Evidence(query, self._hits(query))
        best = self._best(query)
        if query.otherwise and best.confidence < DECLINE_BELOW:
            instead = replace(query, intent=query.otherwise, parts=())
            return Evidence(instead, self._hits(instead))
        return best

    def _best(self, query: Query) -> Evidence:
        """The reading that is likeliest to be answered."""
        tried: list[Evidence] = []
        for reading in _within(query):
            tried.append(self._weighed(reading))
            if tried[-1].confidence >= _SURE:
                return tried[-1]
        best = max(tried, key=_confidence, default=None)
        if best and query.leans and best.confidence >= DECLINE_BELOW:
            return best
        tried += [self._weighed(reading) for reading in _beyond(query)]
        return max(tried, key=_confidence)

    def listed(self, evidence: Evidence, ranking: Sequence[str]) -> tuple[Hit, ...]:
        """Return the hits that an answer lists: those that were read, then others, if they are few.

        Args:
            evidence: As found.
            ranking: Ids of passages that were read, in the order in which to list them.
        """
        place = {passage_id: place for place, passage_id in enumerate(ranking)}
        hits = sorted(evidence.hits, key=lambda hit: place.get(hit.passage.id, len(place)))
        if len(hits) < HITS and evidence.query.filters.articles == evidence.query.story:
            filters = replace(evidence.query.filters, articles=())
            read = {hit.passage.id for hit in hits}
            others = self.retriever.search(replace(evidence.query, filters=filters, parts=()), k=HITS)
            hits += [hit for hit in others if hit.passage.id not in read][: HITS - len(hits)]
        return tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits, 1))

    def _weighed(self, query: Query) -> Evidence:
        hits = self._hits(query)
        if query.leans and query.carried and not query.filters.articles:
            hits = tuple(hit for hit in hits if _names_any(query.carried, hit))
        return Evidence(query, hits, self.extractive.confidence(query, hits) if hits else 0.0)

    def _hits(self, query: Query) -> tuple[Hit, ...]:
        if query.intent == "news":
            return self.retriever.newest(query, k=HITS)
        if query.intent == "correction":
            query = replace(query, question=f"{query.question} {_OF_CORRECTIONS}")
        k = HITS if query.intent in ("question", "source") else _OF_A_STORY
        if not query.parts:
            return self.retriever.search(query, k=k)
        by_part = {part: self.retriever.search(replace(query, question=part), k=k) for part in query.parts}
        hits = [hit for of_part in by_part.values() for hit in of_part]
        best = {hit.passage.id: hit for hit in sorted(hits, key=lambda hit: hit.score)}
        parts: dict[str, list[str]] = {}
        for part, of_part in by_part.items():
            for hit in of_part:
                parts.setdefault(hit.passage.id, []).append(part)
        ranked = sorted(best.values(), key=lambda hit: (-hit.score, hit.passage.id))
        return tuple(replace(hit, rank=rank, parts=tuple(parts[hit.passage.id])) for rank, hit in enumerate(ranked, 1))


def _names_any(names: Sequence[str], hit: Hit) -> bool:
    article = hit.passage.article
    return any(name in article.title or name in article.text for name in names)


def _confidence(evidence: Evidence) -> float:
    return evidence.confidence


def _within(query: Query) -> Iterator[Query]:
    """The readings over the last answers' articles."""
    if query.story:
        within = replace(query, filters=replace(query.filters, articles=query.story))
        yield from (_worded(within, wording) for wording in query.wordings)
        yield without_names(within)


def _beyond(query: Query) -> Iterator[Query]:
    """The readings over the whole library."""
    yield query
    yield from (_worded(query, wording) for wording in query.wordings[:1])
    if query.carried and not query.leans:
        yield without_names(query)


def _worded(query: Query, wording: str) -> Query:
    return replace(query, question=wording, asked=wording, parts=parts_of(wording), carried=())


def without_names(query: Query) -> Query:
    """Return a question without the names that the conversation adds."""
    added = f" ({', '.join(query.carried)})"
    parts = tuple(part.removesuffix(added) for part in query.parts)
    return replace(query, question=query.question.removesuffix(added), parts=parts)
