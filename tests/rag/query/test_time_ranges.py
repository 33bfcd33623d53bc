"""The time that a question mentions."""

from datetime import UTC, datetime

import pytest

from rag.query.time_ranges import window_of

MONDAY = datetime(2026, 10, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("question", "start", "end"),
    [
        ("What did the council decide yesterday?", "2026-10-04", "2026-10-04"),
        ("What is on today?", "2026-10-05", "2026-10-05"),
        ("What happened this week?", "2026-09-28", "2026-10-05"),
        ("What happened last week?", "2026-09-21", "2026-09-28"),
        ("Who resigned in the last 3 days?", "2026-10-02", "2026-10-05"),
        ("Who resigned in the past two weeks?", "2026-09-21", "2026-10-05"),
        ("Who won on Friday?", "2026-10-02", "2026-10-02"),
        ("Who won last Monday?", "2026-09-28", "2026-09-28"),
        ("What burned in June?", "2026-06-01", "2026-06-30"),
        ("What burned in December?", "2025-12-01", "2025-12-31"),
        ("What burned in February 2024?", "2024-02-01", "2024-02-29"),
        ("What sank on 3 September?", "2026-09-03", "2026-09-03"),
        ("What sank on Sept. 3, 2025?", "2025-09-03", "2025-09-03"),
        ("What sank on 2026-09-03?", "2026-09-03", "2026-09-03"),
        ("Which laws were passed in 2024?", "2024-01-01", "2024-12-31"),
        ("What has changed since June?", "2026-06-01", "2026-10-05"),
        ("What was said two days ago?", "2026-10-03", "2026-10-04"),
    ],
)
def test_the_time_a_question_speaks_of_is_read_from_it(question: str, start: str, end: str) -> None:
    window = window_of(question, MONDAY)
    assert window is not None
    assert (window.start.date().isoformat(), window.end.date().isoformat()) == (start, end)


@pytest.mark.parametrize(
    "question",
    [
        "Who may march for the minister?",
        "What is the 2022-13-45 form?",
        "Who is the president?",
        "How many weeks did it last?",
        "Which May policy failed?",
    ],
)
def test_other_questions_speak_of_no_time(question: str) -> None:
    assert window_of(question, MONDAY) is None


@pytest.mark.parametrize("as_of", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
@pytest.mark.parametrize(
    "question",
    [
        "What happened last week?",
        "What happened 999 years ago?",
        "What happened last year?",
        "What happened last month?",
        "What happened in the past 999 years?",
        "What happened today?",
        "What happened yesterday?",
        "What happened on Sunday?",
        "What happened in December?",
        "What happened since 31 December?",
        "What happened on 9999-12-31?",
        "What happened on 0001-01-01?",
    ],
)
def test_a_time_outside_of_the_calendar_is_none(question: str, as_of: datetime) -> None:
    window = window_of(question, as_of)
    assert window is None or window.start <= window.end
