"""No claim is shown as verified unless a sentence of the passage it cites holds it."""

import random
from collections.abc import Mapping, Sequence

import pytest

from rag.answering.base import CheckedClaim
from rag.answering.verification import EvidenceVerifier, quoted_claim
from rag.indexes.chunking import passages_of
from rag.library.library import Library
from rag.markers import marker_numbers, without_markers
from rag.models import Citation, Hit, Support
from rag.reading.onnx_reader import span_reader
from tests.conftest import article
from tests.rag.answering.lies import HONEST, LIES, Case, Rule, cases, obeyed

FERRY = article(
    "The union called off the strike on 9 October. Crews accepted a rise of 4.5 per cent. "
    "Osric Tanbery, a retired judge, drew up the deal. The company did not raise its fares.",
    id="ferry",
)
FLOOD = article("The Ouldan peaked at 5.9 metres. The council said 1,240 people were moved.", id="flood")
ECHO = article("The weather was fine in Tarn.", id="echo", source="Tarn Echo")
POLL = article("Turnout rose from 3 per cent last year to 8 per cent.", id="poll")
HITS = [Hit(passages_of(each)[0], 1.0, rank) for rank, each in enumerate((FERRY, FLOOD, ECHO, POLL), 1)]


def check_marked(sentence: str, hits: Sequence[Hit], citations: Sequence[Citation]) -> CheckedClaim:
    verifier = EvidenceVerifier(span_reader())
    return verifier.check(without_markers(sentence), marker_numbers(sentence), hits, citations)


def check(sentence: str) -> CheckedClaim:
    return check_marked(sentence, HITS, ())


@pytest.mark.parametrize(
    ("sentence", "checked_by"),
    [
        ("Crews accepted a rise of 4.5 per cent [1].", "quote"),
        ("Osric Tanbery, a retired judge, drew up the deal. [1]", "quote"),
        ("The Ouldan peaked at a level of 5.9 metres [2].", "entailment"),
    ],
)
def test_what_a_sentence_says_is_verified_and_quoted_word_for_word(sentence: str, checked_by: str) -> None:
    checked = check(sentence)
    assert (checked.claim.support, checked.claim.checked_by) == ("verified", checked_by)
    citation = checked.citations[0]
    assert citation.passage.article.text[citation.start : citation.end] == citation.quote
    assert checked.claim.markers == (1,)


@pytest.mark.parametrize(
    ("lie", "because"),
    [
        ("Crews accepted a rise of 7.5 per cent [1].", "7.5 does not stand"),
        ("The union called off the strike on 19 October [1].", "19 does not stand"),
        ("The Ouldan peaked at 5.9 kilometres [2].", "another unit"),
        ("The company did raise its fares [1].", "'not'"),
        ("Crews did not accept a rise of 4.5 per cent [1].", "'not'"),
        ("The council said at most 1,240 people were moved [2].", "'most'"),
        ("Turnout rose to 3 per cent, from 8 last year [4].", "one another's place"),
        ("Tova Lindqvist, a retired judge, drew up the deal [1].", "another name in the place of lindqvist"),
        ("Vaccines reached every clinic in the province [1].", "do not clearly say"),
        ("Crews accepted a rise of 4.5 per cent [2].", "4.5 does not stand"),
        ("The minister resigned over the subsidy [1].", "do not clearly say"),
        ("The council said: “We moved everybody we could find” [2].", "word for word"),
        ("According to the Tarn Echo, crews accepted a rise of 4.5 per cent [1].", "not of Tarn Echo"),
        ("Accepted. [1]", "too little"),
    ],
)
def test_a_lie_is_not_verified_and_says_why(lie: str, because: str) -> None:
    checked = check(lie)
    assert checked.claim.support == "unverified"
    assert because in checked.objection


def test_an_articles_own_number_in_brackets_never_becomes_a_citation() -> None:
    noted = article("The dam is old, the council said [2]. It holds.", id="dam")
    passage = passages_of(noted)[0]
    quoted = quoted_claim(f"“{passage.text[:37]}”", passage, passage.sentences[0], ())
    assert quoted.text == "“The dam is old, the council said (2).” [1]"
    assert quoted.citations[0].quote == "The dam is old, the council said [2]."


@pytest.mark.parametrize("sentence", ["Crews accepted 4.5 per cent [7].", "Crews accepted 4.5 per cent [0]", "Crews."])
def test_a_marker_that_points_at_nothing_never_becomes_a_citation(sentence: str) -> None:
    checked = check(sentence)
    assert checked.citations == ()
    assert checked.claim.markers == ()
    assert "[" not in checked.text


def test_markers_run_in_order_of_appearance_and_a_sentence_keeps_its_number() -> None:
    first = check_marked("The Ouldan peaked at 5.9 metres [2].", HITS, ())
    second = check_marked("Crews accepted a rise of 4.5 per cent [1].", HITS, first.citations)
    third = check_marked("It peaked at 5.9 metres [2].", HITS, second.citations)
    assert [one.claim.markers for one in (first, second, third)] == [(1,), (2,), (1,)]
    assert [citation.marker for citation in third.citations] == [1, 2]


def test_several_markers_in_one_bracket_are_each_resolved() -> None:
    assert len(check("Crews accepted a rise of 4.5 per cent [1, 2, 9].").citations) == 1
    assert without_markers("A rise [1, 2]. [3]") == "A rise."


MOST_LIES = dict.fromkeys(LIES, 0.0) | {
    "name": 0.08,
    "merged": 0.08,
    "number_word": 0.05,
    "negation": 0.03,
    "another_passage": 0.05,
    "prompt_text": 0.08,
}
"""Largest share of a kind that may be verified."""
MOST_HONEST = dict.fromkeys(HONEST, 0.04) | {
    "verbatim": 0.0,
    "synonyms": 0.3,
    "day_first": 0.15,
    "contracted": 0.15,
}
"""Largest share of a kind that may be marked."""


def library_cases(library: Library) -> list[Case]:
    articles = [one for one in library.record.articles() if not one.headline_only]
    return cases([passage for one in articles for passage in library.record.passages_of(one.id)])


def shares(rules: Mapping[str, Rule], made: Sequence[Case], *, wrong: Support, most: int) -> dict[str, tuple[int, int]]:
    """By rule: claims, and those with the wrong outcome."""
    figures = {}
    for name, rule in rules.items():
        claims = [(text, case) for case in made for text in rule(case)]
        drawn = random.Random(name).sample(claims, min(most, len(claims)))
        outcomes = [check_marked(text, case.hits(), ()).claim.support for text, case in drawn]
        figures[name] = (len(outcomes), outcomes.count(wrong))
    return figures


def test_few_lies_made_by_rule_are_verified(sample_library: Library) -> None:
    """Measured: the slow test below has the figures; what words decide, none."""
    figures = shares(LIES, library_cases(sample_library), wrong="verified", most=12)
    assert min(count for count, _ in figures.values()) > 0
    assert not any(bad for name, (_, bad) in figures.items() if not MOST_LIES[name]), figures
    assert sum(bad for _, bad in figures.values()) <= 0.05 * sum(count for count, _ in figures.values()), figures


def test_what_stands_in_the_article_is_never_marked(sample_library: Library) -> None:
    figures = shares({"verbatim": HONEST["verbatim"]}, library_cases(sample_library), wrong="unverified", most=60)
    assert figures["verbatim"] == (60, 0)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_lies_and_honest_rewordings_by_kind(sample_library: Library) -> None:
    """Measured by kind in docs/measurements/claims.md; wanted are 2 % of every kind."""
    made = library_cases(sample_library)
    passed = shares(LIES, made, wrong="verified", most=60)
    marked = shares(HONEST, made, wrong="unverified", most=60)
    assert not [(name, each) for name, each in passed.items() if each[1] > MOST_LIES[name] * each[0]], passed
    assert not [(name, each) for name, each in marked.items() if each[1] > MOST_HONEST[name] * each[0]], marked


def test_what_an_article_orders_a_model_to_say_is_never_verified(sample_library: Library) -> None:
    claims = list(obeyed([one for one in sample_library.record.articles() if not one.headline_only]))
    assert len(claims) >= 250
    drawn = random.Random(1).sample(claims, 40)
    assert not [text for text, hits in drawn if check_marked(text, hits, ()).claim.support == "verified"]
