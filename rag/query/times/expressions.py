"""A small grammar of times: points and periods that one pattern reads each, their parts, and ranges of them."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from rag.models import Window
from rag.query.times import periods
from rag.query.times.vocabulary import (
    CALENDAR,
    COUNT,
    COUNTS,
    DAY,
    DAYS,
    END,
    MONTH,
    MONTHS,
    NAME,
    NAMED,
    NOT_OF,
    OF,
    OF_WEEK,
    OF_YEAR,
    PERIOD,
    RELATIVE_DAYS,
    SECTIONS,
    SURE_MONTHS,
    THIS,
    UNIT,
    WEEKDAY,
    WHICH,
    WHICH_OF,
    YEAR,
    either,
)


def window_of(question: str, as_of: datetime) -> Window | None:
    """The stretch of time that the question names, or `None` if it names none.

    Of several, a range ("since June", "from 3 to 7 June") decides before what is no longer than a fortnight, that
    before what is no longer than a quarter, that before all else, and the first of equals. "Before June" begins with
    the calendar. A time that lies ahead ("next week", "tomorrow") gives a window after `as_of`: who asks for it wants
    to know what will happen then.

    Args:
        question: As the reader wrote it.
        as_of: Aware UTC; what "now" means.
    """
    windows = [(_rank(time, window), window) for time, window in _windows(_prepared(question), as_of)]
    return min(windows, key=lambda one: one[0])[1] if windows else None


_RANGE, _WEAK, _BARE = 0, 4, 5


class _Time(NamedTuple):
    """A time that was read: where its words end, its window as of a moment, and how much it tells, least first.

    A bare day, as in "from 3 to 7 June", has its month from the other end of a range.
    """

    end: int
    when: Callable[[datetime], Window]
    rank: int | None = None


def _rank(time: _Time, window: Window) -> int:
    length = window.end - window.start
    by_length = 1 + (length > timedelta(days=16)) + (length > timedelta(days=100))
    return by_length if time.rank is None else time.rank


def _prepared(question: str) -> str:
    """With only names capitalised: not what begins a sentence, and nothing where all is."""
    text = " ".join(question.split())
    if not re.search(" [a-z]", text):
        return text.lower()
    return re.sub(r"(?:^|[.?!:] )\w", lambda match: match.group().lower(), text)


_WORD = re.compile(
    rf"(?:the|a|every|each|any) (?:{WEEKDAY}|(?:last|previous|next)\b)|[A-Z]\w* (?ai:{either(DAYS)})\b|\w+"
)
"""What a time may begin with; a weekday that belongs to a name or is any does not count, nor the time of a tale."""


def _windows(text: str, now: datetime) -> Iterator[tuple[_Time, Window]]:
    end = 0
    for word in _WORD.finditer(text):
        at = word.start()
        if at < end or not (time := _bounded(text, at) or _range_or_span(text, at)):
            continue
        end = time.end
        try:
            window = time.when(now)
        except (OverflowError, ValueError):
            continue
        if window.start <= window.end:
            yield time, window


_OPENINGS = {
    **dict.fromkeys(("since", "from"), periods.since),
    **dict.fromkeys(("until", "up until", "up to", "till", "by", "as of"), periods.until),
    **dict.fromkeys(("before", "prior to", "ahead of"), periods.before),
    "after": periods.after,
}
_OPENING = re.compile(f"({either(_OPENINGS)}) ")
_ONWARD = re.compile(r" (?:onwards?|(?:to|until|till) (?:now|today))\b")
_PREPOSITION = re.compile(f"(?:in|during|over|throughout|through|within|across|around|from|between|{OF}) ")
_JOINT = re.compile(",? (?:and|to|until|till|through) | ?[-–—] ?")
_BARE_DAY = re.compile(rf"(?:the )?{DAY}{END}")


def _bounded(text: str, at: int) -> _Time | None:
    """`since Monday`, `before June`, `by the end of June`, `from Monday onwards`."""
    opening = _OPENING.match(text, at)
    time = _span(text, opening.end(), introduced=True) if opening else None
    if opening is None or time is None:
        return None
    onward = _ONWARD.match(text, time.end)
    if opening[1] == "from" and onward is None:
        return None
    bounded = _OPENINGS[opening[1]]
    return _Time(onward.end() if onward else time.end, lambda now: bounded(time.when(now), now), _RANGE)


def _range_or_span(text: str, at: int) -> _Time | None:
    """`in June`, `between 3 and 7 June`, `from March to May 2022`, `30 June - 2 July`."""
    preposition = _PREPOSITION.match(text, at)
    at = preposition.end() if preposition else at
    first = _end(text, at, introduced=bool(preposition))
    joint = _JOINT.match(text, first.end) if first else None
    second = _end(text, joint.end(), introduced=bool(preposition)) if joint else None
    if first and second and (first.rank, second.rank) != (_BARE, _BARE):
        return _Time(second.end, partial(_between, first, second), _RANGE)
    return first if first and first.rank != _BARE else None


def _end(text: str, at: int, *, introduced: bool) -> _Time | None:
    """One end of a range, or a time alone."""
    if time := _span(text, at, introduced=introduced):
        return time
    day = _BARE_DAY.match(text, at)
    return _Time(day.end(), partial(periods.latest_day, int(day["day"])), _BARE) if day else None


def _between(first: _Time, second: _Time, now: datetime) -> Window:
    if second.rank == _BARE:
        start = first.when(now).start
        return Window(start, second.when(start + timedelta(days=30)).end)
    # What comes first is the latest of its kind before what comes second: November, in "from November to March 2022".
    end = second.when(now).end
    return Window(first.when(end).start, end)


_When = Callable[[re.Match[str], datetime], Window]


class _Rule(NamedTuple):
    """How one pattern is read; after a preposition only, or anywhere."""

    pattern: re.Pattern[str]
    when: _When
    introduced: bool


def _rule(pattern: str, when: _When, *, introduced: bool = False) -> _Rule:
    return _Rule(re.compile(pattern), when, introduced)


def _read(rules: tuple[_Rule, ...], text: str, at: int, *, introduced: bool) -> _Time | None:
    for rule in rules:
        if (introduced or not rule.introduced) and (match := rule.pattern.match(text, at)):
            # "What do we know today" asks what is known now.
            return _Time(match.end(), partial(rule.when, match), _WEAK if match[0] == "today" else None)
    return None


def _span(text: str, at: int, *, introduced: bool) -> _Time | None:
    return _part(text, at) or _read(_SPANS, text, at, introduced=introduced)


_SECTION = re.compile(rf"(?:the )?((?ai:{either(SECTIONS)}))(?: in|-)? ?")
_RUN = re.compile(rf"(?:the )?({either(WHICH_OF)}) (?:{COUNT} )?{UNIT} of ")


def _part(text: str, at: int) -> _Time | None:
    """`early June`, `the first half of 2025`, `the end of the year`, `the last three days of June`."""
    part = _SECTION.match(text, at) or _RUN.match(text, at)
    whole = _read(_WHOLES, text, part.end(), introduced=True) if part else None
    if part is None or whole is None:
        return None
    word = part[1].lower()
    if part.re is _SECTION:
        return _Time(whole.end, lambda now: periods.section(whole.when(now), *SECTIONS[word]))
    return _Time(whole.end, lambda now: periods.run(whole.when(now), _count(part), part["unit"], WHICH_OF[word]))


def _count(match: re.Match[str]) -> int:
    count = match["count"] or "a"
    return int(count) if count.isdigit() else COUNTS[count]


def _relative_days(match: re.Match[str], now: datetime) -> Window:
    first, last = RELATIVE_DAYS[match[0]]
    return periods.days(now + timedelta(days=first), now + timedelta(days=last))


def _date_in_figures(match: re.Match[str], now: datetime) -> Window:
    """The latest day that it can mean: 10/05 is one of May, or of October; of two that lie ahead, the next."""
    readings = []
    for written in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y"):
        with suppress(ValueError):
            readings.append(datetime.strptime(match[0], written).replace(tzinfo=UTC))
    day = max((reading for reading in readings if reading <= now), default=None) or min(readings)
    return periods.days(day, day)


def _date(match: re.Match[str], now: datetime) -> Window:
    """Without a year the latest in a month that has begun: on the 5th, "the 3rd to the 7th" are around today."""
    number = int(match["day"] or 1)
    month = MONTHS[match["month"].lower()]
    if match["year"]:
        day = datetime(int(match["year"]), month, number, tzinfo=UTC)
        return periods.days(day, day)
    return periods.latest_day(number, periods.in_calendar("month", 0, now).end, month)


def _day_alone(match: re.Match[str], now: datetime) -> Window:
    return periods.latest_day(int(match["day"]), now)


def _weekday(match: re.Match[str], now: datetime) -> Window:
    weekday = DAYS.index(match["weekday"].lower())
    if match["week"] is None:
        return periods.day_of_week(weekday, match["which"], now)
    return periods.day_of_week(weekday, "this", now + timedelta(days=7 * CALENDAR[match["week"]]))


def _calendar(match: re.Match[str], now: datetime) -> Window:
    return periods.in_calendar(match["unit"], CALENDAR.get(match["which"], 0), now)


def _news_calendar(match: re.Match[str], now: datetime) -> Window:
    """A news week ends today: people say "this week" on Monday of what happened on Saturday."""
    away = CALENDAR[match["which"]]
    if match["unit"] != "week" or away > 0:
        return _calendar(match, now)
    end = now + timedelta(days=7 * away)
    week = periods.days(end - timedelta(days=7), end)
    return week if away else periods.since(week, now)


def _rolling(match: re.Match[str], now: datetime) -> Window:
    return periods.rolling(_count(match), match["unit"], match["which"], now)


def _named(match: re.Match[str], now: datetime) -> Window:
    parts = match.groupdict()
    return periods.in_year(*NAMED[match["name"].lower()], int(parts.get("year") or 0), parts.get("which", ""), now)


def _from_new_year(months: int, match: re.Match[str], now: datetime) -> Window:
    return periods.in_year(1, months, int(match["year"]), "", now)


_NAMES = (
    _rule(NAME + OF_YEAR, _named),
    _rule(f"{WHICH} {NAME}{END}{NOT_OF}", _named),
    _rule(rf"(?P<name>(?ai:{either(SURE_MONTHS)}))\b", _named, introduced=True),
    _rule(f"(?:the )?{NAME}{END}{NOT_OF}", _named, introduced=True),
    _rule(r"(?:the )?(?P<year>(?:19|20)\d0)s\b", partial(_from_new_year, 120), introduced=True),
    _rule(f"(?:the year )?{YEAR}", partial(_from_new_year, 12), introduced=True),
)
_WHOLES = (*_NAMES, _rule(f"(?:the|{THIS}) {PERIOD}", _calendar))
_SPANS = (
    _rule(rf"{either(RELATIVE_DAYS)}\b", _relative_days),
    _rule(rf"{COUNT} {UNIT} ago\b", lambda match, now: periods.ago(_count(match), match["unit"], now)),
    _rule(r"(?:\d{4}-\d\d-\d\d|\d\d?([/.-])\d\d?\1\d{4})(?![/.-]?\d)", _date_in_figures),
    _rule(rf"(?:{WEEKDAY},? )?(?:the )?(?:{DAY}|first(?= of))(?: of)? {MONTH}(?:{OF_YEAR})?", _date),
    _rule(rf"(?:{WEEKDAY},? )?{MONTH} (?:the )?{DAY}(?:{OF_YEAR})?", _date),
    _rule(rf"on the (?=\d+[a-z]){DAY}{END}{NOT_OF}", _day_alone),
    _rule(rf"the (?=\d+[a-z]){DAY}{END}{NOT_OF}", _day_alone, introduced=True),
    _rule(rf"(?:{WHICH} )?{WEEKDAY}{OF_WEEK}{END}", _weekday),
    _rule(rf"(?:the|{WHICH}) weekend\b{NOT_OF}", lambda match, now: periods.weekend(match["which"], now)),
    _rule(f"earlier {THIS} {PERIOD}", lambda match, now: periods.since(_news_calendar(match, now), now)),
    _rule(f"later {THIS} {PERIOD}", lambda match, now: Window(now, _calendar(match, now).end)),
    _rule(rf"(?:the (?=\w+ quarter))?{THIS} {PERIOD}{NOT_OF}(?!(?<=year)['’]s)", _news_calendar),
    _rule(f"recent {UNIT}", lambda match, now: periods.rolling(COUNTS["few"], match["unit"], "past", now)),
    _rule(f"(?:the )?(?:this )?(?P<which>past|coming|upcoming) (?:{COUNT} )?{UNIT}{NOT_OF}", _rolling),
    _rule(f"(?:the|these) {WHICH} {COUNT} {UNIT}{NOT_OF}", _rolling),
    _rule(f"(?:the )?{WHICH} (?:{COUNT} )?{UNIT}{NOT_OF}", _rolling, introduced=True),
    *_NAMES,
)
"""Tried in this order: what names more words of one time comes first."""
