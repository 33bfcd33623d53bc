"""When two answers say the same."""

import pytest

from rag.reading.values import differ, figures_in, same, value_of


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1,240 people", "1240"),
        ("$4.2 million", "4,200,000 dollars"),
        ("two weeks", "14 days"),
        ("three", "3 ships"),
        ("Maud Arkwell", "Arkwell"),
        ("the United States", "United States"),
        ("5.2 million", "about 5.2m"),
        ("forty hours", "40 hours"),
    ],
)
def test_the_same_in_other_words(first: str, second: str) -> None:
    assert same(value_of(first), value_of(second))
    assert not differ(value_of(first), value_of(second))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1,240 people", "1,900 people"),
        ("38 million crowns", "54 million crowns"),
        ("two weeks", "two months"),
        ("Maud Arkwell", "Osric Tanbery"),
        ("Berlin", "Paris"),
    ],
)
def test_different_answers(first: str, second: str) -> None:
    assert differ(value_of(first), value_of(second))


@pytest.mark.parametrize(
    ("first", "second"),
    [("more than 40", "45"), ("thousands", "1,900"), ("at least 12", "15"), ("1,900", "the fire service")],
)
def test_what_cannot_be_compared_does_not_differ(first: str, second: str) -> None:
    assert not differ(value_of(first), value_of(second))


def test_figures_of_a_sentence_have_their_units() -> None:
    text = (
        "On 7 October 2026, at 04:12, three people and 412 homes were reached by at least 40 boats; 12 per cent or 8% "
        "of 5 million crowns."
    )
    figures = [(value.amount, *value.words, value.vague) for value in figures_in(text)]
    assert figures == [
        (3.0, "people", False),
        (412.0, "homes", False),
        (40.0, "boats", True),
        (12.0, "%", False),
        (8.0, "%", False),
        (5e6, "crowns", False),
    ]
