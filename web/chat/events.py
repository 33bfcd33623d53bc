"""What the chat's page sends to Gradio: texts, ticks and choices. Anything else never reaches Gradio.

Gradio lets a client name a file of this machine, an address or a component in what it sends, and opens it. The page
sends no objects, so none is let through; what is let through is written anew, so that nothing hides in how it was said.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

import gradio as gr
from gradio import Blocks

from rag.engine import MAX_QUESTION_CHARACTERS

Shape = Callable[[Any], bool]
"""Whether the page could have sent this value."""
Events = Mapping[int, Sequence[Shape]]
"""What each event of the page takes, by its number."""

SESSION = r"[\w-]{1,64}"
"""A page's name for itself."""
_SESSION = re.compile(SESSION, re.ASCII)
_NEEDED = {"data", "fn_index", "session_hash"}
_BESIDE = {"event_data", "trigger_id"}
_FOREIGN = "this is not a request that the page makes; reload the page and try again"
_HALF = "the text holds half a character; delete it and try again"


class ForeignRequestError(ValueError):
    """The page does not send such a request."""


def events_of(page: Blocks) -> Events:
    """What each event of the page takes.

    Raises:
        TypeError: One takes a component whose value may name a file, an address or a component.
    """
    return {number: tuple(map(_shape_of, event.inputs)) for number, event in page.fns.items()}


def checked_join(body: bytes, events: Events) -> tuple[str, bytes]:
    """The session that an event is of, and the request for it as Gradio may see it.

    Raises:
        ForeignRequestError: It is not one of the page's.
    """
    sent = _sent(body)
    data, number, session = sent["data"], sent["fn_index"], sent["session_hash"]
    named = type(number) is int and number in events and isinstance(session, str) and _SESSION.fullmatch(session)
    # What Gradio says beside the event, of what was clicked, is not needed: each event has a number of its own.
    beside = sent.get("event_data") is None and isinstance(sent.get("trigger_id"), int | None)
    if not (named and beside and isinstance(data, list) and len(data) == len(events[number])):
        raise ForeignRequestError(_FOREIGN)
    if not all(fits(value) for fits, value in zip(events[number], data, strict=True)):
        raise ForeignRequestError(_FOREIGN)
    return session, _written({"data": data, "fn_index": number, "session_hash": session})


def session_in(query: str) -> str:
    """The session whose answers are asked for.

    Raises:
        ForeignRequestError: It is not one of the page's.
    """
    found = re.fullmatch(rf"(?:.*&)?session_hash=({SESSION})(?:&.*)?", query, re.ASCII)
    if not found or query.count("session_hash") != 1:
        raise ForeignRequestError(_FOREIGN)
    return found.group(1)


def _shape_of(component: Any) -> Shape:
    match component:
        case gr.State():  # kept here; the page sends its place
            return lambda value: value is None
        case gr.Textbox(max_length=int(most)):
            return lambda value: isinstance(value, str) and len(value) <= most
        case gr.Button():
            return lambda value: isinstance(value, str) and len(value) <= MAX_QUESTION_CHARACTERS
        case gr.Checkbox():
            return lambda value: isinstance(value, bool)
        case gr.Radio(choices=choices):
            one_of = {name for _, name in choices}
            return lambda value: value is None or (isinstance(value, str) and value in one_of)
        case gr.CheckboxGroup(choices=choices):
            some_of = {name for _, name in choices}
            return lambda value: _are_choices(value, some_of)
    raise TypeError(f"an event of the page takes a {type(component).__name__}, which is not known to carry no file")


def _are_choices(value: Any, choices: Set[Any]) -> bool:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return False
    return len(value) == len(set(value)) and choices >= set(value)


def _sent(body: bytes) -> dict[str, Any]:
    try:
        sent = json.loads(body.decode("utf-8"), object_pairs_hook=_unambiguous, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise ForeignRequestError(_FOREIGN) from error
    if not isinstance(sent, dict) or not _NEEDED <= sent.keys() <= _NEEDED | _BESIDE:
        raise ForeignRequestError(_FOREIGN)
    return sent


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a key is given twice")
    return read


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _written(sent: dict[str, Any]) -> bytes:
    try:
        return json.dumps(sent, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ForeignRequestError(_HALF) from error
