"""What requests, forms and command lines name: the scope of a question, and how much of its history counts."""

from datetime import UTC, datetime

import pytest

from rag.errors import QuestionError
from rag.models import Filters, Message
from rag.schemas import Scope, read_scope, recent_history


def test_a_bare_date_is_a_whole_day_from_its_beginning_to_its_end() -> None:
    scope = read_scope(
        outlets=["The Courier"], kinds=["opinion", "news"], start="2026-09-05", end="2026-09-06", as_of="2026-09-07"
    )
    assert scope.filters == Filters(
        sources=("The Courier",),
        start=datetime(2026, 9, 5, tzinfo=UTC),
        end=datetime(2026, 9, 6, 23, 59, 59, 999999, tzinfo=UTC),
        kinds=("news", "opinion"),
    )
    assert scope.as_of == datetime(2026, 9, 7, 23, 59, 59, 999999, tzinfo=UTC)
    moments = read_scope(start="2026-09-05T10:00:00+02:00", end="2026-09-05T10:00:00Z")
    assert moments.filters.start == datetime(2026, 9, 5, 8, tzinfo=UTC)
    assert moments.filters.end == datetime(2026, 9, 5, 10, tzinfo=UTC)


def test_a_blank_date_is_not_given() -> None:
    assert read_scope(start="", end=" ", as_of="") == read_scope(start=None) == Scope()


@pytest.mark.parametrize(
    ("field", "named"), [("start", "start date 'soon'"), ("end", "end date 'soon'"), ("as_of", "as-of date 'soon'")]
)
def test_a_wrong_date_is_named(field: str, named: str) -> None:
    with pytest.raises(QuestionError, match=named):
        read_scope(**{field: "soon"})


def test_dates_that_leave_nothing_between_them_are_refused() -> None:
    with pytest.raises(QuestionError, match="the start date is after the end date"):
        read_scope(start="2026-09-06", end="2026-09-05")
    assert read_scope(start="2026-09-05", end="2026-09-05").filters.start


def test_a_wrong_kind_is_named() -> None:
    with pytest.raises(QuestionError, match="kind 'gossip' is unknown; choose from news, opinion"):
        read_scope(kinds=["news", "gossip"])


def test_of_a_conversation_the_newest_messages_count() -> None:
    history = [Message("user", f"{number} {'x' * 900}") for number in range(100)]
    kept = recent_history(history)
    assert kept[-1] == history[-1]
    assert 10 < len(kept) < 40
    assert sum(len(message.content) for message in kept) <= 20_000
    assert len(recent_history([Message("user", "")] * 100)) == 40
    assert recent_history([Message("user", "x" * 30_000)]) == ()
    assert recent_history([Message("user", "x" * 30_000), Message("user", "y")]) == (Message("user", "y"),)
