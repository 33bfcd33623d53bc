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
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
"""What pages are in that name an encoding with fewer letters (WHATWG, Encoding Standard)."""
_GUESSED = [
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp874", "iso8859_2"),
    *("koi8_r", "koi8_u", "gb18030", "big5", "cp932", "euc_jp", "cp949", "utf_16", "utf_16_le", "utf_16_be", "utf_8"),
]
"""What a text may be in that does not say so: the encodings of the web and of Windows."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WESTERN = "cp1252"
"""What pages are in that state no encoding, or one that they are not in (HTML standard)."""
_LAST_ASCII = 127
_FOR_EACH_WESTERN = 8
"""Bytes for each letter beyond ASCII, at least, in a language that is written in Latin letters."""
_FOR_EACH_STRAY = 2
"""Characters beyond ASCII that are well encoded, for each byte that is not."""
_FOR_EACH_ZERO = 30
"""Bytes for each that is zero, at most, in UTF-16: spaces and marks have one."""
_PAGES = ("", "text/html", "application/xhtml+xml", "application/xml", "text/xml")
_SAYING_NOTHING = ("text/plain", "application/octet-stream", "binary/octet-stream", "application/x-download")
_LOOKED_AT = 4096
_HTML = re.compile(
    rb"[\xff\xfe\xef\xbb\xbf]{0,3}\s*+(?:(?:<\?[^>]{0,300}>|<!--.{0,2000}?-->)\s*+){0,5}"
    rb"<(?:!doctype html|html|head|body|meta|title|link|article|main|section|header|div|h1|p|table|center)\b",
    re.IGNORECASE | re.DOTALL,
)
_ANY_TAG = re.compile(rb"<(?:html|body|article|div|p|br|h[1-6])\b", re.IGNORECASE)
_MAGIC = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "gzip data",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"RIFF": "media",
    b"ID3": "audio",
    b"OggS": "media",
    b"{\\rtf": "RTF",
}
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
    if unmarked := _unmarked_utf16(body):
        return body.decode(unmarked, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        if (text := _of_nearly_utf8(body)) is not None:
            return text
        declared = _declared(body, content_type)
        if declared and codecs.lookup(declared).name == "utf-8":  # which it is not
            return body.decode(_WESTERN, "replace") if _is_mostly_ascii(body) else None
        return body.decode(_MEANT.get(codecs.lookup(declared).name, declared), "replace") if declared else None


def _unmarked_utf16(body: bytes) -> str | None:
    """The encoding of what is in UTF-16 without its mark: zeros are many, and all in one half of each character."""
    if body.count(0) * _FOR_EACH_ZERO < len(body):
        return None
    zeros = (body[::2].count(0), body[1::2].count(0))
    return {(True, False): "utf-16-be", (False, True): "utf-16-le"}.get((zeros[0] > 0, zeros[1] > 0))


def _is_mostly_ascii(body: bytes) -> bool:
    """Letters beyond ASCII are few, as in Western languages."""
    return sum(byte > _LAST_ASCII for byte in body) * _FOR_EACH_WESTERN < len(body)


def without_stray_bytes(body: bytes, content_type: str = "") -> bytes:
    """A feed in UTF-8 without the bytes that are no UTF-8, which would have the whole taken for something else."""
    declared = _declared(body, content_type)
    if declared and codecs.lookup(declared).name != "utf-8":
        return body
    text = _of_nearly_utf8(body)
    return body if text is None else text.encode()


def _of_nearly_utf8(body: bytes) -> str | None:
    """The text of a body that is UTF-8 but for a few bytes; `None` of any other.

    What is in another encoding hardly ever holds sequences of UTF-8, so a few of them tell.
    """
    text = body.decode("utf-8", "replace")
    stray = text.count("\ufffd")
    others = sum(not letter.isascii() for letter in text) - stray if stray else 0
    return text if others > _FOR_EACH_STRAY * stray else None


def why_no_page(body: bytes, content_type: str) -> str | None:
    """Why what an address answers is no HTML page; `None` if it may be one, whatever the server calls it."""
    begins = body[:_LOOKED_AT].replace(b"\0", b"") if body.startswith(_UTF_16) else body[:_LOOKED_AT]
    if _HTML.match(begins):
        return None
    named = content_type.partition(";")[0].strip().lower()
    if named and named not in (*_PAGES, *_SAYING_NOTHING):
        return f"is no HTML page but {named[:80]}"
    if kind := next((kind for mark, kind in _MAGIC.items() if begins.startswith(mark)), None):
        return f"is no HTML page but {kind}"
    if b"\0" in begins:
        return "is no HTML page but data"
    stripped = body.strip()
    if (stripped[:1], stripped[-1:]) in ((b"{", b"}"), (b"[", b"]")):
        return "is no HTML page but JSON"
    return "is no HTML page" if named in _SAYING_NOTHING and not _ANY_TAG.search(begins) else None


def _guessed(body: bytes) -> str:
    guess = from_bytes(body, cp_isolation=_GUESSED).best()
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
