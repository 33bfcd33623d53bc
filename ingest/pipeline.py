"""From sources to the library: read, record, index by words, embed."""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Literal

from ingest.dedup.boilerplate import Boilerplate, outlet_of, paragraph_keys, without_boilerplate
from ingest.dedup.clusters import cluster_new
from ingest.dedup.identity import content_digest, known_as, newly_named, own_ids
from ingest.dedup.minhash import bands_of, signature_of
from ingest.formats.files import (
    Blocked,
    ListingRead,
    RawInput,
    RawPage,
    RawRecord,
    Skipped,
    Unmodified,
    Unreadable,
    raw_inputs,
)
from ingest.normalize.records import ParsedRecord, read_in_sandbox
from ingest.report import Report, printable
from ingest.sandbox import unforeseen
from rag.errors import EmbeddingError, RefusedArticle, UnstorableError
from rag.indexes.chunking import passages_of
from rag.library.library import LAST_INGEST_FACT, Library
from rag.library.writer import LibraryWriter
from rag.models import Article
from rag.store import NewArticle, StoredVersion
from rag.store.blocked_names import IncomingArticle
from rag.store.visits import Result, Visit, VisitOutcome
from rag.urls import is_same_owner

log = logging.getLogger(__name__)

_BATCH = 200
_CLEANED, _NOT_YET = "boilerplate", "not taken out yet"
"""A fact of the library, and its value between the first article that a run takes in and the last it cleans."""
_SHOWN = 120
"""Characters of a paragraph that the report shows."""
TAKEN_OUT = "left out: it was withdrawn or forgotten; give --again to take it in again"
_NEWS: tuple[Result, ...] = ("added", "updated")

Outcome = Literal["added", "updated", "unchanged", "duplicate", "refused"]
Progress = Callable[[int, int], None]
"""Called with passages embedded and passages to embed."""


def ingest(sources: Sequence[Path], library: Library, *, progress: Progress = lambda _done, _all: None) -> Report:
    """Brings everything that files and folders hold into the library; see `ingest_inputs`."""
    return ingest_inputs(chain.from_iterable(map(raw_inputs, sources)), library, progress=progress)


def ingest_inputs(
    inputs: Iterable[RawInput],
    library: Library,
    *,
    progress: Progress = lambda _done, _all: None,
    again: bool = False,
) -> Report:
    """Brings inputs into the library.

    Args:
        inputs: Read already, or while this goes on.
        library: Open; this takes its write lock.
        progress: Told how far embedding is.
        again: Take in again what was withdrawn or forgotten.

    Returns:
        The counts; nothing that was seen is missing from them.

    Raises:
        LibraryBusyError: Another process is writing to the library.
    """
    report = Report()
    with report.timed(), library.writing() as writer:
        intake = _Run(writer, report, again=again)
        with writer.embedding_ahead():
            intake.take(inputs)
        _embed(writer, report, progress)
        intake.count(pending=writer.pending())
    library.record.facts.set(LAST_INGEST_FACT, json.dumps(report.counts(datetime.now(UTC))))
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


class _Run:
    """Takes inputs in, batch by batch, and remembers what became of each."""

    def __init__(self, writer: LibraryWriter, report: Report, *, again: bool) -> None:
        self._writer = writer
        self._report = report
        self._again = again
        self._left_out = 0
        self._known: dict[str, StoredVersion] = {}
        self._unstored: dict[str, Article] = {}
        self._inputs: dict[str, str] = {}
        self._outcomes: list[tuple[str, Outcome]] = []
        self._boilerplate = Boilerplate(writer.record.fingerprints, self._held)
        self._began = self._was_killed = False
        self._cut_out: dict[tuple[str | None, str], set[str]] = {}
        self._settled: list[VisitOutcome] = []
        self._reason = ""  # of the last refusal

    def take(self, inputs: Iterable[RawInput]) -> None:
        batch: list[tuple[ParsedRecord, str]] = []
        for one in self._new(inputs):
            batch.append(one)
            if len(batch) == _BATCH:
                self._store(batch)
                batch = []
        self._store(batch)
        if self._writer.record.facts.get(_CLEANED) == _NOT_YET:
            self._clean_earlier()
            self._writer.record.facts.set(_CLEANED, "")
        self._name_cut_out()

    def count(self, *, pending: set[str]) -> None:
        taken_in = [one for one in self._outcomes if one[1] != "refused"]  # those the report has counted
        outcomes = Counter("pending" if one in pending else outcome for one, outcome in taken_in)
        for outcome, number in outcomes.items():
            setattr(self._report, outcome, number)
        self._report.unchanged += self._left_out

    def _store(self, batch: Sequence[tuple[ParsedRecord, str]]) -> None:
        self._record(batch)
        self._writer.index_words()
        cluster_new(self._writer.record.fingerprints)
        self._unstored.clear()
        self._note_visits()

    def _record(self, batch: Sequence[tuple[ParsedRecord, str]]) -> None:
        """Puts a batch into the record; where that refuses it, one article at a time, so that only the bad one is."""
        try:
            self._put(batch)
        except UnstorableError as error:
            if len(batch) > 1:
                for one in batch:
                    self._record([one])
            else:
                self._take_back(batch[0][0].article.id, str(unforeseen(error)))

    def _put(self, batch: Sequence[tuple[ParsedRecord, str]]) -> None:
        if batch and not self._began:
            # A run that is killed before it has cleaned leaves that to the next, which may see nothing new.
            self._was_killed = self._writer.record.facts.get(_CLEANED) == _NOT_YET
            self._writer.record.facts.set(_CLEANED, _NOT_YET)
            self._began = True
        self._writer.record.fingerprints.add_paragraphs(
            (outlet, reading.article.id, paragraph_keys(reading.article.text))
            for reading, _ in batch
            if (outlet := outlet_of(reading.article))
        )
        self._boilerplate.forget_articles()
        intakes = [self._intake(reading, digest) for reading, digest in batch]
        self._writer.put(intakes)
        self._report.passages += sum(len(intake.passages) for intake in intakes)

    def _take_back(self, article_id: str, reason: str) -> None:
        """Counts an article as refused that was counted as taken in."""
        news = [at for at, (one, outcome) in enumerate(self._outcomes) if one == article_id and outcome in _NEWS]
        self._outcomes[news[-1]] = (article_id, "refused")
        self._known.pop(article_id, None)
        self._report.refuse(article_id, reason)
        self._settled = [
            replace(one, result="refused", articles=(), reason=reason) if article_id in one.articles else one
            for one in self._settled
        ]

    def _note_visits(self) -> None:
        """Remembers visits once their articles are in the record, and withdraws what is gone."""
        settled, self._settled = self._settled, []
        for address, ids in self._writer.record.crawl_state.gone(settled).items():
            if self._writer.withdraw([one for one in ids if self._is_at(address, one)]):
                self._report.warn(address, "is gone; its article was withdrawn")
        self._writer.record.crawl_state.note(settled)

    def _is_at(self, address: str, article_id: str) -> bool:
        """The address is on the article's own site: what another one answers is not its outlet's word."""
        article = self._writer.record.current(article_id)
        return article is None or not article.url or _is_owners(address, article)

    def _intake(self, reading: ParsedRecord, digest: str) -> NewArticle:
        article = self._without_boilerplate(reading.article)
        signature = signature_of(article.text)
        return NewArticle(
            article=article,
            passages=passages_of(article),
            original=reading.original,
            raw_digest=digest,
            signature=None if signature is None else signature.tobytes(),
            bands=() if signature is None else bands_of(signature),
        )

    def _without_boilerplate(self, article: Article, *, earlier: bool = False) -> Article:
        whole = self._writer.record.original_length(article.id) if earlier else len(article.text)
        cleaned = without_boilerplate(article.text, self._boilerplate.among(article), whole=whole)
        for paragraph in cleaned.removed:
            self._cut_out.setdefault((article.source, paragraph), set()).add(article.id)
        return replace(article, text=cleaned.text, headline_only=not any(letter.isalnum() for letter in cleaned.text))

    def _clean_earlier(self) -> None:
        """Takes boilerplate out of articles that came before it was known to be some."""
        self._boilerplate.forget_articles()
        if self._was_killed or not self._began:
            for one in self._writer.record.articles():
                self._boilerplate.among(one)
        for outlet, keys in self._boilerplate.found.items():
            for article_id in self._writer.record.fingerprints.holders(outlet, keys) if keys else []:
                article = self._writer.record.current(article_id)
                cleaned = self._without_boilerplate(article, earlier=True) if article else None
                if cleaned and article and cleaned.text != article.text:
                    self._writer.rechunk(cleaned)
        self._writer.index_words()

    def _name_cut_out(self) -> None:
        """Names in the report what was taken out of texts, the most frequent first."""
        for (outlet, paragraph), articles in sorted(self._cut_out.items(), key=lambda one: -len(one[1])):
            shown = paragraph if len(paragraph) <= _SHOWN else f"{paragraph[:_SHOWN]}…"
            count = f"{len(articles)} article{'' if len(articles) == 1 else 's'}"
            self._report.warn(outlet or "unknown outlet", f"left out of {count} as boilerplate: “{shown}”")

    def _new(self, inputs: Iterable[RawInput]) -> Iterator[tuple[ParsedRecord, str]]:
        for one in inputs:
            match one:
                case RawRecord():
                    yield from self._changed(one)
                case RawPage():
                    yield from self._page(one)
                case _:
                    self._nothing_new(one)

    def _nothing_new(self, one: Unmodified | ListingRead | Unreadable | Skipped | Blocked) -> None:
        match one:
            case Unmodified():
                self._unchanged(one.articles)
                self._settled.append(VisitOutcome(one.visit, "unchanged", one.articles))
            case ListingRead(visit):
                self._settled.append(VisitOutcome(visit, "unchanged"))
            case Unreadable():
                self._refuse(one)
            case Skipped(origin, reason):
                self._report.warn(origin, f"left out: {reason}")
            case Blocked(origin):
                self._leave_out(origin)

    def _refuse(self, one: Unreadable) -> None:
        self._report.refuse(one.origin, one.reason)
        if one.visit:
            result: Result = "refused" if one.unchanged else "failed"
            self._settled.append(VisitOutcome(one.visit, result, reason=printable(one.reason)))

    def _page(self, page: RawPage) -> Iterator[tuple[ParsedRecord, str]]:
        refused, so_far, left_out = self._report.refused, len(self._outcomes), self._left_out
        yield from self._changed(page, page.visit)
        if page.visit is None:
            return
        ids, outcomes = zip(*self._outcomes[so_far:], strict=True) if self._outcomes[so_far:] else ((), ())
        if self._left_out > left_out and not ids:
            return  # nothing of what was forgotten is noted anew, its address neither
        if self._report.refused > refused:
            self._settled.append(VisitOutcome(page.visit, "refused", ids, self._reason))
        else:
            result: Result = next((one for one in _NEWS if one in outcomes), "unchanged")
            self._settled.append(VisitOutcome(page.visit, result, tuple(dict.fromkeys(ids))))

    def _unchanged(self, article_ids: Iterable[str]) -> None:
        for one in article_ids:
            self._outcomes.append((one, "duplicate" if one in self._known else "unchanged"))

    def _changed(self, raw: RawRecord | RawPage, visit: Visit | None = None) -> Iterator[tuple[ParsedRecord, str]]:
        """What of an input is new or changed; one with the bytes of an earlier one is not read again.

        That does not hold for an address that held something else the last time: what it holds now is the newest,
        though it may have held it before.
        """
        came_before = [] if visit and visit.differs else self._writer.record.ids_of_input(raw.digest)
        taken_out = self._writer.record.blocklist.holding_ids(came_before)
        comes_back = taken_out and self._again and self._writer.record.is_newest_input(raw.digest)
        if came_before and not comes_back:
            self._unchanged(came_before)
            if taken_out and not self._again:
                self._report.warn(raw.origin, TAKEN_OUT)
            return
        for one in _readings(raw):
            if isinstance(one, RefusedArticle):
                self._reason = printable(str(one))
                self._report.refuse(raw.origin, self._reason)
            else:
                yield from self._read(*one, visit)

    def _read(self, raw: RawRecord, reading: ParsedRecord, visit: Visit | None) -> Iterator[tuple[ParsedRecord, str]]:
        held = known_as(reading.article, reading.identity, self._held, partial(self._is_beside, raw))
        taken_out = self._taken_out(reading, held, visit)
        if taken_out and not self._again:
            self._leave_out(raw.origin)
            return
        if taken_out:
            self._writer.record.blocklist.lift(taken_out)
            self._report.warn(raw.origin, "it had been withdrawn or forgotten; taken in again")
        article = held or newly_named(reading.article, reading.identity, self._is_taken)
        reading = replace(reading, article=self._as_known(article, visit))
        self._inputs[reading.article.id] = _input_of(raw)
        for warning in reading.warnings:
            self._report.warn(raw.origin, warning)
        returns = bool(taken_out) or (visit is not None and visit.returns)
        outcome = self._outcome(reading.article, returns=returns, captured_at=raw.captured_at)
        if outcome in ("added", "updated"):
            article = replace(reading.article, version=self._known[reading.article.id].version)
            self._unstored[article.id] = article
            yield replace(reading, article=article), raw.digest

    def _as_known(self, article: Article, visit: Visit | None) -> Article:
        """The article as what it is known under its id already where nothing new is said."""
        held = self._held(article.id)
        if held is None or held.digest == article.digest:
            return article
        if held.source != article.source and visit and not _is_owners(visit.source, article):
            article = replace(article, source=held.source)
        # One story under several spellings of its address stays under the first.
        same = replace(article, url=held.url)
        article = same if content_digest(same) == held.digest else article
        return replace(article, digest=content_digest(article))

    def _held(self, article_id: str) -> Article | None:
        return self._unstored.get(article_id) or self._writer.record.newest(article_id)

    def _is_taken(self, article_id: str) -> bool:
        """An id is an article's that is held, or one's that was forgotten and may come back under it."""
        return self._held(article_id) is not None or bool(self._writer.record.blocklist.holding_ids([article_id]))

    def _is_beside(self, raw: RawRecord, article_id: str) -> bool:
        """This run took the newest version under an id from another record of the same file or page."""
        return self._inputs.get(article_id) == _input_of(raw)

    def _leave_out(self, origin: str) -> None:
        self._left_out += 1
        self._report.warn(origin, TAKEN_OUT)

    def _taken_out(self, reading: ParsedRecord, held: Article | None, visit: Visit | None) -> frozenset[str]:
        """What the operator took out that this is, under whatever name.

        The same id says nothing of what is in the library under its own.
        """
        blocklist = self._writer.record.blocklist
        withdrawn = blocklist.holding_ids([held.id]) if held else frozenset[str]()
        ids = () if held and not withdrawn else own_ids(reading.article, reading.identity)
        found_at = [one for one in (visit.address, visit.url) if one] if visit else []
        return withdrawn | blocklist.holding(IncomingArticle(reading.article, reading.original, ids, found_at))

    def _outcome(self, article: Article, *, returns: bool, captured_at: datetime | None) -> Outcome:
        seen_now, now = article.id in self._known, article.fetched_at or datetime.now(UTC)
        known = self._known.get(article.id) or self._writer.record.stored_version(article.id)
        outcome: Outcome = "duplicate" if seen_now else "unchanged"
        if known is None:
            outcome, known = "added", StoredVersion(1, article.digest, now)
        elif captured_at and captured_at < known.fetched_at:
            pass  # an archive's page that is older than the version at hand
        elif known.digest != article.digest or (returns and not seen_now):
            outcome, known = "updated", StoredVersion(known.version + 1, article.digest, now)
        self._known[article.id] = known
        self._outcomes.append((article.id, outcome))
        return outcome


def _input_of(raw: RawRecord) -> str:
    return raw.digest if raw.page else raw.file


def _is_owners(address: str, article: Article) -> bool:
    """The address is on the article's own site, so that its owner speaks for the article."""
    try:
        return is_same_owner(address, article.fetched_from or article.url or "")
    except ValueError:
        return False


def _readings(raw: RawRecord | RawPage) -> Iterator[tuple[RawRecord, ParsedRecord] | RefusedArticle]:
    """What an input amounts to; a refusal is all that comes of what goes wrong in reading a record of it."""
    records = raw.records()
    while True:
        try:
            record = next(records, None)
            if record is None:
                return
            reading: tuple[RawRecord, ParsedRecord] | RefusedArticle = (record, read_in_sandbox(record))
        except RefusedArticle as refusal:
            reading = refusal
        except Exception as error:  # noqa: BLE001 - the outermost boundary of one input
            reading = unforeseen(error)
        yield reading
