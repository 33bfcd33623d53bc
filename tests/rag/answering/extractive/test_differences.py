"""Figures that outlets give differently."""

import re

import pytest

from rag.answering.extractive.differences import differing_reports
from rag.indexes.chunking import passages_of
from rag.models import Hit
from tests.conftest import article

COURIER = (
    "The storm felled 310 trees in Quillport. The mayor, Ada Brenn, spoke of 40 million crowns of damage to roofs."
)


def hits(*texts: tuple[str, str, str]) -> list[Hit]:
    """Passages of articles of an outlet, a day and a text each."""
    articles = [
        article(text, id=f"{number}", source=outlet, published=day) for number, (outlet, day, text) in enumerate(texts)
    ]
    passages = [passage for each in articles for passage in passages_of(each)]
    return [Hit(passage, 1.0, rank) for rank, passage in enumerate(passages, 1)]


def points(*texts: tuple[str, str, str], subject: tuple[str, ...] = ("storm",)) -> list[tuple[str, str]]:
    def words(text: str) -> list[str]:
        return re.findall(r"\w+", text.lower())

    pairs = differing_reports(hits(*texts), subject, words)
    return [tuple(passage.article.text[span.start : span.end] for passage, span in pair) for pair in pairs]  # type: ignore[misc]


def test_figures_of_one_thing_are_set_against_each_other() -> None:
    register = "Insurers put the damage that the storm did to roofs in Quillport at 55 million crowns."
    assert points(("Courier", "2026-09-05", COURIER), ("Register", "2026-09-06", register)) == [
        (COURIER.partition(". ")[2], register)
    ]


@pytest.mark.parametrize(
    ("outlet", "day", "text"),
    [
        ("Courier", "2026-09-06", "The storm did damage of 55 million crowns to roofs in Quillport."),  # one outlet
        ("Register", "2026-09-20", "The storm did damage of 55 million crowns to roofs in Quillport."),  # later
        ("Register", "2026-09-06", "The storm did damage of 40 million crowns to roofs in Quillport."),  # the same
        ("Register", "2026-09-06", "The storm did damage of over 35 million crowns to roofs in Quillport."),  # a bound
        ("Register", "2026-09-06", "After the storm, 330 people slept in a hall in Quillport."),  # another unit
        ("Register", "2026-09-06", "The storm left two choirs with 45 million crowns in gifts."),  # another thing
        ("Register", "2026-09-06", "Damage to roofs in Quillport: 55 million crowns."),  # says nothing of the storm
        (
            "Register",
            "2026-09-06",
            "The storm did damage of 55 million crowns to roofs in Quillport. Ada Brenn had said 40 million crowns.",
        ),
    ],
)
def test_other_figures_are_not(outlet: str, day: str, text: str) -> None:
    assert points(("Courier", "2026-09-05", COURIER), (outlet, day, text)) == []
