"""The words of times, and the pieces of pattern that read them."""

from collections.abc import Iterable


def either(words: Iterable[str]) -> str:
    """A pattern for one of the words, the longest first."""
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTHS = "january february march april may june july august september october november december".split()
MONTHS = {form: number for number, name in enumerate(_MONTHS, 1) for form in (name, name[:3])} | {"sept": 9}
SURE_MONTHS = "january february july september october november december".split()
"""Nobody is called so, and they are no other words."""
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_QUARTERS = {form: number for word, number in _ORDINALS.items() for form in (f"q{number}", f"{word} quarter")}
NAMED = {
    **{name: (month, 1) for name, month in MONTHS.items()},
    **{name: (month, 3) for name, month in _SEASONS.items()},
    **{name: (3 * number - 2, 3) for name, number in _QUARTERS.items()},
}
"""Months, seasons and quarters: the month that each begins with, and how many it has. Seasons begin as weather services
count, north of the equator."""

_ONES = dict(zip("one two three four five six seven eight nine".split(), range(1, 10), strict=True))
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
COUNTS = {
    **_ONES,
    **{word: number for number, word in enumerate(_TEENS, 10)},
    **_TENS,
    **{f"{ten}{joint}{one}": _TENS[ten] + _ONES[one] for ten in _TENS for one in _ONES for joint in "- "},
} | {"a": 1, "an": 1, "couple": 2, "couple of": 2, "few": 3, "several": 5, "dozen": 12}

RELATIVE_DAYS = {
    **dict.fromkeys(("day before yesterday", "the day before yesterday"), (-2, -2)),
    "yesterday": (-1, -1),
    **dict.fromkeys(("last night", "overnight"), (-1, 0)),
    **dict.fromkeys(("today", "tonight", "this morning", "this afternoon", "this evening"), (0, 0)),
    "tomorrow": (1, 1),
    **dict.fromkeys(("day after tomorrow", "the day after tomorrow"), (2, 2)),
}
"""First and last day, counted from today."""

BACK = ("last", "past", "previous")
AHEAD = ("next", "coming", "upcoming")
CALENDAR = {"this": 0, "current": 0, "last": -1, "previous": -1, "next": 1}
"""How many weeks, months and so on away that is."""

SECTIONS = {
    **dict.fromkeys(("early", "start of", "beginning of"), (0, 1)),
    **dict.fromkeys(("mid", "middle of"), (1, 2)),
    **dict.fromkeys(("late", "end of"), (2, 4)),
    **dict.fromkeys(("h1", "first half of"), (0, 3)),
    **dict.fromkeys(("h2", "second half of", "latter half of"), (3, 4)),
}
"""From which edge to which: a time's beginning, its thirds', its middle, its end; see `periods.section`."""
WHICH_OF = {**{word: number - 1 for word, number in _ORDINALS.items()}, "last": None, "final": None}
"""How many of the kind come before."""

_COMPLETING = (
    "about after against ahead amid among and as at because before between but by despite during for from how if in "
    "inside into near of on onward onwards or outside over since so than that through to under until what when where "
    "which while who whom whose why with without".split()
)
END = rf"(?= {either(_COMPLETING)}\b| ?[^\w ]|$)"
"""A time is complete; before another word it may belong to a name, or describe what is named."""

PERIOD = r"(?P<unit>week|month|quarter|year|decade)s?\b"
UNIT = r"(?P<unit>minute|hour|day|week|fortnight|month|quarter|year|decade)s?\b"
NOT_OF = r"(?! of\b)"
"""But "the last week of the campaign" has another beginning, and "the fall of the government" is none."""
COUNT = rf"(?:a )?(?P<count>\d{{1,3}}|{either(COUNTS)})"
WHICH = rf"(?:this )?(?P<which>{either({*BACK, *AHEAD, *CALENDAR})})"
THIS = rf"(?P<which>{either(CALENDAR)})"
OF_WEEK = rf"(?: morning| afternoon| evening| night)?(?:(?: of)? (?P<week>{either(CALENDAR)}) week\b)?"
DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?\b"
WEEKDAY = rf"(?P<weekday>(?ai:{either(DAYS)}))\b"
MONTH = rf"(?!(?:may|march) \d+ \w)(?P<month>(?ai:{either(MONTHS)}))\b\.?"
"""But "may 20 people attend" is none."""
NAME = rf"(?P<name>(?ai:{either(NAMED)}))\b\.?"
YEAR = r"(?P<year>(?:19|20)\d\d)\b"
OF_YEAR = rf"(?:,| of)? {YEAR}"
OF = r"of(?! (?:April|May|June|August)\b)"
"""But "the report of May" is a person's."""
