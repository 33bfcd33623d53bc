"""Sentences ranked for a question."""

from rag.reading.sentence_scoring import asked, candidates
from tests.rag.hits import stems_of, told


def test_a_figure_of_another_unit_is_no_answer() -> None:
    text = "How heavy is the satellite?"
    question = asked(text, text, {"satellite": 1.0}, stems_of)
    said = "The satellite, once delayed, weighs 640 kilograms. The satellite needs 26 engineers."
    hit = told(said, "Courier", "05", 1)
    assert ["640 kilograms" in one.text for one in candidates(question, [hit], stems_of)] == [True]
