"""Questions are answered from any `ArticleStore`, without SQLite, Tantivy, Chroma or a folder."""

from datetime import UTC, datetime

import pytest

from rag.answering.extractive.answerer import ExtractiveAnswerer
from rag.engine import Dateline, dateline_over
from rag.indexes.embedding import LocalEmbedding, embedded_text, passage_vectors
from rag.library import SearchableLibrary
from rag.library.library import Library
from rag.models import Filters
from rag.query.intents import IntentExamples
from rag.query.parsing import ExampleQueryParser
from rag.reading.onnx_reader import span_reader
from rag.retrieval.hybrid import HybridRetriever
from rag.settings import Settings
from rag.store import ArticleStore
from tests.rag.asking import WHO, check_quotes
from tests.rag.memory import MemoryArticleStore, MemoryLibrary


@pytest.fixture
def in_memory(sample_library: Library, embedding: LocalEmbedding) -> Dateline:
    store = MemoryArticleStore(sample_library.record.articles())
    library = MemoryLibrary(store, embedding, sample_library.latest_date())
    held: ArticleStore = store
    searched: SearchableLibrary = library
    passages = list(held.passages(held.ids_within(Filters())).values())
    library.lexical.put(passages)
    library.vectors.put([p.id for p in passages], passage_vectors(embedding, [embedded_text(p) for p in passages]))
    extractive = ExtractiveAnswerer(library.lexical, span_reader())
    parser = ExampleQueryParser(IntentExamples(LocalEmbedding()))
    return Dateline(library, HybridRetriever(searched), extractive, extractive, parser)  # type: ignore[arg-type]


def test_an_answer_from_memory_is_cited(in_memory: Dateline) -> None:
    answer = in_memory.ask(WHO)
    assert answer.status == "answered"
    assert "Osric Tanbery" in answer.text
    check_quotes(answer)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(sources=("The Ouldan Courier",)),
        Filters(kinds=("news",), start=datetime(2026, 9, 1, tzinfo=UTC)),
        Filters(sections=("Business",)),
    ],
)
def test_both_stores_give_the_same(in_memory: Dateline, sample_library: Library, filters: Filters) -> None:
    memory, stored = in_memory.library.record, sample_library.record
    assert memory.article_count(filters) == stored.article_count(filters)
    assert memory.newest_publication(filters) == stored.newest_publication(filters)
    assert set(memory.ids_within(filters)) == set(stored.ids_within(filters))
    now = int(datetime(2026, 12, 1, tzinfo=UTC).timestamp())
    openings = [
        [passage.id for passage in store.latest_openings(now, limit=5, filters=filters)] for store in (memory, stored)
    ]
    assert openings[0] == openings[1]
    ids = stored.ids_between(None, now)
    assert set(memory.ids_between(None, now)) == set(ids)
    assert memory.passage_metadata(ids) == stored.passage_metadata(ids)


def test_filters_hold_in_memory(in_memory: Dateline, sample_library: Library) -> None:
    only = Filters(sources=("The Ouldan Courier",))
    hits = in_memory.search(WHO, filters=only)
    assert {hit.passage.article.source for hit in hits} == {"The Ouldan Courier"}
    expected = dateline_over(sample_library, Settings()).search(WHO, filters=only)
    assert hits[0].passage.id == expected[0].passage.id
