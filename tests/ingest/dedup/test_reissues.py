"""What is printed again with its errors put right makes what it corrects void."""

from dataclasses import replace

import pytest

from ingest.dedup.reissues import corrects
from ingest.normalize.records import read_record
from rag.models import Article

TEXT = "The board of Vellmar voted on Friday to rebuild the pier, and the work is to cost {} million crowns."


def article(title: str, cost: str, address: str, source: str = "Courier") -> Article:
    fields = {"title": title, "text": TEXT.format(cost), "url": f"https://courier.example/{address}", "source": source}
    return read_record(fields, origin="test").article


@pytest.mark.parametrize(
    "headline",
    [
        "CORRECTED: {}",
        "Correction: {}",
        "UPDATE 2-CORRECTED-{}",
        "REFILE-{}",
        "{} (Corrected)",
        "{} - CORRECTED",
        "Korrigierte Fassung: {}",
        "Berichtigung: {}",
        "Rectificatif : {}",
        "Fe de erratas: {}",
        "更正：{}",
    ],
)
def test_a_corrected_issue_replaces_the_earlier_one(headline: str) -> None:
    first, again = article("Pier to be rebuilt", "31", "a"), article(headline.format("Pier to be rebuilt"), "13", "b")
    assert corrects(again, first)
    assert not corrects(first, again)
    assert not corrects(article(headline.format("Pier to be rebuilt"), "13", "b", source="Register"), first)


@pytest.mark.parametrize("headline", ["Corrections officers strike", "Correctional board votes", "Updated: {}"])
def test_other_headlines_correct_nothing(headline: str) -> None:
    first, other = article("Pier to be rebuilt", "31", "a"), article(headline.format("Pier to be rebuilt"), "13", "b")
    assert not corrects(other, first)


@pytest.mark.parametrize(
    ("opening", "is_correction"),
    [
        ("(Corrects the cost in paragraph 1) ", True),
        ("In a story on Friday, the Courier reported erroneously what it costs. The correct story is below:\n\n", True),
        ("(This July 3 story has been corrected to fix the cost, in paragraph 1)\n\n", True),
        ("Editor's note: This story has been corrected to say what it costs.\n\n", True),
        ("(Berichtigt die Kosten im 1. Absatz)\n\n", True),
        ("(Adds the cost) ", False),
    ],
)
def test_an_agency_says_at_the_beginning_what_it_corrects(opening: str, is_correction: bool) -> None:
    first, again = (
        read_record(
            {"title": "Pier to be rebuilt", "text": text, "source": "Courier", "url": f"https://c.example/{n}"},
            origin="t",
        )
        for n, text in enumerate((TEXT.format(31), opening + TEXT.format(13)))
    )
    assert corrects(replace(again.article, id="b"), replace(first.article, id="a")) == is_correction
