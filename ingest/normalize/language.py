"""The language of a text, as its source states it or as the text shows it."""

import re
from collections.abc import Mapping
from functools import cache

import py3langid
from babel import Locale
from babel.core import get_global

_CODE = re.compile(r"[a-z]{2,3}(?=$|[-_.;,\s])")
_SAMPLE = 1000
_NO_LANGUAGE = {"und", "mul", "mis", "zxx"}
"""Codes of ISO 639 for several languages, an unknown one or none."""


def language_of(stated: str | None, text: str) -> str | None:
    """The shortest ISO 639 code of a language: as stated, else as langid.py finds it (Lui & Baldwin 2012).

    Args:
        stated: A tag (`en-GB`, `de_DE`), another code of ISO 639 (`eng`, `ger`) or an English name (`German`).
        text: Its beginning tells the language where none that is known is stated.
    """
    if code := _stated_code((stated or "").strip().lower()):
        return code
    if not any(letter.isalpha() for letter in text):
        return None
    language: str = py3langid.classify(text[:_SAMPLE])[0]
    return language


def _stated_code(stated: str) -> str | None:
    match = _CODE.match(stated)
    if match:
        code = str(get_global("language_aliases").get(match[0], match[0]))[:3].rstrip("_")
        return code if code in _codes().values() and code not in _NO_LANGUAGE else None
    return _codes().get(stated.partition("(")[0].strip())


@cache
def _codes() -> Mapping[str, str]:
    """Codes by the English names of their languages (Unicode CLDR)."""
    return {name.lower(): code for code, name in Locale("en").languages.items()}
