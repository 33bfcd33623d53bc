"""Repairing what scrapers leave in an article's text: mojibake, entities, tag debris, lost spaces."""

import html
import re
import unicodedata

import ftfy
from ftfy.badness import is_bad

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
    "|(?<![\u2600-\U0001ffff\ufe0f])\u200d"
)
"""Control characters, lone surrogates, soft hyphens, zero-width, bidi and tag characters; emoji keep their joiners."""
_MAYBE_MOJIBAKE = re.compile("[^\x00-\x7f\u2010-\u2026\xa0\xa3\xa9\xab\xae\xb0\xb4\xb7\xbb\xbd\u20ac\u2122]")
"""Characters that mojibake may begin with: any but ASCII and common typographic signs."""
_LINE_END = re.compile("\r\n|[\r\x0c\x85\u2028\u2029]")
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]{0,9}(?:\s[^<>\n]{0,200})?/?>")
_BROKEN_TAG = re.compile(
    r"<\s*+(?:/\s*+)?(?:p|div|span|br|h\s?[1-6]|li|ul|ol|a|strong|em|b|i)\s*+(?:/\s*+)?>", re.IGNORECASE
)
_TAG_END = re.compile(r"(?:(?<=\s)|^)(?:p|div|span|br|h\s?[1-6]|li|ul|ol)\s*>(?=\s|$)", re.IGNORECASE | re.MULTILINE)
_PIECE = re.compile(r"\S{1,300}")
_BRACKET = re.compile("[<>]")
_MOST_NESTED = 10
"""Tags within what was left of tags; text that holds more of them holds no prose."""
_ZEROS = re.compile(r"&#0+(?=\d)")
_LARGE_REFERENCE = re.compile(r"&#\d{8,};?")
"""No character has so high a number, and Python reads no numbers of thousands of digits."""
_LOST_SPACE = re.compile(r"(?<=[a-z]{2})([.!?][\"”’']?|,)(?=[A-Z][a-z]|[A-Z]\s)")
_DOTTED_WORD = re.compile(r"(?<=\b[A-Z]\.[A-Z]\.)(?=[a-z]{2})")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n ?(?:\n ?)+")


def clean_text(raw: str) -> str:
    """The text as its author wrote it, one blank line between paragraphs.

    Never adds or drops words; the result is a fixed point: cleaning it again changes nothing.
    """
    text = _composed(_decoded(raw))
    text = _LINE_END.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    text = _without_tags(text)
    text = _LOST_SPACE.sub(r"\1 ", text)
    text = _DOTTED_WORD.sub(" ", text)
    text = _SPACES.sub(" ", text)
    return _BLANK_LINES.sub("\n\n", text).replace(" \n", "\n").replace("\n ", "\n").strip()


def _composed(text: str) -> str:
    """The text in Unicode's form C, which takes a time that grows with the square of a run of accents: in pieces."""
    return text if text.isascii() else _PIECE.sub(lambda piece: unicodedata.normalize("NFC", piece.group()), text)


def _without_tags(text: str) -> str:
    for _ in range(_MOST_NESTED):  # a tag may only appear when the one inside it is gone
        before = text
        for debris in (_TAG, _BROKEN_TAG, _TAG_END):
            text = debris.sub(" ", text)
        if text == before:
            return text
    return _BRACKET.sub(" ", text)


def _decoded(raw: str) -> str:
    """Entities and mojibake undone; twice, since entities stand for mojibake and mojibake for entities."""
    text = raw
    for _ in range(2):
        if "&" in text:
            text = html.unescape(_LARGE_REFERENCE.sub("\ufffd", _ZEROS.sub("&#", text)))
        # Judging every line costs more than all other cleaning together, and few can be damaged.
        if is_bad("\n".join(line for line in text.split("\n") if _MAYBE_MOJIBAKE.search(line))):
            text = ftfy.fix_encoding(text)
    return text


def clean_line(raw: str) -> str:
    """A title, name or section on one line."""
    return " ".join(clean_text(raw).split())
