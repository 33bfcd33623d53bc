"""From raw inputs to parsed records, each in the sandbox; what goes wrong refuses one record only."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ingest.extract.html import page_records
from ingest.extract.page_metadata import Evidence, PageRecord, with_evidence
from ingest.models import RawPage, RawRecord
from ingest.normalize.dates import DateOf, news_date
from ingest.normalize.records import ParsedRecord, read_in_sandbox
from ingest.sandbox import reader, unforeseen
from rag.errors import RefusedArticle

_PAGE_DATES: tuple[tuple[str, DateOf, str], ...] = (
    ("published_at", "published", "publication date"),
    ("updated_at", "updated", "update date"),
)


def records_of(raw: RawRecord | RawPage) -> Iterator[RawRecord]:
    """Yield the record itself, or the records of a page: one article, or the entries of a live blog.

    Raises:
        RefusedArticle: The page holds no article, or it takes too long to find one; at the end, entries were left out.
    """
    if isinstance(raw, RawRecord):
        yield raw
        return
    captured, address = (raw.evidence.captured_at, raw.evidence.url) if raw.evidence else (None, None)
    left_out = 0
    for record in reader.read(records_of_page, raw.page, raw.evidence):
        left_out = record.left_out
        yield RawRecord(
            raw.origin,
            record.fields,
            raw.digest,
            record.dates,
            page=True,
            address=address,
            captured_at=captured,
            remarks=record.remarks,
            opt_outs=record.opt_outs,
        )
    if left_out:
        raise RefusedArticle(f"{left_out:,} entries of the live blog are too many; those before them are read")


def records_of_page(page: str, evidence: Evidence | None) -> tuple[PageRecord, ...]:
    """The records of a page with what is known of it besides; runs in the bounded process.

    Raises:
        RefusedArticle: The page holds no article.
    """
    if evidence is None:
        return tuple(map(_with_readable_dates, page_records(page)))
    records = page_records(page, fetched=evidence.url, asked=evidence.asked, listed_text=evidence.text)
    return tuple(with_evidence(_with_readable_dates(record), evidence) for record in records)


def _with_readable_dates(record: PageRecord) -> PageRecord:
    """The record with the dates that can be read, of each those of the best worth; if none can, with a remark."""
    fields, dates, remarks = dict(record.fields), record.dates, list(record.remarks)
    language = fields.get("language")
    language = language if isinstance(language, str) else None
    for name, of, called in _PAGE_DATES:
        given = [(fields.get(name), record.dates), *record.further_dates.get(name, ())]
        given = [(date, worth) for date, worth in given if date]
        readable = [(date, worth) for date, worth in given if _why_unreadable(date, of, language=language) is None]
        if given and not readable:
            reason = _why_unreadable(given[0][0], of, language=language)
            remarks.append(f"{called}: {reason}; ingested without it")
        best = readable[0][1] if readable else record.dates
        fields[name] = [date for date, worth in readable if worth == best]
        dates = best if readable and name == "published_at" else dates
    return replace(record, fields=fields, dates=dates, remarks=tuple(remarks))


def _why_unreadable(date: Any, of: DateOf, *, language: str | None) -> str | None:
    try:
        news_date(date, of=of, language=language)
    except ValueError as error:
        return str(error)
    return None


def parsed_records(raw: RawRecord | RawPage) -> Iterator[tuple[RawRecord, ParsedRecord] | RefusedArticle]:
    """Yield each record of an input, parsed, or why it is refused."""
    records = records_of(raw)
    while True:
        try:
            record = next(records, None)
            if record is None:
                return
            parsed: tuple[RawRecord, ParsedRecord] | RefusedArticle = (record, read_in_sandbox(record))
        except RefusedArticle as refusal:
            parsed = refusal
        except Exception as error:  # noqa: BLE001 - the outermost boundary of one input
            parsed = unforeseen(error)
        yield parsed
