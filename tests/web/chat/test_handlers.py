"""What is left on the page when the reader acts while words of an answer are on their way to it."""

from collections.abc import Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from rag.models import TextDelta
from web.chat.handlers import ChatHandlers, cleared, edited, stopped
from web.chat.session import Conversation

FORM = ([], [], "", "", "")


def words(*_: Any, **__: Any) -> Iterator[TextDelta]:
    for number in range(5):
        yield TextDelta(f"Proposal {number}.")


def asked() -> tuple[Iterator[Any], Conversation]:
    """An answer that is being made, and the conversation with its first words."""
    handlers = ChatHandlers(SimpleNamespace(stream=words), None)
    outputs = handlers.ask("Who?", False, "en", Conversation(), *FORM)
    next(outputs)
    return outputs, next(outputs)[2]


@pytest.mark.parametrize(
    ("act", "left"), [(partial(edited, "en"), []), (cleared, []), (partial(stopped, "en"), ["user", "assistant"])]
)
def test_words_on_their_way_do_not_undo_what_the_reader_did(act: Any, left: list[str]) -> None:
    outputs, conversation = asked()
    act(conversation)
    (after, *rest) = outputs
    assert [message.role for message in after[2].messages] == left
    assert all(not isinstance(output[2], Conversation) for output in rest)


def test_words_on_their_way_do_not_replace_the_answer_that_is_made_in_their_place() -> None:
    outputs, conversation = asked()
    again = ChatHandlers(SimpleNamespace(stream=words), None).again("en", conversation, *FORM)
    next(again)
    assert all(not isinstance(output[2], Conversation) for output in outputs)
