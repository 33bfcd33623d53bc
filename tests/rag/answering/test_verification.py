"""No claim is shown as verified unless a sentence of the passage it cites holds it."""

from collections.abc import Mapping, Sequence

import pytest

from rag.answering.base import CheckedClaim
from rag.answering.verification import check_claim
from rag.indexes.chunking import passages_of
from rag.library.library import Library
from rag.markers import marker_numbers, without_markers
from rag.models import Citation, Hit, Support
from tests.conftest import article
from tests.rag.answering.lies import HONEST, LIES, Case, Rule, cases, obeyed

FERRY = article(
    "The union called off the strike on 9 October. Crews accepted a rise of 4.5 per cent. "
    "Osric Tanbery, a retired judge, drew up the deal. The company did not raise its fares.",
    id="ferry",
)
FLOOD = article("The Ouldan peaked at 5.9 metres. The council said 1,240 people were moved.", id="flood")
HITS = [Hit(passages_of(FERRY)[0], 1.0, 1), Hit(passages_of(FLOOD)[0], 0.9, 2)]


def check_marked(sentence: str, hits: Sequence[Hit], citations: Sequence[Citation]) -> CheckedClaim:
    return check_claim(without_markers(sentence), marker_numbers(sentence), hits, citations)


def check(sentence: str) -> CheckedClaim:
    return check_marked(sentence, HITS, ())


@pytest.mark.parametrize(
    "sentence",
    [
        "Crews accepted a rise of 4.5 per cent [1].",
        "The deal was drawn up by Osric Tanbery, a retired judge. [1]",
        "The company did not raise fares [1].",
        "The council said that 1,240 people had been moved [2].",
    ],
)
def test_what_a_sentence_says_is_verified_and_quoted_word_for_word(sentence: str) -> None:
    checked = check(sentence)
    assert checked.claim.support == "verified"
    citation = checked.citations[0]
    assert citation.passage.article.text[citation.start : citation.end] == citation.quote
    assert checked.claim.markers == (1,)


@pytest.mark.parametrize(
    "lie",
    [
        "Crews accepted a rise of 7.5 per cent [1].",  # number
        "The union called off the strike on 19 October [1].",  # date
        "Calla Winterbourne, a retired judge, drew up the deal [1].",  # name
        "The company did raise its fares [1].",  # negation
        "Crews did not accept a rise of 4.5 per cent [1].",  # negation
        "Crews accepted a rise of 4.5 per cent [2].",  # another passage's marker
        "The minister resigned over the subsidy [1].",  # nothing of it is said
        "Osric Tanbery, a retired judge, drew up the deal with Osric Tanbery [1].",  # one name in another's place
        "Crews accepted a rise of 4.5 per cent in October [1].",  # the month is the next sentence's
    ],
)
def test_a_lie_is_not_verified(lie: str) -> None:
    assert check(lie).claim.support == "unverified"


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


def library_cases(library: Library) -> list[Case]:
    articles = [one for one in library.record.articles() if not one.headline_only]
    return cases([passage for one in articles for passage in library.record.passages_of(one.id)])


def shares(
    rules: Mapping[str, Rule], made: Sequence[Case], *, wrong: Support
) -> tuple[dict[str, tuple[int, int]], float]:
    """By rule: claims, and those with the wrong outcome; and the share of all of them that is wrong."""
    figures = {}
    for name, rule in rules.items():
        outcomes = [check_marked(text, case.hits(), ()).claim.support for case in made for text in rule(case)]
        figures[name] = (len(outcomes), outcomes.count(wrong))
    return figures, sum(bad for _, bad in figures.values()) / sum(count for count, _ in figures.values())


def test_at_most_one_lie_in_fifty_passes_as_verified(sample_library: Library) -> None:
    figures, passed = shares(LIES, library_cases(sample_library), wrong="verified")
    assert sum(count for count, _ in figures.values()) >= 300
    assert min(count for count, _ in figures.values()) > 0
    assert passed <= 0.02, figures
    assert all(figures[name][1] == 0 for name in ("out_of_range", "another_passage", "prompt_text", "invented_quote"))


def test_at_most_one_honest_paraphrase_in_twenty_is_marked(sample_library: Library) -> None:
    figures, marked = shares(HONEST, library_cases(sample_library), wrong="unverified")
    assert sum(count for count, _ in figures.values()) >= 300
    assert min(count for count, _ in figures.values()) > 0
    assert marked <= 0.05, figures
    assert figures["verbatim"][1] == 0


def test_what_an_article_orders_a_model_to_say_is_never_verified(sample_library: Library) -> None:
    claims = list(obeyed([one for one in sample_library.record.articles() if not one.headline_only]))
    assert len(claims) >= 250
    assert not [text for text, hits in claims if check_marked(text, hits, ()).claim.support == "verified"]
