"""Stretches of the calendar.

All of these raise `ValueError` or `OverflowError` for what is before year 1, after year 9999 or nowhere.
"""

from datetime import UTC, datetime, timedelta

from dateutil.relativedelta import relativedelta

from rag.models import Window
from rag.query.times.vocabulary import AHEAD, BACK

_MICROSECOND = timedelta(microseconds=1)
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_HALF_A_YEAR = timedelta(days=183)

LENGTHS = {
    "minute": relativedelta(minutes=1),
    "hour": relativedelta(hours=1),
    "day": relativedelta(days=1),
    "week": relativedelta(days=7),
    "fortnight": relativedelta(days=14),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
    "decade": relativedelta(years=10),
}
_AROUND = {"day": (0, 1), **dict.fromkeys(("week", "fortnight"), (3, 3)), "month": (15, 15), "year": (183, 183)}
"""Days before and after a moment so many units ago: it is meant no more precisely, and reported a day later."""
_CUTS = {
    7: [relativedelta(days=days) for days in (2, 4, 3)],
    31: [relativedelta(days=days) for days in (10, 20, 15)],
    92: [relativedelta(months=1), relativedelta(months=2), relativedelta(days=45)],
    366: [relativedelta(months=months) for months in (4, 8, 6)],
    3653: [relativedelta(years=years) for years in (4, 7, 5)],
}
"""Where the second third, the last third and the second half begin in what has at most so many days."""


def days(first: datetime, last: datetime) -> Window:
    """Whole days, from that of one moment to that of another."""
    return Window(
        first.replace(hour=0, minute=0, second=0, microsecond=0),
        last.replace(hour=23, minute=59, second=59, microsecond=999_999),
    )


def spanning(start: datetime, length: relativedelta) -> Window:
    """The time of that length from then on."""
    return Window(start, start + length - _MICROSECOND)


def latest_day(number: int, by: datetime, month: int | None = None) -> Window:
    """The latest day of that number, of any month or of one: the 31st, in October or else in August."""
    for back in range(12 * 9):  # from one 29 February to the next there may be eight years
        day = by - relativedelta(months=back) + relativedelta(day=number)
        if day.day == number and day <= by and month in (None, day.month):
            return days(day, day)
    raise ValueError(f"no month has a day {number}")


def day_of_week(weekday: int, which: str | None, now: datetime) -> Window:
    """The latest such day up to today; last, this or next one."""
    if which in AHEAD:
        away = (weekday - now.weekday() - 1) % 7 + 1
    elif which in BACK:
        away = (weekday - now.weekday()) % -7 or -7
    else:
        away = weekday - now.weekday() if which == "this" else (weekday - now.weekday()) % -7
    day = now + timedelta(days=away)
    return days(day, day)


def in_calendar(unit: str, away: int, now: datetime) -> Window:
    """The calendar's week, month and so on that holds now, or one so many away."""
    if unit == "week":
        first = now - timedelta(days=now.weekday())
    else:
        months = LENGTHS[unit].years * 12 + LENGTHS[unit].months
        first = now - relativedelta(day=1, months=(now.year * 12 + now.month - 1) % months)
    return spanning(days(first, first).start + LENGTHS[unit] * away, LENGTHS[unit])


def in_year(month: int, months: int, year: int | None, which: str | None, now: datetime) -> Window:
    """The months from that one on, in that year, or the last time, this time or the next."""
    latest = datetime(year or now.year - (month > now.month), month, 1, tzinfo=UTC)
    length = relativedelta(months=months)
    end = latest + length
    away = 0
    if which in AHEAD or which == "this" and now - end > _HALF_A_YEAR:
        away = 1
    elif which in BACK and end > now:
        away = -1
    return spanning(latest + relativedelta(years=away), length)


def weekend(which: str | None, now: datetime) -> Window:
    """Saturday and Sunday: the latest, last, this or next."""
    weekday = now.weekday()
    away = 1 if which in AHEAD or which == "this" and weekday in (3, 4) else 0
    if which == "last" and weekday >= 5:
        away = -1
    saturday = now - timedelta(days=(weekday - 5) % 7 - 7 * away)
    return days(saturday, saturday + timedelta(days=1))


def rolling(count: int, unit: str, which: str | None, now: datetime) -> Window:
    """So many units up to now, or from now on; days are whole."""
    there = now + LENGTHS[unit] * (count if which in AHEAD else -count)
    whole = Window(there, there) if unit in ("minute", "hour") else days(there, there)
    return Window(now, whole.end) if which in AHEAD else Window(whole.start, now)


def ago(count: int, unit: str, now: datetime) -> Window:
    """Around a moment so many units before now."""
    before, after = _AROUND.get(unit, (0, 0))
    middle = now - LENGTHS[unit] * count
    return days(middle - timedelta(days=before), middle + timedelta(days=after))


def section(whole: Window, first: int, last: int) -> Window:
    """A third or a half, from one edge to another: the beginning, the thirds', the middle, the end."""
    length = whole.end - whole.start
    cuts = next(cuts for most_days, cuts in _CUTS.items() if length <= timedelta(days=most_days))
    edges = [whole.start, *(whole.start + cut for cut in cuts), whole.end + _MICROSECOND]
    return Window(edges[first], edges[last] - _MICROSECOND)


def run(whole: Window, count: int, unit: str, after: int | None) -> Window:
    """So many units within a time: after so many others, or its last ones."""
    length = LENGTHS[unit]
    if after is None:
        return Window(max(whole.start, whole.end + _MICROSECOND - length * count), whole.end)
    spanned = spanning(whole.start + length * after, length * count)
    return Window(spanned.start, min(whole.end, spanned.end))


def since(window: Window, now: datetime) -> Window:
    """From its beginning up to now."""
    return Window(window.start, now)


def after(window: Window, now: datetime) -> Window:
    """From its end up to now."""
    return Window(window.end + _MICROSECOND, now)


def until(window: Window, now: datetime) -> Window:
    """All before its end; what lies ahead bounds nothing that was published."""
    if window.end > now:
        raise ValueError("all that was published was published before a time that lies ahead")
    return Window(_BEGINNING, window.end)


def before(window: Window, now: datetime) -> Window:
    """All before its beginning."""
    return until(Window(_BEGINNING, window.start - _MICROSECOND), now)
