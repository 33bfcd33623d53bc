"""Reading the dates that records and pages state, in the formats that news sources use."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import dateparser

from rag.dates import NewsDate, parse_iso

_YEARS = range(1600, 2200)
_MILLISECONDS = 100_000_000_000
_LONGEST = 200
"""Characters; dateparser tries many formats on each."""
_MAIL_DATE = re.compile(
    r"(?:[A-Za-z]{3,9},\s*)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d{1,2}:\d{2}(?::\d{2})?\s*(?:[+-]\d{4}|[A-Z]{1,5})?$"
)


_EPOCH = re.compile(r"[0-9]{10}(?:[0-9]{3})?")
"""Seconds or milliseconds of the years 2001 to 2286, as a text."""


def news_date(value: object) -> NewsDate:
    """The date that a record states: ISO 8601, RFC 5322, epoch seconds or milliseconds, or English.

    Raises:
        ValueError: It is in no such format, is ambiguous, or names no plausible day.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        parsed = _from_number(value)
    elif isinstance(value, str) and len(value) <= _LONGEST:
        parsed = _from_text(value.strip())
    else:
        raise ValueError(f"a date is a number or a text of at most {_LONGEST} characters")
    if parsed.at.year not in _YEARS:
        raise ValueError(f"year {parsed.at.year} is out of range")
    return parsed


def _from_number(seconds: float) -> NewsDate:
    try:
        return NewsDate(datetime.fromtimestamp(seconds / 1000 if abs(seconds) > _MILLISECONDS else seconds, UTC))
    except (OverflowError, OSError) as error:
        raise ValueError("the number is too large for a time in seconds") from error


def _from_text(text: str) -> NewsDate:
    for parse in (parse_iso, _from_mail_date, _from_digits, _from_english):
        try:
            return parse(text)
        except (ValueError, TypeError, OverflowError):
            continue
    raise ValueError(f"{text[:60]!r} is not a date")


def _from_mail_date(text: str) -> NewsDate:
    if not _MAIL_DATE.match(text):  # the parser takes half of an English date for a whole one
        raise ValueError("not a mail date")
    moment = parsedate_to_datetime(text)
    return NewsDate(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC))


def _from_digits(text: str) -> NewsDate:
    if not _EPOCH.fullmatch(text):
        raise ValueError("not a number of seconds or milliseconds")
    return _from_number(int(text))


def _from_english(text: str) -> NewsDate:
    if not any(letter.isalpha() for letter in text):
        raise ValueError("numbers alone do not say which is the month")
    settings = {
        "STRICT_PARSING": True,
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
        "PARSERS": ["absolute-time"],
    }
    moment = dateparser.parse(text, languages=["en"], settings=settings)
    if moment is None:
        raise ValueError("not an English date")
    moment = moment.astimezone(UTC)
    midnight = (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return NewsDate(moment, day_only=midnight and ":" not in text)
