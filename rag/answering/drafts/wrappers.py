"""Drafts that come as JSON, although none was asked for: `{"answer": "...", "citations": [1]}`. Pure."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rag.answering.drafts.thoughts import Restart
from rag.messages import NOT_FOUND

_FENCE = re.compile(r"\s{0,20}(?:```\w{0,10}\s{0,20})?")
_BEGUN = re.compile(r"\s{0,20}`{0,3}\w{0,10}\s{0,20}")
_TEXTS = ("answer", "final_answer", "response", "reply", "result", "output", "text", "content", "summary", "message")
_LISTS = ("answers", "claims", "statements", "sentences", "items", "points", "facts")
_CITED = ("citations", "citation", "sources", "source", "passages", "passage", "references", "evidence", "ids")
_ONE = ("text", "claim", "statement", "sentence", "content", "answer", "point", "fact")
_NUMBER = ("id", "number", "index", "passage", "marker", "citation")
_MARKER = re.compile(r"[^\d]{0,12}(\d{1,2})\D?")
_ANSWERED = ("found", "answerable", "answered", "is_answerable", "has_answer")


def unwrapped(pieces: Iterable[str | Restart]) -> Iterator[str | Restart]:
    """Yield a stream as it is, or, where it is one JSON object, the answer in it with its markers, at its end."""
    pending, is_plain = "", False
    for piece in pieces:
        if isinstance(piece, Restart):
            pending, is_plain = "", False
            yield piece
            continue
        pending += piece
        if is_plain or not _may_be_json(pending):
            is_plain = True
            yield pending
            pending = ""
    if pending:
        yield _text_in(pending)


def _may_be_json(text: str) -> bool:
    fence = _FENCE.match(text)
    begins = text[fence.end() :] if fence else text
    return begins.startswith("{") or (not begins and _BEGUN.fullmatch(text) is not None) or not text.strip("` \n")


def _text_in(text: str) -> str:
    """The answer in an object with a key for it; else the text."""
    fence = _FENCE.match(text)
    try:
        told, _ = json.JSONDecoder(strict=False).raw_decode(text, fence.end() if fence else 0)
    except ValueError:
        return text
    if not isinstance(told, dict):
        return text
    lower = {str(key).lower(): value for key, value in told.items()}
    if any(lower.get(key) is False for key in _ANSWERED):
        return NOT_FOUND
    listed = next((lower[key] for key in (*_LISTS, *_TEXTS) if isinstance(lower.get(key), list)), None)
    if listed is not None:
        return "\n".join(f"- {_statement(each)}" for each in listed)
    key = next((key for key in _TEXTS if key in lower), "")
    if not key:
        return text
    return _marked(str(lower[key]), lower) if lower[key] else NOT_FOUND


def _statement(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    lower = {str(key).lower(): value for key, value in item.items()}
    return _marked(str(next((lower[key] for key in _ONE if key in lower), "")), lower)


def _marked(text: str, told: Mapping[str, Any]) -> str:
    """A text with the markers that stand beside it, if it has none itself."""
    cited = next((told[key] for key in _CITED if key in told), ())
    numbers = [_number(each) for each in (cited if isinstance(cited, list) else [cited])]
    if "[" in text or not any(numbers):
        return text
    return text + "".join(f" [{number}]" for number in numbers if number)


def _number(cited: Any) -> str:
    if isinstance(cited, dict):
        lower = {str(key).lower(): value for key, value in cited.items()}
        cited = next((lower[key] for key in _NUMBER if key in lower), "")
    found = _MARKER.fullmatch(str(cited))
    return found[1] if found else ""
