"""Unexpected errors: the reader is told a number, under which the log says where the error arose."""

import logging
import secrets
from collections.abc import Callable
from functools import wraps
from inspect import signature
from traceback import extract_tb
from typing import ParamSpec, TypeVar

import gradio as gr

from rag.messages import ENGLISH, Catalogue, in_language

log = logging.getLogger(__name__)

Given = ParamSpec("Given")
Returned = TypeVar("Returned")


def incident_message(error: Exception, words: Catalogue | None = None) -> str:
    """A message for the reader with a number, under which the log says where the error arose.

    The error's own text is not logged: it may hold the question.

    Args:
        error: Unexpected.
        words: In the reader's language; by default English.
    """
    number = secrets.token_hex(4)
    where = " < ".join(
        f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(extract_tb(error.__traceback__))
    )
    log.error("mishap %s: %s at %s", number, type(error).__name__, where)
    return (words or in_language())("incident", number=number)


def guarded(handler: Callable[Given, Returned]) -> Callable[Given, Returned]:
    """A handler of the page's events, whose unexpected errors the page reports by number.

    Args:
        handler: Its `language`, if it takes one, is that of the page.
    """
    taken = signature(handler)

    @wraps(handler)
    def guarding(*arguments: Given.args, **keywords: Given.kwargs) -> Returned:
        try:
            return handler(*arguments, **keywords)
        except Exception as error:  # noqa: BLE001 - the outermost boundary; Gradio would log what the error says
            language = taken.bind(*arguments, **keywords).arguments.get("language") or ENGLISH
            raise gr.Error(incident_message(error, in_language(language)), print_exception=False) from None

    return guarding
