"""Outlets that differ, and figures that changed."""

import pytest

from rag.answering.conflicts import development, sides
from rag.reading.sentence_scoring import asked, candidates
from tests.rag.hits import stems_of, told


@pytest.mark.parametrize(
    ("others", "differing"),
    [
        ([("Rescuers evacuated 1,900 people from the flood, the Register says.", "Register", "05")], 2),
        ([("Rescuers evacuated 1240 people from the flood, the Register says.", "Register", "05")], 0),
        ([("Rescuers evacuated 1,900 people from the flood in the end.", "Register", "28")], 0),
        ([("The flood was fought by 1,900 sandbags and a wall.", "Register", "05")], 0),
        ([("Later the Courier counted 1,300 evacuated people.", "Courier", "06")], 0),
        ([("Rescuers evacuated many people from the flood.", "Register", "05")], 0),
        ([("About 1,250 people were evacuated from the flood.", "Register", "05")], 0),
        ([("Of them 120 people were evacuated from the flood by boat.", "Register", "05")], 0),
        ([("Some 2,000 people were evacuated from the flood in 2014.", "Register", "05")], 0),
        ([("Some 90% of the people were evacuated from the flood.", "Register", "05")], 0),
        ([("Some 2 thousand people were evacuated from the flood.", "Register", "05")], 2),
    ],
)
def test_outlets_that_give_different_figures_at_one_time_are_both_found(
    others: list[tuple[str, str, str]], differing: int
) -> None:
    text = "How many people were evacuated because of the flood?"
    question = asked(text, text, dict.fromkeys(("people", "evacuated", "flood"), 1.0), stems_of)
    first = told("By evening 1,240 people were evacuated from the flood.", "Courier", "05", 1)
    hits = [first, *(told(*other, rank) for rank, other in enumerate(others, 2))]
    found = sides(question, candidates(question, hits, stems_of), stems_of)
    assert len(found) == differing
    assert len({one.passage.article.source for one in found}) == differing


def test_figures_that_changed_are_told_oldest_first() -> None:
    text = "How many people were evacuated because of the flood?"
    question = asked(text, text, dict.fromkeys(("people", "evacuated", "flood"), 1.0), stems_of)

    def changed(*days: str) -> list[str]:
        hits = [
            told(f"{90 + number} people were evacuated from the flood.", "Courier", day, number)
            for number, day in enumerate(days, 1)
        ]
        found = development(question, candidates(question, hits, stems_of), stems_of)
        return [one.text.split()[0] for one in found]

    assert changed("20", "05") == ["92", "91"]
    assert changed("05", "06") == []
    assert changed("05") == []
