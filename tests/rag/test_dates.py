"""Dates: precise or a day, and the ends of the calendar."""

from datetime import UTC, datetime

import pytest

from rag.dates import parse_as_of, parse_iso
from rag.errors import QuestionError


def test_a_bare_as_of_date_means_the_end_of_that_day() -> None:
    assert parse_as_of("2022-06-17") == datetime(2022, 6, 17, 23, 59, 59, 999_999, UTC)
    assert parse_as_of("2022-06-17T08:00:00+02:00") == datetime(2022, 6, 17, 6, tzinfo=UTC)


@pytest.mark.parametrize("wrong", ["yesterday", "2022-13-01", "17.6.2022", ""])
def test_a_wrong_as_of_date_is_said(wrong: str) -> None:
    with pytest.raises(QuestionError, match="2022-06-17"):
        parse_as_of(wrong)


@pytest.mark.parametrize(
    "text", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "9999-12-31T23:00:00-01:00"]
)
def test_a_moment_that_utc_cannot_tell_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match="calendar"):
        parse_iso(text)
    with pytest.raises(QuestionError, match="ISO 8601"):
        parse_as_of(text)


def test_the_calendars_ends_are_dates() -> None:
    assert parse_as_of("9999-12-31") == datetime.max.replace(tzinfo=UTC)
    assert parse_as_of("0001-01-01T00:00:00Z") == datetime.min.replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["2022-06-17", "2022-06-17T08:00:00Z"])
def test_a_date_keeps_its_precision(text: str) -> None:
    assert str(parse_iso(text)) == text
