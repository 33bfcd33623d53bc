"""Citation markers in the text of an answer: `[1]`, or `[1, 2]` for several. Pure."""

import re
from collections.abc import Iterator, Sequence

from rag.models import Claim

MARKER = re.compile(r"\[(\d{1,3})\]")
"""One marker; its group is the number."""
_MARKERS = re.compile(r"(?<!\s)\s*+\[\d{1,3}(?:\s*,\s*\d{1,3})*\]")
_NUMBERS = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")


def without_markers(text: str) -> str:
    """Return a text without its markers and the spaces before them."""
    return _MARKERS.sub("", text).strip()


def marker_numbers(text: str) -> list[int]:
    """Return the numbers of all markers, in the order of the text."""
    return [int(number) for numbers in _NUMBERS.findall(text) for number in numbers.split(",")]


def unmarked(text: str) -> str:
    """Return a text whose own numbers in square brackets stand in round ones, so that none passes for a marker."""
    return _NUMBERS.sub(r"(\1)", text)


def own_markers(text: str, claims: Sequence[Claim]) -> Iterator[tuple[int, int, int]]:
    """Yield number, start and end of the markers that an answer set itself, in order.

    They stand right behind their claims; brackets with a number inside a quote are the article's own.

    Args:
        text: Of the answer.
        claims: Of the answer, in the order of the text.
    """
    position = 0
    for claim in claims:
        start = text.find(claim.text, position)
        if start < 0:
            continue
        position = start + len(claim.text)
        for number in claim.markers:
            marker = f" [{number}]"
            if text.startswith(marker, position):
                yield number, position + 1, position + len(marker)
                position += len(marker)
