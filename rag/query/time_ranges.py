"""The time that a question speaks of, e.g. "last week" or "in June 2022", relative to its as-of. Pure."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from rag.models import Window

_MONTHS = "january february march april may june july august september october november december".split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_COUNTS = {"a": 1, "one": 1, "two": 2, "couple of": 2, "three": 3, "few": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_UNIT_DAYS = {"hour": 1, "day": 1, "week": 7, "month": 31, "year": 366}
_MONTH = f"(?P<month>{'|'.join(_MONTHS)}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\\b\\.?)"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"


def window_of(question: str, as_of: datetime) -> Window | None:
    """The stretch of time that the question names, or `None`; the first kind of expression that matches decides.

    Args:
        question: As the reader wrote it.
        as_of: Aware UTC; what "now" means.
    """
    for pattern, made in _EXPRESSIONS:
        match = pattern.search(question)
        try:
            window = made(match, as_of) if match else None
        except (OverflowError, ValueError):  # before year 1 or after year 9999: no time that news is of
            continue
        if window:
            return window
    return None


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _days(first: datetime, count: int = 1) -> Window:
    start = _midnight(first)
    return Window(start, start + timedelta(days=count) - timedelta(microseconds=1))


def _month_of(year: int, month: int) -> Window:
    return _days(datetime(year, month, 1, tzinfo=UTC), monthrange(year, month)[1])


def _year_of(year: int) -> Window:
    return Window(datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, 23, 59, 59, 999999, UTC))


def _full_date(match: re.Match[str], as_of: datetime) -> Window | None:
    month = _month_number(match["month"])
    year = int(match["year"]) if match["year"] else _year_before(month, as_of)
    day = int(match["day"])
    return _days(datetime(year, month, day, tzinfo=UTC)) if 1 <= day <= monthrange(year, month)[1] else None


def _iso_date(match: re.Match[str], _as_of: datetime) -> Window | None:
    try:
        return _days(datetime.fromisoformat(match.group()).replace(tzinfo=UTC))
    except ValueError:  # 2022-13-45 is no date, and then none was meant
        return None


def _month_and_year(match: re.Match[str], as_of: datetime) -> Window:
    month = _month_number(match["month"])
    return _month_of(int(match["year"]) if match["year"] else _year_before(month, as_of), month)


def _month_number(name: str) -> int:
    return next(number for number, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:3]))


def _year_before(month: int, as_of: datetime) -> int:
    """The latest year in which that month had begun."""
    return as_of.year if month <= as_of.month else as_of.year - 1


_SINCE = re.compile(r"\bsince ", re.IGNORECASE)


def _since(match: re.Match[str], as_of: datetime) -> Window | None:
    # The last of several: a question may repeat the word.
    when = _SINCE.split(match["when"])[-1]
    begun = window_of(when, as_of) or window_of(f"in {when}", as_of)
    return Window(begun.start, as_of) if begun else None


def _weekday(match: re.Match[str], as_of: datetime) -> Window:
    back = (as_of.weekday() - _DAYS.index(match["weekday"].lower())) % 7
    if match["last"] and back == 0:
        back = 7
    return _days(as_of - timedelta(days=back))


def _relative(match: re.Match[str], as_of: datetime) -> Window:
    """`this`, `last` or `past` week, month, year: the one that holds as-of, the one before, or so many days."""
    which, unit = match["which"].lower(), match["unit"].lower()
    count = _count(match["count"])
    if which == "past" or match["count"]:
        return Window(_midnight(as_of - timedelta(days=_UNIT_DAYS[unit] * count)), as_of)
    return _WHOLE[unit](as_of, -1 if which in ("last", "previous") else 0)


def _count(text: str | None) -> int:
    word = (text or "one").lower().strip()
    return int(word) if word.isdigit() else _COUNTS.get(word, 1)


def _whole_week(as_of: datetime, back: int) -> Window:
    """A news week ends today: people say "this week" on Monday of what happened on Saturday."""
    return Window(_midnight(as_of - timedelta(days=7 - 7 * back)), as_of + timedelta(days=7 * back))


def _whole_month(as_of: datetime, back: int) -> Window:
    first = as_of.replace(day=1) - timedelta(days=1) if back else as_of
    return _month_of(first.year, first.month)


def _whole_year(as_of: datetime, back: int) -> Window:
    return _year_of(as_of.year + back)


_WHOLE: dict[str, Callable[[datetime, int], Window]] = {
    "week": _whole_week,
    "month": _whole_month,
    "year": _whole_year,
}


def _ago(match: re.Match[str], as_of: datetime) -> Window:
    days = _UNIT_DAYS[match["unit"].lower()]
    middle = as_of - timedelta(days=days * _count(match["count"]))
    return Window(_midnight(middle - timedelta(days=days // 2)), middle + timedelta(days=max(1, days // 2)))


def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_NUMBER = rf"(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)})"
_EXPRESSIONS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], Window | None]], ...] = (
    (_expression(r"\bsince (?P<when>[^,.?]+)"), _since),
    (_expression(r"\b\d{4}-\d\d-\d\d\b"), _iso_date),
    (_expression(rf"\b{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?\b"), _full_date),
    (_expression(rf"\b{_MONTH} {_DAY}\b(?:,? {_YEAR})?"), _full_date),
    # "may" and "march" are words as well, so a bare month needs its preposition.
    (_expression(rf"\b{_MONTH},? {_YEAR}\b"), _month_and_year),
    (
        _expression(rf"\b(?:in|during|of|last|this) (?:early |late |mid-)?{_MONTH}(?:,? {_YEAR})?(?=[\s,.?!]|$)"),
        _month_and_year,
    ),
    (_expression(rf"\b(?:in|during|of|from|for|since) {_YEAR}\b"), lambda match, _: _year_of(int(match["year"]))),
    (_expression(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b"), lambda _, as_of: _days(as_of)),
    (_expression(r"\b(?:yesterday|last night)\b"), lambda _, as_of: _days(as_of - timedelta(days=1))),
    (
        _expression(rf"\b(?P<which>this|last|past|previous) (?:{_NUMBER} )?(?P<unit>week|month|year)s?\b(?!['’]s)"),
        _relative,
    ),
    (_expression(rf"\b(?P<which>last|past|previous) {_NUMBER} (?P<unit>hour|day)s?\b"), _relative),
    (_expression(rf"\b{_NUMBER} (?P<unit>day|week|month|year)s? ago\b"), _ago),
    (_expression(rf"\b(?:on )?(?P<last>last )?(?P<weekday>{'|'.join(_DAYS)})\b"), _weekday),
)
"""Tried in this order: what names a date says more than what is relative to one."""
