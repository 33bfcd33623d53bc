"""What is measured on an answer.

`llm_judge` loads a language model's library, so import it from its module.
"""

from evals.metrics.abstention import decline_f1, decline_precision, decline_recall, risk_coverage_area, risks
from evals.metrics.answers import answer_metrics, says_accepted
from evals.metrics.bootstrap import Estimate, Statistic, Values, difference, estimate, mean, quantile
from evals.metrics.citations import citation_metrics
from evals.metrics.judges import Judge, LexicalJudge
from evals.metrics.retrieval import CUTOFFS, MOST_RANKS, first_rank, ranking_metrics, within

__all__ = [
    "CUTOFFS",
    "Estimate",
    "Judge",
    "LexicalJudge",
    "MOST_RANKS",
    "Statistic",
    "Values",
    "answer_metrics",
    "citation_metrics",
    "decline_f1",
    "decline_precision",
    "decline_recall",
    "difference",
    "estimate",
    "first_rank",
    "mean",
    "quantile",
    "ranking_metrics",
    "risk_coverage_area",
    "risks",
    "says_accepted",
    "within",
]
