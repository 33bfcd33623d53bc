"""What a follow-up leaves to the conversation: names, articles, wordings that stand alone."""

import pytest

from rag.models import Message
from rag.query.context import Turn, names_left_out, story, wordings
from rag.query.written_out import written_out
from tests.conftest import article

CUP = article(
    "Before 900 people Ilvane Toft scored twice. Toft, who plays for Saltmere, hurt her knee. Nothing was stolen.",
    id="cup",
    title="Saltmere Gulls win the bowls cup",
)
DAM = article("The Orrin Dam leaked.", id="dam", title="Orrin Dam leaks")


def answered(text: str, *articles: object) -> Message:
    return Message("assistant", text, articles)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "name", "alone"),
    [
        ("And when does it meet again?", "the Weir Board", "When does the Weir Board meet again?"),
        ("was she hurt", "Ilvane Toft", "Was Ilvane Toft hurt"),
        ("What did her coach say?", "Toft", "What did Toft's coach say?"),
        ("who takes over from her?", "Toft", "Who takes over from Toft?"),
        ("What's its height?", "the dam", "What's the dam's height?"),
        ("So who's paying for them?", "the Gulls", "Who's paying for the Gulls?"),
        ("Any injuries?", "Gulls", "Any injuries? (Gulls)"),
        ("Will it be possible to visit it?", "the dam", "Will it be possible to visit the dam?"),
        ("do we know what she's called?", "Toft", "Do we know what Toft's called?"),
    ],
)
def test_a_follow_up_is_written_out_with_a_name(question: str, name: str, alone: str) -> None:
    assert written_out(question, name) == alone


@pytest.mark.parametrize(
    ("question", "before", "meant"),
    [
        (
            "No, I meant the bridge",
            "When will the railway to Orrin open again?",
            "When will the bridge to Orrin open again?",
        ),
        ("and growth?", "What is unemployment in Orrin now?", "What is growth in Orrin now?"),
        ("What about Saltmere?", "Who is the mayor of Orrin?", "Who is the mayor of Saltmere?"),
        ("And before the cut?", "What is the rate of Orrin?", "What is the rate of Orrin before the cut?"),
        ("by the middle of May", "What did it offer?", "What did Orrin offer by the middle of May?"),
        ("And in Saltmere?", "Who is the mayor of Orrin?", "Who is the mayor of Saltmere?"),
        ("And who paid?", "Who is the mayor of Orrin?", "Who paid? (Orrin)"),
    ],
)
def test_what_names_another_thing_asks_the_question_before_of_it(question: str, before: str, meant: str) -> None:
    assert wordings(question, before, ["Orrin"])[0] == meant


def test_names_are_those_of_the_question_else_of_the_answer_and_its_headline() -> None:
    turn = Turn("Who won the cup?", "Who won the cup?", answered("“Nothing pleased Ilvane Toft.” [1]", CUP), ())
    assert names_left_out("How many people watched?", turn, (), ()) == ("Ilvane Toft", "Saltmere Gulls")
    named = Turn("Who leads the Gulls?", "Who leads the Gulls?", answered("“Ilvane Toft leads them.” [1]", CUP), ())
    assert names_left_out("Since when is it so?", named, (), ()) == ("Gulls",)
    assert names_left_out("How old is she?", named, (), ()) == ("Gulls", "Ilvane Toft")


def test_the_story_is_what_the_last_answers_rest_on_unless_the_question_names_something_else() -> None:
    history = [answered("“The Orrin Dam leaked.” [1]", DAM), answered("“Ilvane Toft scored.” [1]", CUP)]
    assert story("How many watched?", history, ()) == ("cup", "dam")
    assert story("Did Toft play?", history, ()) == ("cup", "dam")
    assert story("Who is the mayor of Quillport?", history, ()) == ()
    assert story("Does the Quillport Post say so?", history, ("Quillport Post",)) == ("cup", "dam")
