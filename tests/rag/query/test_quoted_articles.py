"""The articles that the answers of a conversation rest on, found by what they quote."""

import pytest

from rag.indexes.chunking import passages_of
from rag.messages import NOT_FOUND
from rag.models import Filters, Message
from rag.query.context import quotes_of
from rag.query.quoted_articles import with_articles
from rag.store.values import NewArticle
from tests.conftest import MakeLibrary, article

NOON = 2_000_000_000
DAM = article("The Orrin Dam leaked on Monday. Engineers lowered the lake.", id="dam", title="Orrin Dam leaks")
COST = article("Mending the Orrin Dam will cost a million.", id="cost", title="Orrin Dam leaks money")
CUP = article("Ilvane Toft won the bowls cup.", id="cup", title="Bowls cup goes to Saltmere")


def test_quotes_are_those_that_are_cited() -> None:
    assert quotes_of("The Post, 3 May 2026: “…the dam leaked.” [1]\n\n“It rained.” [2]\n\nHe said “no”.") == (
        "the dam leaked.",
        "It rained.",
    )


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("The Post, 5 September 2026: “Engineers lowered the lake.” [1]", ["dam", "cost"]),
        ("The cup went to Ilvane Toft, who won at bowls. [1]", ["cup"]),
        ("The Post: “Engineers raised the lake.” [1]", []),
        (f"{NOT_FOUND} Closest match: The Post: “Engineers lowered the lake.” [1]", []),
    ],
)
def test_answers_get_the_articles_that_they_rest_on(said: str, found: list[str], make_library: MakeLibrary) -> None:
    library = make_library()
    with library.writing() as writer:
        writer.put([NewArticle(each, passages_of(each), each.text, raw_digest=each.id) for each in (DAM, COST, CUP)])
        writer.index_words()
    history = [Message("user", "What?"), Message("assistant", said)]
    asked, answer = with_articles(history, library, before=NOON, filters=Filters())
    assert asked.articles == ()
    assert [each.id for each in answer.articles] == found
    for bounds in (Filters(sources=("Another",)), Filters(sections=("Another",))):
        assert with_articles(history, library, before=NOON, filters=bounds)[1].articles == ()
