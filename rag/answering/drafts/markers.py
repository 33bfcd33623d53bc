"""Markers as models write them: `[1, 3]`, `[1-3]`, `[^1]`, `[Passage 1]`, `【1†source】`, `(1)`, `¹`, `[1](#p1)`. Pure.

An outlet in brackets is a marker, too, where passages are of it: `[The Courier, 1 October 2026]`.

A number in brackets inside a quotation is the article's own and never a marker.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answering.drafts.lines import SOURCES, named_in
from rag.text import is_calendar

_WORD = r"[^\W\d_]{1,14}\.?[ :]{0,2}"
_ONE = rf"(?:{_WORD})?[#^]?\d{{1,3}}(?![\d.])"
_BETWEEN = r"\s{0,2}(?:[,;/&+–—-]|\b(?:and|to|und|et|y|e|en|och|og|i)\b){1,2}\s{0,2}"
_NUMBERS = rf"\s{{0,2}}{_ONE}(?:{_BETWEEN}{_ONE}){{0,11}}\s{{0,2}}"
_LINK = r"(?:\([^()\s]{0,300}\))?"
_BEHIND = r"(?:\s?[†:|,;–—-]\s?[^\[\]【】\n\d][^\[\]【】\n]{0,80}|[†:|][^\[\]【】\n]{0,60})?"
_SQUARE = rf"\\?[\[［【〔⟦]{{1,2}}(?P<square>{_NUMBERS}){_BEHIND}\\?[\]］】〕⟧]{{1,2}}{_LINK}"
_CURLY = r"(?<![\w\\}$])\{(?P<curly>\d{1,2}(?:(?:,\s?|\}\{)\d{1,2}){0,4})\}"
_RAISED = r"<sup>\s{0,2}\[?(?P<raised>\d{1,3}(?:,\s?\d{1,3}){0,5})\]?\s{0,2}</sup>"
_AT_AN_END = r"(?:(?<=[.!?,;:\"”’)^⁰¹²³⁴⁵⁶⁷⁸⁹])|(?<=[.!?\"”’)^⁰¹²³⁴⁵⁶⁷⁸⁹]\s)|(?<=[^\W\d_]{4}))"
_SMALL = rf"{_AT_AN_END}(?P<small>[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,2}})"
_CARET = rf"(?:{_AT_AN_END}|(?<=[^\W\d_]{{4}}\s))\^\[?(?P<caret>\d{{1,2}}(?:,\s?\d{{1,2}}){{0,3}})\]?\^?(?!\w)"
_NAMED = (
    r"(?:(?:see|per|via|from|cf\.?|passages?|sources?|articles?|documents?|references?|refs?\.?|citations?)"
    r":?\s{1,2}){0,3}"
)
_ROUND = (
    rf"\((?P<round>{_NAMED}\d{{1,2}}(?:{_BETWEEN}{_NAMED}\d{{1,2}}){{0,5}})\)(?=\s{{0,2}}(?:[.!?;,)\[(]|$|\n))"
    rf"|(?<=[.!?\"”])\s?\((?P<behind>{_NAMED}\d{{1,2}}(?:{_BETWEEN}{_NAMED}\d{{1,2}}){{0,5}})\)"
)
_PROSE = (
    rf"\b(?:the )?(?:passages? (?P<prose>\d{{1,2}}(?:{_BETWEEN}\d{{1,2}}){{0,3}})|"
    r"passage (?P<bracketed>\[\d{1,2}\])(?=,?\s[a-z]))(?![\d\]])(?!\s(?:per|years|hours|days)\b)"
)
_OUTLET = rf"\[(?P<outlet>[^\[\]\n]{{4,160}})\]{_LINK}|" + r"\((?P<paper>[^()\[\]\n]{4,160})\)(?=\s{0,2}(?:[.!?]|$))"
_MARKER = re.compile(rf"{_SQUARE}|{_CURLY}|{_RAISED}|{_SMALL}|{_CARET}|{_ROUND}|{_PROSE}|{_OUTLET}", re.IGNORECASE)
_LABELS = "|".join(sorted((*SOURCES, "see", "cf", "per", "via", "from", "passages?"), key=len, reverse=True))
_FRAME = re.compile(
    rf"\s?\((?P<inside>(?:\s|[:.,;&]|\b(?:{_LABELS})\b){{0,8}})\)|"
    rf"(?<=[.!?\"”’])\s{{0,2}}[*_]{{0,2}}(?:{_LABELS})\s?[:：][*_]{{0,2}}|\s[—–→|-](?=[.!?]?(?:\s|$))",
    re.IGNORECASE,
)
"""What is left around markers that were taken out: empty parentheses, `Sources:` at the end."""
_MAYBE_FRAME = re.compile(rf"[.!?]['\"”’)]{{0,2}}\s{{1,2}}[*_(]{{0,3}}(?:{_LABELS})\b[^.!?\n]{{0,80}}$", re.IGNORECASE)
_LAST_WORD = re.compile(r"[.!?]['\"”’)]{0,2}\s{1,2}[*_(]{0,3}([^\W\d_]{1,16})$")
_UNFINISHED_SIGN = re.compile(r"[*_`~^\s(]{1,12}$")
_UNFINISHED_TAG = re.compile(r"<(?:cite|ref|citation|source|passage|doc|document|sup)\b[^<>\n]{0,80}>[^<\n]{0,20}$")
_QUOTATION = re.compile('"[^"\n]{1,600}"|“[^”\n]{1,600}”|«[^»\n]{1,600}»|„[^“”\n]{1,600}[“”]|「[^」\n]{1,600}」')
_OPENED = re.compile('["“«„「]')
_PAIRS = {"“": "”", "«": "»", "„": "“", "「": "」"}
_RANGE = re.compile(r"(\d{1,3})\s{0,2}(?:[–—-]|\bto\b)\s{0,2}(?:[^\W\d_]{1,14}\s)?(\d{1,3})")
_JOINING = re.compile(r"\s{0,2}(?:[,;&+]|and|und|et|y|e|en|och|og|i)?\s{0,2}", re.IGNORECASE)
"""What may stand between the markers of one sentence."""
_NOUN = re.compile(r"(?:^|\b(?:according to|per|in|by|from|while|whereas|but|that|as))\s{0,2}$", re.IGNORECASE)
_NAMED_LAST = re.compile(
    r"\b(?:reported|stated|mentioned|noted|described|told|given|shown|seen|according) (?:in|by|to|from)\s{0,2}$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r",?\s+[a-z]")
_BEGUN = ("sources", "source", "references", "reference", "see", "quellen", "fuentes", "fonti", "bronnen", "passages")
"""Labels that stand behind a sentence on the same line."""
_LONGEST_BRACKET = 160
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


def taken_out(text: str, outlets: Sequence[str], headings: Sequence[str]) -> tuple[str, list[Marker]]:
    """Return a text without its markers and the spaces before them, and the markers.

    A marker that stands as a noun (`According to [2], ...`) is replaced by the name of its outlet.

    Args:
        text: A line, or the beginning of one.
        outlets: Of the passages, in the order of their numbers from 1.
        headings: All that names each passage: headline, outlet, authors, date, address.
    """
    plain, end, noun = "", 0, False
    markers: list[Marker] = []
    for match, numbers in _markers(text, outlets, headings):
        between = text[end : match.start()]
        joins = bool(markers) and _JOINING.fullmatch(between) is not None
        if not joins:
            plain += between
        noun = (joins and noun) or _is_noun(match, plain, text)
        if noun and numbers:
            named = " and ".join(dict.fromkeys(outlets[number - 1] for number in numbers))
            plain += f" and {named}" if joins else named
        else:
            plain = plain.rstrip(" \t")
        markers.append(Marker(len(plain), numbers))
        end = match.end()
    return _without_frames(plain + text[end:], markers)


def _is_noun(match: re.Match[str], plain: str, text: str) -> bool:
    """Whether a marker is a part of its sentence: `According to [2], ...`, `passage 2 says`, but not `(passage 2)`."""
    if match["prose"] or match["bracketed"]:
        return not text[match.end() :].lstrip().startswith(")")
    if match["outlet"] or match["paper"]:
        return False
    return bool(_NAMED_LAST.search(plain) or (_NOUN.search(plain) and _GOES_ON.match(text, match.end())))


def _without_frames(plain: str, markers: Sequence[Marker]) -> tuple[str, list[Marker]]:
    """A text without what stood around markers only; the markers are moved to where that was."""
    for frame in reversed(list(_FRAME.finditer(plain))):
        start, end = frame.span()
        first = start + 1 if frame["inside"] is not None else end
        if any(first <= marker.at <= end for marker in markers):
            start -= len(plain[:start]) - len(plain[:start].rstrip())
            plain = plain[:start] + plain[end:]
            markers = [replace(marker, at=max(min(marker.at, start), marker.at - (end - start))) for marker in markers]
    return plain, list(markers)


def _markers(
    text: str, outlets: Sequence[str], headings: Sequence[str]
) -> Iterator[tuple[re.Match[str], tuple[int, ...]]]:
    quoted = [match.span() for match in _QUOTATION.finditer(text)]
    for match in _MARKER.finditer(text):
        named = match["outlet"] or match["paper"]
        numbers = (named_in(named, headings, outlets) or None) if named else _numbers(match, len(outlets))
        if numbers is not None and not any(start < match.start() < stop for start, stop in quoted):
            yield match, numbers


def certain_part(text: str) -> int:
    """Return up to where an unfinished line can be read: before a bracket or a quotation that is not closed yet."""
    ends = [len(text)]
    for opening, closing in ("[]", "［］", "【】", "⟦⟧", "()", "<>", "{}"):
        bracket = text.rfind(opening)
        if bracket >= 0 and len(text) - bracket < _LONGEST_BRACKET and closing not in text[bracket:]:
            ends.append(bracket)
    ends += [match.start() + 1 for match in (_MAYBE_FRAME.search(text), _is_begun_label(text)) if match]
    ends += [match.start() for match in (_UNFINISHED_SIGN.search(text), _UNFINISHED_TAG.search(text)) if match]
    closed = _QUOTATION.sub(lambda match: "x" * len(match.group()), text)
    if opened := _OPENED.search(closed):
        ends.append(opened.start())
    return min(ends)


def _is_begun_label(text: str) -> re.Match[str] | None:
    begun = _LAST_WORD.search(text)
    return begun if begun and any(label.startswith(begun[1].lower()) for label in _BEGUN) else None


def _numbers(match: re.Match[str], passages: int) -> tuple[int, ...] | None:
    """The numbers of a match; `None` where a bracket of a kind that texts use, too, names no passage."""
    written = next(group for group in match.groups() if group).translate(_DIGITS)
    if any(is_calendar(word) for word in re.findall(r"[^\W\d_]{3,14}", written)):
        return None
    numbers = tuple(dict.fromkeys(number for number in _each(written, passages) if 1 <= number <= passages))
    return numbers if numbers or match["square"] else None


def _each(written: str, passages: int) -> Iterator[int]:
    for first, last in _RANGE.findall(written):
        yield from range(int(first), min(int(last), passages) + 1)
    yield from map(int, re.findall(r"\d{1,3}", written))
