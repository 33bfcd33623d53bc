import pytest

from rag.reading.training.datasets import AskedQuestion, Paragraph, WrittenPassage, answer_span
from rag.reading.training.examples import Example, Examples, WrittenExamples, mixed
from rag.reading.training.negatives import NearMisses

FLOOD = Paragraph(
    "Ouldan flood",
    "The River Ouldan rose on Saturday. It peaked at 5.9 metres in Brackenford. The mayor, Hanne Ostrick, was awake "
    "for 36 hours. Nobody was hurt, and the water fell again on Sunday. Most families slept in the grammar school, "
    "which stands on the hill above the station. Dogs and cats were admitted; a pony was not. The council will count "
    "the damage next week, and the government has ordered an inquiry into the gate that did not open on Friday.",
)
RIVER = Paragraph(
    "Ouldan flood", "The River Ouldan peaked in Tanning, too. Rurik Damsgate, who leads the fire service, saw it there."
)
LIBRARY = Paragraph("Granary", "Harrowmere wants a library. The mayor was Ansel Corvane when the vote was taken.")


def asked(text: str, paragraph: Paragraph, answer: str) -> AskedQuestion:
    return AskedQuestion(text, paragraph, (answer,), answer_span(text, paragraph.text, answer))


QUESTIONS = [
    asked("How high did the River Ouldan peak in Brackenford?", FLOOD, "5.9 metres"),
    asked("Who was the mayor?", FLOOD, "Hanne Ostrick"),
    asked("Who leads the fire service?", RIVER, "Rurik Damsgate"),
    asked("Who was mayor when the vote was taken?", LIBRARY, "Ansel Corvane"),
    AskedQuestion("Who paid for the flood?", FLOOD, (), None),
]


@pytest.fixture(scope="module")
def drawn() -> list[Example]:
    examples = Examples(QUESTIONS)
    return [example for epoch in range(40) for example in examples.of_epoch(1, epoch)]


def test_near_misses_hold_the_questions_words_and_none_of_its_answers() -> None:
    near = NearMisses([FLOOD, RIVER, LIBRARY])
    assert near.of(QUESTIONS[0]) == [RIVER]
    assert near.of(QUESTIONS[1]) == [LIBRARY]
    assert near.of(asked("Who is it?", FLOOD, "Hanne Ostrick")) == []


def test_every_answer_stands_where_the_example_says(drawn: list[Example]) -> None:
    answers = {example.passage[slice(*example.span)] for example in drawn if example.span}
    assert answers == {"5.9 metres", "Hanne Ostrick", "Rurik Damsgate", "Ansel Corvane"}


def test_a_passage_without_the_answer_or_with_another_value_has_no_span(drawn: list[Example]) -> None:
    without = {example.question for example in drawn if example.span is None}
    assert "Who paid for the flood?" in without
    assert any("Ouldan peak in Tanning" in question for question in without)
    assert any(example.span is None and "fire service" in example.passage for example in drawn)


def test_windows_differ_in_length_and_headings_in_what_they_tell(drawn: list[Example]) -> None:
    assert len({example.passage for example in drawn if example.passage in FLOOD.text}) > 3
    assert {bool(example.above) for example in drawn} == {True, False}


def test_a_year_that_only_the_date_confirms_is_answered_for_that_year_alone(drawn: list[Example]) -> None:
    dated = [example for example in drawn if example.question.startswith("Who was the mayor in ")]
    assert dated
    for example in dated:
        year = example.question.removesuffix("?").split()[-1]
        assert example.above.endswith(year) is (example.span is not None)


def test_an_epoch_is_drawn_alike_again_and_unlike_the_next() -> None:
    examples = Examples(QUESTIONS)
    assert list(examples.of_epoch(1, 3)) == list(examples.of_epoch(1, 3))
    assert list(examples.of_epoch(1, 3)) != list(examples.of_epoch(1, 4))


def test_written_examples_are_drawn_between_others() -> None:
    passage = WrittenPassage(
        "", "", "Fares", "They rise in June.", (("When?", (13, 17)),), (("They fall.", False, "direction"),)
    )
    by_hand = WrittenExamples(lambda: [passage])
    claim, question, own = sorted(by_hand.of_epoch(1, 0), key=lambda example: str(example.holds))
    assert question.span
    assert question.passage[slice(*question.span)] == "June"
    assert (claim.question, claim.holds, claim.span) == ("They fall.", False, None)
    assert (own.question, own.holds, own.span) == ("They rise in June.", True, None)
    drawn = list(mixed(Examples(QUESTIONS).of_epoch, by_hand.of_epoch, 0.5, 1, 0))
    assert {example.above == "Fares" for example in drawn} == {True, False}


def test_some_written_claims_are_shown_beside_another_passage_which_does_not_say_so() -> None:
    claims = tuple((f"The fare to stop {number} is 4 crowns.", True, "") for number in range(60))
    fares = WrittenPassage("", "", "Fares", "Every fare is 4 crowns.", (), claims)
    goats = WrittenPassage("", "", "Goats", "They went to school.", (), ())
    drawn = list(WrittenExamples(lambda: [fares, goats]).of_epoch(1, 0))
    beside = [example for example in drawn if example.passage == goats.text and example.question.startswith("The fare")]
    assert 1 <= len(beside) <= 15
    assert {example.holds for example in beside} == {False}
