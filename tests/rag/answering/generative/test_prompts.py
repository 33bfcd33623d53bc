"""How much evidence a prompt holds: what the model's context leaves, whole passages, a fair share for each part."""

from llama_index.core.utils import get_tokenizer

from rag.answering.generative.prompts import answer_messages, evidence_budget, hits_within
from rag.indexes.chunking import passages_of
from rag.models import Hit, Query
from tests.conftest import article

_SENTENCE = "The council of Tarn met again on Monday and spoke about the old mill and its roof. "


def hit(name: str, rank: int, *, sentences: int, parts: tuple[str, ...] = ()) -> Hit:
    (passage,) = passages_of(article(f"{name}. " + _SENTENCE * sentences, id=name, title=name))
    return Hit(passage, 1.0 / rank, rank, parts=parts)


def tokens(*hits: Hit) -> int:
    """Of the hits' headlines and texts."""
    return sum(len(get_tokenizer()(f"{each.passage.article.title}\n{each.passage.text}")) for each in hits)


def names(hits: list[Hit]) -> list[str]:
    return [each.passage.article.title for each in hits]


def test_the_budget_is_what_the_context_leaves() -> None:
    assert evidence_budget(4000, context=None, reply=2400) == 4000
    assert evidence_budget(4000, context=128_000, reply=2400) == 4000
    less = evidence_budget(4000, context=6000, reply=2400)
    assert 1000 < less < 6000 - 2400
    # a longer reply leaves so much less for passages, and something is always left
    assert evidence_budget(4000, context=6000, reply=2900) == less - 500
    assert evidence_budget(4000, context=2048, reply=2400) == 200


def test_a_passage_that_does_not_fit_is_skipped_and_not_broken_off() -> None:
    first, long, short = hit("First", 1, sentences=2), hit("Long", 2, sentences=9), hit("Short", 3, sentences=1)
    given = hits_within([first, long, short], tokens(first, short))
    assert names(given) == ["First", "Short"]
    prompt = str(answer_messages(Query("Who met?"), given, ())[-1].content)
    assert all(each.passage.text.strip() in prompt for each in given)
    assert "Long" not in prompt


def test_each_part_of_a_question_has_a_fair_share() -> None:
    of_the_first = [hit(f"A{n}", n, sentences=4, parts=("a",)) for n in range(1, 6)]
    of_the_second = [hit(f"B{n}", 5 + n, sentences=4, parts=("b",)) for n in range(1, 6)]
    ranked = [*of_the_first, *of_the_second]
    budget = tokens(*of_the_first[:2], *of_the_second[:2])
    assert names(hits_within(ranked, budget)) == ["A1", "A2", "A3", "A4"]
    assert names(hits_within(ranked, budget, ("a", "b"))) == ["A1", "A2", "B1", "B2"]


def test_a_passage_without_sentences_has_nothing_to_cite() -> None:
    (headline,) = passages_of(article("", id="h", title="Only a headline", headline_only=True))
    told = hit("Told", 2, sentences=1)
    assert names(hits_within([Hit(headline, 1.0, 1), told], 4000)) == ["Told"]
