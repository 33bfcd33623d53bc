"""Dates as news gives them: a moment, or only a day."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from rag.errors import QuestionError
from rag.messages import Text

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_END_OF_DAY = timedelta(days=1) - timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class NewsDate:
    """When something was published or updated, as precisely as the outlet said.

    Attributes:
        at: Aware UTC datetime; the start of the day where only the day is known.
        day_only: The outlet gave no time of day.
    """

    at: datetime
    day_only: bool = False

    def __str__(self) -> str:
        return self.at.date().isoformat() if self.day_only else self.at.isoformat().replace("+00:00", "Z")

    @property
    def spoken(self) -> str:
        """The day as a reader writes it, e.g. `12 June 2022`."""
        return spoken_day(self.at)

    @property
    def latest(self) -> datetime:
        """The last moment it can mean: the end of the day where only the day is known."""
        return self.at + _END_OF_DAY if self.day_only else self.at

    @property
    def epoch(self) -> int:
        """Whole seconds since 1970, UTC."""
        return int(self.at.timestamp())


def spoken_day(moment: datetime) -> str:
    """The day as a reader writes it, e.g. `12 June 2022`."""
    return f"{moment.day} {moment:%B %Y}"


def parse_iso(text: str) -> NewsDate:
    """Parse a date or datetime in ISO 8601; a datetime without an offset is taken as UTC.

    Raises:
        ValueError: The text is not ISO 8601, names no real date, or is before year 1 or after year 9999 in UTC.
    """
    text = text.strip()
    if _ISO_DAY.fullmatch(text):
        return NewsDate(datetime.combine(date.fromisoformat(text), time(), UTC), day_only=True)
    moment = datetime.fromisoformat(text)
    try:
        return NewsDate(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC))
    except OverflowError as error:
        raise ValueError(f"{text!r} lies outside of the calendar in UTC") from error


def parse_as_of(text: str) -> datetime:
    """Parse an `as_of`; a bare date means the end of that day, UTC.

    Raises:
        QuestionError: The text is not an ISO 8601 date or datetime.
    """
    return parse_named("as_of_date", text).latest


def parse_named(name: str, text: str) -> NewsDate:
    """A date that somebody entered, see `parse_iso`; the error says under which name.

    Args:
        name: A key of the catalogue, e.g. `start_date`.
        text: As entered.

    Raises:
        QuestionError: The text is not an ISO 8601 date or datetime.
    """
    try:
        return parse_iso(text)
    except ValueError as error:
        raise QuestionError(Text("not_a_date", {"field": Text(name), "given": text[:100]}), subject=name) from error
