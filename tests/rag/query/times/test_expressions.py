"""The time that a question mentions."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rag.models import Window
from rag.query.times import window_of

MONDAY = datetime(2026, 10, 5, 12, tzinfo=UTC)
READERS_QUESTIONS = Path(__file__).parent / "data" / "time_phrases.tsv"
LEAST_RIGHT = 0.9


def days(window: Window | None) -> tuple[str, str]:
    """First and last day; a dash each for no window."""
    return (window.start.date().isoformat(), window.end.date().isoformat()) if window else ("-", "-")


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
    assert days(window_of(question, MONDAY)) == (start, end)


ALWAYS = "0001-01-01"


@pytest.mark.parametrize(
    ("phrase", "start", "end"),
    [
        ("between 3 and 7 October", "2026-10-03", "2026-10-07"),
        ("between the 3rd and the 7th of September", "2026-09-03", "2026-09-07"),
        ("from 3 to 7 September", "2026-09-03", "2026-09-07"),
        ("3-7 September", "2026-09-03", "2026-09-07"),
        ("3–7 September 2025", "2025-09-03", "2025-09-07"),
        ("Sept 14-18", "2026-09-14", "2026-09-18"),
        ("from 30 December to 2 January", "2025-12-30", "2026-01-02"),
        ("from November to March 2022", "2021-11-01", "2022-03-31"),
        ("from June 2023 to now", "2023-06-01", "2026-10-05"),
        ("in June and July", "2026-06-01", "2026-07-31"),
        ("in 2019-2021", "2019-01-01", "2021-12-31"),
        ("between Monday and Thursday", "2026-09-28", "2026-10-01"),
        ("on Friday and Saturday", "2026-10-02", "2026-10-03"),
        ("in the last seven days", "2026-09-28", "2026-10-05"),
        ("in the past fortnight", "2026-09-21", "2026-10-05"),
        ("over the last couple of weeks", "2026-09-21", "2026-10-05"),
        ("over the past few months", "2026-07-05", "2026-10-05"),
        ("in recent weeks", "2026-09-14", "2026-10-05"),
        ("in the last week", "2026-09-28", "2026-10-05"),
        ("in the last 24 hours", "2026-10-04", "2026-10-05"),
        ("in the last thirty-one days", "2026-09-04", "2026-10-05"),
        ("in the last ninety nine days", "2026-06-28", "2026-10-05"),
        ("before October", ALWAYS, "2026-09-30"),
        ("until 3 October", ALWAYS, "2026-10-03"),
        ("by the end of September", ALWAYS, "2026-09-30"),
        ("as of 1 September", ALWAYS, "2026-09-01"),
        ("after 12 September", "2026-09-13", "2026-10-05"),
        ("since Friday", "2026-10-02", "2026-10-05"),
        ("from Friday onwards", "2026-10-02", "2026-10-05"),
        ("since the start of the month", "2026-10-01", "2026-10-05"),
        ("this summer", "2026-06-01", "2026-08-31"),
        ("this winter", "2026-12-01", "2027-02-28"),
        ("last winter", "2025-12-01", "2026-02-28"),
        ("in autumn 2025", "2025-09-01", "2025-11-30"),
        ("in the fall of 2025", "2025-09-01", "2025-11-30"),
        ("over the weekend", "2026-10-03", "2026-10-04"),
        ("last weekend", "2026-10-03", "2026-10-04"),
        ("in Q3", "2026-07-01", "2026-09-30"),
        ("in the third quarter", "2026-07-01", "2026-09-30"),
        ("in the last quarter of 2023", "2023-10-01", "2023-12-31"),
        ("last quarter", "2026-07-01", "2026-09-30"),
        ("in the first half of September", "2026-09-01", "2026-09-15"),
        ("in the second half of last year", "2025-07-01", "2025-12-31"),
        ("in H1 2025", "2025-01-01", "2025-06-30"),
        ("in early September", "2026-09-01", "2026-09-10"),
        ("in mid-September", "2026-09-11", "2026-09-20"),
        ("in late August", "2026-08-21", "2026-08-31"),
        ("in late 2025", "2025-09-01", "2025-12-31"),
        ("at the start of October", "2026-10-01", "2026-10-10"),
        ("in the early 1990s", "1990-01-01", "1993-12-31"),
        ("in the second week of September", "2026-09-08", "2026-09-14"),
        ("in the last three days of June", "2026-06-28", "2026-06-30"),
        ("earlier this week", "2026-09-28", "2026-10-05"),
        ("earlier this year", "2026-01-01", "2026-10-05"),
        ("later this month", "2026-10-05", "2026-10-31"),
        ("two weeks ago", "2026-09-18", "2026-09-24"),
        ("a fortnight ago", "2026-09-18", "2026-09-24"),
        ("the day before yesterday", "2026-10-03", "2026-10-03"),
        ("last night", "2026-10-04", "2026-10-05"),
        ("last Tuesday", "2026-09-29", "2026-09-29"),
        ("on Tuesday morning", "2026-09-29", "2026-09-29"),
        ("on Tuesday of last week", "2026-09-29", "2026-09-29"),
        ("on Monday", "2026-10-05", "2026-10-05"),
        ("on the 3rd", "2026-10-03", "2026-10-03"),
        ("on the 31st", "2026-08-31", "2026-08-31"),
        ("on the first of September", "2026-09-01", "2026-09-01"),
        ("on 10/05/2026", "2026-10-05", "2026-10-05"),
        ("on 25/05/2026", "2026-05-25", "2026-05-25"),
        ("on 05/25/2026", "2026-05-25", "2026-05-25"),
        ("on 10.05.2026", "2026-05-10", "2026-05-10"),
        ("on 29 February", "2024-02-29", "2024-02-29"),
        ("on Friday, October 2nd", "2026-10-02", "2026-10-02"),
        ("last October", "2025-10-01", "2025-10-31"),
        ("at last week's summit", "2026-09-21", "2026-09-28"),
        ("next week", "2026-10-12", "2026-10-18"),
        ("next month", "2026-11-01", "2026-11-30"),
        ("tomorrow", "2026-10-06", "2026-10-06"),
        ("this coming Friday", "2026-10-09", "2026-10-09"),
        ("over the next few days", "2026-10-05", "2026-10-08"),
    ],
)
def test_ranges_that_people_type_are_understood(phrase: str, start: str, end: str) -> None:
    assert days(window_of(f"What happened {phrase}?", MONDAY)) == (start, end)


def test_whole_days_end_with_their_last_microsecond_and_open_ranges_with_now() -> None:
    assert window_of("What happened on 3 September?", MONDAY) == Window(
        datetime(2026, 9, 3, tzinfo=UTC), datetime(2026, 9, 3, 23, 59, 59, 999_999, UTC)
    )
    assert window_of("What happened since 3 September?", MONDAY) == Window(datetime(2026, 9, 3, tzinfo=UTC), MONDAY)


@pytest.mark.parametrize(
    ("question", "start"),
    [
        ("What did he say yesterday about the crash of 2019?", "2026-10-04"),
        ("What did he say in June about the crash in 2019?", "2026-06-01"),
        ("What has changed today since June?", "2026-06-01"),
        ("What do we know today about the fire in June?", "2026-06-01"),
    ],
)
def test_of_several_times_the_one_that_tells_most_counts(question: str, start: str) -> None:
    assert days(window_of(question, MONDAY))[0] == start


def test_readers_questions_are_mostly_understood() -> None:
    """Questions written before the grammar was, with what they mean."""
    with READERS_QUESTIONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    wrong = [
        row
        for row in rows
        if days(window_of(row["question"], datetime.fromisoformat(row["as_of"]))) != (row["start"], row["end"])
    ]
    assert len(rows) == 120
    assert 1 - len(wrong) / len(rows) >= LEAST_RIGHT, wrong


@pytest.mark.parametrize(
    "question",
    [
        "Who may march for the minister?",
        "What is the 2022-13-45 form?",
        "Who is the president?",
        "How many weeks did it last?",
        "Which May policy failed?",
        "What has changed since the vote?",
        "What has changed since then?",
        "How long did the three day strike last?",
        "How many were arrested in three days?",
        "Did the truce last two weeks?",
        "Who survived the 2014 flood?",
        "What did May say?",
        "What did April Jones say about the report of May?",
        "Who resigned before May did?",
        "What did Week report?",
        "What did Last Week Tonight report?",
        "What did USA Today report?",
        "Who came second?",
        "Why did the Sunday Times apologise?",
        "Who was hurt on Black Friday?",
        "Why do shops close on Sundays?",
        "Who reads the 9 o'clock news?",
        "What were the Q3 results?",
        "Why did shares drop after the Q3 results?",
        "Who lives on the 3rd floor?",
        "Who left after the fall of the government?",
        "Who won the summer games?",
        "What happened on the last day of the trial?",
        "Who withdrew at the last minute?",
        "What was done compared with the previous year?",
        "Which countries want to be neutral by 2050?",
        "What is in the budget for 2027?",
        "Did prices rise from 3 to 7 percent?",
        "What is new in version 10.5.2026.3?",
        "What happened on 31 April?",
        "What happened on 13/13/2026?",
        "How did 9/11 change travel?",
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
        "What happened on 01/02/9999?",
        "What happened before last week, tomorrow, on the 31st or last winter?",
        "What happened between 30 and 2 January?",
        "What happened next decade?",
        "What happened on ſunday in auguſt, at the ſtart of ٣٤٥٦-٠١-٠١?",
        "What happened in the last three days of next year?",
        f"What happened {'7' * 10_000} days ago?",
        "What happened \ud800 99 years ago in \ud800 2024?",
        f"What happened {'since the first half of ' * 2_000}2024?",
    ],
)
def test_a_time_outside_of_the_calendar_is_none(question: str, as_of: datetime) -> None:
    window = window_of(question, as_of)
    assert window is None or window.start <= window.end
