"""What is left on the page when the reader acts while words of an answer are on their way to it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from rag.messages import in_language
from rag.models import QUOTES, Answer, TextDelta
from web.chat.handlers import OFFERED, ChatHandlers, cleared, stopped
from web.chat.session import Conversation
from web.links import CitationLinks

FORM = ([], [], "", "", "")


def words(*_: Any, **__: Any) -> Iterator[TextDelta]:
    for number in range(5):
        yield TextDelta(f"Proposal {number}.")


HANDLERS = ChatHandlers(SimpleNamespace(stream=words), None)


def asked() -> tuple[Iterator[Any], Conversation]:
    """An answer that is being made, and the conversation with its first words."""
    outputs = HANDLERS.ask("Who?", False, "en", "", Conversation(), *FORM)
    next(outputs)
    return outputs, next(outputs)[2]


def misspelt(*_: Any, language: str, **__: Any) -> Iterator[Answer]:
    readings, told = ("Who is Tanbery?", "Who is Tandery?"), in_language(language)
    text = f"{told('not_found')} {told('did_you_mean', readings=told.any_of(readings))}"
    as_of = datetime(2026, 10, 1, tzinfo=UTC)
    yield Answer("Who?", text, "not_found", (), (), (), as_of, None, 0.0, QUOTES, readings=readings)


def test_what_a_question_may_have_meant_is_a_button_each() -> None:
    handlers = ChatHandlers(SimpleNamespace(stream=misspelt), CitationLinks())
    *_, last = handlers.ask("Who?", False, "en", "", Conversation(), *FORM)
    buttons = [(button["value"], button["visible"]) for button in last[-OFFERED:]]
    assert buttons == [("Who is Tanbery?", True), ("Who is Tandery?", True), ("", False)]


@pytest.mark.parametrize(
    ("act", "left"),
    [
        (partial(HANDLERS.edited, "en"), []),
        (cleared, []),
        (partial(stopped, "en"), ["user", "assistant"]),
    ],
)
def test_words_on_their_way_do_not_undo_what_the_reader_did(act: Any, left: list[str]) -> None:
    outputs, conversation = asked()
    act(conversation)
    (after, *rest) = outputs
    assert [message.role for message in after[2].messages] == left
    assert all(not isinstance(output[2], Conversation) for output in rest)


def test_words_on_their_way_do_not_replace_the_answer_that_is_made_in_their_place() -> None:
    outputs, conversation = asked()
    again = HANDLERS.again("en", conversation, *FORM)
    next(again)
    assert all(not isinstance(output[2], Conversation) for output in outputs)


def test_an_answer_whose_connection_was_cut_says_so_before_the_next_question() -> None:
    cut, conversation = asked()
    _, (_, _, later, *_), *_ = HANDLERS.ask("When?", True, "en", "", conversation, *FORM)
    assert "this is not a whole answer" in later.messages[1].content
    assert [message.role for message in later.messages] == ["user", "assistant", "user", "assistant"]
    assert all(not isinstance(output[2], Conversation) or output[2].stop is None for output in cut)


def test_stopping_what_is_not_known_here_leaves_the_page_as_it_is() -> None:
    shown, after = stopped("en", Conversation())
    assert (shown, after) == (gr.skip(), Conversation())
