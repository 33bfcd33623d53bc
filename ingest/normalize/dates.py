"""Reading the dates that records and pages state, in the formats and languages that news sources use."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache, partial
from itertools import chain
from typing import Literal

from dateparser.date import DateDataParser

from ingest.normalize.date_labels import labelled
from ingest.normalize.zones import as_utc, with_zone_apart
from rag.dates import NewsDate, parse_iso

DateOf = Literal["published", "updated"]
"""What a date is the date of; a page that states only an update has no date of publication."""

_EARLIEST_YEAR = 1600
_FUTURE = timedelta(days=7)
"""By as much a date may lie ahead (embargoes, clocks, cover dates); one that lies further ahead is a typing error."""
_ONE_DATE = timedelta(days=1)
"""Between two statements of one date, of which one may lack the zone."""
_LONGEST = 200
"""Characters; dateparser tries many formats on each."""
_EPOCH_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_LEAST_EPOCH = 100_000_000
"""Seconds; smaller numbers are counters, flags and years."""

_LANGUAGES = (
    "de fr es it pt nl pl cs ru uk sv da nb fi hu ro el tr bg ar fa he hi id vi th zh ja ko "
    "sk hr sr sr-Latn ca et is mk be ka hy az kk sq ur bn ta sw"
).split()
"""Besides English, which is tried first; loading the others takes seconds, once."""
_REGIONS = ("ar-LB", "ar-DZ")
"""Where the months have other names than elsewhere in the language: the Levant with Iraq, and the Maghreb."""
_SETTINGS = {
    "STRICT_PARSING": True,
    "TIMEZONE": "UTC",
    "RETURN_AS_TIMEZONE_AWARE": True,
    "RETURN_TIME_AS_PERIOD": True,
    "PARSERS": ["absolute-time"],
}
_MAIL_DATE = re.compile(
    r"(?:[A-Za-z]{3,9},\s{0,3})?\d{1,2}\s{1,3}[A-Za-z]{3}\s{1,3}\d{4}\s{1,3}\d{1,2}:\d{2}(?::\d{2})?\s{0,3}"
    r"(?:[+-]\d{4}|GMT|UTC|UT|Z)?"
)
"""With a zone of which the parser of mail knows the offset; others it takes for UTC."""
_STAMPS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S", 10: "%Y%m%d%H"}
"""Digits as calendar dates, by their number."""
_FRACTIONS = {9: 1, 10: 1, 13: 10**3, 16: 10**6, 19: 10**9}
"""Digits as times since 1970, by their number: in seconds, milliseconds, microseconds or nanoseconds."""
_MONTHS = 12
_LAST_CENTURY = 69
"""Years of two digits from here on are those of the last century (POSIX)."""
_ISO_WEEK = re.compile(r"\d{4}-?W\d{2}")
_ISO_DAY_ONLY = re.compile(r"\d{4}-?(?:W\d{2}-?\d|\d{2}-?\d{2})")
_NUMBERS = re.compile(r"(?<![\d:./-])(\d{1,4})([./-])\s?(\d{1,2})\2\s?(\d{1,4})(?!\d|[./-]\d)\.?")
_SHORT_OFFSET = re.compile(r"(?<=:\d\d)\s?([+-])(\d):?(\d\d)$")
"""`-500` or `+5:30`, which lost its first digit."""
_OFFSET_OF_EPOCH = re.compile(r"(?<=\d{13})[+-]\d{4}$")
"""Behind milliseconds since 1970, as in `/Date(1788862500000+0200)/`: the time does not depend on it."""
_DAY_END = re.compile(r"(?<=[T\s])24:00(?::00(?:\.0{1,9})?)?(?![\d:])")
"""The end of a day (ISO 8601), which is the beginning of the next."""
_LEAP_SECOND = re.compile(r"(?<=\d\d:\d\d:)60(?!\d)")
_THAI = re.compile("[\u0e00-\u0e7f]")
_BUDDHIST_YEAR = re.compile(r"(?<!\d)2[45]\d\d(?!\d)")
_BUDDHA = 543
"""Years of the Buddhist calendar before those of ours."""
_ERA_YEAR = re.compile(r"(令和|平成)\s?(\d{1,2}|元)\s?年")
_ERAS = {"令和": 2018, "平成": 1988}
"""The years before the first of Japanese eras."""
_DAY_FIRST_IN_ENGLISH = {"au", "gb", "ie", "in", "nz", "uk", "za"}
_YEAR_FIRST = {"en", "fa", "hu", "ja", "ko", "lt", "mn", "zh"}
"""Languages that write the year first, and English, in which the region decides."""
_ZONE = re.compile(r"(?:[+-]\d{2}:?\d{2}|[A-Z]|[\])])$|^\d{10,}$")
"""How a text ends that says in which zone its time is, as far as anybody does."""
_POINTED_HALF = re.compile(r"(?<=\d)\s?([ap])\.\s?m\.?(?!\w)", re.IGNORECASE)
_HOURS = re.compile(r"\b(\d{1,2})\s?h\s?(\d{2})?(?!\w)", re.IGNORECASE)
_BEFORE_CLOCK = re.compile(r"\b(?:às|klo|kell|στις|at)\s(?=\d{1,2}[:.h])", re.IGNORECASE)
"""Words before a time of day that dateparser does not know."""
_POINTED_CLOCK = re.compile(r"(?<=\d\d)(,?\s)([01]?\d|2[0-3])\.([0-5]\d)(?![\d.])")
"""A time of day with a point behind a date: in ISO 8601 it would be an hour with a fraction."""


def _is_day_first(language: str | None) -> bool:
    """Whether a date in numbers has its day before its month in a language (`fr`, `en-GB`), as far as that is sure."""
    code, _, region = (language or "").replace("_", "-").lower().partition("-")
    return region in _DAY_FIRST_IN_ENGLISH if code == "en" else len(code) == 2 and code not in _YEAR_FIRST


def news_date(value: object, *, of: DateOf = "published", language: str | None = None) -> NewsDate:
    """The date that a record states: ISO 8601, RFC 5322, digits, or words in one of some thirty languages.

    Digits are a calendar date (`20260908`) or a time since 1970, whichever is plausible. A clock time without a zone is
    taken as UTC.

    Args:
        value: A number, or a text in which a label may say what is dated ("Published: ...").
        of: What is asked for: what a text labels as the date of an update is no date of publication.
        language: In which it is stated, if that is known (`fr`, `en-GB`); it tells whether the day stands before the
            month, without which some numbers are ambiguous, and which month a name is that two languages share.

    Raises:
        ValueError: It is in no such format, is ambiguous, or names no plausible day.
    """
    if isinstance(value, bool) or value == 0:
        raise ValueError(f"{value!r} is not a date")
    if isinstance(value, int | float):
        parsed = _from_digits(str(int(value)) if abs(value) < 1e20 and float(value).is_integer() else repr(value))
    elif isinstance(value, str) and len(value) <= _LONGEST:
        parsed = _from_text(labelled(" ".join(value.split()), of=of), language)
    else:
        raise ValueError(f"a date is a number or a text of at most {_LONGEST} characters")
    _check_plausible(parsed)
    return parsed


def best_date(values: Sequence[object], *, of: DateOf = "published", language: str | None = None) -> NewsDate | None:
    """The first of several statements of one date that can be read; `None` for none.

    Where another within a day of it says more exactly when, with a time or with its zone, that one.

    Raises:
        ValueError: There are statements, and none can be read; says why the first cannot.
    """
    read: list[tuple[int, NewsDate]] = []
    errors: list[ValueError] = []
    for value in values:
        try:
            date = news_date(value, of=of, language=language)
        except ValueError as error:
            errors.append(error)
        else:
            read.append((0 if date.day_only else 1 + _names_zone(value), date))
    if not read and errors:
        raise errors[0]
    near = [(exact, date) for exact, date in read if abs(date.at - read[0][1].at) <= _ONE_DATE]
    return max(near, key=lambda one: one[0])[1] if near else None


def _names_zone(value: object) -> bool:
    return not isinstance(value, str) or bool(_ZONE.search(value))


def _check_plausible(date: NewsDate) -> None:
    if date.at.year < _EARLIEST_YEAR:
        raise ValueError(f"year {date.at.year} is out of range")
    if date.at == _EPOCH_ZERO and not date.day_only:
        raise ValueError("the beginning of 1970 stands for no date")
    if date.at > datetime.now(UTC) + _FUTURE:
        raise ValueError(f"{date} lies in the future")


def _from_text(text: str, language: str | None) -> NewsDate:
    text = _POINTED_CLOCK.sub(r"\1\2:\3", _BEFORE_CLOCK.sub("", _LEAP_SECOND.sub("59", _of_common_era(text))))
    begun, ends_day = _DAY_END.subn("00:00:00", text)
    date = _read(begun, language)
    return NewsDate(date.at + timedelta(days=1)) if ends_day else date


def _of_common_era(text: str) -> str:
    """A text with years of the Buddhist calendar and of Japanese eras as those of the common one."""
    if _THAI.search(text):
        text = _BUDDHIST_YEAR.sub(lambda year: str(int(year[0]) - _BUDDHA), text)
    return _ERA_YEAR.sub(lambda era: f"{_ERAS[era[1]] + int(era[2].replace('元', '1'))}年", text)


def _read(text: str, language: str | None) -> NewsDate:
    for parse in (_from_digits, _from_iso, _from_mail_date, partial(_from_words, language=language)):
        try:
            return parse(text)
        except (TypeError, OverflowError):
            continue
        except ValueError as error:
            if isinstance(error, _AmbiguousError):
                raise
    raise ValueError(f"{text[:60]!r} is not a date")


class _AmbiguousError(ValueError):
    """A date that has two readings or none, of which no other way to read it may make one."""


def _from_digits(text: str) -> NewsDate:
    """Digits alone, as the first of their readings that lies between 1600 and today."""
    text = _OFFSET_OF_EPOCH.sub("", text)
    digits, _, fraction = text.removeprefix("-").partition(".")
    if not (digits.isascii() and digits.isdigit() and (fraction.isdigit() or not fraction)):
        raise ValueError("not a number")
    for date in chain(_since_1970(text, digits), _stamp(digits)):
        try:
            _check_plausible(date)
        except ValueError:
            continue
        return date
    raise ValueError(f"{text[:60]!r} is no plausible date")


def _since_1970(text: str, digits: str) -> "list[NewsDate]":
    if len(digits) not in _FRACTIONS or abs(seconds := float(text) / _FRACTIONS[len(digits)]) < _LEAST_EPOCH:
        return []
    return [NewsDate((_EPOCH_ZERO + timedelta(seconds=seconds)).replace(microsecond=0))]


def _stamp(digits: str) -> "list[NewsDate]":
    form = _STAMPS.get(len(digits))
    try:
        return (
            [NewsDate(datetime.strptime(digits, form).replace(tzinfo=UTC), day_only=len(digits) == 8)] if form else []
        )
    except ValueError:
        return []


def _from_iso(text: str) -> NewsDate:
    if _ISO_WEEK.fullmatch(text):
        raise ValueError("a week is no day")
    date = parse_iso(text)
    return NewsDate(date.at, day_only=True) if _ISO_DAY_ONLY.fullmatch(text) else date


def _from_mail_date(text: str) -> NewsDate:
    if not _MAIL_DATE.fullmatch(text):  # the parser takes half of an English date for a whole one
        raise ValueError("not a mail date")
    moment = parsedate_to_datetime(text)
    return NewsDate(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC))


def _from_words(text: str, *, language: str | None) -> NewsDate:
    """A date in words or numbers, with a time zone by offset, abbreviation, region or city."""
    text = _POINTED_HALF.sub(r" \1m", _SHORT_OFFSET.sub(r" \g<1>0\2:\3", text))
    text = _HOURS.sub(lambda hours: f"{hours[1]}:{hours[2] or '00'}", text)
    text, zone = with_zone_apart(text)
    text = _NUMBERS.sub(partial(_year_first, day_first=_is_day_first(language)), text, count=1)
    try:
        date = _from_iso(text)
        moment, day_only = date.at, date.day_only
    except ValueError:
        moment, day_only = _parsed(text, language)
    return NewsDate(moment, day_only=True) if day_only else NewsDate(as_utc(moment, zone))


def _parsed(text: str, language: str | None) -> tuple[datetime, bool]:
    """What dateparser reads, in UTC or as on the wall, and whether it is only a day."""
    if not any(letter.isdigit() for letter in text):
        raise ValueError("no date without a number")
    stated = (language or "").lower()[:2]
    tried = (("en",), (stated,), tuple(_LANGUAGES)) if stated in _LANGUAGES else (("en",), tuple(_LANGUAGES))
    for parser in (*map(_parser, tried), *map(_regional_parser, _REGIONS)):
        data = parser.get_date_data(text)
        if data.date_obj is not None:
            return data.date_obj.astimezone(UTC), data.period != "time"
    raise ValueError("not in a language that is read")


@cache
def _parser(languages: tuple[str, ...]) -> DateDataParser:
    return DateDataParser(languages=list(languages), settings=_SETTINGS)


@cache
def _regional_parser(region: str) -> DateDataParser:
    return DateDataParser(locales=[region], settings=_SETTINGS)


def _year_first(match: "re.Match[str]", *, day_first: bool) -> str:
    """Numbers as ISO 8601 has them; with points the day stands before the month everywhere."""
    first, sign, second, last = match.groups()
    if len(first) == 4 and len(last) <= 2:
        if int(second) > _MONTHS:
            raise _AmbiguousError(f"{match.group()!r} names no month")
        return f"{first}-{second:0>2}-{last:0>2}"
    if day_first and len(first) <= 2 and len(last) == 2:
        last = f"{19 if int(last) >= _LAST_CENTURY else 20}{last}"
    if len(last) != 4 or len(first) > 2:
        raise _AmbiguousError(f"{match.group()!r} does not say which number is the year")
    is_certain = sign == "." or day_first or max(int(first), int(second)) > _MONTHS or first == second
    if not is_certain:
        raise _AmbiguousError(f"{match.group()!r} does not say which number is the month")
    is_month_first = sign != "." and int(second) > _MONTHS
    day, month = (int(second), int(first)) if is_month_first else (int(first), int(second))
    return f"{last}-{month:02}-{day:02}"
