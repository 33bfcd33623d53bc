"""Citation markers in the text of an answer: `[1]`, or `[1, 2]` for several. Pure."""

import re

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
