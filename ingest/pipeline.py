"""From sources to the library: read, record, index by words, embed."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Literal

from ingest.files import LeftOut, RawInput, RawRecord, Unreadable, raw_inputs
from ingest.records import read_record
from ingest.report import Report
from rag.domain import Article
from rag.errors import EmbeddingError, RefusedArticle
from rag.library import Library, LibraryWriter
from rag.record import Known

log = logging.getLogger(__name__)

_BATCH = 200


Outcome = Literal["added", "updated", "unchanged", "duplicate"]
Progress = Callable[[int, int], None]
"""Called with passages embedded and passages to embed."""


def ingest(sources: Sequence[Path], library: Library, *, progress: Progress = lambda _done, _all: None) -> Report:
    """Brings everything the sources hold into the library.

    Args:
        sources: Files and folders.
        library: Open; this takes its write lock.
        progress: Told how far embedding is.

    Returns:
        The counts; nothing that was seen is missing from them.

    Raises:
        LibraryBusyError: Another process is writing to the library.
    """
    report = Report()
    with report.timed(), library.writing() as writer:
        intake = _Intake(writer, report)
        intake.take(chain.from_iterable(map(raw_inputs, sources)))
        _embed(writer, report, progress)
        intake.count(pending=writer.pending())
    return report


def resume(library: Library, *, progress: Progress = lambda _done, _all: None) -> Report:
    """Derives what the indexes lack from the record; `pending` counts what could not be."""
    report = Report()
    with report.timed(), library.writing() as writer:
        writer.index_words()
        _embed(writer, report, progress)
        report.pending = len(writer.pending())
    return report


def _embed(writer: LibraryWriter, report: Report, progress: Progress) -> None:
    total, done = writer.unembedded_passages(), 0
    try:
        for embedded in writer.index_vectors():
            done += embedded
            progress(done, total)
    except EmbeddingError as error:
        report.warn("embedding", f"{error}; the articles can be found by their words, run this again to finish them")


class _Intake:
    """Takes inputs in, batch by batch, and remembers what became of each."""

    def __init__(self, writer: LibraryWriter, report: Report) -> None:
        self._writer = writer
        self._report = report
        self._known: dict[str, Known] = {}
        self._outcomes: list[tuple[str, Outcome]] = []

    def take(self, inputs: Iterable[RawInput]) -> None:
        batch: list[Article] = []
        for article in self._new_articles(inputs):
            batch.append(article)
            if len(batch) == _BATCH:
                self._store(batch)
                batch = []
        self._store(batch)

    def count(self, *, pending: set[str]) -> None:
        outcomes = Counter("pending" if one in pending else outcome for one, outcome in self._outcomes)
        for outcome, number in outcomes.items():
            setattr(self._report, outcome, number)

    def _store(self, batch: list[Article]) -> None:
        self._report.passages += self._writer.put(batch)
        self._writer.index_words()

    def _new_articles(self, inputs: Iterable[RawInput]) -> Iterator[Article]:
        for one in inputs:
            match one:
                case Unreadable(origin, reason):
                    self._report.refuse(origin, reason)
                case LeftOut(origin, reason):
                    self._report.warn(origin, f"left out: {reason}")
                case RawRecord():
                    article = self._read(one)
                    outcome = self._outcome(article) if article else None
                    if article and outcome in ("added", "updated"):
                        yield replace(article, version=self._known[article.id].version)

    def _read(self, raw: RawRecord) -> Article | None:
        try:
            reading = read_record(raw.fields, origin=raw.origin, dates=raw.dates)
        except RefusedArticle as refusal:
            self._report.refuse(raw.origin, str(refusal))
            return None
        for warning in reading.warnings:
            self._report.warn(raw.origin, warning)
        return reading.article

    def _outcome(self, article: Article) -> Outcome:
        seen_now = article.id in self._known
        known = self._known.get(article.id) or self._writer.known(article.id)
        outcome: Outcome
        if known is None:
            outcome, version = "added", 1
        elif known.digest != article.digest:
            outcome, version = "updated", known.version + 1
        else:
            outcome, version = "duplicate" if seen_now else "unchanged", known.version
        self._known[article.id] = Known(version, article.digest)
        self._outcomes.append((article.id, outcome))
        return outcome
