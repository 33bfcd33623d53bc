"""When two answers say the same: figures with their units, dates, names. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.text import content_words, is_calendar

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_WRITTEN = {
    word: float(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
} | {f"{tens}ty": 10.0 * value for value, tens in enumerate("thir for fif six seven eigh nine".split(), 3)}
_SIZES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "m": 1e6,
    "bn": 1e9,
    "billion": 1e9,
    "trillion": 1e12,
}
_DAYS = {
    "second": 1 / 86400, "minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "fortnight": 14.0, "month": 30.0,
    "year": 365.0, "decade": 3650.0,
}  # fmt: skip
_ROUNDED = 1.01
"""Most times that one figure is another that is rounded."""
_VAGUE = re.compile(
    r"\b(?:dozens|hundreds|thousands|millions|several|many|some|few|about half|most|more than|less than|at least|"
    r"at most|up to|over|under|nearly|almost)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_COUNTED = frozenset(_WRITTEN) - {"zero", "one"}
"""Words that count; "one" often does not."""
_BETWEEN = (" ", "\u00a0", "-")
"""What stands between a figure and its unit."""
_PER_CENT = ("per cent", "percent", "%")
_BEFORE = 14
"""Characters before a figure that may say that it is a bound, or a day."""
_WORD = re.compile(r"[^\W\d_]+|\d[\d,.]*\d|\d|[%$£€]")


@dataclass(frozen=True, slots=True)
class Value:
    """What an answer says, in a form that can be compared.

    Attributes:
        amount: Of a figure, with hundreds and millions and durations in days multiplied out; `None` without a figure.
        words: Of anything else, in lower case, the unit of a figure included.
        vague: "More than 40" need not differ from 45, nor what begins on 7 October from what ends on the 10th,
            nor a year from another.
    """

    amount: float | None
    words: frozenset[str]
    vague: bool


SIZES = frozenset(word for size in _SIZES if len(size) > 2 for word in (size, f"{size}s"))
"""Words that multiply a figure."""


def value_of(answer: str) -> Value:
    """Return what an answer says."""
    amount: float | None = None
    words = []
    for word in _WORD.findall(answer):
        lower = word.lower()
        singular = lower.removesuffix("s")
        if _NUMBER.fullmatch(word):
            amount = amount if amount is not None else float(word.replace(",", ""))
        elif lower in _WRITTEN and amount is None:
            amount = _WRITTEN[lower]
        elif amount is not None and (singular in _SIZES or lower in _SIZES):
            amount *= _SIZES.get(singular, _SIZES.get(lower, 1.0))
        elif amount is not None and singular in _DAYS:
            amount *= _DAYS[singular]
            words.append("days")
        else:
            words.append(lower)
    kept = frozenset(word.lower() for word in content_words(" ".join(words)))
    dated = _YEAR.fullmatch(answer) is not None or any(is_calendar(word) for word in _WORD.findall(answer))
    vague = dated or _VAGUE.search(answer) is not None
    return Value(amount, kept | (frozenset(words) & {"%", "$", "£", "€"}), vague)


def figures_in(text: str) -> list[Value]:
    """Return the figures of a sentence that count or measure something, each with its unit, one word of it.

    Years, days of a month, times of the day and figures without a unit are left out.
    """
    words = list(_WORD.finditer(text))
    figures = []
    for place, word in enumerate(words):
        if not (_NUMBER.fullmatch(word.group()) or word.group().lower() in _COUNTED):
            continue
        after = list(_following(text, words[place : place + 3]))
        if after and after[0].lower().removesuffix("s") in _SIZES:
            unit = after[1:2]
        elif " ".join(after).lower().startswith(_PER_CENT):
            after = unit = ["%"]
        else:
            after, unit = after[:1], after[:1]
        before = text[max(0, word.start() - _BEFORE) : word.start()]
        if not unit or not (content_words(unit[0]) or unit == ["%"]) or is_calendar(unit[0]) or is_calendar(before):
            continue
        value = value_of(" ".join((word.group(), *after)))
        if value.amount is not None and value.words:
            figures.append(replace(value, vague=value.vague or _VAGUE.search(before) is not None))
    return figures


def _following(text: str, words: Sequence[re.Match[str]]) -> Iterator[str]:
    """The words behind the first one, as long as no more than a space or a hyphen stands between two."""
    for word, after in pairwise(words):
        if text[word.end() : after.start()] not in _BETWEEN and after.group() != "%":
            return
        yield after.group()


def same(first: Value, second: Value) -> bool:
    """Return whether two answers say the same, as far as they can be compared: rounded, shortened, reordered."""
    if first.amount is not None and second.amount is not None:
        less, more = sorted((first.amount, second.amount))
        return less * _ROUNDED >= more
    return bool(first.words & second.words) or first.words == second.words


def differ(first: Value, second: Value) -> bool:
    """Return whether two answers surely say different things: figures both, or both without a figure; neither vague."""
    if (first.amount is None) != (second.amount is None) or first.vague or second.vague:
        return False
    return not same(first, second)
