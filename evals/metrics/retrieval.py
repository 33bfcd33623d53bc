"""How well the ranking found the gold articles and the answer string; pure functions.

Sources: Manning, Raghavan & Schuetze, *Introduction to Information Retrieval* (2008), ch. 8, for
precision, recall and average precision; Voorhees, *The TREC-8 Question Answering Track Report*
(1999), for reciprocal rank; Jaervelin & Kekaelaeinen, *Cumulated gain-based evaluation of IR
techniques*, TOIS 2002, for nDCG. Values are checked against `ir-measures` in the tests.
"""

import math
from collections.abc import Sequence, Set

CUTOFFS = (1, 5, 10)
MOST_RANKS = 10


def recall_at_k(ranked: Sequence[str], relevant: Set[str], *, k: int) -> float:
    """Share of the relevant articles among the first `k`.

    Args:
        ranked: Articles, best first, each once.
        relevant: Gold articles; must not be empty.
        k: Cut-off rank, at least 1.

    Raises:
        ValueError: `relevant` is empty (the question has no gold evidence).
    """
    return len(relevant & set(ranked[:k])) / _count(relevant)


def precision_at_k(ranked: Sequence[str], relevant: Set[str], *, k: int) -> float:
    """Share of the first `k` places that hold a relevant article; an empty place counts as wrong."""
    _count(relevant)
    return len(relevant & set(ranked[:k])) / k


def reciprocal_rank_at_k(ranked: Sequence[str], relevant: Set[str], *, k: int) -> float:
    """One over the rank of the first relevant article; 0 where none is among the first `k`."""
    _count(relevant)
    rank = next((rank for rank, item in enumerate(ranked[:k], 1) if item in relevant), None)
    return 1 / rank if rank else 0.0


def ndcg_at_k(ranked: Sequence[str], relevant: Set[str], *, k: int) -> float:
    """Discounted cumulative gain of the first `k` as a share of the best possible; binary gains."""
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(_count(relevant), k) + 1))
    return sum(1 / math.log2(rank + 1) for rank, item in enumerate(ranked[:k], 1) if item in relevant) / ideal


def average_precision_at_k(ranked: Sequence[str], relevant: Set[str], *, k: int) -> float:
    """Mean, over the relevant articles, of the precision where each was found; 0 for one that was not."""
    hits, total = 0, 0.0
    for rank, item in enumerate(ranked[:k], 1):
        if item in relevant:
            hits += 1
            total += hits / rank
    return total / _count(relevant)


def first_rank(relevant: Sequence[bool]) -> int | None:
    """The rank, from 1, of the first that is true."""
    return next((rank for rank, is_relevant in enumerate(relevant, 1) if is_relevant), None)


def within(rank: int | None, k: int) -> float:
    """1.0 where there is a rank and it is at most `k`."""
    return float(rank is not None and rank <= k)


def ranking_metrics(ranked: Sequence[str], relevant: Set[str]) -> dict[str, float]:
    """All of the above at every cut-off; all-evidence recall too where there is more than one gold article.

    All-evidence recall is 1 where every gold article is among the first `k` (Tang & Yang,
    *MultiHop-RAG*, COLM 2024, ask for this of multi-part questions).
    """
    metrics: dict[str, float] = {}
    for k in CUTOFFS:
        metrics[f"recall_at_{k}"] = recall_at_k(ranked, relevant, k=k)
        metrics[f"precision_at_{k}"] = precision_at_k(ranked, relevant, k=k)
        metrics[f"mrr_at_{k}"] = reciprocal_rank_at_k(ranked, relevant, k=k)
        metrics[f"ndcg_at_{k}"] = ndcg_at_k(ranked, relevant, k=k)
        metrics[f"map_at_{k}"] = average_precision_at_k(ranked, relevant, k=k)
        if len(relevant) > 1:
            metrics[f"all_evidence_at_{k}"] = float(recall_at_k(ranked, relevant, k=k) == 1)
    return metrics


def _count(relevant: Set[str]) -> int:
    if not relevant:
        raise ValueError("no relevant article: the question has no gold evidence")
    return len(relevant)
