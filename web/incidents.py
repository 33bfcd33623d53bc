"""What should not happen and does: the reader gets a number to name it by, the log where it arose."""

import logging
import secrets
from collections.abc import Callable
from functools import wraps
from traceback import extract_tb
from typing import ParamSpec, TypeVar

import gradio as gr

log = logging.getLogger(__name__)

Given = ParamSpec("Given")
Returned = TypeVar("Returned")


def incident_message(error: Exception) -> str:
    """What to tell the reader; under its number, the log says where the error arose.

    The error's own text is not logged: it may hold the question.
    """
    number = secrets.token_hex(4)
    where = " < ".join(f"{one.filename}:{one.lineno} {one.name}" for one in reversed(extract_tb(error.__traceback__)))
    log.error("mishap %s: %s at %s", number, type(error).__name__, where)
    return f"Something went wrong here that should not; try again, or tell the operator the number {number}."


def guarded(handler: Callable[Given, Returned]) -> Callable[Given, Returned]:
    """The handler of a click on the page, whose unexpected errors the page shows as an incident_message."""

    @wraps(handler)
    def guarding(*given: Given.args, **named: Given.kwargs) -> Returned:
        try:
            return handler(*given, **named)
        except Exception as error:  # noqa: BLE001 - the outermost boundary; Gradio would log what the error says
            raise gr.Error(incident_message(error), print_exception=False) from None

    return guarding
