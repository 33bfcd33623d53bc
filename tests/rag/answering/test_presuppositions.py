"""What a question takes for granted and the sources do not say."""

import pytest

from rag.answering.presuppositions import contrary, unmentioned_names
from rag.reading.answer_types import expected_answer
from tests.rag.hits import stems_of, told


@pytest.mark.parametrize(
    ("question", "quote", "said"),
    [
        ("Why did the bank raise its rate?", "The bank cut its rate.", ("cut", "raise")),
        ("Did the council approve it?", "The council rejected the plan.", ("rejected", "approve")),
        ("Why did the bank raise its rate?", "The bank raised its rate.", None),
        ("Why did the bank raise its rate?", "The bank first cut it, then raised it.", None),
        ("When did the bank raise its rate?", "The bank cut its rate.", None),
        ("Why did prices rise and fall?", "Prices fell.", None),
    ],
)
def test_a_quote_that_says_the_contrary_is_noticed(question: str, quote: str, said: tuple[str, str] | None) -> None:
    assert contrary(expected_answer(question), question, quote) == said


def test_for_a_reason_the_quoted_passages_must_name_what_the_question_names() -> None:
    quoted, other = told("They met in Berlin.", "Courier", "05", 1), told("It rained in Paris.", "Register", "05", 2)
    for question, missing in (("Why did they meet in Paris?", ["Paris"]), ("When did they meet in Paris?", [])):
        expected, hits = expected_answer(question), [quoted, other]
        assert unmentioned_names(expected, question, hits, [quoted.passage], stems_of, ()) == missing
