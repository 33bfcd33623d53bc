"""Pages out of WARC files (ISO 28500), as Common Crawl News has them; damaged records cost only themselves.

A `.warc.gz` holds one gzip member for each record, so after a damaged one the next member is looked
for; warcio alone stops there.
"""

import hashlib
import io
import mmap
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from ingest.decoding import page_text
from ingest.evidence import Evidence
from rag.dates import parse_iso
from rag.errors import RefusedArticle

_MEMBER = b"\x1f\x8b\x08"
_MOST_BYTES = 20_000_000
"""Of one record, decompressed; a larger page is no article."""
_PAGES = ("text/html", "application/xhtml+xml")

Found = tuple[str, str, str, Evidence]
"""Origin, page, digest of its bytes, and what is known besides."""


@dataclass(frozen=True, slots=True)
class DamagedRecord:
    """A record, or the rest of a file, that cannot be read."""

    origin: str
    reason: str


def archived_pages(path: Path) -> Iterator[Found | DamagedRecord]:
    """The HTML pages that were answered with 200, and what could not be read."""
    for number, data in enumerate(_records(path), 1):
        origin = f"{path} record {number}"
        if isinstance(data, str):
            yield DamagedRecord(origin, data)
            continue
        try:
            for record in ArchiveIterator(data):
                found = _page(record, path)
                if found:
                    yield found
        except (ArchiveLoadFailed, EOFError, ValueError) as error:
            yield DamagedRecord(origin, f"is damaged: {error}")
        except RefusedArticle as refusal:
            yield DamagedRecord(origin, str(refusal))


def _records(path: Path) -> Iterator[io.BytesIO | io.BufferedReader | str]:
    """Each record of a compressed file by itself, or why not; an uncompressed file as a whole."""
    if path.suffix.lower() != ".gz":
        with path.open("rb") as file:
            yield file
        return
    if not path.stat().st_size:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start = data.find(_MEMBER)
        if start != 0:
            yield "is not gzip where the file begins"
        while start >= 0:
            member, end = _member(data, start)
            yield member
            start = data.find(_MEMBER, end)


def _member(data: mmap.mmap, start: int) -> tuple[io.BytesIO | str, int]:
    """The member that begins here, and where to look for the next."""
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    whole = bytearray()
    place = start
    try:
        while not inflate.eof and place < len(data):
            piece = data[place : place + 65536]
            whole += inflate.decompress(piece)
            place += len(piece)
            if len(whole) > _MOST_BYTES:
                return f"is larger than {_MOST_BYTES // 1_000_000} MB", start + 1
    except zlib.error as error:
        return f"is damaged: {error}", start + 1
    if not inflate.eof:
        return "is cut off", start + 1
    return io.BytesIO(bytes(whole)), place - len(inflate.unused_data)


def _page(record: ArcWarcRecord, path: Path) -> Found | None:
    address = record.rec_headers.get_header("WARC-Target-URI") or ""
    if record.rec_type != "response" or not record.http_headers or not address.startswith(("http://", "https://")):
        return None
    content_type = record.http_headers.get_header("Content-Type") or ""
    if record.http_headers.get_statuscode() != "200" or not content_type.lower().startswith(_PAGES):
        return None
    body = record.content_stream().read(_MOST_BYTES)
    evidence = Evidence(address, captured_at=_captured(record.rec_headers.get_header("WARC-Date")))
    return f"{path} {address}", page_text(body, content_type), hashlib.sha256(body).hexdigest(), evidence


def _captured(stated: str | None) -> datetime | None:
    try:
        captured = parse_iso(stated).at if stated else None
    except ValueError:
        return None
    return min(captured, datetime.now(UTC)) if captured else None
