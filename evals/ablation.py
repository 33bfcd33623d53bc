"""`python -m evals ablate SUITE_DIR`: what each part of retrieval is worth, one switched off at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from evals.datasets import Suite
from evals.runs import Options, Scorer, Selection, Summary, embedding_progress, run_over, suite_library
from evals.targets import Searched
from rag.engine import Dateline, dateline_over
from rag.models import Filters, Hit
from rag.retrieval.hybrid import HybridRetriever
from rag.retrieval.ranking import Weights
from rag.settings import Settings

METRICS = (
    "answer_string_at_1",
    "answer_string_at_5",
    "answer_string_at_10",
    "gold_article_at_1",
    "gold_article_at_5",
    "gold_article_at_10",
)
_WHOLE = Weights()
WITHOUT: dict[str, Weights] = {
    "everything on": _WHOLE,
    "no vectors (words only)": replace(_WHOLE, vector=0.0),
    "no words (vectors only)": replace(_WHOLE, lexical=0.0),
    "no time prior": replace(_WHOLE, newness=0.0),
    "no folding of like passages": replace(_WHOLE, same_text=1.1),
    "any number of passages of one story": replace(_WHOLE, per_story=10_000),
    "no preference for mentioned outlets": replace(_WHOLE, mentioned=1.0),
}


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A Dateline that takes every question as it is written: no time, outlet or kind is read from it."""

    dateline: Dateline

    def search(self, question: str, *, k: int = 10, as_of: datetime | None = None) -> tuple[Hit, ...]:
        """The best passages for the bare question."""
        query = self.dateline.understand(question, as_of=as_of)
        bare = replace(query, filters=Filters(), window=None, mentioned=(), newest=True)
        return self.dateline.retriever.search(bare, k=k)


def ablations(suite: Suite, settings: Settings, out: Path, selection: Selection) -> Iterator[tuple[str, Summary]]:
    """Runs the suite once with all parts and once without each; yields the part's name and the figures.

    Raises:
        DatelineError: The library or the embedding model cannot be used.
    """
    with suite_library(suite, settings, progress=embedding_progress()) as opened:
        scorer = Scorer(opened.corpus, Options(out).judge, None)
        whole = dateline_over(opened.library, opened.settings)
        targets = {
            name: Searched(replace(whole, retriever=HybridRetriever(opened.library, weights=weights)), name=name)
            for name, weights in WITHOUT.items()
        } | {"no reading of time, outlets, kind": Searched(NotUnderstood(whole), name="not understood")}
        for number, (name, target) in enumerate(targets.items()):
            options = Options(out / str(number), selection, retrieval_only=True, replaces=True)
            yield name, run_over(suite, target, scorer, options, opened).summary


def ablation_row(name: str, summary: Summary) -> str:
    """A row of a Markdown table: each figure with its interval."""
    figures = (summary.metrics.get(metric) for metric in METRICS)
    cells = (
        "" if estimate is None else f"{estimate.value:.3f} ({estimate.low:.2f}-{estimate.high:.2f})"
        for estimate in figures
    )
    return f"| {name} | {' | '.join(cells)} |"
