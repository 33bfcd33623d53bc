"""One question's way: understood, searched, answered, checked, dated."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Protocol

from rag.answering.extractive import ExtractiveAnswerer
from rag.dates import NewsDate
from rag.errors import GenerationError, QuestionError
from rag.library.library import Library, LibraryStatus, open_library
from rag.messages import GREETING, MODEL_NOT_UNDERSTOOD, THANKS, UNCLEAR, abilities, searching, stale_sources
from rag.models import (
    Answer,
    AnswerEvent,
    Citation,
    Filters,
    GeneratedAnswer,
    Hit,
    Intent,
    Message,
    Progress,
    Query,
    Status,
    TextDelta,
)
from rag.outlets import outlets_of
from rag.query.parsing import needs_context, understand
from rag.retrieval.hybrid import HybridRetriever
from rag.settings import Settings

log = logging.getLogger(__name__)

MAX_QUESTION_CHARACTERS = 4000
_BEST = 3
_OF_A_STORY = 30
"""Passages among which the stories on a subject are looked for."""
_FOR_A_CHOICE = 6
_TIE = 1e-6
"""So little that nearness in meaning decides only between choices that words cannot tell apart."""
_SMALL_TALK: tuple[Intent, ...] = ("greeting", "thanks", "abilities", "unclear")
HITS = 10
"""Passages that an answer lists, and that an answerer reads."""


class Answerer(Protocol):
    """Writes an answer over the passages found; every claim it verifies is quoted."""

    def answer(
        self, query: Query, hits: Sequence[Hit], history: Sequence[Message]
    ) -> Iterator[Progress | TextDelta | GeneratedAnswer]:
        """Checked pieces of the answer as they are ready, then the whole as the last item."""

    def is_answerable(self, query: Query, hits: Sequence[Hit]) -> bool:
        """Whether the passages are likely to hold an answer."""

    def choose(self, query: Query, found: Sequence[Sequence[Hit]], choices: Sequence[str]) -> tuple[float, ...]:
        """A score for each choice of a multiple-choice question, by what was found for it; higher is better."""


class Rewriter(Protocol):
    """Writes out what a follow-up leaves to the conversation."""

    def standalone(self, question: str, history: Sequence[Message]) -> str:
        """A question that stands alone; raises `GenerationError`."""


@dataclass(frozen=True, slots=True)
class Dateline:
    """A library that can be asked.

    Attributes:
        library: Where the articles are.
        retriever: Finds passages.
        answerer: Writes the answer over them.
        rewriter: Writes follow-ups out; by default rules carry names over.
    """

    library: Library
    retriever: HybridRetriever
    answerer: Answerer
    rewriter: Rewriter | None = None

    def understand(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        as_of: datetime | None = None,
        filters: Filters | None = None,
    ) -> Query:
        """What a question is taken to ask for.

        Raises:
            QuestionError: The question is empty or too long.
        """
        return self._query(question, history, as_of, filters)

    def search(
        self, question: str, *, k: int = HITS, as_of: datetime | None = None, filters: Filters | None = None
    ) -> tuple[Hit, ...]:
        """The `k` best passages for a standalone question.

        Raises:
            QuestionError: The question is empty or too long.
        """
        return self.retriever.search(self._query(question, (), as_of, filters), k=k)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        as_of: datetime | None = None,
        filters: Filters | None = None,
    ) -> Answer:
        """The whole answer.

        Raises:
            QuestionError: The question is empty or too long.
        """
        *_, answer = self.stream(question, history=history, as_of=as_of, filters=filters)
        if not isinstance(answer, Answer):  # pragma: no cover - `stream` always ends with one
            raise TypeError("the stream ended without an answer")
        return answer

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        as_of: datetime | None = None,
        filters: Filters | None = None,
    ) -> Iterator[AnswerEvent]:
        """The answer as it is made: stages and checked pieces of text, then the `Answer` itself.

        Args:
            question: As the reader wrote it.
            history: Earlier turns, oldest first.
            as_of: Only articles published up to this moment; by default, up to the newest of those searched.
            filters: What the reader set: outlets, dates, kinds.

        Raises:
            QuestionError: The question is empty or too long.
        """
        started = perf_counter()
        query = self._query(question, history, as_of, filters)
        if query.intent in _SMALL_TALK:
            yield from self._talk(question, query, as_of or self.library.latest_date(filters))
            return
        yield Progress(searching(self.library.record.article_count(query.filters)))
        query, hits = self._found(query)
        found = perf_counter()
        yield Progress(f"reading {len(hits)} passages")
        warning = _staleness(query, hits)
        if warning:
            query = replace(query, warning=warning)
            yield TextDelta(f"{warning}\n\n")
        first_words: float | None = None
        draft: GeneratedAnswer | None = None
        for event in self.answerer.answer(query, hits, history):
            if isinstance(event, GeneratedAnswer):
                draft = event
            else:
                first_words = first_words or (perf_counter() if isinstance(event, TextDelta) else None)
                yield event
        if draft is None:  # pragma: no cover - the answerers' contract
            raise TypeError("the answerer ended without a draft")
        ended = perf_counter()
        timings = {"search": found - started, "first_words": (first_words or ended) - started, "total": ended - started}
        yield Answer(
            question=question,
            text=f"{warning}\n\n{draft.text}" if warning else draft.text,
            status=draft.status,
            claims=draft.claims,
            citations=draft.citations,
            hits=hits,
            as_of=as_of or self.library.latest_date(filters),
            newest_source=_newest(draft.citations),
            confidence=draft.confidence,
            model=draft.model,
            usage=draft.usage,
            stale=bool(warning),
            conflicts=draft.conflicts,
            notes=(*query.notes, *draft.notes),
            timings_ms={name: round(seconds * 1000, 1) for name, seconds in timings.items()},
        )

    def choose(
        self, question: str, choices: Sequence[str], *, history: Sequence[Message] = (), as_of: datetime | None = None
    ) -> tuple[float, ...]:
        """A score for each choice of a multiple-choice question, higher is better.

        They are searched for by words; between equal ones, nearness in meaning decides.

        Raises:
            QuestionError: The question is empty or too long.
        """
        query = self._query(question, history, as_of, None)
        by_words = self.retriever.words_only()
        found = [
            by_words.search(replace(query, question=f"{query.question} {choice}"), k=_FOR_A_CHOICE)
            for choice in choices
        ]
        scores = self.answerer.choose(query, found, choices)
        if scores.count(max(scores, default=0.0)) < 2:
            return scores
        return tuple(
            score * (1 + _TIE * self._nearness(query, choice)) for score, choice in zip(scores, choices, strict=True)
        )

    def _nearness(self, query: Query, choice: str) -> float:
        """How near in meaning passages stand to the question with the choice: their mean cosine similarity."""
        hits = self.retriever.search(replace(query, question=f"{query.question} {choice}"), k=_FOR_A_CHOICE)
        nearest = sorted((hit.why.vector or 0.0 for hit in hits), reverse=True)[:_BEST]
        return sum(nearest) / _BEST

    def _found(self, query: Query) -> tuple[Query, tuple[Hit, ...]]:
        """The passages for the query; a short question that finds nothing within the conversation stands alone."""
        hits = self._hits(query)
        if not query.alone or self.answerer.is_answerable(query, hits):
            return query, hits
        alone = replace(query, question=query.alone, alone="")
        return alone, self._hits(alone)

    def _hits(self, query: Query) -> tuple[Hit, ...]:
        if query.intent == "news":
            return self.retriever.newest(query, k=HITS)
        k = _OF_A_STORY if query.intent in ("summary", "development", "article") else HITS
        if not query.parts:
            return self.retriever.search(query, k=k)
        found = [hit for part in query.parts for hit in self.retriever.search(replace(query, question=part), k=k)]
        best = {hit.passage.id: hit for hit in sorted(found, key=lambda hit: hit.score)}
        ranked = sorted(best.values(), key=lambda hit: (-hit.score, hit.passage.id))
        return tuple(replace(hit, rank=rank) for rank, hit in enumerate(ranked, 1))

    def _talk(self, question: str, query: Query, as_of: datetime) -> Iterator[AnswerEvent]:
        """Answers what is not about the news: by a fixed phrase, without search or citations."""
        fixed = {"greeting": GREETING, "thanks": THANKS, "unclear": UNCLEAR}
        said = fixed.get(query.intent) or self._abilities(query.filters)
        yield TextDelta(said)
        status_of_it: Status = "not_found" if query.intent == "unclear" else "answered"
        yield Answer(
            question, said, status_of_it, (), (), (), as_of, newest_source=None, confidence=1.0, model="phrases"
        )

    def _abilities(self, filters: Filters) -> str:
        """What can be answered from the articles that may be searched."""
        held = self.library.record.outlets(filters)
        newest = max((one.newest for one in held if one.newest), default=None)
        outlets = sum(one.source is not None for one in held)
        return abilities(sum(one.articles for one in held), outlets, newest.spoken if newest else None)

    def status(self) -> LibraryStatus:
        """What the library holds."""
        return self.library.status()

    def _query(
        self, question: str, history: Sequence[Message], as_of: datetime | None, filters: Filters | None
    ) -> Query:
        if not question.strip():
            raise QuestionError("the question is empty; ask something about the news")
        if len(question) > MAX_QUESTION_CHARACTERS:
            raise QuestionError(f"the question has more than {MAX_QUESTION_CHARACTERS:,} characters; shorten it")
        read = partial(
            understand, as_of=as_of or self.library.latest_date(), outlets=self.library.outlet_names(), filters=filters
        )
        rules = read(question, history)
        if self.rewriter is None or not history or rules.intent != "question" or not needs_context(question):
            return rules
        try:
            written = self.rewriter.standalone(question, history)
        except GenerationError as error:
            log.warning("follow-up understood by rules: %s", error)
            return replace(rules, notes=(MODEL_NOT_UNDERSTOOD,))
        return replace(read(written, ()), asked=" ".join(question.split()), understood_by="model")


def open_dateline(settings: Settings) -> Dateline:
    """The library that the settings name, with the answerer that they ask for.

    Raises:
        LibraryError: There is no library yet, or it cannot be used.
        EmbeddingError: The embedding model cannot be loaded.
    """
    return dateline_over(open_library(settings), settings)


def dateline_over(library: Library, settings: Settings) -> Dateline:
    """An open library with the answerer that the settings ask for."""
    quoting = ExtractiveAnswerer(library.lexical)
    retriever = HybridRetriever(library, tiers={one.name: one.tier for one in outlets_of(settings.sources)})
    if not settings.generates:
        return Dateline(library, retriever, quoting)
    from rag.answering.generative import GenerativeAnswerer, chat_model_from  # noqa: PLC0415 - costs seconds
    from rag.query.rewriting import QuestionRewriter  # noqa: PLC0415 - costs seconds

    model = chat_model_from(settings)
    answerer = GenerativeAnswerer(
        model,
        fallback=quoting,
        evidence_tokens=settings.evidence_tokens,
        drops_unverified=settings.unverified == "drop",
    )
    return Dateline(library, retriever, answerer, QuestionRewriter(model))


def _staleness(query: Query, hits: Sequence[Hit]) -> str:
    """What is said first when even the newest of the best passages is older than the time asked about."""
    dates = [hit.passage.article.published_at for hit in hits[:_BEST]]
    known = [date for date in dates if date]
    if query.window is None or not known or len(known) < len(dates):
        return ""
    newest = max(known)
    return stale_sources(newest.spoken) if newest.latest < query.window.start else ""


def _newest(citations: Sequence[Citation]) -> NewsDate | None:
    dates = (citation.passage.article.published_at for citation in citations)
    return max((date for date in dates if date), default=None)
