"""From raw inputs to parsed records, each in the sandbox; what goes wrong refuses one record only."""

from collections.abc import Iterator

from ingest.extract.html import page_records
from ingest.extract.page_metadata import with_evidence
from ingest.models import RawPage, RawRecord
from ingest.normalize.records import ParsedRecord, read_in_sandbox
from ingest.sandbox import reader, unforeseen
from rag.errors import RefusedArticle


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
    for extracted in reader.read(page_records, raw.page, fetched=address):
        left_out = extracted.left_out
        record = with_evidence(extracted, raw.evidence) if raw.evidence else extracted
        yield RawRecord(
            raw.origin,
            record.fields,
            raw.digest,
            record.dates,
            page=True,
            address=address,
            captured_at=captured,
            remarks=record.remarks,
        )
    if left_out:
        raise RefusedArticle(f"{left_out:,} entries of the live blog are too many; those before them are read")


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
