"""Outlets that differ, and figures that changed."""

from dataclasses import replace

import pytest

from rag.answering.extractive.conflicts import development, sides
from rag.models import Hit
from rag.reading.coverage import asked
from rag.reading.evidence import Candidate, candidates
from tests.rag.hits import stems_of, told
from tests.rag.reading.readers import ToldReader

TEXT = "How many people were evacuated because of the flood?"
QUESTION = asked(TEXT, TEXT, dict.fromkeys(("people", "evacuated", "flood"), 1.0), stems_of)
SURE = 6.0


def ranked(hits: list[Hit], *answers: str) -> list[Candidate]:
    return candidates(ToldReader(dict.fromkeys(answers, SURE)), QUESTION, hits, stems_of)


def differing(hits: list[Hit], *answers: str, says: tuple[tuple[str, str], ...] = ()) -> list[str]:
    """Answers of the sides, where `says` are claims with the text of the window that says so."""
    reader = ToldReader(dict.fromkeys(answers, SURE), says=says)
    return [each.answer for each in sides(candidates(reader, QUESTION, hits, stems_of), reader)]


@pytest.mark.parametrize(
    ("text", "answer", "outlet", "day", "count"),
    [
        ("Rescuers evacuated 1,900 people from the flood.", "1,900 people", "Register", "05", 2),
        ("Rescuers evacuated 1240 people from the flood.", "1240 people", "Register", "05", 0),
        ("Rescuers evacuated 1,900 people from the flood.", "1,900 people", "Register", "28", 0),
        ("Rescuers evacuated 1,900 people from the flood.", "nothing", "Register", "05", 0),
        ("Later it counted 1,300 people from the flood.", "1,300 people", "Courier", "06", 0),
        ("Rescuers evacuated many people from the flood.", "many people", "Register", "05", 0),
        ("About 1,250 people were evacuated from the flood.", "1,250 people", "Register", "05", 0),
        ("Of them 120 people were evacuated by boat.", "120 people", "Register", "05", 0),
        ("Some 2,000 people were evacuated in 2014.", "2,000 people", "Register", "05", 0),
        ("Some 90% of the people were evacuated.", "90%", "Register", "05", 0),
        ("It put the number of those evacuated at 1,900 in all.", "1,900", "Register", "05", 2),
        ("Some 2 thousand people were evacuated there.", "2 thousand people", "Register", "05", 2),
        ("More than 1,300 people were evacuated there.", "More than 1,300 people", "Register", "05", 0),
    ],
)
def test_outlets_that_give_different_figures_at_one_time_are_both_named(
    text: str, answer: str, outlet: str, day: str, count: int
) -> None:
    hits = [told("By evening 1,240 people were evacuated.", "Courier", "05", 1), told(text, outlet, day, 2)]
    found = sides(ranked(hits, "1,240 people", answer), ToldReader({}))
    assert len(found) == count
    assert len({each.passage.article.source for each in found}) == count


LED = (
    told("The town is led by Maud Arkwell these days.", "Courier", "05", 1),
    told("Osric Tanbery became its mayor in spring, after a long count.", "Register", "05", 2),
)


def test_names_are_set_against_each_other_if_an_outlet_claims_what_the_other_one_does_not() -> None:
    names = ("Maud Arkwell", "Osric Tanbery")
    claim = "The town is led by Osric Tanbery these days."
    of_courier, of_register = (hit.passage.text for hit in LED)
    assert differing([*LED], *names) == []
    assert differing([*LED], *names, says=((claim, of_register),)) == ["Maud Arkwell", "Osric Tanbery"]
    assert differing([*LED], *names, says=((claim, of_register), (claim, of_courier))) == []


def test_an_article_that_gives_both_answers_disagrees_with_nobody() -> None:
    both = told("The town is led by Maud Arkwell. Osric Tanbery leads it too.", "Courier", "05", 1)
    claim = "The town is led by Osric Tanbery."
    assert differing([both, LED[1]], "Maud Arkwell", "Osric Tanbery", says=((claim, LED[1].passage.text),)) == []


def test_a_copy_in_which_an_outlet_changed_what_a_sentence_says_disagrees() -> None:
    def told_of(name: str, outlet: str, rank: int) -> Hit:
        hit = told(f"The town is led by {name}, who was elected in spring.", outlet, "05", rank)
        return replace(hit, passage=replace(hit.passage, article=replace(hit.passage.article, cluster_id="wire")))

    copies = [told_of("Maud Arkwell", "Courier", 1), told_of("Osric Tanbery", "Register", 2)]
    assert differing(copies, "Maud Arkwell", "Osric Tanbery") == ["Maud Arkwell", "Osric Tanbery"]
    assert differing(copies, "Maud Arkwell", "elected in spring") == []


def test_figures_that_changed_are_told_oldest_first() -> None:
    def changed(*days: str) -> list[str]:
        hits = [
            told(f"By then {90 + number} people were evacuated.", "Courier", day, number)
            for number, day in enumerate(days, 1)
        ]
        return [each.answer for each in development(ranked(hits, "91 people", "92 people"))]

    assert changed("20", "05") == ["92 people", "91 people"]
    assert changed("05", "06") == []
    assert changed("05") == []
