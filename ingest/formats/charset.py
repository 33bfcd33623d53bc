"""From the bytes of a page to its text, by what the server and the page say of the encoding."""

import codecs
import re

from charset_normalizer import from_bytes

from ingest.sandbox import reader
from rag.errors import RefusedArticle

_CHARSET = re.compile(r"charset\s*+=\s*+(?:[\"']\s*+)?([\w.:-]{2,40})", re.IGNORECASE)
_META = re.compile(
    rb"<meta[^>]{0,300}charset\s*+=\s*+(?:[\"']\s*+)?([\w.:-]{2,40})|<\?xml[^>]{0,200}encoding=[\"']([\w.:-]{2,40})",
    re.I,
)
_META_BYTES = 4096
_OF_NO_PAGE = {"punycode", "idna", "undefined", "unicode-escape", "raw-unicode-escape", "unicode_escape"}
"""Encodings of names and literals; the time that some take grows with the square of the text."""
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def page_text(body: bytes, content_type: str = "") -> str:
    """As `decoded_text`; only to guess may take long, and is done in the bounded process.

    Raises:
        RefusedArticle: Its encoding is not known.
    """
    text = _of_known_encoding(body, content_type)
    return reader.read(_guessed, body) if text is None else text


def decoded_text(body: bytes, content_type: str = "") -> str:
    """The text of a page: by byte order mark, else UTF-8 if it is, else as declared, else as guessed.

    Valid UTF-8 of more than ASCII is hardly ever anything else, whatever is declared. For the bounded process;
    elsewhere it is `page_text`.

    Raises:
        RefusedArticle: Its encoding is not known.
    """
    text = _of_known_encoding(body, content_type)
    return _guessed(body) if text is None else text


def _of_known_encoding(body: bytes, content_type: str) -> str | None:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        declared = _declared(body, content_type)
        return body.decode(declared, "replace") if declared else None


def _guessed(body: bytes) -> str:
    guess = from_bytes(body).best()
    if guess is None:
        raise RefusedArticle("its encoding is not known")
    return str(guess)


def _declared(body: bytes, content_type: str) -> str | None:
    stated = _CHARSET.search(content_type)
    inside = _META.search(body[:_META_BYTES])
    names = [stated[1] if stated else "", (inside[1] or inside[2]).decode() if inside else ""]
    return next((name for name in names if _is_text_encoding(name)), None)


def _is_text_encoding(name: str) -> bool:
    try:
        # Python knows codecs that are no encodings of text, such as hex.
        return bool(name) and codecs.lookup(name)._is_text_encoding and codecs.lookup(name).name not in _OF_NO_PAGE
    except LookupError:
        return False
