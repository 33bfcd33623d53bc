"""The outlets that a question names."""

import pytest

from rag.query.outlet_mentions import named_outlets, names_of, with_any_outlet

OUTLETS = ("The Week", "CNN", "The Ouldan Courier", "Northlight News Agency")


@pytest.mark.parametrize(
    ("question", "wanted", "mentioned"),
    [
        ("According to CNN, who won?", ("CNN",), ()),
        ("What does the Ouldan Courier say about the dam?", ("The Ouldan Courier",), ()),
        ("What is CNN's coverage of the dam?", ("CNN",), ()),
        ("Which CNN anchor left?", (), ("CNN",)),
        ("Who won this week?", (), ()),
        ("What does the Courier say about the dam?", ("The Ouldan Courier",), ()),
        ("Who was the courier?", (), ()),
        ("Who was on the cover of The Week?", (), ("The Week",)),
        ("What did Rolling Stone report?", (), ()),
        ("According to Northlight, who won?", ("Northlight News Agency",), ()),
        ("Who lives in Northlight?", (), ()),
    ],
)
def test_named_outlets_are_those_of_the_library(
    question: str, wanted: tuple[str, ...], mentioned: tuple[str, ...]
) -> None:
    assert named_outlets(question, OUTLETS) == (wanted, mentioned)


def test_to_the_wording_one_outlet_is_as_another() -> None:
    assert with_any_outlet("Did the Courier err, and CNN?", OUTLETS) == "Did the paper err, and the paper?"
    assert with_any_outlet("What did the Courier say?", OUTLETS, called="CNN") == "What did CNN say?"
    assert with_any_outlet("Was CNN's analysis right this week?", OUTLETS) == "Was CNN's analysis right this week?"


def test_an_outlet_is_called_by_short_names_that_no_other_has() -> None:
    assert names_of("The Ouldan Courier", OUTLETS) == ("The Ouldan Courier", "Ouldan Courier", "Courier")
    assert "Northlight" in names_of("Northlight News Agency", OUTLETS)
    assert "Northlight" not in names_of("Northlight News Agency", (*OUTLETS, "Northlight Sport"))
