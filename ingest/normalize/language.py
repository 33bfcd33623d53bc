"""The language of a text, where its source does not state it."""

import re

import py3langid

_CODE = re.compile(r"^[a-zA-Z]{2,3}(?=$|[-_])")
_SAMPLE = 1000


def language_of(stated: str | None, text: str) -> str | None:
    """ISO 639 code: as stated (`en-GB` becomes `en`), else as langid.py finds it (Lui & Baldwin 2012)."""
    code = _CODE.match((stated or "").strip())
    if code:
        return code.group().lower()
    if not any(letter.isalpha() for letter in text):
        return None
    language: str = py3langid.classify(text[:_SAMPLE])[0]
    return language
