"""Repairing what scrapers leave in an article's text: mojibake, entities, tag debris, lost spaces."""

import html
import re
import unicodedata
from collections.abc import Callable, Sequence

import ftfy
from ftfy.badness import is_bad

from ingest.extract.markup import unwrapped, without_html, without_markdown

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
    "|(?<![\u2600-\U0001ffff\ufe0f])\u200d"
)
"""Control characters, lone surrogates, soft hyphens, zero-width, bidi and tag characters; emoji keep their joiners."""
_MAYBE_MOJIBAKE = re.compile("[^\x00-\x7f\u2010-\u2026\xa0\xa3\xa9\xab\xae\xb0\xb4\xb7\xbb\xbd\u20ac\u2122]")
"""Characters that mojibake may begin with: any but ASCII and common typographic signs."""
_LINE_END = re.compile("\r\n|[\r\x0c\x85\u2028\u2029]")
_BROKEN_TAG = re.compile(r"<\s*+(?:/\s*+)?(?:p|div|span|br|h\s?[1-6]|li|ul|ol|strong|em)\s*+(?:/\s*+)?>", re.IGNORECASE)
_SHORTCODE = re.compile(
    r"\[(?:caption|gallery|embed|video|audio|playlist)(?:\s++[a-z_]{1,20}=[^\[\]]{0,500})\]|"
    r"\[/(?:caption|gallery|embed|video|audio|playlist)\]|\[embed\](?=https?:)",
)
"""Marks of WordPress around pictures and media."""
_ESCAPED_BREAKS = re.compile(r"(?<=[.!?…\"”’')\]])(?:\\r)?\\n(?:\\r|\\n|\s)*")
"""Line breaks behind sentences that were escaped twice, as a backslash and an n."""
_TAG_END = re.compile(
    r"(?:(?<=\s)|^)(?:p|div|span|br|h\s?[1-6]|li|ul|ol)\s{0,9}>[^\S\n]{0,9}$", re.IGNORECASE | re.MULTILINE
)
"""What is left of a tag at the end of a line, in a text with broken ones; `p > 0.05` is none."""
_PIECE = re.compile(r"[!-~]?[^\x00-\x7f]{1,300}")
_MAY_COMPOSE = re.compile("[^\x00-\u02ff\u2010-\u2027\u2030-\u205e\u20ac\u2122]")
"""Any but Latin letters and common typographic signs; only with another can a text not be in form C."""
_BRACKET = re.compile("[<>]")
_MOST_NESTED = 10
"""Tags within what was left of tags; text that holds more of them holds no prose."""
_ZEROS = re.compile(r"&#0{1,1000}(?=\d)")
_WHOLE_REFERENCE = re.compile(
    r"&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});|&(?:nbsp|amp|quot|lt|gt)(?![\w=;])"
)
"""With its semicolon: `&section=7` holds none."""
_LARGE_REFERENCE = re.compile(r"&#\d{8,};?")
"""No character has so high a number, and Python reads no numbers of thousands of digits."""
_LOST_SPACE = re.compile(r"(?<=[a-z]{2})([.!?][\"”’']?|,)(?=[A-Z][a-z]|[A-Z]\s)")
_DOTTED_WORD = re.compile(r"(?<=\b[A-Z]\.[A-Z]\.)(?=[a-z]{2})")
_CUT = re.compile(r"(?:…|\.{3})?\s{0,9}\[(?:\+?[\d,]{1,9} (?:chars|characters|more)|…|\.{3})\]\s{0,9}$")
_SENTENCE_ENDS = (".", "!", "?", "”", '"', "。", "…")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n ?(?:\n ?)+")


def clean_text(raw: str) -> str:
    """The text as its author wrote it, one blank line between paragraphs.

    HTML and Markdown become what a reader sees, wrapped lines whole ones. Never adds or drops words; the result is a
    fixed point: cleaning it again changes nothing.
    """
    return _cleaned(raw, (_with_breaks, without_html, without_markdown, unwrapped))


def _with_breaks(text: str) -> str:
    r"""A text whose line breaks were escaped twice with real ones; in one that has some, `\n` is no break."""
    return text if "\\n" not in text or "\n" in text.strip() else _ESCAPED_BREAKS.sub("\n\n", text)


def clean_line(raw: str) -> str:
    """A title, name or section on one line."""
    return " ".join(_cleaned(raw, (without_html,)).split())


def _cleaned(raw: str, readings: Sequence[Callable[[str], str]]) -> str:
    text = _LINE_END.sub("\n", raw)
    for _ in range(_MOST_NESTED):  # a tag or an entity may only appear when the one around it is gone
        before = text
        for reading in readings:
            text = reading(text)
        text = _INVISIBLE.sub("", _composed(_decoded(text)))
        text = _tidied(text) if text == before else text
        if text == before:
            return text
    return _tidied(_BRACKET.sub(" ", text))


def _tidied(text: str) -> str:
    text, broken = _BROKEN_TAG.subn(" ", _SHORTCODE.sub(" ", text))
    text = _TAG_END.sub(" ", text) if broken else text
    text = _LOST_SPACE.sub(r"\1 ", text)
    text = _DOTTED_WORD.sub(" ", text)
    text = _SPACES.sub(" ", text)
    return _BLANK_LINES.sub("\n\n", text).replace(" \n", "\n").replace("\n ", "\n").strip()


def _composed(text: str) -> str:
    """The text in Unicode's form C, which takes a time that grows with the square of a run of accents: in pieces."""
    if not _MAY_COMPOSE.search(text):
        return text
    return _PIECE.sub(lambda piece: unicodedata.normalize("NFC", piece.group()), text)


def _decoded(raw: str) -> str:
    """Entities and mojibake undone; twice, since entities stand for mojibake and mojibake for entities."""
    text = raw
    for _ in range(2):
        if "&" in text:
            text = _LARGE_REFERENCE.sub("\ufffd", _ZEROS.sub("&#", text))
            text = _WHOLE_REFERENCE.sub(lambda reference: html.unescape(reference.group()), text)
        # Judging every line costs more than all other cleaning together, and few can be damaged.
        if is_bad("\n".join(line for line in text.split("\n") if _MAYBE_MOJIBAKE.search(line))):
            text = ftfy.fix_encoding(text)
    return text


def without_cut(text: str) -> tuple[str, bool]:
    """A text without the mark of what a service left out (`[+2204 chars]`), and whether there was one."""
    whole = _CUT.sub("", text)
    return (whole, False) if whole == text else (whole if whole.endswith(_SENTENCE_ENDS) else f"{whole}…", True)
