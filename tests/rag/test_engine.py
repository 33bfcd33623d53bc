"""From question to answer over the sample library: understood, found, quoted, dated."""

import json
from datetime import UTC, datetime

import pytest

from rag.dates import parse_as_of
from rag.engine import Dateline, dateline_over
from rag.errors import QuestionError
from rag.library.library import Library
from rag.messages import NOT_FOUND, in_language
from rag.models import MAX_QUESTION_CHARACTERS, Answer, Message, Progress, TextDelta
from rag.schemas import answer_json
from rag.settings import Settings
from tests.conftest import SHARED
from tests.rag.asking import WHO, check_quotes

WORDS = in_language()


@pytest.fixture(scope="module")
def quoting(sample_library: Library) -> Dateline:
    return dateline_over(sample_library, Settings())


def test_a_quoted_answer_names_outlet_and_date_and_quotes_word_for_word(quoting: Dateline) -> None:
    answer = quoting.ask(WHO)
    assert answer.status == "answered"
    assert "Osric Tanbery" in answer.text
    assert answer.text.startswith("The Ouldan Courier, 1 October 2026: “")
    assert len(answer.hits) == 10
    assert all(claim.support == "verified" for claim in answer.claims)
    check_quotes(answer)


def test_the_passage_that_answers_is_listed_first_whatever_the_search_put_first(quoting: Dateline) -> None:
    answer = quoting.ask(WHO)
    found = quoting.search(WHO)
    assert found[0].passage.id != answer.citations[0].passage.id
    assert [hit.rank for hit in answer.hits] == list(range(1, 11))
    assert answer.hits[0].passage.id == answer.citations[0].passage.id
    assert {hit.passage.id for hit in answer.hits} == {hit.passage.id for hit in found}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("every", [pytest.param(30, id="some"), pytest.param(1, id="all", marks=pytest.mark.slow)])
def test_naughty_strings_can_be_asked(quoting: Dateline, every: int) -> None:
    strings = SHARED / "corpora" / "naughty-strings.json"
    if not strings.exists():
        pytest.skip("the public collections are not on this machine (../shared/corpora)")
    for naughty in json.loads(strings.read_text(encoding="utf-8"))[::every]:
        if naughty.strip() and len(naughty) <= MAX_QUESTION_CHARACTERS:
            check_quotes(quoting.ask(naughty))
        else:
            with pytest.raises(QuestionError):
                quoting.ask(naughty)


@pytest.mark.parametrize(
    "question",
    [
        "How long should a sourdough loaf prove before it goes into the oven?",
        "Which country won the men's football World Cup in 2018?",
        "asdf qwer zxcv",
    ],
)
def test_what_the_sources_do_not_answer_is_declined(quoting: Dateline, question: str) -> None:
    answer = quoting.ask(question)
    assert answer.status == "not_found"
    assert answer.text.startswith(NOT_FOUND)
    check_quotes(answer)


@pytest.mark.parametrize("day", ["2026-09-05", "2026-09-17", "2026-10-01"])
def test_nothing_published_after_the_as_of_date_is_found(quoting: Dateline, day: str) -> None:
    as_of = parse_as_of(day)
    hits = quoting.search("What happened to the ferries, the satellite, the rate and the flood?", k=40, as_of=as_of)
    assert hits
    assert all(hit.passage.article.published_at is None or hit.passage.article.published_at.at <= as_of for hit in hits)


def test_the_answer_changes_with_its_date(quoting: Dateline) -> None:
    question = "When is Heron-2 going to be launched?"
    then = quoting.ask(question, as_of=parse_as_of("2026-09-30"))
    assert "6 October" in then.text
    assert then.as_of == parse_as_of("2026-09-30")
    now = quoting.ask("When was the Heron-2 satellite launched?")
    assert "7 October" in now.text
    assert str(now.newest_source).startswith("2026-10-07")
    assert now.as_of == datetime(2026, 10, 11, 7, 30, tzinfo=UTC)


def test_undated_articles_are_found_and_called_undated(quoting: Dateline) -> None:
    answer = quoting.ask("Who climbed the steps of the Skerrin Head lighthouse as its keeper?")
    assert "undated" in answer.text


def test_a_follow_up_is_answered_from_the_article_before(quoting: Dateline) -> None:
    history = [Message("user", "When was the Heron-2 satellite launched?"), Message("assistant", "On 7 October. [1]")]
    answer = quoting.ask("How heavy is it?", history=history)
    assert answer.question == "How heavy is it?"
    assert any("Heron-2" in hit.passage.article.title for hit in answer.hits[:2])


def test_stages_come_first_and_the_pieces_are_the_answer(quoting: Dateline) -> None:
    events = list(quoting.stream(WHO))
    assert isinstance(events[0], Progress)
    assert "18 articles" in events[0].text
    *_, answer = events
    assert isinstance(answer, Answer)
    pieces = [event for event in events if isinstance(event, TextDelta)]
    assert "".join(piece.text for piece in pieces) == answer.text
    assert [claim for piece in pieces for claim in piece.claims] == list(answer.claims)


@pytest.mark.parametrize("question", ["", "  \n ", "x" * 4001])
def test_a_question_that_cannot_be_asked_is_said(quoting: Dateline, question: str) -> None:
    with pytest.raises(QuestionError):
        quoting.ask(question)


def test_outlets_that_differ_are_both_quoted_and_named(quoting: Dateline) -> None:
    answer = quoting.ask("How many people were evacuated from Brackenford because of the flood?")
    assert answer.text.startswith(WORDS("sources_differ"))
    (markers,) = answer.conflicts
    cited = {one.marker: one.passage.article for one in answer.citations}
    assert len({cited[marker].source for marker in markers}) == len(markers) >= 2
    assert answer_json(answer)["conflicts"] == [list(markers)]
    assert quoting.ask(WHO).conflicts == ()
    check_quotes(answer)


def test_a_stale_answer_says_so_before_its_first_word(quoting: Dateline) -> None:
    question = "Who drew up the compromise in the Skerrin ferry dispute?"
    later = parse_as_of("2026-12-20")
    events = list(quoting.stream(f"{question[:-1]} this week?", as_of=later))
    first = next(event for event in events if isinstance(event, TextDelta))
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert answer.stale
    assert first.text.startswith("The newest that was found on this is of ")
    assert answer.text.startswith(first.text)
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == answer.text
    assert not quoting.ask(question, as_of=later).stale


def test_the_answer_has_the_documented_shape(quoting: Dateline) -> None:
    found = answer_json(quoting.ask(WHO))
    assert {"question", "answer", "status", "as_of", "claims", "citations", "hits", "model", "usage", "timings_ms"} <= (
        found.keys()
    )
    citation = found["citations"][0]
    assert citation.keys() == {"marker", "quote", "start", "end", "passage_id", "article", "link"}
    assert {"id", "url", "title", "source", "authors", "published_at", "updated_at"} <= citation["article"].keys()
    assert found["hits"][0].keys() == {"rank", "score", "text", "passage_id", "start", "end", "article", "copies"}
    assert f"[{citation['marker']}]" in found["answer"]
    json.dumps(found)
