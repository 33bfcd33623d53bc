"""Statements made false."""

import random

from rag.reading.training.claims.falsehoods import other_certainty, other_figure, other_word


def test_a_figure_becomes_another() -> None:
    for seed in range(20):
        changed = other_figure("The bridge cost 4.2 million in 1931.", "It cost 6.8 million.", random.Random(seed))
        assert changed
        assert changed != "The bridge cost 4.2 million in 1931."
    assert other_figure("Eleven came, and two left.", "", random.Random(1)) not in (None, "Eleven came, and two left.")
    assert other_figure("Nobody came.", "", random.Random(1)) is None


def test_units_bounds_and_directions_are_exchanged() -> None:
    assert other_word("It is 5 kilometres long.", random.Random(1)) == "It is 5 metres long."
    assert other_word("At least, at most at least 5.", random.Random(1)) in (
        "At least, at least at least 5.",
        "At least, at most at most 5.",
        "At least, at most fewer than 5.",
    )
    assert other_word("Prices rose.", random.Random(1)) == "Prices fell."
    assert other_word("Nobody came.", random.Random(1)) is None


def test_what_is_alleged_is_told_as_a_fact() -> None:
    assert other_certainty("He is suspected of theft.", random.Random(1)) == "He is convicted of theft."
    assert other_certainty("He came.", random.Random(1)) is None


def test_to_with_a_verb_is_no_direction() -> None:
    assert other_word("They want to sail.", random.Random(1)) is None
    assert other_word("They sailed to Skerrin.", random.Random(1)) == "They sailed from Skerrin."
