"""What is printed again with its errors put right makes what it corrects void."""

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
