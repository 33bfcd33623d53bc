"""Numbers with their units, as texts write them, compared as numbers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_WORDS: Mapping[str, float] = {
    word: float(value)
    for value, word in enumerate(
        (
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen twenty"
        ).split()
    )
} | {"thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0, "ninety": 90.0}
_SCALES: Mapping[str, float] = {
    "hundred": 1e2,
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "m": 1e6,
    "mn": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "b": 1e9,
    "trillion": 1e12,
    "tn": 1e12,
}
_UNITS: Mapping[str, str] = {
    "%": "percent",
    "pct": "percent",
    "per": "percent",  # `per cent`; a bare `per` follows no number
    "$": "dollar",
    "us$": "dollar",
    "usd": "dollar",
    "£": "pound",
    "gbp": "pound",
    "€": "euro",
    "eur": "euro",
    "km": "kilometre",
    "kilometer": "kilometre",
    "mile": "mile",
    "mi": "mile",
    "metre": "metre",
    "meter": "metre",
    "cm": "centimetre",
    "centimeter": "centimetre",
    "kg": "kilogram",
    "kilo": "kilogram",
    "lb": "pound",
    "hr": "hour",
    "min": "minute",
    "yr": "year",
    "feet": "foot",
    "ft": "foot",
    "people": "person",
}
_UNIT_REACH = 3
_NUMBER = re.compile(
    r"(?:(?P<currency>us\$|[$£€])\s*)?"
    r"(?<![\w.,])(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:(?P<glued>k|m|mn|bn|b|tn)\b)?(?P<percent>\s*%)?"
    rf"|\b(?P<word>{'|'.join(_WORDS)})\b(?:[- ](?P<ones>one|two|three|four|five|six|seven|eight|nine)\b)?",
)
_MONTHS = frozenset(
    ("january", "february", "march", "april", "may", "june", "july")
    + ("august", "september", "october", "november", "december")
)
_PRECEDING = re.compile(r"([a-z]+)\.? $")
_FOLLOWING = re.compile(r"[a-z€£$%]+")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text.

    Attributes:
        value: With its scale: `8.6 million` is 8,600,000.
        units: The currency or percent sign beside it, else the words that follow, as singulars.
    """

    value: float
    units: tuple[str, ...]


def quantities_in(text: str) -> list[Quantity]:
    """Every number of a text, in order, written in digits or in words up to ninety-nine."""
    lower = text.lower()
    return [_quantity(match, lower) for match in _NUMBER.finditer(lower)]


def same_quantity(wanted: Quantity, given: Quantity) -> bool:
    """The values are equal, and the unit that is wanted, if any, is among those given."""
    if abs(wanted.value - given.value) > 1e-9 * max(1.0, abs(wanted.value)):
        return False
    return not wanted.units or wanted.units[0] in given.units


def holds_quantities(variants: Iterable[str], text: str) -> bool | None:
    """All the numbers of one accepted answer are in the text, as numbers with units.

    Source: numbers are compared as values and not as strings, as in DROP's scorer (Dua et al.,
    *DROP*, NAACL 2019), and with their units.

    Returns:
        `None` where no accepted answer holds a number.
    """
    wanted = [quantities for quantities in map(quantities_in, variants) if quantities]
    if not wanted:
        return None
    given = quantities_in(text)
    return any(all(any(same_quantity(quantity, other) for other in given) for quantity in some) for some in wanted)


def _quantity(match: re.Match[str], text: str) -> Quantity:
    value = _value(match)
    scale, following = 1.0, _FOLLOWING.findall(text, match.end(), match.end() + 60)[:_UNIT_REACH]
    if match["glued"]:
        scale = _SCALES[match["glued"]]
    elif following and following[0] in _SCALES and not _is_metre(match, following[0]):
        scale = _SCALES[following[0]]
        following = following[1:]
    sign = match["currency"] or (match["percent"] or "").strip()
    units = [sign, *following] if sign else following
    before = _PRECEDING.search(text, max(0, match.start() - 20), match.start())
    if before and before[1] in _MONTHS:  # `October 6` is `6 October`
        units = [*units, before[1]]
    return Quantity(value * scale, tuple(_unit(unit) for unit in units))


def _is_metre(match: re.Match[str], word: str) -> bool:
    return word == "m" and not match["currency"]


def _value(match: re.Match[str]) -> float:
    if match["word"]:
        return _WORDS[match["word"]] + (_WORDS[match["ones"]] if match["ones"] else 0.0)
    return float(match["digits"].replace(",", ""))


def _unit(word: str) -> str:
    if word == "m":
        return "metre"
    unit = _UNITS.get(word) or _UNITS.get(word.removesuffix("s"))
    return unit or word.removesuffix("s")
