"""The paragraphs of a text that is given in pieces, as content management systems keep it: blocks, spans, sections."""

from collections.abc import Mapping
from typing import Any

_HEADINGS = ("heading", "title", "subtitle")
_PIECES = (
    "html",
    "rendered",
    "#text",
    "value",
    "text",
    "content",
    "children",
    "spans",
    "blocks",
    "sections",
    "body",
    "data",
    "items",
)
"""Entries of a piece that hold its text or smaller pieces, of which the first that does counts."""
_LINES = ("children", "content", "spans")
"""Entries in which the spans of a line may stand."""
_PLAIN = ("plain", "plaintext")
_TYPES = ("type", "_type", "nodetype", "object")
_SPANS = {"", "text", "span", "link", "a", "hyperlink", "mark", "strong", "em", "bold", "italic", "inline"}
"""Types of pieces that stand within a line."""
_DEEPEST = 20


def paragraphs_in(value: Any) -> list[str]:
    """The paragraphs of a text in objects and lists, in order; empty where there is no text."""
    return _paragraphs(value, 0)


def _paragraphs(value: Any, depth: int) -> list[str]:
    if isinstance(value, str):
        return [value] if value.strip() else []
    if depth == _DEEPEST:
        return []
    if isinstance(value, list | tuple):
        return [paragraph for piece in value for paragraph in _paragraphs(piece, depth + 1)]
    return _of_piece(value, depth) if isinstance(value, Mapping) else []


def _of_piece(piece: Mapping[str, Any], depth: int) -> list[str]:
    held = {str(name).lower(): inner for name, inner in piece.items()}
    found = next((texts for name in (*_PIECES, *_PLAIN) if (texts := _within(name, held.get(name), depth + 1))), [])
    heading = next((held[name] for name in _HEADINGS if isinstance(held.get(name), str)), "")
    return [heading, *found] if heading.strip() and found else found


def _within(name: str, value: Any, depth: int) -> list[str]:
    """The paragraphs within a piece, whose spans make one line."""
    if name in _LINES and isinstance(value, list) and value and all(map(_is_span, value)):
        line = "".join("".join(_paragraphs(span, depth + 1)) if isinstance(span, Mapping) else span for span in value)
        return [line] if line.strip() else []
    return _paragraphs(value, depth)


def _is_span(piece: Any) -> bool:
    if not isinstance(piece, Mapping):
        return isinstance(piece, str)
    held = {str(name).lower(): inner for name, inner in piece.items()}
    kind = next((held[name] for name in _TYPES if isinstance(held.get(name), str)), "")
    return kind.lower() in _SPANS
