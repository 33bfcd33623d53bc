"""One run: inputs are parsed, matched, cleaned, stored and indexed, batch by batch."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain, permutations
from pathlib import Path
from urllib.parse import urlsplit

from ingest.dedup.clusters import cluster_new
from ingest.dedup.minhash import bands_of, signature_of
from ingest.dedup.reissues import corrects
from ingest.formats.files import raw_inputs
from ingest.models import (
    Blocked,
    ListingRead,
    RawInput,
    RawPage,
    RawRecord,
    Recalled,
    Skipped,
    Unmodified,
    Unreadable,
)
from ingest.normalize.inputs import parsed_records
from ingest.normalize.records import ParsedRecord
from ingest.pipeline.cleaner import Cleaner
from ingest.pipeline.matcher import ArticleMatcher, of_own_site
from ingest.pipeline.outcomes import NEWS, Outcomes
from ingest.report import Report
from ingest.sandbox import unforeseen
from rag.errors import EmbeddingError, RefusedArticle, UnstorableError
from rag.indexes.chunking import passages_of
from rag.library.library import LAST_INGEST_FACT, Library
from rag.library.writer import LibraryWriter
from rag.models import Article
from rag.store import NewArticle
from rag.store.repositories.visits import Visit

_BATCH = 200

Progress = Callable[[int, int], None]
"""Called with the number of passages embedded, and of passages to embed."""
_Batch = Sequence[tuple[ParsedRecord, str]]
"""Parsed records with the digests of their inputs."""


def ingest(paths: Sequence[Path], library: Library, *, progress: Progress = lambda _done, _all: None) -> Report:
    """Ingest everything in files and folders; see `ingest_inputs`."""
    return ingest_inputs(chain.from_iterable(map(raw_inputs, paths)), library, progress=progress)


def ingest_inputs(
    inputs: Iterable[RawInput],
    library: Library,
    *,
    progress: Progress = lambda _done, _all: None,
    again: bool = False,
    obey_opt_outs: bool = False,
) -> Report:
    """Ingest inputs into a library.

    Args:
        inputs: Read already, or while this goes on.
        library: Open; this acquires its write lock.
        progress: Told how far embedding is.
        again: Ingest articles again that were withdrawn or forgotten.
        obey_opt_outs: Refuse pages whose outlets opt out of use by machines, which are only reported otherwise.

    Returns:
        The counts, which everything in `inputs` is part of.

    Raises:
        LibraryBusyError: Another process is writing to the library.
        StorageError: A file of the library cannot be read or written; everything stored before is safe.
    """
    report = Report()
    with report.timed(), library.writing() as writer:
        run = _Run(writer, report, again=again, obey_opt_outs=obey_opt_outs)
        with writer.embedding_ahead():
            run.take(inputs)
        _embed(writer, report, progress)
        run.count()
    library.record.facts.set(LAST_INGEST_FACT, json.dumps(report.counts(datetime.now(UTC))))
    return report


def resume(library: Library, *, progress: Progress = lambda _done, _all: None) -> Report:
    """Derive what the indexes lack from the record; `pending` counts the articles for which that failed."""
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


class _Run:
    """Ingests inputs batch by batch.

    Args:
        writer: Of the library.
        report: Told what happens to each input.
        again: As for `ingest_inputs`.
        obey_opt_outs: As for `ingest_inputs`.
    """

    def __init__(self, writer: LibraryWriter, report: Report, *, again: bool, obey_opt_outs: bool) -> None:
        self._writer = writer
        self._record = writer.record
        self._report = report
        self._again = again
        self._obey_opt_outs = obey_opt_outs
        self._opt_outs_said: set[tuple[str, tuple[str, ...]]] = set()
        self._outcomes = Outcomes(report)
        self._matcher = ArticleMatcher(writer.record)
        self._cleaner = Cleaner(writer, report, self._matcher.newest)
        self._recalled: list[Recalled] = []

    def take(self, inputs: Iterable[RawInput]) -> None:
        batch: list[tuple[ParsedRecord, str]] = []
        for parsed in self._new_articles(inputs):
            batch.append(parsed)
            if len(batch) == _BATCH:
                self._store(batch)
                batch = []
        self._store(batch)
        self._cleaner.finish()

    def count(self) -> None:
        self._outcomes.count(self._writer.pending())

    # Storing

    def _store(self, batch: _Batch) -> None:
        self._put_separately(batch)
        self._writer.index_words()
        self._retire_corrected(cluster_new(self._record.fingerprints))
        self._obey_recalls()
        self._matcher.all_stored()
        self._note_visits()

    def _put_separately(self, batch: _Batch) -> None:
        """Store a batch; if one of its articles cannot be stored, store them one by one, and refuse that one."""
        try:
            self._put(batch)
        except UnstorableError as error:
            if len(batch) > 1:
                for parsed in batch:
                    self._put_separately([parsed])
            else:
                cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
                article_id = batch[0][0].article.id
                self._outcomes.retract(article_id, str(unforeseen(cause)))
                self._matcher.forget(article_id)

    def _put(self, batch: _Batch) -> None:
        if batch:
            self._cleaner.add(parsed.article for parsed, _ in batch)
            new = [self._new_article(parsed, digest) for parsed, digest in batch]
            self._writer.put(new)
            self._report.passages += sum(len(article.passages) for article in new)

    def _new_article(self, parsed: ParsedRecord, digest: str) -> NewArticle:
        article = self._cleaner.cleaned(parsed.article)
        signature = signature_of(article.text)
        return NewArticle(
            article=article,
            passages=passages_of(article),
            original=parsed.original,
            raw_digest=digest,
            signature=None if signature is None else signature.tobytes(),
            bands=() if signature is None else bands_of(signature),
        )

    def _retire_corrected(self, clusters: Iterable[Sequence[Article]]) -> None:
        """Withdraw what its outlet issued again with an error put right; the record keeps it, marked."""
        for old, new in ((old, new) for cluster in clusters for old, new in permutations(cluster, 2)):
            if corrects(new, old) and self._writer.withdraw([old.id]):
                name = new.url or new.title or new.id
                self._report.warn(old.url or old.title or old.id, f"was withdrawn: its outlet corrected it in {name}")

    def _obey_recalls(self) -> None:
        """Withdraw what its agency recalled, whichever of the two files came first, but for a version issued later."""
        for recalled in self._recalled:
            article = self._record.current(recalled.id)
            if article and article.fetched_at and article.fetched_at <= recalled.issued_at:
                self._writer.withdraw([article.id], for_good=recalled.for_good)
                how = "cancelled" if recalled.for_good else "withholds"
                self._report.warn(recalled.origin, f"its agency {how} “{article.title}”; it was withdrawn")

    def _note_visits(self) -> None:
        """Store visits, now that their articles are stored, and withdraw articles that are gone."""
        visits = self._outcomes.take_visits()
        for address, article_ids in self._record.crawl_state.gone(visits).items():
            if self._writer.withdraw(of_own_site(self._record, address, article_ids)):
                self._report.warn(address, "is gone; its article was withdrawn")
        self._record.crawl_state.note(visits)

    # Reading

    def _new_articles(self, inputs: Iterable[RawInput]) -> Iterator[tuple[ParsedRecord, str]]:
        """Yield the articles of inputs that are new or changed, with the digests of their inputs."""
        for raw in inputs:
            match raw:
                case RawRecord():
                    yield from self._changed(raw)
                case RawPage():
                    mark = self._outcomes.mark()
                    yield from self._changed(raw, raw.visit)
                    if raw.visit:
                        self._outcomes.visited(raw.visit, mark)
                case _:
                    self._note_input(raw)

    def _note_input(self, raw: Unmodified | ListingRead | Unreadable | Skipped | Recalled | Blocked) -> None:
        match raw:
            case Unmodified():
                self._note_unchanged(raw.articles)
                self._outcomes.unchanged_at(raw.visit, raw.articles)
            case ListingRead(visit):
                self._outcomes.unchanged_at(visit)
            case Unreadable():
                self._outcomes.refuse_unreadable(raw)
            case Skipped(origin, reason):
                self._report.warn(origin, f"left out: {reason}")
            case Recalled():
                self._recalled.append(raw)
            case Blocked(origin):
                self._outcomes.block(origin)

    def _note_unchanged(self, article_ids: Iterable[str]) -> None:
        for article_id in article_ids:
            self._outcomes.add(article_id, "duplicate" if self._matcher.was_seen(article_id) else "unchanged")

    def _changed(self, raw: RawRecord | RawPage, visit: Visit | None = None) -> Iterator[tuple[ParsedRecord, str]]:
        """Yield what of an input is new or changed; an input with the bytes of an earlier one is not parsed again.

        Except if it comes from an address that held something else the last time: what the address holds now is
        the newest version, though it may have held it before.
        """
        earlier = [] if visit and visit.differs else self._record.ids_of_input(raw.digest)
        blocked = self._record.blocklist.holding_ids(earlier)
        comes_back = blocked and self._again and self._record.is_newest_input(raw.digest)
        if earlier and not comes_back:
            self._note_unchanged(earlier)
            if blocked and not self._again:
                self._outcomes.warn_blocked(raw.origin)
            return
        for parsed in parsed_records(raw):
            if isinstance(parsed, RefusedArticle):
                self._outcomes.refuse(raw.origin, str(parsed))
            elif parsed[0].opt_outs and self._obey_opt_outs:
                self._outcomes.refuse(raw.origin, f"{_opts_out(parsed[0])}; DATELINE_OPT_OUTS=report takes it in")
            else:
                self._say_opt_outs(parsed[0])
                yield from self._matched(*parsed, visit)

    def _say_opt_outs(self, raw: RawRecord) -> None:
        """Warn of a site's opt-outs, once in a run."""
        said = (urlsplit(raw.address).netloc if raw.address else raw.file, raw.opt_outs)
        if raw.opt_outs and said not in self._opt_outs_said:
            self._opt_outs_said.add(said)
            self._report.warn(raw.origin, f"{_opts_out(raw)}; taken in, DATELINE_OPT_OUTS=obey leaves such pages out")

    def _matched(self, raw: RawRecord, parsed: ParsedRecord, visit: Visit | None) -> Iterator[tuple[ParsedRecord, str]]:
        stored = self._matcher.stored_as(raw, parsed)
        blocked = self._matcher.blocked_as(parsed, stored, visit)
        if blocked and not self._again:
            self._outcomes.block(raw.origin)
            return
        if blocked:
            self._record.blocklist.lift(blocked)
            self._report.warn(raw.origin, "it had been withdrawn or forgotten; ingested again")
        article = self._matcher.named(raw, parsed, stored, visit)
        for warning in parsed.warnings:
            self._report.warn(raw.origin, warning)
        returns = bool(blocked) or (visit is not None and visit.returns)
        outcome = self._matcher.outcome(article, returns=returns, captured_at=raw.captured_at)
        self._outcomes.add(article.id, outcome)
        if outcome in NEWS:
            yield replace(parsed, article=self._matcher.numbered(article)), raw.digest


def _opts_out(raw: RawRecord) -> str:
    return f"its outlet opts out of use by machines ({'; '.join(raw.opt_outs)})"
