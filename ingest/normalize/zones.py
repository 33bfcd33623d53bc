"""Time zones as news names them: an abbreviation has its literal offset, a region has that day's."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_REGIONS: Mapping[str, str] = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
    "atlantic": "America/Halifax",
    "alaska": "America/Anchorage",
    "uk": "Europe/London",
    "british": "Europe/London",
    "central european": "Europe/Paris",
    "eastern european": "Europe/Helsinki",
    "india": "Asia/Kolkata",
    "indian": "Asia/Kolkata",
    "moscow": "Europe/Moscow",
    "мск": "Europe/Moscow",
    "west": "Etc/GMT-1",  # Western European Summer Time, which dateparser takes for another
    "ist": "Asia/Kolkata",  # Israel and Ireland use the letters, too, but seldom in English reports
}
"""Names of regions that stand for the offset of the day."""
_BRACKETED = re.compile(r"\s?(?:\[[^\[\]]{1,60}\]|\([^()]{1,60}\))$")
"""What repeats an offset: `[Europe/Berlin]` (RFC 9557), `(Central European Summer Time)`."""
_BRACKETED_OFFSET = re.compile(r"(?<=:\d\d)\s?[\[(](?:UTC|GMT)\s?([+-]\d{1,2}(?::?\d{2})?)[\])]$", re.IGNORECASE)
"""The only statement of an offset: `10:15 (UTC+8)`."""
_OFFSET = re.compile(r"(?:[+-]\d{1,2}:?\d{0,2}|Z)$", re.IGNORECASE)
_OFFSET_WITHIN = re.compile(r"(:\d{2})\s?([+-]\d{2}:?\d{2})\s(.{1,40})$")
"""Before the year, as in `Tue Sep 08 10:15:00 +0000 2026`."""
_KEY = re.compile(r"[\[(]?\b([A-Z][A-Za-z]{1,20}/[A-Za-z_]{2,20}(?:/[A-Za-z_]{2,20})?)\b[\])]?")
"""A name of the IANA's database."""
_CLOCK = r"(?P<clock>\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s?[ap]m\b)?|\b\d{1,2}\s?[ap]m\b),?\s?\(?"
_NAMED = (
    re.compile(rf"{_CLOCK}(?P<name>[^\W\d_]{{1,20}}(?: [^\W\d_]{{1,20}}){{0,2}})\s(?:local )?time\b\)?", re.IGNORECASE),
    re.compile(rf"{_CLOCK}(?P<name>[^\W\d_]{{2,20}})\b(?![/+-]|:)\)?", re.IGNORECASE),
)
"""A region's name behind a time of day, with "time" or alone."""


def with_zone_apart(text: str) -> tuple[str, str | None]:
    """A text without the name of the region whose time it gives, and that region's key in the IANA's database.

    An abbreviation behind the time of day is put at the end of the text, where dateparser reads it; an offset stays.

    Args:
        text: With `am` and `pm` without points.
    """
    text = _BRACKETED_OFFSET.sub(r" GMT\1", text)
    without = _OFFSET_WITHIN.sub(r"\1 \3 \2", _BRACKETED.sub("", text))
    if _OFFSET.search(without):
        return without, None
    key = _KEY.search(text)
    if key and key[1] in available_timezones():
        return f"{text[: key.start()]}{text[key.end() :]}".strip(), key[1]
    for pattern in _NAMED:
        named = pattern.search(text)
        zone = _zones().get(named["name"].lower()) if named else None
        if named and zone:
            return _without(text, named), zone
    if named and named["name"].isupper():
        return f"{_without(text, named)} {named['name']}", None
    return without, None


def _without(text: str, named: "re.Match[str]") -> str:
    return f"{text[: named.end('clock')]}{text[named.end() :]}".strip()


def as_utc(moment: datetime, zone: str | None) -> datetime:
    """A time of day that was read as UTC, in UTC; `zone` is where it was told, `None` for nowhere known."""
    return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if zone else moment


@cache
def _zones() -> Mapping[str, str]:
    """Keys of the database by names of regions and of cities ("new york")."""
    cities = {
        key.rpartition("/")[2].replace("_", " ").lower(): key for key in sorted(available_timezones()) if "/" in key
    }
    return {**cities, **_REGIONS}
