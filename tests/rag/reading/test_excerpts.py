"""How much of a sentence an answer quotes, and what it leaves out."""

import pytest

from rag.answering.extractive.composition import list_quotes
from rag.dates import parse_as_of
from rag.engine import Dateline, dateline_over
from rag.library.library import Library
from rag.markers import without_markers
from rag.models import Query
from rag.reading.excerpts import excerpt, quotation, shares
from rag.reading.quote_selection import MOST_IN_ALL
from rag.settings import Settings
from tests.rag.hits import told

LONG = (
    "Half of the town lay under brown water on Saturday after the river rose higher than ever, and 1,240 people had "
    "been evacuated by evening, the council said."
)


@pytest.fixture(scope="module")
def dateline(sample_library: Library) -> Dateline:
    return dateline_over(sample_library, Settings())


def test_a_short_sentence_stays_whole() -> None:
    assert excerpt(LONG, 30, ("1,240",), {}) == LONG


@pytest.mark.parametrize("most", [1, 5, 8, 12, 20, 27])
def test_an_excerpt_is_a_span_of_the_sentence_no_longer_than_allowed(most: int) -> None:
    part = excerpt(LONG, most, ("1,240",), {"evacuated": 1.0})
    assert part.strip("…") in LONG
    assert len(part.split()) <= most
    assert part.startswith("…") or part.endswith("…")


def test_an_excerpt_holds_the_answer_and_begins_with_a_clause() -> None:
    assert excerpt(LONG, 9, ("1,240",), {"evacuated": 1.0}) == "…and 1,240 people had been evacuated by evening…"


@pytest.mark.parametrize(
    ("sentence", "answering", "shown"),
    [
        ("PORT SELLIN, 31 August (Northlight) - Crews will strike.", (), "…Crews will strike."),
        ("(CNN) It rained.", (), "…It rained."),
        ("LONDON – It rained.", (), "…It rained."),
        ("SAN JOSE, Calif. (AP) — It rained.", (), "…It rained."),
        (
            "CAPE ORLAN, 7 October (Northlight) - It flew.",
            ("CAPE ORLAN",),
            "CAPE ORLAN, 7 October (Northlight) - It flew.",
        ),
        ("NASA launched it.", (), "NASA launched it."),
        ("Larks (Harrowmere) won.", (), "Larks (Harrowmere) won."),
    ],
)
def test_a_dateline_is_left_out_unless_it_answers(sentence: str, answering: tuple[str, ...], shown: str) -> None:
    assert excerpt(sentence, 60, answering, {}) == shown


def test_a_name_is_not_cut_in_two() -> None:
    sentence = "It was moved, the Vale Regional Fire and Rescue Service said on Sunday as the water fell."
    assert excerpt(sentence, 9, (), {"moved": 1.0}) == "It was moved…"


def test_a_denial_is_not_cut_off() -> None:
    sentence = (
        "The minister, who had met the crews in the spring, in the summer and in the autumn, will not raise the pay."
    )
    assert "will not raise" in excerpt(sentence, 12, (), {"minister": 1.0, "crews": 1.0, "met": 1.0})


@pytest.mark.parametrize(
    ("lengths", "limit", "allowed"),
    [([10, 20], 60, [10, 20]), ([40, 10, 40], 60, [25, 10, 25]), ([50, 50], 60, [30, 30]), ([], 60, [])],
)
def test_short_sentences_stay_whole_where_long_ones_are_cut(lengths: list[int], limit: int, allowed: list[int]) -> None:
    assert shares(lengths, limit) == allowed


def test_what_is_all_spoken_gets_no_second_quotation_marks() -> None:
    assert quotation('"We closed it."') == '"We closed it."'
    assert quotation("It was closed.") == "“It was closed.”"


@pytest.mark.parametrize(
    "question",
    [
        "How many people were evacuated from Brackenford because of the flood?",
        "What is the estimated bill for the flood damage in Brackenford?",
        "Why couldn't the gate on the weir above Brackenford be opened on the night of the flood?",
        "Who won the women's handball cup final?",
        "Why did the Bank of Corrand raise its key rate in September?",
        "How many sailings a day are there between Port Sellin and Skerrin?",
        "When was the Heron-2 satellite launched from Paris?",
        "Who is the president of Uruguay?",
        "When was Heron-2 launched from Paris, Lyon, Nantes, Lille, Metz, Nancy, Brest and Dijon by Ariane and Vega?",
    ],
)
def test_an_answer_has_at_most_75_words(question: str, dateline: Dateline) -> None:
    answer = dateline.ask(question)
    assert len(without_markers(answer.text).split()) <= MOST_IN_ALL
    for citation in answer.citations:
        assert citation.passage.article.text[citation.start : citation.end] == citation.quote


def test_a_warning_takes_its_words_from_the_answer(dateline: Dateline) -> None:
    question = "How many people were evacuated from Brackenford because of the flood this week?"
    answer = dateline.ask(question, as_of=parse_as_of("2026-12-20"))
    assert answer.stale
    assert len(without_markers(answer.text).split()) <= MOST_IN_ALL


def test_an_article_is_named_once_for_quotes_that_follow_each_other() -> None:
    first = told("It rained for days. Then the river rose.", "Courier", "05", 1).passage
    other = told("It rained there too.", "Register", "05", 2).passage
    quotes = [(first, span) for span in first.sentences] + [(other, other.sentences[0])]
    *_, answer = list_quotes("In short:", quotes, 1.0, Query("the rain"))
    assert answer.text.split("\n\n")[1:] == [
        "Courier, 5 September 2026: “It rained for days.” [1]",
        "“Then the river rose.” [2]",
        "Register, 5 September 2026: “It rained there too.” [3]",
    ]


def test_the_wished_form_holds_for_lists_of_quotes_too() -> None:
    passage = told("It rained for days. Then the river rose.", "Courier", "05", 1).passage
    quotes = [(passage, span) for span in passage.sentences]
    *_, listed = list_quotes("In short:", quotes, 1.0, Query("the rain", form="list"))
    assert listed.text.split("\n\n")[1:] == [
        "- Courier, 5 September 2026: “It rained for days.” [1]",
        "- “Then the river rose.” [2]",
    ]
    *_, shorter = list_quotes("In short:", quotes, 1.0, Query("the rain", form="shorter"))
    assert shorter.text.split("\n\n")[1:] == ["Courier, 5 September 2026: “It rained for days.” [1]"]
