"""Markers as models write them: `[1, 3]`, `[1-3]`, `[^1]`, `[Passage 1]`, `【1†source】`, `(1)`, `¹`, `[1](#p1)`. Pure.

A number in brackets inside a quotation is the article's own and never a marker.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WORD = r"[^\W\d_]{1,14}\.?[ :]{0,2}"
_ONE = rf"(?:{_WORD})?[#^]?\d{{1,3}}(?![\d.])"
_BETWEEN = r"\s{0,2}(?:[,;/&+–—-]|\b(?:and|to|und|et|y|e|en|och|og|i)\b){1,2}\s{0,2}"
_NUMBERS = rf"\s{{0,2}}{_ONE}(?:{_BETWEEN}{_ONE}){{0,11}}\s{{0,2}}"
_LINK = r"(?:\([^()\s]{0,300}\))?"
_SQUARE = rf"\\?[\[［【〔]{{1,2}}(?P<square>{_NUMBERS})(?:[†:|][^\[\]【】\n]{{0,60}})?\\?[\]］】〕]{{1,2}}{_LINK}"
_RAISED = r"<sup>\s{0,2}\[?(?P<raised>\d{1,3}(?:,\s?\d{1,3}){0,5})\]?\s{0,2}</sup>"
_SMALL = r"(?:(?<=[.!?,;:\"”’)])|(?<=[^\W\d_]{4}))(?P<small>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})"
_NAMED = r"(?:(?:see|passages?|sources?|articles?|documents?|references?|refs?\.?|citations?)\s{1,2}){0,2}"
_ROUND = (
    rf"\((?P<round>{_NAMED}\d{{1,2}}(?:{_BETWEEN}{_NAMED}\d{{1,2}}){{0,5}})\)(?=\s{{0,2}}(?:[.!?;,)\[(]|$|\n))"
    rf"|(?<=[.!?\"”])\s?\((?P<behind>{_NAMED}\d{{1,2}}(?:{_BETWEEN}{_NAMED}\d{{1,2}}){{0,5}})\)"
)
_PROSE = r"\b(?:the )?passages? (?P<prose>\d{1,2})\b(?!\s(?:per|years|hours|days))"
_MARKER = re.compile(rf"{_SQUARE}|{_RAISED}|{_SMALL}|{_ROUND}|{_PROSE}", re.IGNORECASE)
_QUOTATION = re.compile('"[^"\n]{1,600}"|“[^”\n]{1,600}”|«[^»\n]{1,600}»|„[^“”\n]{1,600}[“”]|「[^」\n]{1,600}」')
_OPENED = re.compile('["“«„「]')
_PAIRS = {"“": "”", "«": "»", "„": "“", "「": "」"}
_RANGE = re.compile(r"(\d{1,3})\s{0,2}(?:[–—-]|\bto\b)\s{0,2}(?:[^\W\d_]{1,14}\s)?(\d{1,3})")
_JOINING = re.compile(r"\s{0,2}(?:[,;&+]|and|und|et|y|e|en|och|og|i)?\s{0,2}", re.IGNORECASE)
"""What may stand between the markers of one sentence."""
_NOUN = re.compile(r"(?:^|\b(?:according to|per|in|by|from|while|whereas|but|that))\s{0,2}$", re.IGNORECASE)
_GOES_ON = re.compile(r",?\s+[a-z]")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker that was taken out of a text.

    Attributes:
        at: Where it stood, in characters of the text without markers.
        numbers: Of the passages; those that no passage has are left out.
    """

    at: int
    numbers: tuple[int, ...]


def taken_out(text: str, outlets: Sequence[str]) -> tuple[str, list[Marker]]:
    """Return a text without its markers and the spaces before them, and the markers.

    A marker that stands as a noun (`According to [2], ...`) is replaced by the name of its outlet.

    Args:
        text: A line, or the beginning of one.
        outlets: Of the passages, in the order of their numbers from 1.
    """
    plain, end = "", 0
    markers: list[Marker] = []
    for match, numbers in _markers(text, len(outlets)):
        between = text[end : match.start()]
        if not (markers and _JOINING.fullmatch(between)):
            plain += between
        noun = _NOUN.search(plain) and _GOES_ON.match(text, match.end())
        if noun and numbers:
            plain += outlets[numbers[0] - 1]
        else:
            plain = plain.rstrip(" \t")
        markers.append(Marker(len(plain), numbers))
        end = match.end()
    return plain + text[end:], markers


def _markers(text: str, passages: int) -> Iterator[tuple[re.Match[str], tuple[int, ...]]]:
    quoted = [match.span() for match in _QUOTATION.finditer(text)]
    for match in _MARKER.finditer(text):
        numbers = _numbers(match, passages)
        if numbers is not None and not any(start < match.start() < stop for start, stop in quoted):
            yield match, numbers


def certain_part(text: str) -> int:
    """Return up to where an unfinished line can be read: before a bracket or a quotation that is not closed yet."""
    ends = [len(text)]
    bracket = max(text.rfind(sign) for sign in "[［【(<\\")
    if bracket >= 0 and len(text) - bracket < 80 and not re.search(r"[\]］】)>]", text[bracket:]):
        ends.append(bracket)
    closed = _QUOTATION.sub(lambda match: "x" * len(match.group()), text)
    if opened := _OPENED.search(closed):
        ends.append(opened.start())
    return min(ends)


def _numbers(match: re.Match[str], passages: int) -> tuple[int, ...] | None:
    """The numbers of a match; `None` where a bracket of a kind that texts use, too, names no passage."""
    written = next(group for group in match.groups() if group).translate(_DIGITS)
    numbers = tuple(dict.fromkeys(number for number in _each(written, passages) if 1 <= number <= passages))
    return numbers if numbers or match["square"] else None


def _each(written: str, passages: int) -> Iterator[int]:
    for first, last in _RANGE.findall(written):
        yield from range(int(first), min(int(last), passages) + 1)
    yield from map(int, re.findall(r"\d{1,3}", written))
