"""Pages out of WARC files (ISO 28500), as Common Crawl News has them; damaged records cost only themselves.

A `.warc.gz` holds one gzip member for each record, so after a damaged one the next member is looked
for; in an uncompressed file, the next line that begins a record. warcio alone stops there.
"""

import hashlib
import io
import mmap
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from ingest.extract.page_metadata import Evidence
from ingest.formats.charset import decoded_text
from ingest.formats.file_content import most_records
from ingest.http.compression import decoded
from ingest.sandbox import reader
from rag.dates import parse_iso
from rag.errors import FetchError, RefusedArticle

_MEMBER = b"\x1f\x8b\x08"
_PIECE = 65_536
_MOST_BYTES = 20_000_000
"""Of one record, decompressed; a larger page is no article."""
_LONGEST_HEADER = 65_536
_MOST_DAMAGED = 200
"""Places of one file; each costs a search for the next record."""
_LEAST_BYTES = 50
"""Of a record on disk; its header alone is longer, even compressed."""
_PAGES = ("text/html", "application/xhtml+xml")
_MAY_BE_PAGES = ("response", "resource")
_BESIDES = ("warcinfo", "request", "metadata")
"""Types of records that only go with others."""
_MOST_KINDS = 5
_BEGINS = re.compile(rb"WARC/\d\.\d{1,3}\r?\n")
_HEAD_ENDS = re.compile(rb"\r?\n\r?\n")
_BLANK = re.compile(rb"\s*")
_TYPE = re.compile(rb"^WARC-Type:[ \t]*([\w-]{1,40})", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(rb"^WARC-Target-URI:", re.IGNORECASE | re.MULTILINE)
_SCHEME = re.compile(rb"^WARC-Target-URI:[ \t]*https?://", re.IGNORECASE | re.MULTILINE)
_LENGTH = re.compile(rb"^Content-Length:[ \t]*(\d{1,15})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_HTML = re.compile(
    rb"\s*+(?:(?:\xef\xbb\xbf|<\?xml[^>]{0,200}>)\s*+)?<(?:!doctype html|html|head|body)\b", re.IGNORECASE
)

Bytes = bytes | mmap.mmap
Found = tuple[str, str, str, Evidence]
"""Origin, page, digest of its bytes, and what is known besides."""


@dataclass(frozen=True, slots=True)
class DamagedRecord:
    """A record, or the rest of a file, that cannot be read."""

    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class OtherRecords:
    """What else a file holds, in numbers; `pages` is whether it holds pages, too."""

    origin: str
    reason: str
    pages: bool


def archived_pages(path: Path) -> Iterator[Found | DamagedRecord | OtherRecords]:
    """The HTML pages that were answered with 200, what could not be read, and how many records are something else."""
    others: Counter[str] = Counter()
    pages = damaged = 0
    most = most_records(path, least_bytes=_LEAST_BYTES)
    for number, record in enumerate(_records(path), 1):
        if number > most:
            damaged += 1
            yield DamagedRecord(str(path), f"has more than {most:,} records for its size; the rest is not read")
            break
        result = record if isinstance(record, str) else _read(record, path)
        if isinstance(result, tuple):
            pages += 1
            yield result
        elif isinstance(result, _Other):
            others[result.kind] += result.kind not in _BESIDES
        else:
            damaged += 1
            yield DamagedRecord(f"{path} record {number}", result)
            if damaged == _MOST_DAMAGED:
                yield DamagedRecord(str(path), f"{damaged} of its records are damaged; the rest is not read")
                break
    others = +others
    if others:
        kinds = ", ".join(f"{kind} {count}" for kind, count in others.most_common(_MOST_KINDS))
        reason = f"{others.total()} records are no HTML pages that were answered with 200 ({kinds})"
        yield OtherRecords(str(path), reason, pages=pages > 0)
    elif not pages and not damaged:
        yield OtherRecords(str(path), "holds no HTML page that was answered with 200", pages=False)


@dataclass(frozen=True, slots=True)
class _Other:
    """A record that is no page, and what it is."""

    kind: str


def _records(path: Path) -> Iterator[bytes | str]:
    """The bytes of each record, or why it cannot be had."""
    if not path.stat().st_size:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if path.suffix.lower() != ".gz":
            yield from _split(data)
            return
        for member in _members(data):
            if isinstance(member, str):
                yield member
            else:
                yield from _split(member) if member else [member]


def _members(data: mmap.mmap) -> Iterator[bytes | str]:
    start = data.find(_MEMBER)
    if start != 0:
        yield "is not gzip where the file begins"
    while start >= 0:
        member, end = _member(data, start)
        yield member
        start = data.find(_MEMBER, end)


def _member(data: mmap.mmap, start: int) -> tuple[bytes | str, int]:
    """The member that begins here, and where to look for the next."""
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    whole = bytearray()
    place = start
    try:
        while not inflate.eof and place < len(data):
            piece = data[place : place + _PIECE]
            whole += inflate.decompress(piece, _MOST_BYTES + 1 - len(whole))
            place += len(piece)
            if max(len(whole), place - start) > _MOST_BYTES:
                return f"is larger than {_MOST_BYTES // 1_000_000} MB", start + 1
    except zlib.error as error:
        return f"is damaged: {error}", start + 1
    if not inflate.eof:
        return "is cut off", start + 1
    return bytes(whole), place - len(inflate.unused_data)


def _split(data: Bytes) -> Iterator[bytes | str]:
    """The records in uncompressed bytes, one after another."""
    start = 0
    while start < len(data):
        record, end = _record(data, start)
        yield record
        begins = _BEGINS.search(data, end)
        start = begins.start() if begins else len(data)
        blank = _BLANK.match(data, end)
        if not isinstance(record, str) and blank and blank.end() < start:
            yield f"is damaged: {start - blank.end():,} bytes behind it belong to no record"


def _record(data: Bytes, start: int) -> tuple[bytes | str, int]:
    """The record that begins here, and where to look for the next."""
    head = _HEAD_ENDS.search(data, start, start + _LONGEST_HEADER) if _BEGINS.match(data, start) else None
    length = _LENGTH.search(data[start : head.start()]) if head else None
    if head is None or length is None:
        return "is damaged: no record begins here", start + 1
    end = head.end() + int(length[1])
    if end > len(data):
        return "is cut off", head.end()
    return data[start:end] if end - start <= _MOST_BYTES else f"is larger than {_MOST_BYTES // 1_000_000} MB", end


def _read(record: bytes, path: Path) -> Found | _Other | str:
    """The page in a record, else what it holds instead, or why it cannot be read."""
    head = _HEAD_ENDS.search(record)
    kind = _TYPE.search(record, 0, head.start()) if head else None
    if kind is None or kind[1].decode().lower() not in _MAY_BE_PAGES:
        return _Other(kind[1].decode().lower() if kind else "without a type")
    if head is None or not _ADDRESS.search(record, 0, head.start()):
        return _Other("without a web address")
    try:
        return reader.read(_page_of, record, str(path))
    except (RefusedArticle, FetchError) as refusal:
        return str(refusal)


def _page_of(data: bytes, path: str) -> Found | _Other:
    """The page in the bytes of a record; runs in the bounded process.

    Raises:
        RefusedArticle: The record is damaged.
        FetchError: Its body is, or is encoded in a way that is not read here.
    """
    # warcio reads no answer of a server where the address begins with HTTP in capitals.
    data = _SCHEME.sub(lambda scheme: scheme[0].lower(), data, count=1)
    try:
        record = next(iter(ArchiveIterator(io.BytesIO(data))), None)
    except (ArchiveLoadFailed, EOFError, ValueError) as error:
        raise RefusedArticle(f"is damaged: {error}") from error
    address = record.rec_headers.get_header("WARC-Target-URI") or "" if record else ""
    if record is None or not address.startswith(("http://", "https://")):
        return _Other("without a web address")
    status, content_type, encoding = _answer(record)
    if status != "200":
        return _Other(f"status {status}")
    if content_type and not content_type.lower().startswith(_PAGES):
        return _Other(content_type.partition(";")[0].strip()[:40])
    body = decoded(record.content_stream().read(), encoding, limit=_MOST_BYTES)
    if not content_type and not _HTML.match(body):
        return _Other("without a content type")
    evidence = Evidence(address, captured_at=_captured(record.rec_headers.get_header("WARC-Date")))
    return f"{path} {address}", decoded_text(body, content_type), hashlib.sha256(body).hexdigest(), evidence


def _answer(record: ArcWarcRecord) -> tuple[str, str, str]:
    """Status, content type and content encoding; a resource was not asked of a server and so has no status."""
    if not record.http_headers:
        status = "200" if record.rec_type == "resource" else "unknown"
        return status, record.rec_headers.get_header("Content-Type") or "", ""
    headers = record.http_headers
    encoding = headers.get_header("Content-Encoding") or ""
    # warcio fails with today's brotli, and takes what it cannot decode as it is.
    headers.remove_header("Content-Encoding")
    return headers.get_statuscode(), headers.get_header("Content-Type") or "", encoding


def _captured(stated: str | None) -> datetime | None:
    try:
        captured = parse_iso(stated).at if stated else None
    except (ValueError, OverflowError):
        return None
    return min(captured, datetime.now(UTC)) if captured else None
