"""From a question in a conversation to a query."""

from datetime import UTC, datetime

import pytest

from rag.indexes.embedding import LocalEmbedding
from rag.models import Filters, Message
from rag.query.intents import IntentExamples
from rag.query.parsing import ExampleQueryParser
from rag.text import names_in

AS_OF = datetime(2026, 10, 1, tzinfo=UTC)

INTENTS = IntentExamples(LocalEmbedding())
understand = ExampleQueryParser(INTENTS).parse

MONDAY = datetime(2026, 10, 5, 12, tzinfo=UTC)


OUTLETS = ("The Week", "CNN", "The Ouldan Courier", "Northlight News Agency")


def test_kind_time_and_outlet_become_data_of_the_query_and_the_readers_choice_stands() -> None:
    question = "Which opinion pieces about the dam did CNN report in June?"
    query = understand(question, (), as_of=MONDAY, outlets=OUTLETS)
    assert query.filters.kinds == ("opinion",)
    assert query.filters.sources == ("CNN",)
    assert query.window is not None
    assert query.newest
    chosen = Filters(sources=("The Week",), kinds=("news",))
    assert understand(question, (), as_of=MONDAY, outlets=OUTLETS, filters=chosen).filters == chosen
    assert not understand("What was first reported about the dam?", (), as_of=MONDAY).newest


HISTORY = (Message("user", "Where did Osric Tanbery go after Port Sellin?"), Message("assistant", "To Kettle Bay. [1]"))


@pytest.mark.parametrize("follow_up", ["What did he do there?", "And then?", "What about the crews?"])
def test_a_follow_up_carries_the_names_of_the_turns_before(follow_up: str) -> None:
    query = understand(follow_up, HISTORY, as_of=AS_OF)
    assert "Osric Tanbery" in query.question
    assert query.asked == follow_up


def test_a_question_that_stands_alone_stays_as_it_is() -> None:
    question = "Which company holds the ferry contract between Corrand and Skerrin?"
    assert understand(question, HISTORY, as_of=AS_OF).question == question


def test_a_question_that_repeats_its_words_is_understood_at_once() -> None:
    """The suite's own time limit is what fails this: each repetition once doubled the work."""
    asked = f"What did the mayor of Brackenford say {'since ' * 600}2019?"
    assert understand(asked, (), as_of=datetime(2026, 10, 1, tzinfo=UTC), outlets=()).intent == "question"
    names = " ".join(f"{first}{second}x." for first in "ABCDEFGHIJ" for second in "abcdefghijklmnopqrstuvwxyz" * 8)
    assert len(names_in(names * 4)) > 200
