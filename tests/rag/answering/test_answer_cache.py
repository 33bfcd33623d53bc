"""Answers are kept for readers who ask the same, and only while what they rest on is held as it was."""

from dataclasses import replace
from datetime import UTC, datetime

from ingest.pipeline import ingest
from rag.answering.answer_cache import AnswerCache
from rag.engine import Dateline, dateline_over
from rag.library.library import Library
from rag.models import Answer, Filters, Message, TextDelta
from rag.settings import Settings
from tests.conftest import SAMPLE, MakeLibrary
from tests.openai_server import openai_server
from tests.rag.asking import WHO, source_number


def from_cache(answer: Answer) -> bool:
    return "cache" in answer.timings_ms


def caching(library: Library) -> Dateline:
    return dateline_over(library, Settings(cached_answers=8))


def test_the_same_question_is_answered_from_memory(sample_library: Library) -> None:
    dateline = caching(sample_library)
    first = dateline.ask(WHO)
    *events, again = dateline.stream(f"  {WHO} ")
    assert isinstance(again, Answer)
    assert (from_cache(first), from_cache(again)) == (False, True)
    assert replace(again, question=WHO, timings_ms=first.timings_ms) == first
    assert events == [TextDelta(first.text, first.citations, first.claims)]


def test_another_moment_filter_site_or_conversation_is_another_question(sample_library: Library) -> None:
    dateline = caching(sample_library)
    dateline.ask(WHO)
    history = [Message("user", "What happened in Brackenford?"), Message("assistant", "The river rose. [1]")]
    assert not from_cache(dateline.ask(WHO, as_of=datetime(2026, 10, 9, tzinfo=UTC)))
    assert not from_cache(dateline.ask(WHO, filters=Filters(sources=("The Ouldan Courier",))))
    assert not from_cache(dateline.of_site("courier").ask(WHO))
    assert not from_cache(dateline.ask(WHO, history=history))
    assert from_cache(dateline.ask(WHO))


def test_nothing_is_kept_unless_it_is_set(sample_library: Library) -> None:
    dateline = dateline_over(sample_library, Settings())
    assert not any(from_cache(dateline.ask(WHO)) for _ in range(2))


def test_an_answer_is_not_shown_once_an_article_was_withdrawn(make_library: MakeLibrary) -> None:
    library = make_library()
    assert ingest([SAMPLE / "articles"], library).complete
    dateline = caching(library)
    first = dateline.ask(WHO)
    assert from_cache(dateline.ask(WHO))
    cited = first.citations[0].passage.article.id
    library.record.withdraw([cited])  # before any index knows of it
    answer = dateline.ask(WHO)
    assert not from_cache(answer)
    assert cited not in [citation.passage.article.id for citation in answer.citations]


def test_what_a_failure_led_to_is_not_kept(sample_library: Library) -> None:
    with openai_server() as server:
        settings = Settings(OPENAI_BASE_URL=server.url, chat_model="scripted", cached_answers=8)
        dateline = dateline_over(sample_library, settings)
        server.fault = "model"
        assert dateline.ask(WHO).model == "quotes"
        server.fault = ""
        server.reply = f"Osric Tanbery is a retired appeal judge [{source_number(dateline, 'retired appeal judge')}]."
        written, asked = dateline.ask(WHO), len(server.requests)
        kept = dateline.ask(WHO)
        assert len(server.requests) == asked
    assert (written.model, kept.model, from_cache(written)) == ("scripted", "scripted", False)
    assert (kept.text, kept.usage.prompt_tokens) == (written.text, 0)


def test_the_cache_is_bounded_and_holds_one_version(sample_library: Library) -> None:
    answer = dateline_over(sample_library, Settings()).ask(WHO)
    cache = AnswerCache(2)
    for key in "ab":
        cache.put(key, answer, version="1")
    assert cache.get("a", version="1") == answer
    cache.put("c", answer, version="1")
    assert [key for key in "abc" if cache.get(key, version="1")] == ["a", "c"]
    assert cache.get("a", version="2") is None
    cache.put("d", answer, version="2")
    assert [key for key in "acd" if cache.get(key, version="1") or cache.get(key, version="2")] == ["d"]
