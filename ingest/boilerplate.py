"""Paragraphs that an outlet puts under article after article: newsletter prompts, notices, player messages. Pure.

A paragraph of at least five words that stands word for word in five articles of one outlet is
boilerplate. Shorter ones are structure as often as not (the names of states in a list), so of those
only well-known prompts are taken out.
"""

import hashlib
import re
from collections.abc import Collection, Iterator

RECURS_AT = 5
"""Articles of one outlet from which on a paragraph is boilerplate."""
_LEAST_WORDS = 5

_PROMPT = re.compile(
    r"^\W*(?:read more|read more:.*|read more here|see also|related(?: stories| articles)?|advertisement|"
    r"sponsored(?: content)?|(?:story|article) continues below(?: advertisement)?|continue reading|share this article|"
    r"sign up(?: here| now)?|subscribe(?: now)?|click here(?: to .{0,40})?|watch(?: now| live)|"
    r"(?:sign up|subscribe) (?:for|to) (?:our|the) .{0,60}newsletters?\W*.{0,40}|loading\W*|most read|"
    r"\d+ ?/ ?\d+|\[\[?ad[- ]?slot.{0,20})\W*$",
    re.IGNORECASE,
)
_NOT_WORD = re.compile(r"\W+")


def paragraph_keys(text: str) -> frozenset[int]:
    """Keys of the text's paragraphs that could be boilerplate; equal paragraphs have equal keys."""
    return frozenset(key for key in map(_key, _paragraphs(text)) if key is not None)


def without_boilerplate(text: str, keys: Collection[int]) -> str:
    """The text without the paragraphs of these keys and without well-known prompts."""
    kept = [
        line
        for line in text.split("\n")
        if not (_PROMPT.match(line) or (keys and line.strip() and _key(line.strip()) in keys))
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _paragraphs(text: str) -> Iterator[str]:
    return (line.strip() for line in text.split("\n") if line.strip())


def _key(paragraph: str) -> int | None:
    words = _NOT_WORD.sub(" ", paragraph.lower()).split()
    if len(words) < _LEAST_WORDS:
        return None
    return int.from_bytes(hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest(), "big", signed=True)
