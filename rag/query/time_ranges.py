"""The time that a question speaks of, e.g. "last week" or "between 3 and 7 June", relative to its as-of. Pure.

A small grammar of ranges stands on points in time that dateparser reads. It is given short phrases that the grammar
found, never a question: it takes long for one, and finds times in words that are none.
"""

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import dateparser

from rag.models import Window

_Phrases = Mapping[str, tuple[tuple[str, ...], ...]]
"""Phrases as words, the longest first, by their first word."""


def _phrases(*texts: str | Iterable[str]) -> _Phrases:
    words = [tuple(text.split()) for group in texts for text in ([group] if isinstance(group, str) else group)]
    words.sort(key=len, reverse=True)
    return {first: tuple(one for one in words if one[0] == first) for first in {one[0] for one in words}}


_MONTHS = "january february march april may june july august september october november december".split()
_MONTH_NUMBERS = {
    **{name: number for number, name in enumerate(_MONTHS, 1)},
    **{name[:3]: number for number, name in enumerate(_MONTHS, 1)},
    "sept": 9,
}
_ALSO_NAMES = frozenset("jan april may june august".split())
"""Months that people are called."""
_ALSO_WORDS = _ALSO_NAMES | frozenset("mar march dec sep oct".split())
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""Where each begins, as weather services count and as it is north of the equator."""

_ONES = dict(zip("one two three four five six seven eight nine".split(), range(1, 10), strict=True))
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
_COUNTS = {
    **_ONES,
    **dict(zip("ten eleven twelve thirteen fourteen fifteen".split(), range(10, 16), strict=True)),
    **dict(zip("sixteen seventeen eighteen nineteen".split(), range(16, 20), strict=True)),
    **dict.fromkeys(("a", "an"), 1),
    **dict.fromkeys(("a couple", "couple", "couple of", "a couple of"), 2),
    **dict.fromkeys(("few", "a few"), 3),
    "several": 5,
    **dict.fromkeys(("dozen", "a dozen"), 12),
}
_FEW = 3
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_LAST = ("last", "final", "closing")


class _Step(NamedTuple):
    """A distance in the calendar."""

    months: int = 0
    days: int = 0


_LENGTHS = {
    "minute": _Step(),
    "hour": _Step(),
    "day": _Step(days=1),
    "weekend": _Step(days=2),
    "week": _Step(days=7),
    "fortnight": _Step(days=14),
    "month": _Step(months=1),
    "quarter": _Step(months=3),
    "year": _Step(months=12),
    "decade": _Step(months=120),
}
"""Units, from the shortest to the longest; a season is a quarter that begins in another month."""
_UNITS = {form: unit for unit in _LENGTHS for form in (unit, f"{unit}s")}
_CLOCK_UNITS = ("minute", "hour")
_OF_A_STORY = ("minute", "hour", "day")
"""Units of which "the last" is, after "on" or "at", the last of what is told."""
_THIRDS = {
    "week": (_Step(days=2), _Step(days=4)),
    "month": (_Step(days=10), _Step(days=20)),
    "quarter": (_Step(months=1), _Step(months=2)),
    "year": (_Step(months=4), _Step(months=8)),
    "decade": (_Step(months=48), _Step(months=84)),
}
"""Where the second and the last third of a unit begin."""
_HALVES = {
    "week": (_Step(days=3),),
    "month": (_Step(days=15),),
    "quarter": (_Step(days=45),),
    "year": (_Step(months=6),),
    "decade": (_Step(months=60),),
}
_ADVERBS_OF_THIRDS = {"early": 0, "mid": 1, "late": 2}
_NOUNS_OF_THIRDS = {"start": 0, "beginning": 0, "middle": 1, "end": 2}
_WHICH_HALF = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "latter": 1, "last": 1}
_COUNTED_IN = {"fortnight": (2, "week"), "quarter": (3, "month"), "decade": (10, "year")}
"""Units in terms of those that any version of dateparser counts in."""
_AROUND = {"minute": (0, 0), "hour": (0, 0), "day": (0, 1), "week": (3, 3), "month": (15, 15), "year": (183, 183)}
"""Days before and after a moment so many units ago: it is meant no more precisely, and reported a day later."""

_RANGE, _WEAK = 0, 4
_GRAINS = {"day": 1, "weekend": 1, "week": 1, "month": 2, "quarter": 2, "year": 3, "decade": 3}
"""What is finer tells more of when; between a range and what is weakest."""

_DEICTIC = {
    **dict.fromkeys(("day before yesterday", "the day before yesterday"), (-2, -2)),
    "yesterday": (-1, -1),
    **dict.fromkeys(("last night", "overnight"), (-1, 0)),
    **dict.fromkeys(("today", "tonight", "this morning", "this afternoon", "this evening"), (0, 0)),
    "tomorrow": (1, 1),
    **dict.fromkeys(("day after tomorrow", "the day after tomorrow"), (2, 2)),
}
"""First and last day, counted from today."""
_PARTS_OF_DAY = frozenset("morning afternoon evening night lunchtime".split())
_WEEKS_AWAY = {"this": 0, "current": 0, "last": -1, "previous": -1, "next": 1}
_BACK = frozenset("last past previous".split())
_ON = frozenset("next coming upcoming".split())
_WHICH = _phrases(_WEEKS_AWAY, _BACK, _ON, "recent", "this past", "this last", "this coming")

_WITHIN = _phrases("in during over throughout through within across on at around".split())
_LOOSE = _phrases("of from for".split())
_JOINS_NAMES = frozenset(("of", "from", "for", "by"))
"""Prepositions after which a month that is a name as well is a name, and a year is one of an event or a plan."""
_DAY_COMES_AFTER = frozenset("on since by until till before after from between to".split())
_TO = _phrases("to until till through - – —".split())
_AND = _phrases("and to - – — /".split())
_FUNCTION_WORDS = frozenset(
    "about after against and as at because before between but by during for from how if in into of on or over since so "
    "than that to until what when where which while who whom whose why with without".split()
)
"""What may follow a complete time; before another word the time may belong to a name, or describe what is named."""
_AUXILIARIES = frozenset("are can could did do does had has have is may might must should was were will would".split())
_POSSESSIVE = ("'s", "’s")

_TOKEN = re.compile(
    r"\d{4}-\d\d-\d\d(?!\d)|\d\d?([/.-])\d\d?\1\d{4}(?![/.-]?\d)|[qh][1-4](?!\w)|\d+(?:st|nd|rd|th|s)?|[^\W\d_]+|"
    r"['’]s(?!\w)|\S",
    re.IGNORECASE,
)
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_NUMERIC_DATE = re.compile(r"\d\d?([/.-])\d\d?\1\d{4}")
_DAY_NUMBER = re.compile(r"(0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?")
_YEAR_NUMBER = re.compile(r"(?:19|20)\d\d")
_DECADE_NUMBER = re.compile(r"(?:19|20)\d0s")
_QUARTER_NUMBER = re.compile(r"q[1-4]")
_HALF_NUMBER = re.compile(r"h[12]")
_COUNT_NUMBER = re.compile(r"\d{1,3}")

_MOST_TRIED = 8
"""Expressions of one question that are worked out."""
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_BEGINNING = datetime.min.replace(tzinfo=UTC)

_When = Callable[[datetime], Window]


def window_of(question: str, as_of: datetime) -> Window | None:
    """The stretch of time that the question names, or `None` if it names none.

    Of several, a range ("since June", "from 3 to 7 June") decides before a day or a week, that before a month, that
    before a year, and the first of equals. "Before June" begins with the calendar. A time that lies ahead ("next
    week", "tomorrow") gives a window after `as_of`: who asks for it wants to know what will happen then.

    Args:
        question: As the reader wrote it.
        as_of: Aware UTC; what "now" means.
    """
    for found in sorted(_expressions(question), key=lambda one: one.rank)[:_MOST_TRIED]:
        try:
            window = found.when(as_of)
        except (OverflowError, ValueError):  # there is no such day, or it is before year 1 or after year 9999
            continue
        if window.start <= window.end:
            return window
    return None


class _Found(NamedTuple):
    """An expression of time: how much it tells, least first, and its window as of a moment."""

    rank: int
    when: _When


@dataclass(frozen=True, slots=True)
class _Period:
    """A unit of the calendar, from the midnight when it begins."""

    start: datetime
    unit: str

    @property
    def window(self) -> Window:
        return Window(self.start, _moved(self.start, _LENGTHS[self.unit]) - _MICROSECOND)

    def section(self, cuts: tuple[_Step, ...], number: int) -> Window:
        """One of the sections between the cuts, counted from 0."""
        edges = [self.start, *(_moved(self.start, cut) for cut in cuts), self.window.end + _MICROSECOND]
        return Window(edges[number], edges[number + 1] - _MICROSECOND)

    def run(self, unit: str, count: int, *, after: int | None) -> Window:
        """So many units within it: after so many others of its own, or its last ones."""
        whole, length = self.window, _LENGTHS[unit]
        if after is None:
            return Window(max(whole.start, _moved(whole.end + _MICROSECOND, length, -count)), whole.end)
        start = _moved(whole.start, length, after)
        return Window(start, min(whole.end, _moved(start, length, count) - _MICROSECOND))


class _Whole(NamedTuple):
    """A phrase for one period of the calendar."""

    unit: str
    as_of: Callable[[datetime], _Period]

    def found(self, rank: int | None = None) -> _Found:
        return _Found(_GRAINS[self.unit] if rank is None else rank, lambda now: self.as_of(now).window)


class _Cursor:
    """A place among the words of a question."""

    def __init__(self, text: str) -> None:
        self._written = [match.group() for match in _TOKEN.finditer(text)]
        self._words = [written.lower() for written in self._written]
        # A headline, or a question in capitals, does not tell names from words.
        self._tells_names = any(written.islower() for written in self._written[1:])
        self.at = 0

    def word(self, ahead: int = 0) -> str:
        """A word in lower case; empty beyond the last."""
        at = self.at + ahead
        return self._words[at] if 0 <= at < len(self._words) else ""

    def named(self, ahead: int = 0) -> bool:
        """Whether a word is capitalised as names are, and does not just begin a sentence."""
        at = self.at + ahead
        return (
            self._tells_names
            and 0 < at < len(self._written)
            and self._written[at][0].isupper()
            and self._words[at - 1] not in (".", "?", "!", ":")
        )

    def take(self, phrases: _Phrases) -> str:
        """Pass over the phrase that comes next and return it; empty if none of them does."""
        for phrase in phrases.get(self.word(), ()):
            if tuple(self._words[self.at : self.at + len(phrase)]) == phrase:
                self.at += len(phrase)
                return " ".join(phrase)
        return ""

    def take_word(self, words: Container[str]) -> str:
        """Pass over the next word if it is one of these."""
        word = self.word()
        if not word or word not in words:
            return ""
        self.at += 1
        return word

    def take_match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Pass over the next word if the whole of it matches."""
        match = pattern.fullmatch(self.word())
        self.at += match is not None
        return match

    def is_complete(self) -> bool:
        """Whether a time may end before the next word."""
        word = self.word()
        return word in _FUNCTION_WORDS or not word or not (word[0].isalnum() or word in _POSSESSIVE)


_Rule = Callable[[_Cursor, str], _Found | None]
"""Reads an expression of time where the cursor stands, after a preposition or none."""
_WholeRule = Callable[[_Cursor, str], _Whole | None]


def _expressions(question: str) -> list[_Found]:
    cursor, all_found = _Cursor(question), []
    while cursor.word():
        begun = cursor.at
        if found := _pair(cursor) or _open(cursor) or _introduced(cursor) or _span(cursor, ""):
            all_found.append(found)
        cursor.at = max(cursor.at, begun + 1)
    return all_found


def _pair(cursor: _Cursor) -> _Found | None:
    """`between 3 and 7 June`, `from March to May 2022`, `30 June - 2 July`."""
    begun = cursor.at
    intro = cursor.take(_PAIRED)
    first = _end(cursor, intro)
    joined = first is not None and cursor.take(_TO if intro in ("", "from") else _AND)
    second = _end(cursor, intro) if joined else None
    if first is None or second is None or isinstance(first, int) and isinstance(second, int):
        cursor.at = begun
        return None
    return _Found(_RANGE, lambda now: _between(first, second, now))


_PAIRED = _phrases("between from in during over on".split())


def _end(cursor: _Cursor, intro: str) -> _Found | int | None:
    """One end of a range: an expression, or the day of a month that the other end names."""
    if found := _span(cursor, intro):
        return found
    if cursor.take_word(("now",)):
        return _Found(_WEAK, lambda now: Window(now, now))
    begun = cursor.at
    cursor.take_word(("the",))
    day = cursor.take_match(_DAY_NUMBER)
    if day and cursor.is_complete():
        return int(day[1])
    cursor.at = begun
    return None


def _between(first: _Found | int, second: _Found | int, now: datetime) -> Window:
    if isinstance(second, int):
        start = first.when(now).start if isinstance(first, _Found) else now
        end = start.replace(day=second) if second >= start.day else _moved(start.replace(day=1), _Step(1, second - 1))
        return Window(start, _day_of(end).end)
    # What comes first is the latest of its kind before what comes second: November, in "from November to March 2022".
    end = second.when(now).end
    return Window(first.when(end).start if isinstance(first, _Found) else _latest_day(first, end).start, end)


def _open(cursor: _Cursor) -> _Found | None:
    """`since Monday`, `before June`, `by the end of June`, `after 12 June`, `from Monday onwards`."""
    begun = cursor.at
    word = cursor.take(_OPEN)
    found = _span(cursor, word.split()[0]) if word else None
    if found is None or word == "from" and not cursor.take_word(("onward", "onwards")):
        cursor.at = begun
        return None
    return _Found(_RANGE, lambda now: _OPENINGS[word](found.when(now), now))


def _since(window: Window, now: datetime) -> Window:
    return Window(window.start, now)


def _after(window: Window, now: datetime) -> Window:
    return Window(window.end + _MICROSECOND, now)


def _until(window: Window, now: datetime) -> Window:
    if window.end > now:
        raise ValueError("all that was published was published before a time that lies ahead")
    return Window(_BEGINNING, window.end)


def _before(window: Window, now: datetime) -> Window:
    return _until(Window(_BEGINNING, window.start - _MICROSECOND), now)


_OPENINGS: Mapping[str, Callable[[Window, datetime], Window]] = {
    **dict.fromkeys(("since", "from"), _since),
    **dict.fromkeys(("until", "up until", "up to", "till", "by", "as of"), _until),
    **dict.fromkeys(("before", "prior to", "ahead of"), _before),
    "after": _after,
}
_OPEN = _phrases(_OPENINGS)


def _introduced(cursor: _Cursor) -> _Found | None:
    """An expression after a preposition, without which a mere month or year is not taken for a time."""
    begun = cursor.at
    intro = cursor.take(_WITHIN) or cursor.take(_LOOSE)
    found = _span(cursor, intro) if intro else None
    if found is None:
        cursor.at = begun
    return found


def _span(cursor: _Cursor, intro: str) -> _Found | None:
    begun = cursor.at
    for rule in _SPANS:
        if found := rule(cursor, intro):
            return found
        cursor.at = begun
    return None


def _deictic(cursor: _Cursor, _intro: str) -> _Found | None:
    named = cursor.named()
    words = cursor.take(_DEICTIC_PHRASES)
    if not words or named:
        return None
    first, last = _DEICTIC[words]
    # "What do we know today" asks what is known now.
    rank = _WEAK if words == "today" else _GRAINS["day"]
    return _Found(rank, lambda now: Window(_day_of(now + first * _DAY).start, _day_of(now + last * _DAY).end))


_DEICTIC_PHRASES = _phrases(_DEICTIC)


def _ago(cursor: _Cursor, _intro: str) -> _Found | None:
    """`two weeks ago`, `a few days from now`."""
    count, unit = _counted(cursor)
    direction = cursor.take(_AWAY)
    if not (count and unit and direction):
        return None
    count, unit = _dateparsers(count, unit)
    before, after = _AROUND[unit]

    def when(now: datetime) -> Window:
        middle = _point(f"{count} {unit} ago" if direction == "ago" else f"in {count} {unit}", now)
        return Window(_day_of(middle - before * _DAY).start, _day_of(middle + after * _DAY).end)

    return _Found(_GRAINS.get(unit, _GRAINS["day"]), when)


_AWAY = _phrases("ago", "from now")


def _counted(cursor: _Cursor) -> tuple[int, str]:
    """A number of units; 0 or an empty unit for what is missing."""
    count = _count(cursor)
    return count, _UNITS.get(cursor.take_word(_UNITS), "") if count else ""


def _count(cursor: _Cursor) -> int:
    if number := cursor.take_match(_COUNT_NUMBER):
        return int(number.group())
    if tens := cursor.take_word(_TENS):
        joined = 1 if cursor.word() == "-" else 0
        ones = _ONES.get(cursor.word(joined), 0)
        cursor.at += joined + 1 if ones else 0
        return _TENS[tens] + ones
    return _COUNTS.get(cursor.take(_COUNT_PHRASES), 0)


_COUNT_PHRASES = _phrases(_COUNTS)


def _dateparsers(count: int, unit: str) -> tuple[int, str]:
    times, smaller = _COUNTED_IN.get(unit, (1, unit))
    return count * times, smaller


def _numeric_date(cursor: _Cursor, _intro: str) -> _Found | None:
    if iso := cursor.take_match(_ISO_DATE):
        return _Found(_GRAINS["day"], lambda _: _day_of(datetime.fromisoformat(iso.group()).replace(tzinfo=UTC)))
    if date := cursor.take_match(_NUMERIC_DATE):
        orders = ("DMY",) if date[1] == "." else ("DMY", "MDY")
        return _Found(_GRAINS["day"], lambda now: _day_of(_latest_reading(date.group(), orders, now)))
    return None


def _latest_reading(date: str, orders: Iterable[str], now: datetime) -> datetime:
    """The day that was last; of two that lie ahead, the next."""
    readings = [_point(date, now, order=order) for order in orders]
    past = [reading for reading in readings if reading <= now]
    return max(past) if past else min(readings)


def _date(cursor: _Cursor, _intro: str) -> _Found | None:
    """`3 June`, `the third of June 2026`, `Monday, Sept. 3rd, 2025`."""
    if cursor.take_word(_DAYS):
        cursor.take_word((",", "the"))
    begun = cursor.at
    day_and_month = _day_first(cursor)
    if day_and_month is None:
        cursor.at = begun
        day_and_month = _month_first(cursor)
    if day_and_month is None:
        return None
    year = _year_after(cursor)
    # Without a year it is the latest in a month that has begun: on the 5th, "the 3rd to the 7th" are around today.
    phrase = f"{day_and_month[0]} {day_and_month[1]} {year or ''}".strip()
    return _Found(_GRAINS["day"], lambda now: _day_of(_point(phrase, _month_of(now).end)))


def _day_first(cursor: _Cursor) -> tuple[int, str] | None:
    cursor.take_word(("the",))
    ordinal = _ORDINALS.get(cursor.word()) if cursor.word(1) == "of" else None
    number = cursor.take_match(_DAY_NUMBER)
    if number is None and ordinal is not None:
        cursor.at += 1
    day = int(number[1]) if number else ordinal
    cursor.take_word(("of",))
    month = _month_name(cursor)
    return (day, month) if day and month else None


def _month_first(cursor: _Cursor) -> tuple[int, str] | None:
    word = cursor.word()
    month = _month_name(cursor)
    cursor.take_word(("the",))
    day = cursor.take_match(_DAY_NUMBER) if month else None
    # "may 20 people attend"
    if day is None or word in _ALSO_WORDS and not (cursor.is_complete() or _YEAR_NUMBER.fullmatch(cursor.word())):
        return None
    return int(day[1]), month


def _month_name(cursor: _Cursor) -> str:
    """The month that comes next, in full; an abbreviation may have its full stop."""
    word = cursor.take_word(_MONTH_NUMBERS)
    if word and word not in _MONTHS:
        cursor.take_word((".",))
    return _MONTHS[_MONTH_NUMBERS[word] - 1] if word else ""


def _year_after(cursor: _Cursor) -> int | None:
    """A year that comes next, or after a comma or `of`."""
    begun = cursor.at
    cursor.take_word((",", "of"))
    year = cursor.take_match(_YEAR_NUMBER)
    if year is None:
        cursor.at = begun
        return None
    return int(year.group())


def _day_alone(cursor: _Cursor, intro: str) -> _Found | None:
    """`on the 3rd`, but not `on the 3rd floor`."""
    if intro not in _DAY_COMES_AFTER or not cursor.take_word(("the",)):
        return None
    day = cursor.take_match(_DAY_NUMBER)
    if day is None or day.group().isdigit() or not cursor.is_complete() or cursor.word() == "of":
        return None
    return _Found(_GRAINS["day"], lambda now: _latest_day(int(day[1]), now))


def _weekday(cursor: _Cursor, intro: str) -> _Found | None:
    """`on Friday`, `last Tuesday morning`, `Tuesday of last week`, but not `Black Friday` or `the Sunday Times`."""
    before = cursor.word(-1)
    is_in_name = cursor.named(-1)
    which = cursor.take(_WHICH)
    name = cursor.take_word(_DAYS)
    if not name or cursor.named():
        return None
    part = cursor.take_word(_PARTS_OF_DAY)
    ends = cursor.is_complete() or part or cursor.word() in _AUXILIARIES or cursor.word() in _POSSESSIVE
    if not (intro or which) and (is_in_name or not ends or before in ("the", "a", "every", "each", "any")):
        return None
    weeks = _weeks_away(cursor)
    if weeks is None and which == "this":
        weeks = 0
    return _Found(_GRAINS["day"], lambda now: _day_of(_day_of_week(name, which, weeks, now)))


def _weeks_away(cursor: _Cursor) -> int | None:
    """How many weeks away is the week that `of last week` or `next week` says."""
    begun = cursor.at
    cursor.take_word(("of",))
    which = cursor.take_word(_WEEKS_AWAY)
    if which and cursor.take_word(("week",)):
        return _WEEKS_AWAY[which]
    cursor.at = begun
    return None


def _day_of_week(name: str, which: str, weeks: int | None, now: datetime) -> datetime:
    if weeks is not None:
        return _this_week(now).start + timedelta(days=7 * weeks + _DAYS.index(name))
    if which.rpartition(" ")[2] in _ON:
        return _point(f"next {name}", now)
    # dateparser's past does not include today.
    return _point(name, now if which else now + _DAY)


def _relative(cursor: _Cursor, intro: str) -> _Found | None:
    """`this week`, `last month`, `the past three days`, `the coming weeks`, `the weekend`."""
    the = cursor.take_word(("the", "these", "those")) or cursor.word(-1) == "the"
    which = cursor.take(_WHICH)
    count = _count(cursor) if which else 0
    named = cursor.named()
    word = cursor.take_word(_UNITS)
    unit = _UNITS.get(word, "")
    # "the last week of the campaign" has another beginning, "this year's budget" another time.
    is_of_another = cursor.word() == "of" or cursor.word() in _POSSESSIVE and _GRAINS.get(unit, 0) > _GRAINS["month"]
    if named or is_of_another or not unit:
        return None
    if unit == "weekend":
        return _weekend(which, known=bool(which or the and intro))
    *first, which = which.split() or [""]
    if which == "recent":
        return _rolling(which, _FEW, unit) if word != unit else None
    if count or first or which in ("past", "coming", "upcoming"):
        return _rolling(which, count or 1, unit) if the or intro or first or which not in ("last", "next") else None
    if the and which and unit != "quarter":
        is_narrated = which == "previous" or (which == "next" or unit in _OF_A_STORY) and intro in ("", "on", "at")
        return None if is_narrated else _rolling(which, 1, unit)
    return _whole_unit(which, unit)


def _rolling(which: str, count: int, unit: str) -> _Found:
    """So many units up to now, or from now on; days are whole."""
    rank = _GRAINS.get(unit, _GRAINS["day"])
    count, unit = _dateparsers(count, unit)

    def back(now: datetime) -> Window:
        start = _point(f"{count} {unit} ago", now)
        return Window(start if unit in _CLOCK_UNITS else _day_of(start).start, now)

    def ahead(now: datetime) -> Window:
        end = _point(f"in {count} {unit}", now)
        return Window(now, end if unit in _CLOCK_UNITS else _day_of(end).end)

    return _Found(rank, ahead if which in _ON else back)


def _whole_unit(which: str, unit: str) -> _Found | None:
    if which == "this" and unit == "week":
        # A news week ends today: people say "this week" on Monday of what happened on Saturday.
        return _Found(_GRAINS[unit], lambda now: Window(_day_of(now - 7 * _DAY).start, now))
    if which in ("last", "previous") and unit == "week":
        return _Found(_GRAINS[unit], lambda now: Window(_day_of(now - 14 * _DAY).start, _day_of(now - 7 * _DAY).end))
    if which in ("last", "next") and unit == "fortnight":
        return _rolling(which, 1, unit)
    return _current(which, unit).found() if which in _WEEKS_AWAY and unit in _THIRDS else None


def _current(which: str, unit: str) -> _Whole:
    """The calendar's week, month and so on that holds now, or the one before or after it."""
    return _Whole(unit, lambda now: _Period(_moved(_begun(unit, now), _LENGTHS[unit], _WEEKS_AWAY[which]), unit))


def _begun(unit: str, now: datetime) -> datetime:
    if unit == "week":
        return _this_week(now).start
    months = _LENGTHS[unit].months
    passed = (now.year * 12 + now.month - 1) % months
    return _moved(_day_of(now).start.replace(day=1), _Step(months=-passed))


def _this_week(now: datetime) -> Window:
    return _Period(_day_of(now - now.weekday() * _DAY).start, "week").window


def _weekend(which: str, *, known: bool) -> _Found | None:
    def when(now: datetime) -> Window:
        weekday = now.weekday()
        latest = _day_of(now - (weekday - 5) % 7 * _DAY).start
        is_weekend, is_late = weekday >= 5, weekday in (3, 4)
        away = {"last": -1 if is_weekend else 0, "this": 1 if is_late else 0}.get(which, 1 if which in _ON else 0)
        return _Period(latest + away * 7 * _DAY, "weekend").window

    which = which.rpartition(" ")[2]
    return _Found(_GRAINS["weekend"], when) if known else None


def _earlier(cursor: _Cursor, _intro: str) -> _Found | None:
    """`earlier this week`, `later this month`: the part of it that is past, or that is to come."""
    which = cursor.take_word(("earlier", "later"))
    unit = _UNITS.get(cursor.take_word(_UNITS), "") if which and cursor.take_word(("this",)) else ""
    if unit not in _THIRDS:
        return None
    if which == "later":
        return _Found(_GRAINS[unit], lambda now: Window(now, _current("this", unit).as_of(now).window.end))
    whole = _whole_unit("this", unit)
    return _Found(_GRAINS[unit], lambda now: Window(whole.when(now).start, now)) if whole else None


def _third(cursor: _Cursor, _intro: str) -> _Found | None:
    """`early June`, `mid-2025`, `late last month`, `the end of the year`."""
    if adverb := cursor.take_word(_ADVERBS_OF_THIRDS):
        cursor.take_word(("-",))
        cursor.take_word(("in",))
        number = _ADVERBS_OF_THIRDS[adverb]
    else:
        cursor.take_word(("the",))
        noun = cursor.take_word(_NOUNS_OF_THIRDS)
        if not noun or not cursor.take_word(("of",)):
            return None
        number = _NOUNS_OF_THIRDS[noun]
    whole = _whole(cursor, "in") or _named_unit(cursor)
    return _section(whole, _THIRDS, number) if whole else None


def _half(cursor: _Cursor, intro: str) -> _Found | None:
    """`the first half of September`, `in H1 2025`."""
    if intro and (name := cursor.take_match(_HALF_NUMBER)):
        year = _year_after(cursor)
        number = int(name.group()[1]) - 1
        return _section(_year_as_whole(year), _HALVES, number) if year else None
    cursor.take_word(("the",))
    which = cursor.take_word(_WHICH_HALF)
    if not which or not cursor.take(_HALF_OF):
        return None
    whole = _whole(cursor, "in") or _named_unit(cursor)
    return _section(whole, _HALVES, _WHICH_HALF[which]) if whole else None


_HALF_OF = _phrases("half of")


def _section(whole: _Whole, cuts: Mapping[str, tuple[_Step, ...]], number: int) -> _Found:
    return _Found(max(_GRAINS[whole.unit] - 1, 1), lambda now: whole.as_of(now).section(cuts[whole.unit], number))


def _run(cursor: _Cursor, _intro: str) -> _Found | None:
    """`the first week of October`, `the last three days of June`, `the third quarter of 2024`."""
    cursor.take_word(("the",))
    ordinal = cursor.take_word(_ORDINALS)
    if not ordinal and not cursor.take_word(_LAST):
        return None
    after = _ORDINALS[ordinal] - 1 if ordinal else None
    count = _count(cursor) or 1
    unit = _UNITS.get(cursor.take_word(_UNITS), "")
    whole = (_whole(cursor, "in") or _named_unit(cursor)) if unit and cursor.take_word(("of",)) else None
    if whole is None or unit not in _GRAINS or _GRAINS[unit] > _GRAINS[whole.unit]:
        return None
    return _Found(_GRAINS[unit], lambda now: whole.as_of(now).run(unit, count, after=after))


def _whole(cursor: _Cursor, intro: str) -> _Whole | None:
    begun = cursor.at
    for rule in _WHOLES:
        if whole := rule(cursor, intro):
            return whole
        cursor.at = begun
    return None


def _named_unit(cursor: _Cursor) -> _Whole | None:
    """`the year`, `last month`, where a part of it is meant."""
    which = cursor.take_word((*_WEEKS_AWAY, "the"))
    unit = _UNITS.get(cursor.take_word(_UNITS), "") if which else ""
    return _current("this" if which == "the" else which, unit) if unit in _THIRDS else None


def _whole_alone(cursor: _Cursor, intro: str) -> _Found | None:
    """A month, a season and so on; as an event's or a plan's time it tells little, and nothing if it lies ahead."""
    whole = _whole(cursor, intro)
    if whole is None or intro not in _JOINS_NAMES or whole.unit != "year":
        return whole.found() if whole else None
    known = whole

    def when(now: datetime) -> Window:
        window = known.as_of(now).window
        if window.start > now:
            raise ValueError("a plan for a time that lies ahead was published before")
        return window

    return _Found(_WEAK, when)


def _month(cursor: _Cursor, intro: str) -> _Whole | None:
    """`June 2026`, `in June`, `last June`; alone it may be a name or a word."""
    which = cursor.take(_WHICH)
    word = cursor.word()
    name = _month_name(cursor)
    number = _MONTH_NUMBERS.get(name, 0)
    year = _year_after(cursor) if name else None
    is_name = word in _ALSO_NAMES and intro in _JOINS_NAMES or word in _ALSO_WORDS and not cursor.is_complete()
    if not name or not year and (is_name or not (intro or which)):
        return None
    return _Whole("month", lambda now: _Period(_start_in(year, which, number, 1, now), "month"))


def _season(cursor: _Cursor, intro: str) -> _Whole | None:
    """`this summer`, `in the autumn`, `winter 2025`, but not `in the summer games` or `the fall of the government`."""
    cursor.take_word(("the",))
    which = cursor.take(_WHICH)
    season = cursor.take_word(_SEASONS)
    year = _year_after(cursor) if season else None
    ends = which or intro and cursor.is_complete() and cursor.word() != "of"
    if not season or not (year or ends):
        return None
    return _Whole("quarter", lambda now: _Period(_start_in(year, which, _SEASONS[season], 3, now), "quarter"))


def _quarter(cursor: _Cursor, intro: str) -> _Whole | None:
    """`in Q3`, `in the third quarter of 2025`, but not `the Q3 results`: those come out later."""
    cursor.take_word(("the",))
    if name := cursor.take_match(_QUARTER_NUMBER):
        number = int(name.group()[1])
    else:
        number = _ORDINALS.get(cursor.take_word(_ORDINALS), 0)
        number = number if cursor.take_word(("quarter",)) else 0
    year = _year_after(cursor) if number else None
    if not number or not intro or not cursor.is_complete() or cursor.word() == "of":
        return None
    return _Whole("quarter", lambda now: _Period(_start_in(year, "", 3 * number - 2, 3, now), "quarter"))


def _decade(cursor: _Cursor, intro: str) -> _Whole | None:
    cursor.take_word(("the",))
    name = cursor.take_match(_DECADE_NUMBER) if intro else None
    if name is None:
        return None
    year = int(name.group()[:-1])
    return _Whole("decade", lambda _: _Period(datetime(year, 1, 1, tzinfo=UTC), "decade"))


def _year(cursor: _Cursor, intro: str) -> _Whole | None:
    """A year after a preposition; alone it is an amount, or a part of a name."""
    cursor.take(_THE_YEAR)
    number = cursor.take_match(_YEAR_NUMBER) if intro else None
    return _year_as_whole(int(number.group())) if number else None


_THE_YEAR = _phrases("the year")


def _year_as_whole(year: int) -> _Whole:
    return _Whole("year", lambda _: _Period(datetime(year, 1, 1, tzinfo=UTC), "year"))


_WHOLES: tuple[_WholeRule, ...] = (_month, _season, _quarter, _decade, _year)
_SPANS: tuple[_Rule, ...] = (
    _third,
    _half,
    _run,
    _deictic,
    _ago,
    _numeric_date,
    _date,
    _day_alone,
    _weekday,
    _earlier,
    _relative,
    _whole_alone,
)
"""Tried in this order: what names more words of one time comes first."""


def _start_in(year: int | None, which: str, month: int, months: int, now: datetime) -> datetime:
    """When the months that begin with that one do: in that year, or the last time, this time or the next."""
    if year:
        return datetime(year, month, 1, tzinfo=UTC)
    latest = datetime(now.year if month <= now.month else now.year - 1, month, 1, tzinfo=UTC)
    end = _moved(latest, _Step(months=months))
    is_over, is_long_over = end <= now, now - end > _HALF_A_YEAR
    if which.rpartition(" ")[2] in _ON or which == "this" and is_long_over:
        return latest.replace(year=latest.year + 1)
    return latest.replace(year=latest.year - 1) if which in _BACK and not is_over else latest


_HALF_A_YEAR = timedelta(days=183)


def _day_of(moment: datetime) -> Window:
    start = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return Window(start, start.replace(hour=23, minute=59, second=59, microsecond=999_999))


def _month_of(moment: datetime) -> Window:
    return _Period(_day_of(moment).start.replace(day=1), "month").window


def _latest_day(day: int, now: datetime) -> Window:
    """The latest day of that number: the 31st, in October or else in August."""
    month = now.replace(day=1)
    while day > (_moved(month, _Step(months=1)) - _DAY).day or day > now.day and month.month == now.month:
        month = _moved(month, _Step(months=-1))
    return _day_of(month.replace(day=day))


def _moved(start: datetime, step: _Step, times: int = 1) -> datetime:
    """So many steps on; a step of months is made from the first of one."""
    if step.months:
        months = start.year * 12 + start.month - 1 + step.months * times
        start = start.replace(year=months // 12, month=months % 12 + 1)
    return start + times * step.days * _DAY


def _point(phrase: str, now: datetime, order: str = "DMY") -> datetime:
    """The moment that dateparser reads from a phrase of English.

    Raises:
        ValueError: There is no such moment.
    """
    settings = {
        "DATE_ORDER": order,
        "PARSERS": ["relative-time", "absolute-time"],
        "PREFER_DATES_FROM": "past",
        "RELATIVE_BASE": now.replace(tzinfo=None),
        "TIMEZONE": "UTC",
    }
    moment: datetime | None = dateparser.parse(phrase, languages=["en"], settings=settings)
    if moment is None:
        raise ValueError(f"{phrase!r} names no moment")
    return moment.replace(tzinfo=UTC)
