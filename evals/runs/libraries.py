"""The library that a suite is asked of: made once for a corpus and settings, then kept."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.datasets import Corpus, Suite, article_line, article_of, path_digest, read_corpus
from evals.runs.provenance import fingerprint, library_digest
from ingest.pipeline import ingest
from ingest.report import Report
from rag.errors import EmbeddingError
from rag.library.library import Library, make_library, open_library
from rag.settings import Settings

_COMPLETE = "complete.json"
_ARTICLES = "corpus.jsonl"
_FOLDER = "evals"
_DIGITS = 12
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class SuiteLibrary:
    """A library ready to be asked.

    Attributes:
        settings: Those that opened it: `data` is its own folder.
        digest: Of its corpus.
        facts: What ingest counted when it was made; empty for a library that was there already.
    """

    library: Library
    settings: Settings
    corpus: Corpus
    digest: str
    facts: dict[str, Any]


@contextmanager
def suite_library(suite: Suite, settings: Settings, *, progress: Progress) -> Iterator[SuiteLibrary]:
    """The suite's own library under `DATA/evals`, or for a suite without corpus the one at `DATA`.

    Raises:
        LibraryError: It cannot be made or opened.
        EmbeddingError: Its passages cannot all be embedded.
    """
    if suite.corpus is None:
        library = open_library(settings)
        corpus = Corpus(tuple(library.record.articles()))
        opened = SuiteLibrary(library, settings, corpus, _articles_digest(corpus), {})
    else:
        digest = path_digest(suite.corpus)
        folder = settings.data / _FOLDER / f"{suite.name}-{library_digest(digest, settings)[:_DIGITS]}"
        own = settings.model_copy(update={"data": folder})
        library = make_library(own)
        facts = _filled(library, suite.corpus, progress)
        opened = SuiteLibrary(library, own, _kept_corpus(folder, suite.corpus), digest, facts)
    try:
        yield opened
    finally:
        library.close()


def corpus_of(suite: Suite, settings: Settings) -> tuple[Corpus, str]:
    """The suite's corpus and its digest, without making a library of it."""
    if suite.corpus is not None:
        return read_corpus(suite.corpus), path_digest(suite.corpus)
    library = open_library(settings)
    try:
        corpus = Corpus(tuple(library.record.articles()))
    finally:
        library.close()
    return corpus, _articles_digest(corpus)


def _filled(library: Library, corpus: Path, progress: Progress) -> dict[str, Any]:
    """Ingests the corpus unless an earlier run did; one that was killed is taken up where it was."""
    complete = library.folder / _COMPLETE
    if complete.exists():
        facts: dict[str, Any] = json.loads(complete.read_text("utf-8"))
        return facts
    report = ingest([corpus.resolve()], library, progress=progress)
    if report.pending:
        raise EmbeddingError(f"{report.pending} articles of {corpus} could not be embedded; run this again")
    facts = _facts(report)
    complete.write_text(json.dumps(facts, ensure_ascii=False) + "\n", "utf-8")
    return facts


def _kept_corpus(folder: Path, corpus: Path) -> Corpus:
    """The corpus as it was read when the library was made; reading thousands of articles takes a minute."""
    kept = folder / _ARTICLES
    if not kept.exists():
        draft = kept.with_suffix(".new")
        draft.write_text("".join(map(article_line, read_corpus(corpus).articles)), "utf-8")
        draft.replace(kept)
    with kept.open(encoding="utf-8") as lines:
        return Corpus(tuple(map(article_of, lines)))


def _facts(report: Report) -> dict[str, Any]:
    counts = report.as_json()
    return {name: counts[name] for name in ("seen", "refused", "duplicate", "refusals")}


def _articles_digest(corpus: Corpus) -> str:
    return fingerprint({article.id: article.digest for article in corpus.articles})
