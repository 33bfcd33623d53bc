import base64
import json
import re
from functools import partial

import pytest
from lxml.html import fromstring

from rag.engine import Dateline, dateline_over
from rag.indexes.chunking import passages_of
from rag.library.library import Library
from rag.messages import in_language
from rag.models import Citation, Claim, Filters
from rag.query.follow_ups import follow_ups, opening_questions
from rag.schemas import read_scope, turn_json
from rag.settings import Settings
from tests.conftest import SAMPLE, article
from web import answers
from web.chat.export import export_payload, markdown_of
from web.chat.render import answer_html, citations_html, text_html
from web.jinja import PAGES
from web.links import CitationLinks

WORDS = in_language()
PASSAGE = passages_of(article("It rained on [Tuesday]*, they said.", source="The <b>Courier"))[0]
CITATION = Citation(1, PASSAGE, PASSAGE.text, 0, len(PASSAGE.text))


@pytest.fixture(scope="module")
def dateline(sample_library: Library) -> Dateline:
    return dateline_over(sample_library, Settings())


def test_only_markers_with_a_source_become_links() -> None:
    claim = Claim("It rained.", (1, 7), "verified")
    shown = text_html("It rained. [1] [7]", WORDS, turn=3, cited=[CITATION], claims=[claim])
    assert 'href="#cite-3-1"' in shown
    assert "cite-3-7" not in shown
    assert "&#91;7&#93;" in shown


def test_only_markers_behind_their_claims_become_links() -> None:
    claim = Claim("The Courier: “Repairs cost 12 crowns [1], it said.”", (1,), "verified")
    text = f"Taken as: “Is [1] a source?”\n\n{claim.text} [1]\n\nThe sources do not answer: “[1]”"
    shown = text_html(text, WORDS, turn=1, cited=[CITATION], claims=[claim])
    assert shown.count('href="#cite-1-1"') == 1
    assert shown.count("&#91;1&#93;") == 3
    assert shown.index('href="#cite-1-1"') > shown.index("it said")


def test_a_source_keeps_its_paragraphs_and_one_of_the_same_article_shows_its_quote_as_its_name() -> None:
    text = "The bridge is shut.\n\nBoats cross instead. They are full.\n\nA ticket costs a crown."
    (passage,) = passages_of(article(text, title="The bridge"))
    quotes = ("They are full.", "A ticket costs a crown.")
    cited = [
        Citation(marker, passage, quote, text.index(quote), text.index(quote) + len(quote))
        for marker, quote in enumerate(quotes, 1)
    ]
    first, second = fromstring(citations_html(cited, CitationLinks(), WORDS, turn=1)).iter("details")
    assert [part.text_content() for part in first.find_class("passage")] == text.split("\n\n")
    assert [part.text_content() for part in first.iter("mark")] == ["They are full."]
    assert first.find_class("headline")[0].text_content() == "The bridge"
    assert not second.find_class("headline")
    assert second.find_class("repeated")[0].text_content() == "“A ticket costs a crown.”"


def test_the_chat_and_the_pages_show_the_same_answer(dateline: Dateline) -> None:
    answer = dateline.ask("How many people were evacuated from Brackenford because of the flood?")
    assert answer.conflicts
    both = (answer_html, partial(answers.answer_html, PAGES))
    shown = [fromstring(render(answer, WORDS, turn=1)) for render in both]
    words = [" ".join(element.text_content().split()) for element in shown]
    assert words[0].replace(" ", "") == words[1].replace(" ", "")
    assert "Disputed: sources 1, 2, 3 differ" in words[1]
    assert [link.get("href") for link in shown[0].iter("a")] == [link.get("href") for link in shown[1].iter("a")]


def test_the_answering_words_are_marked_where_they_are_quoted() -> None:
    first = Claim("The 12 Courier: “They moved 12 people on 5 June, 123 said.”", (1,), "verified", ("12",))
    second = Claim("The Register: “On the 12th and 12 June 15 fled.”", (2,), "verified", ("15",))
    shown = text_html(f"{first.text} [1]\n\n{second.text} [2]", WORDS, turn=1, cited=[CITATION], claims=[first, second])
    assert re.findall("<strong>([^<]+)</strong>", shown) == ["12", "15"]
    assert "They moved <strong>12</strong> people" in shown


def test_what_is_doubtful_is_said_in_words(dateline: Dateline) -> None:
    disputed = dateline.ask("How many people were evacuated from Brackenford because of the flood?")
    assert "Disputed&#58; sources 1&#44; 2&#44; 3 differ" in answer_html(disputed, WORDS, turn=1)
    cards = citations_html(disputed.citations, CitationLinks(), WORDS, turn=1, conflicts=disputed.conflicts)
    assert cards.count("<strong>disputed</strong>") == 3
    stale = dateline.ask("What did the Bank of Corrand do this week?", as_of=disputed.as_of.replace(month=12))
    assert ("Out of date" in answer_html(stale, WORDS, turn=1)) is stale.stale is True


def test_an_export_holds_every_claim_with_its_source_and_no_markup_of_theirs(dateline: Dateline) -> None:
    answer = dateline.ask("When was the Heron-2 satellite launched?")
    record = [turn_json(answer)]
    text = markdown_of(record, WORDS)
    assert "**When was the Heron-2 satellite launched?**" in text
    assert "[1]" in text
    for citation in answer.citations:
        assert f"\n{citation.marker}. {citation.passage.article.source}" in f"\n{text}"
    what, number, data = export_payload("json", record, WORDS, "4").split(":")
    assert (what, number) == ("json", "4")
    assert json.loads(base64.b64decode(data)) == record
    hostile = [record[0] | {"question": "a <img src=x> [link](http://evil) *b*", "notes": ["`c`"]}]
    assert "\\<img" in markdown_of(hostile, WORDS)
    assert "\\[link\\](" in markdown_of(hostile, WORDS)
    assert "\\*b\\*" in markdown_of(hostile, WORDS)


def test_an_export_holds_the_warnings_of_an_answer(dateline: Dateline) -> None:
    disputed = dateline.ask("How many people were evacuated from Brackenford because of the flood?")
    record = turn_json(disputed)
    text = markdown_of([record], WORDS)
    assert "**Disputed: sources 1, 2, 3 differ**" in text
    assert text.count("” (disputed)") == 3
    unverified = [claim | {"support": "unverified"} for claim in record["claims"]]
    article = record["citations"][0]["article"] | {"correction": "Earlier it said 40."}
    cited = [record["citations"][0] | {"article": article}]
    doubtful = {"stale": True, "status": "partial", "claims": unverified, "citations": cited, "as_of": "2027-01-01"}
    text = markdown_of([record | doubtful], WORDS)
    for warning in ("stale", "partial", "not_all_verified"):
        assert f"**{WORDS(warning)}**" in text
    count = len(unverified)
    assert f"Note: {count} of {count} statements not verified: the cited sentence" in text
    assert "Earlier it said 40." in text
    assert WORDS("older") in text
    german = markdown_of([record | doubtful], in_language("de"))
    assert "**Veraltet: " in german
    assert f"Hinweis: {count} von {count} Aussagen" in german
    assert "umstritten" in german


def test_what_the_reader_sets_becomes_filters(dateline: Dateline) -> None:
    scope = read_scope(
        outlets=["The Ouldan Courier"], kinds=["news"], start="2026-09-05", end="2026-09-05", as_of="2026-10-01"
    )
    answer = dateline.ask("What happened to the river?", filters=scope.filters, as_of=scope.as_of)
    assert answer.hits
    assert {str(hit.passage.article.published_at)[:10] for hit in answer.hits} == {"2026-09-05"}
    assert answer.as_of.day == 1


def test_what_is_suggested_can_be_answered(dateline: Dateline, sample_library: Library) -> None:
    answer = dateline.ask("When was the Heron-2 satellite launched?")
    offered = follow_ups(answer)
    assert offered[0] == "How did the story of Heron-2 develop?"
    assert [question for question in offered if dateline.ask(question).status == "answered"] == offered
    assert follow_ups(dateline.ask("Hello")) == []
    newest = sample_library.record.latest_openings(2**40, limit=20, filters=Filters())
    opening = opening_questions(newest)
    assert len(opening) >= 2
    assert [question for question in opening if dateline.ask(question).status == "answered"] == opening


def test_the_examples_that_are_shipped_are_answered_with_the_words_asked_for(dateline: Dateline) -> None:
    answers = {
        question: dateline.ask(question)
        for question in (SAMPLE / "examples.txt").read_text(encoding="utf-8").splitlines()
    }
    assert len(answers) == 4
    assert [
        question for question, answer in answers.items() if not any(claim.answering for claim in answer.claims)
    ] == []
