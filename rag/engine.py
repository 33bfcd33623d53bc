"""The engine: a question is understood, searched for, answered, checked and dated."""

import logging
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING

from rag.answering import Answerer, LanguageModel, answerer_from, language_model_from
from rag.answering.answer_cache import AnswerCache
from rag.answering.evidence_search import HITS, EvidenceSearch
from rag.answering.extractive.answerer import ExtractiveAnswerer
from rag.dates import NewsDate
from rag.errors import QuestionError
from rag.indexes.embedding import LocalEmbedding
from rag.library.base import LibraryStatus, ReadableLibrary
from rag.library.library import GENERATION_FACT, open_library
from rag.messages import ENGLISH, LANGUAGES, Catalogue, Text, in_language
from rag.models import (
    MAX_QUESTION_CHARACTERS,
    PHRASES,
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
from rag.query.base import QueryParser
from rag.query.intents import IntentExamples
from rag.query.parsing import ExampleQueryParser
from rag.query.quoted_articles import with_articles
from rag.query.rewriting import RewritingQueryParser
from rag.query.spell_correction import Reading, Vocabulary, read
from rag.query.vocabulary import LibraryVocabulary, foreign_language
from rag.reading.onnx_reader import span_reader
from rag.retrieval.base import Retriever
from rag.retrieval.factory import retriever_from
from rag.settings import Settings
from rag.store.token_ledger import USAGE_FILE, TokenLedger

if TYPE_CHECKING:
    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.core.llms import LLM

log = logging.getLogger(__name__)

_BEST = 3
"""Hits whose dates tell whether the sources are stale."""
_SMALL_TALK: tuple[Intent, ...] = ("greeting", "thanks", "abilities", "date", "unclear")
_RECENT_QUESTIONS = 3
"""Questions of the conversation that are respelled too; names are carried over from these."""


@dataclass(frozen=True, slots=True)
class Dateline:
    """A library that can be asked.

    Attributes:
        library: Holds the articles.
        retriever: Finds passages.
        answerer: Writes the answer over them.
        extractive: Tells whether passages answer; the `answerer` itself where there is no language model.
        parser: Understands questions.
        charging: Returns answerer and parser of a site, given its id and the tokens that it may spend a day (0: any
            number); `None` where no tokens are counted.
        cache: Of answers; `None` where none are kept.
        site: Id of the site whose readers ask; empty for none.
        model: The name of the language model that writes the answers; empty where they are quotes.
    """

    library: ReadableLibrary
    retriever: Retriever
    answerer: Answerer
    extractive: ExtractiveAnswerer
    parser: QueryParser
    charging: Callable[[str, int], tuple[Answerer, QueryParser]] | None = None
    cache: AnswerCache | None = None
    site: str = ""
    model: str = ""

    def of_site(self, site: str, *, daily_tokens: int = 0) -> "Dateline":
        """Return this engine for the readers of one site.

        Args:
            site: Its id.
            daily_tokens: Of the language model, beyond which its readers get quotes; 0 means any number.
        """
        if self.charging is None:
            return replace(self, site=site)
        answerer, parser = self.charging(site, daily_tokens)
        return replace(self, site=site, answerer=answerer, parser=parser)

    def understand(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        as_of: datetime | None = None,
        filters: Filters | None = None,
    ) -> Query:
        """Return the query that a question amounts to.

        Raises:
            QuestionError: The question is empty or too long.
        """
        return self._query(question, history, as_of, filters)

    def search(
        self, question: str, *, k: int = HITS, as_of: datetime | None = None, filters: Filters | None = None
    ) -> tuple[Hit, ...]:
        """Return the `k` best passages for a standalone question.

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
        language: str = ENGLISH,
    ) -> Answer:
        """Return the whole answer (see `stream` for the arguments).

        Raises:
            QuestionError: The question is empty or too long.
        """
        *_, answer = self.stream(question, history=history, as_of=as_of, filters=filters, language=language)
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
        language: str = ENGLISH,
    ) -> Iterator[AnswerEvent]:
        """Yield the answer as it is made: progress and checked pieces of text, then the `Answer` itself.

        Args:
            question: As the reader wrote it.
            history: Earlier messages, oldest first.
            as_of: Only articles published up to this moment; by default, up to the newest of those searched.
            filters: What the reader set: outlets, dates, kinds.
            language: Of what the answer says besides its quotes, one of `rag.messages.LANGUAGES`.

        Raises:
            QuestionError: The question is empty or too long.
        """
        started = perf_counter()
        query = self._query(question, history, as_of, filters)
        query = replace(query, language=query.in_language if query.in_language in LANGUAGES else language)
        words = in_language(query.language)
        if query.intent in _SMALL_TALK:
            yield from self._talk(question, query, as_of or self.library.latest_date(filters))
            return
        key = (self.site, query, filters, as_of, tuple((message.role, message.content) for message in history))
        kept = self._kept(key)
        if kept:
            milliseconds = round((perf_counter() - started) * 1000, 1)
            yield TextDelta(kept.text, kept.citations, kept.claims)
            stages = dict.fromkeys(("cache", "first_words", "total"), milliseconds)
            yield replace(kept, question=question, usage=query.usage, timings_ms=stages)
            return
        version = self._library_version()
        yield Progress(words("searching", articles=self.library.record.article_count(query.filters)))
        search = EvidenceSearch(self.retriever, self.extractive)
        evidence = search.find(query)
        read_alone = evidence.query.intent != "question" or evidence.query.question == query.asked
        understood = () if read_alone else (words("understood_as", question=evidence.query.question),)
        query, hits = evidence.query, evidence.hits
        retrieved = perf_counter()
        yield Progress(words("reading", passages=len(hits)))
        staleness = _staleness(query, hits, words)
        taken_as = words("taken_as", question=query.read_as) if query.read_as else ""
        untranslated = words("untranslated") if query.in_language and not self.model else ""
        opening = "\n\n".join(filter(None, (untranslated, taken_as, staleness)))
        if opening:
            query = replace(query, warning=opening)
            yield TextDelta(f"{opening}\n\n")
        first_words: float | None = None
        generated: GeneratedAnswer | None = None
        for event in self.answerer.answer(query, hits, history):
            if isinstance(event, GeneratedAnswer):
                generated = event
            else:
                first_words = first_words or (perf_counter() if isinstance(event, TextDelta) else None)
                yield event
        if generated is None:  # pragma: no cover - the answerers' contract
            raise TypeError("the answerer ended without an answer")
        ended = perf_counter()
        timings = {
            "search": retrieved - started,
            "first_words": (first_words or ended) - started,
            "total": ended - started,
        }
        answer = Answer(
            question=question,
            text=f"{opening}\n\n{generated.text}" if opening else generated.text,
            status=generated.status,
            claims=generated.claims,
            citations=generated.citations,
            hits=search.listed(evidence, generated.ranking),
            as_of=as_of or self.library.latest_date(filters),
            newest_source=_newest(generated.citations),
            confidence=generated.confidence,
            model=generated.model,
            usage=query.usage + generated.usage,
            stale=bool(staleness),
            conflicts=generated.conflicts,
            notes=(*understood, *(words(note.key, **note.values) for note in query.notes), *generated.notes),
            timings_ms={name: round(seconds * 1000, 1) for name, seconds in timings.items()},
            read_as=query.read_as,
            readings=query.readings,
        )
        if self.cache and not generated.notes:  # what a failure led to is not kept
            self.cache.put(key, answer, version=version)
        yield answer

    def _kept(self, key: Hashable) -> Answer | None:
        """The answer to the same question, as long as all that it rests on is held as it was."""
        kept = self.cache.get(key, version=self._library_version()) if self.cache else None
        if kept is None:
            return None
        passages = {hit.passage.id: hit.passage for hit in kept.hits}
        passages |= {citation.passage.id: citation.passage for citation in kept.citations}
        return kept if self.library.record.passages(list(passages)) == passages else None

    def _library_version(self) -> str | None:
        return self.library.record.facts.get(GENERATION_FACT) if self.cache else None

    def _talk(self, question: str, query: Query, as_of: datetime) -> Iterator[AnswerEvent]:
        """Answers what is not about the news: by a fixed phrase, without search or citations."""
        fixed = {"greeting": "hello", "thanks": "welcome", "unclear": "unclear"}.get(query.intent)
        reply = in_language(query.language)(fixed) if fixed else self._about_itself(query, as_of)
        yield TextDelta(reply)
        status: Status = "not_found" if query.intent == "unclear" else "answered"
        yield Answer(question, reply, status, (), (), (), as_of, newest_source=None, confidence=1.0, model=PHRASES)

    def _about_itself(self, query: Query, as_of: datetime) -> str:
        """As of when it answers, or what can be answered from the articles that may be searched."""
        words = in_language(query.language)
        if query.intent == "date":
            return words("as_of_when", date=as_of)
        filters = query.filters
        counts = self.library.record.outlets(filters)
        newest = max((count.newest for count in counts if count.newest), default=None)
        outlets = sum(count.name is not None for count in counts)
        until = words("abilities_until", date=newest.at) if newest else ""
        return words("abilities", articles=sum(count.articles for count in counts), outlets=outlets, until=until)

    def status(self) -> LibraryStatus:
        """Return what the library holds."""
        return self.library.status()

    def as_query_engine(self) -> "BaseQueryEngine":
        """Return this engine as a LlamaIndex query engine, for programs built with LlamaIndex."""
        from rag.query_engine import DatelineQueryEngine  # noqa: PLC0415 - only such programs need it

        return DatelineQueryEngine(self)

    def _query(
        self, question: str, history: Sequence[Message], as_of: datetime | None, filters: Filters | None
    ) -> Query:
        if not question.strip():
            raise QuestionError(Text("empty_question"))
        if len(question) > MAX_QUESTION_CHARACTERS:
            raise QuestionError(Text("question_too_long", {"limit": MAX_QUESTION_CHARACTERS}))
        now = as_of or self.library.latest_date()
        vocabulary = LibraryVocabulary(self.library, before=int(now.timestamp()), filters=filters or Filters())
        asked = " ".join(question.split())
        written_in = foreign_language(asked, vocabulary)
        reading = Reading(asked) if written_in else read(asked, vocabulary)
        query = self.parser.parse(
            reading.question,
            with_articles(
                _respelled(history, vocabulary),
                self.library,
                before=int(now.timestamp()),
                filters=filters or Filters(),
            ),
            as_of=now,
            outlets=self.library.outlet_names(),
            filters=filters,
        )
        return replace(
            query,
            read_as=reading.question if reading.is_respelled else "",
            readings=reading.others,
            in_language=query.in_language or written_in,
        )


def open_dateline(
    settings: Settings,
    *,
    embedding: "BaseEmbedding | None" = None,
    llm: "LLM | None" = None,
    retriever: "BaseRetriever | None" = None,
    sent: "Callable[[Sequence[ChatMessage]], object] | None" = None,
) -> Dateline:
    """Open the library that the settings name, with the parts that they ask for.

    Args:
        settings: Of this process.
        embedding: The LlamaIndex model that made the library's vectors, where the settings do not name it.
        llm: Any LlamaIndex language model to write the answers, whatever the settings name.
        retriever: Any LlamaIndex retriever to find the passages, instead of the library's hybrid search.
        sent: Is told the messages of each request to the language model.

    Raises:
        LibraryError: There is no library yet, or it cannot be used.
        EmbeddingError: The embedding model cannot be loaded.
        ReaderError: The span reader's weights are missing or are not the released ones.
    """
    library = open_library(settings, embedding=embedding)
    ledger = TokenLedger(settings.data / USAGE_FILE) if settings.generates or llm else None
    return dateline_over(library, settings, llm=llm, retriever=retriever, ledger=ledger, sent=sent)


def dateline_over(
    library: ReadableLibrary,
    settings: Settings,
    *,
    llm: "LLM | None" = None,
    retriever: "BaseRetriever | None" = None,
    ledger: TokenLedger | None = None,
    sent: "Callable[[Sequence[ChatMessage]], object] | None" = None,
) -> Dateline:
    """Build an engine over an open library (see `open_dateline`).

    Args:
        library: To be asked.
        settings: Name the parts that are not given.
        llm: Any LlamaIndex language model to write the answers.
        retriever: Any LlamaIndex retriever to find the passages.
        ledger: Counts the language model's tokens; without it none are counted, and there is no budget.
        sent: Is told the messages of each request to the language model.
    """
    model = language_model_from(settings, llm, sent=sent)
    extractive = ExtractiveAnswerer(library.lexical, span_reader())
    finder = retriever_from(settings, library, retriever)
    rules = ExampleQueryParser(IntentExamples(LocalEmbedding(), settings.intent_files))
    cache = AnswerCache(settings.cached_answers) if settings.cached_answers else None
    if model is None:
        return Dateline(library, finder, extractive, extractive, rules, cache=cache)
    if ledger is None:
        answerer, parser = _written(settings, extractive, rules, model)
        return Dateline(library, finder, answerer, extractive, parser, cache=cache, model=model.name)
    from rag.answering.generative.token_meter import Account, MeteredModel  # noqa: PLC0415 - costs seconds

    def charging(site: str, site_tokens: int) -> tuple[Answerer, QueryParser]:
        account = Account(ledger, daily_tokens=settings.daily_tokens, site=site, site_tokens=site_tokens)
        return _written(settings, extractive, rules, MeteredModel(model, account))

    answerer, parser = charging("", 0)
    return Dateline(library, finder, answerer, extractive, parser, charging, cache, model=model.name)


def _written(
    settings: Settings, extractive: ExtractiveAnswerer, rules: QueryParser, model: LanguageModel
) -> tuple[Answerer, QueryParser]:
    """What a language model writes: answers, and follow-ups so that they stand alone."""
    from rag.answering.generative.question_rewriter import QuestionRewriter  # noqa: PLC0415 - costs seconds

    return answerer_from(settings, extractive, model), RewritingQueryParser(rules, QuestionRewriter(model))


def _respelled(history: Sequence[Message], vocabulary: Vocabulary) -> list[Message]:
    """The conversation with its last questions as they were read."""
    questions = [place for place, message in enumerate(history) if message.role == "user"]
    messages = list(history)
    for place in questions[-_RECENT_QUESTIONS:]:
        messages[place] = replace(messages[place], content=read(messages[place].content, vocabulary).question)
    return messages


def _staleness(query: Query, hits: Sequence[Hit], words: Catalogue) -> str:
    """The warning that even the newest of the best passages is older than the time asked about; empty if it is not."""
    best = [hit.passage.article.published_at for hit in hits[:_BEST]]
    dates = [date for date in best if date]
    if query.window is None or not dates or len(dates) < len(best):
        return ""
    newest = max(dates)
    return words("stale_sources", date=newest.at) if newest.latest < query.window.start else ""


def _newest(citations: Sequence[Citation]) -> NewsDate | None:
    dates = (citation.passage.article.published_at for citation in citations)
    return max((date for date in dates if date), default=None)
