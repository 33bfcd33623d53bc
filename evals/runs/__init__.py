"""Running a suite, case by case."""

from evals.runs.case_evaluation import Scorer
from evals.runs.cases import CaseRecord, read_cases
from evals.runs.evaluation import Options, Run, Selection, embedding_progress, evaluate, run_over
from evals.runs.libraries import corpus_of, suite_library
from evals.runs.prices import read_prices
from evals.runs.provenance import fingerprint
from evals.runs.scorer import read_predictions
from evals.runs.summary import HEADLINE, LOWER_IS_BETTER, Summary, columns, statistics_of

__all__ = ["CaseRecord", "HEADLINE", "LOWER_IS_BETTER", "Options", "Run", "Scorer", "Selection", "Summary", "columns", "corpus_of", "embedding_progress", "evaluate", "fingerprint", "read_cases", "read_predictions", "read_prices", "run_over", "statistics_of", "suite_library"]
