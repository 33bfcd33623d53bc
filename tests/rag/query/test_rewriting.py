"""A language model writes follow-ups out."""

import pytest

from rag.library.library import Library
from rag.messages import NOT_FOUND, in_language
from rag.models import Message
from tests.openai_server import openai_server
from tests.rag.asking import generating

WORDS = in_language()

FLIGHT = [Message("user", "When was the Heron-2 satellite launched?"), Message("assistant", "On 7 October. [1]")]


@pytest.mark.parametrize("thought", ["", "<think>\nWhat is it? The satellite.\n</think>\n\n"])
def test_the_model_writes_a_follow_up_out(sample_library: Library, thought: str) -> None:
    written = "How heavy is the Heron-2 satellite?"
    with openai_server() as server:
        server.whole, server.reply = thought + written, NOT_FOUND
        dateline = generating(sample_library, server)
        query = dateline.understand("How heavy is it?", history=FLIGHT)
        assert "On 7 October." in server.prompt
        asked = len(server.requests)
        alone = dateline.understand("How heavy is the Heron-2 satellite?", history=FLIGHT)
        assert len(server.requests) == asked  # what stands alone costs no request
    assert query.question == written
    assert query.asked == "How heavy is it?"
    assert (query.understood_by, alone.understood_by) == ("model", "rules")


@pytest.mark.parametrize(("fault", "whole"), [("500", ""), ("", "Heron-2 weighs 5 kg.\nIs that what you ask?")])
def test_where_the_model_cannot_write_it_out_the_rules_do_and_say_so(
    fault: str, whole: str, sample_library: Library
) -> None:
    with openai_server() as server:
        server.whole, server.fault = whole, fault
        server.reply = NOT_FOUND
        answer = generating(sample_library, server).ask("How heavy is it?", history=FLIGHT)
    assert WORDS("model_not_understood") in answer.notes
    assert any("Heron-2" in hit.passage.article.title for hit in answer.hits[:2])
