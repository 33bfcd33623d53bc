"""Validation of what the chat's page sends to Gradio: texts, ticks and choices. Anything else is refused.

Gradio lets a client name a file of this machine, an address or a component in what it sends, and opens it. The page
sends no objects, so none are accepted. Accepted requests are serialized again, so that all parsers read them alike.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

import gradio as gr
from gradio import Blocks

from rag.messages import FOREIGN_REQUEST, HALF_CHARACTER
from rag.models import MAX_QUESTION_CHARACTERS

Shape = Callable[[Any], bool]
"""Tells whether the page could have sent a value."""
Events = Mapping[int, Sequence[Shape]]
"""The shapes of each event's inputs, by the event's number."""

SESSION = r"[\w-]{1,64}"
"""The id that a page gives its session."""
_SESSION = re.compile(SESSION, re.ASCII)
_NEEDED = {"data", "fn_index", "session_hash"}
_OPTIONAL = {"event_data", "trigger_id"}


class ForeignRequestError(ValueError):
    """The page sends no such request."""


def events_of(page: Blocks) -> Events:
    """The shapes of each event's inputs.

    Raises:
        TypeError: An event takes a component whose value may name a file, an address or a component.
    """
    return {number: tuple(map(_shape_of, event.inputs)) for number, event in page.fns.items()}


def checked_join(body: bytes, events: Events) -> tuple[str, bytes]:
    """The session of an event, and the request as Gradio may see it.

    Raises:
        ForeignRequestError: The page sends no such request.
    """
    sent = _parsed(body)
    data, number, session = sent["data"], sent["fn_index"], sent["session_hash"]
    named = type(number) is int and number in events and isinstance(session, str) and _SESSION.fullmatch(session)
    # Gradio also sends what was clicked, which is not needed: each event has a number of its own.
    extra = sent.get("event_data") is None and isinstance(sent.get("trigger_id"), int | None)
    if not (named and extra and isinstance(data, list) and len(data) == len(events[number])):
        raise ForeignRequestError(FOREIGN_REQUEST)
    if not all(fits(value) for fits, value in zip(events[number], data, strict=True)):
        raise ForeignRequestError(FOREIGN_REQUEST)
    return session, _serialized({"data": data, "fn_index": number, "session_hash": session})


def session_in(query: str) -> str:
    """The session whose answers are requested.

    Raises:
        ForeignRequestError: The page sends no such request.
    """
    match = re.fullmatch(rf"(?:.*&)?session_hash=({SESSION})(?:&.*)?", query, re.ASCII)
    if not match or query.count("session_hash") != 1:
        raise ForeignRequestError(FOREIGN_REQUEST)
    return match.group(1)


def _shape_of(component: Any) -> Shape:
    match component:
        case gr.State():  # kept on the server; the page sends null in its place
            return lambda value: value is None
        case gr.Textbox(max_length=int(most)):
            return lambda value: isinstance(value, str) and len(value) <= most
        case gr.Button():
            return lambda value: isinstance(value, str) and len(value) <= MAX_QUESTION_CHARACTERS
        case gr.Checkbox():
            return lambda value: isinstance(value, bool)
        case gr.Radio(choices=choices):
            names = {name for _, name in choices}
            return lambda value: value is None or (isinstance(value, str) and value in names)
        case gr.CheckboxGroup(choices=choices):
            options = {name for _, name in choices}
            return lambda value: _are_choices(value, options)
    raise TypeError(f"an event of the page takes a {type(component).__name__}, which is not known to carry no file")


def _are_choices(value: Any, choices: Set[Any]) -> bool:
    if not isinstance(value, list) or not all(isinstance(choice, str) for choice in value):
        return False
    return len(value) == len(set(value)) and choices >= set(value)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body.decode("utf-8"), object_pairs_hook=_unambiguous, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ForeignRequestError(FOREIGN_REQUEST) from error
    if not isinstance(sent, dict) or not _NEEDED <= sent.keys() <= _NEEDED | _OPTIONAL:
        raise ForeignRequestError(FOREIGN_REQUEST)
    return sent


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    parsed = dict(pairs)
    if len(parsed) != len(pairs):
        raise ValueError("a key is given twice")
    return parsed


def _no_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _serialized(sent: dict[str, Any]) -> bytes:
    try:
        return json.dumps(sent, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ForeignRequestError(HALF_CHARACTER) from error
