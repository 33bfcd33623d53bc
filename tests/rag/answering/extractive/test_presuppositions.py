"""Names that a question takes for granted and the sources do not mention."""

import pytest

from rag.answering.extractive.presuppositions import unmentioned_names
from tests.rag.hits import stems_of, told


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("When did they meet in Paris?", ["Paris"]),
        ("When did they meet in Berlin?", []),
        ("What did Osric Tanbery say in May?", ["Osric Tanbery"]),
        ("Rain in Berlin?", []),
        ("What did the Courier report?", []),
    ],
)
def test_names_that_no_source_mentions_are_told(question: str, missing: list[str]) -> None:
    hits = [told("They met in Berlin.", "Courier", "05", 1)]
    assert unmentioned_names(question, hits, stems_of, ("Courier",)) == missing
