"""Misspelt words of a question."""

import pytest

from rag.query.spell_correction import respelled


@pytest.mark.parametrize(
    ("unknown", "meant"),
    [
        (["lanch"], "the launch of Scholz"),
        (["Scholz"], None),
        (["lan"], None),
        ([], None),
    ],
)
def test_words_that_no_source_has_are_respelled_if_one_is_like_them(unknown: list[str], meant: str | None) -> None:
    question = f"the {(unknown or ['lanch'])[0]} of Scholz"
    assert respelled(question, unknown, ["A launch.", "The launch, a school for scholars."]) == meant
