"""The matching rule: when an accepted answer occurs in a text.

Lower case; punctuation (typographic too) and the words a, an, the removed; whole words. It is the
normalisation of SQuAD's official scorer (Rajpurkar et al., *SQuAD*, EMNLP 2016), with typographic
punctuation added.
"""

import re
import string
import unicodedata
from collections.abc import Iterable

_TYPOGRAPHIC = "".join(chr(code) for code in range(0x80, 0x10000) if unicodedata.category(chr(code)).startswith("P"))
_PUNCTUATION = re.compile(f"[{re.escape(string.punctuation + _TYPOGRAPHIC)}]")
_ARTICLES = frozenset({"a", "an", "the"})


def normalised(text: str) -> str:
    """The text as the matching rule sees it: words in lower case, one space between them."""
    return " ".join(normal_words(text))


def normal_words(text: str) -> list[str]:
    """The words that the matching rule compares, in order."""
    return [word for word in _PUNCTUATION.sub("", text.lower()).split() if word not in _ARTICLES]


def stands_in(variant: str, normal_text: str) -> bool:
    """The accepted answer occurs in the text as whole words.

    Args:
        variant: An accepted answer as written.
        normal_text: What `normalised` made of the text.

    Returns:
        False for a variant of which normalisation leaves nothing.
    """
    wanted = normalised(variant)
    return bool(wanted) and f" {wanted} " in f" {normal_text} "


def any_stands_in(variants: Iterable[str], normal_text: str) -> bool:
    """One of the accepted answers occurs in the text."""
    return any(stands_in(variant, normal_text) for variant in variants)


def stands_in_passage(variants: Iterable[str], title: str, text: str) -> bool:
    """One of the accepted answers occurs in a passage's title or in its text."""
    variants = tuple(variants)
    return any_stands_in(variants, normalised(title)) or any_stands_in(variants, normalised(text))
