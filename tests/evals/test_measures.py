"""Metrics, matching and intervals: pure, and checked against what the field uses."""

import random

import ir_measures
import numpy as np
import pytest

from evals.matching import any_stands_in, normalised
from evals.metrics_answers import exact_match, token_f1
from evals.metrics_retrieval import (
    average_precision_at_k,
    ndcg_at_k,
    precision_at_k,
    recall_at_k,
    reciprocal_rank_at_k,
)
from evals.statistics import difference, estimate, mean


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
