"""Metrics, matching and intervals: pure, and checked against what the field uses."""

import random
from datetime import UTC, datetime

import ir_measures
import numpy as np
import pytest

from evals.datasets import Corpus
from evals.datasets.corpus import ALWAYS
from evals.match_rule import any_stands_in, normalised
from evals.metrics import (
    LexicalJudge,
    decline_f1,
    decline_precision,
    decline_recall,
    difference,
    estimate,
    mean,
    risk_coverage_area,
)
from evals.metrics.answers import exact_match, token_f1
from evals.metrics.citations import alce
from evals.metrics.quantities import holds_quantities
from evals.metrics.retrieval import (
    average_precision_at_k,
    ndcg_at_k,
    precision_at_k,
    recall_at_k,
    reciprocal_rank_at_k,
)
from evals.predictions import Evidence
from evals.targets import declines
from rag.dates import parse_iso
from rag.models import Article, Claim


@pytest.mark.parametrize("seed", range(20))
def test_ranking_metrics_agree_with_ir_measures(seed: int) -> None:
    chance = random.Random(seed)
    articles = [f"a{i}" for i in range(30)]
    relevant = set(chance.sample(articles, chance.randint(1, 6)))
    ranked = chance.sample(articles, chance.choice([3, 10, 20]))
    qrels = [ir_measures.Qrel("q", article, 1) for article in relevant]
    run = [ir_measures.ScoredDoc("q", article, 100 - rank) for rank, article in enumerate(ranked)]
    for k in (1, 5, 10):
        ours = {
            ir_measures.R @ k: recall_at_k(ranked, relevant, k=k),
            ir_measures.P @ k: precision_at_k(ranked, relevant, k=k),
            ir_measures.RR @ k: reciprocal_rank_at_k(ranked, relevant, k=k),
            ir_measures.nDCG @ k: ndcg_at_k(ranked, relevant, k=k),
            ir_measures.AP @ k: average_precision_at_k(ranked, relevant, k=k),
        }
        theirs = ir_measures.calc_aggregate(list(ours), qrels, run)
        assert ours == pytest.approx(theirs)


def test_a_question_without_gold_has_no_recall() -> None:
    with pytest.raises(ValueError, match="gold"):
        recall_at_k(["a"], set(), k=1)


@pytest.mark.parametrize(
    ("variants", "text", "stands"),
    [
        (["“Squid Game”"], "A new season of Squid Game was announced.", True),
        (["The Tony Awards"], "at the Tony Awards", True),
        (["10%"], "about 10% more", True),
        (["art"], "the article", False),
        (["1,240"], "some 1240 people", True),
        (["", "the"], "the", False),
        (["no", "Kettle Bay"], "at kettle bay.", True),
    ],
)
def test_accepted_answers_match_as_whole_words(variants: list[str], text: str, stands: bool) -> None:
    assert any_stands_in(variants, normalised(text)) is stands


def test_exact_match_and_token_f1_follow_squad() -> None:
    assert exact_match(["The Cape Orlan"], "cape orlan.") == 1.0
    assert exact_match(["Cape Orlan"], "from Cape Orlan") == 0.0
    assert token_f1(["Cape Orlan"], "from Cape Orlan") == pytest.approx(0.8)
    assert token_f1(["Kettle Bay", "Cape"], "from Cape") == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("answers", "text", "equal"),
    [
        (["8.6 million"], "It costs 8,600,000 crowns.", True),
        (["8.6 million"], "It costs 8.6 crowns.", False),
        (["$54m"], "some 54 million dollars", True),
        (["$54m"], "some £54 million", False),
        (["$54m"], "some $54 million", True),
        (["10 percent"], "by 10% a year", True),
        (["10 percent"], "by 10 points", False),
        (["640 kilograms"], "weighs 640 kg", True),
        (["640 kilograms"], "640 miles", False),
        (["12 sailings"], "twelve sailings a day", True),
        (["6 October"], "on October 6", True),
        (["6 October"], "on 6 November", False),
        (["twenty-three"], "23 people", True),
        (["London"], "in 2014", None),
    ],
)
def test_numbers_are_compared_as_numbers_with_their_units(answers: list[str], text: str, equal: bool | None) -> None:
    assert holds_quantities(answers, text) is equal


@pytest.mark.parametrize(
    ("text", "is_decline"),
    [
        ("", True),
        ("I could not find an answer in the sources. Closest match: ...", True),
        ("The sources at hand do not answer this. The nearest they come: ...", True),
        ("I don't know.", True),
        ("Insufficient information.", True),
        ("The provided context does not mention it.", True),
        ("Nobody knows when it began.", False),
        ("The Unknown Soldier", False),
        ("None of the three", False),
    ],
)
def test_declines_of_other_systems_are_told_by_their_words(text: str, is_decline: bool) -> None:
    assert declines(text) is is_decline


def passage(text: str) -> Evidence:
    return Evidence("a", None, "", "CNN", None, text)


@pytest.mark.parametrize(
    ("markers", "recall", "precision"),
    [
        ((1,), 1.0, 1.0),
        ((1, 3), 1.0, 0.5),
        ((3,), 0.0, 0.0),
        ((), 0.0, None),
        ((9,), 0.0, None),
        ((2, 4), 1.0, 1.0),
    ],
)
def test_citation_recall_and_precision_are_those_of_alce(
    markers: tuple[int, ...], recall: float, precision: float | None
) -> None:
    """2 and 4 support the claim only together, 1 does alone, 3 says something else."""
    passages = {
        1: passage("The Ouldan flooded Brackenford in September, 1,240 people fled."),
        2: passage("The Ouldan flooded Brackenford."),
        3: passage("Heron-2 took off."),
        4: passage("In September 1,240 people fled."),
    }
    claim = Claim("The Ouldan flooded Brackenford in September and 1,240 people fled.", markers, "verified")
    found = alce([claim], passages, LexicalJudge())
    assert (found["citation_recall"], found.get("citation_precision")) == (recall, precision)


def test_the_lexical_judge_sees_numbers_and_negation() -> None:
    judge = LexicalJudge()
    assert judge.supports(
        "The bank cut its rate to 3.25 per cent on Thursday.", "The bank cut its rate to 3.25 per cent."
    )
    assert not judge.supports("The bank cut its rate to 3.5 per cent.", "The bank cut its rate to 3.25 per cent.")
    assert not judge.supports("The bank did not cut its rate.", "The bank cut its rate.")


def test_declines_have_precision_recall_and_f1() -> None:
    declined, unanswerable = np.array([1.0, 1.0, 0.0, 0.0]), np.array([1.0, 0.0, 1.0, 1.0])
    assert decline_precision(declined, unanswerable) == 0.5
    assert decline_recall(declined, unanswerable) == pytest.approx(1 / 3)
    assert decline_f1(declined, unanswerable) == pytest.approx(0.4)
    assert np.isnan(decline_f1(declined, np.zeros(4)))


def test_confidence_that_tells_right_from_wrong_has_the_smaller_area() -> None:
    correct = np.array([1.0, 0.0, 1.0, 0.0])
    telling, misleading, silent = (np.array(c) for c in ([0.9, 0.2, 0.8, 0.1], [0.1, 0.8, 0.2, 0.9], [0.5] * 4))
    areas = [float(risk_coverage_area(one, correct)) for one in (telling, silent, misleading)]
    # By hand: risks 0, 0, 1/3, 1/2; 1/2 throughout; 1, 1, 2/3, 1/2.
    assert areas == pytest.approx([5 / 24, 1 / 2, 19 / 24])


def test_an_undated_article_counts_as_known_at_any_time() -> None:
    dated = Article("a", "Rain", "It rained on Monday.", published_at=parse_iso("2026-09-01"))
    corpus = Corpus((dated, Article("b", "Snow", "It snowed on Tuesday.")))
    assert corpus.known_since(["Tuesday", "Monday"]) == ALWAYS
    assert corpus.known_since(["monday"]) == datetime(2026, 9, 1, tzinfo=UTC)
    assert corpus.known_since(["Wednesday"]) is None


def test_an_interval_holds_the_mean_and_narrows_with_more_cases() -> None:
    few, many = (np.tile([0.0, 1.0, 1.0, 0.0], n)[None, :] for n in (5, 500))
    wide, narrow = estimate(few, mean), estimate(many, mean)
    assert wide
    assert narrow
    assert wide.low < wide.value == 0.5 < wide.high
    assert narrow.high - narrow.low < (wide.high - wide.low) / 3
    assert estimate(few, mean) == wide


def test_the_interval_of_a_difference_is_paired() -> None:
    first = np.tile([0.0, 1.0], 50)[None, :]
    shifted = difference(first, first + 0.1, mean)
    assert shifted
    assert (shifted.low, shifted.high) == pytest.approx((0.1, 0.1))
