"""From files and folders to raw records, one at a time, with whatever cannot be read named."""

import codecs
import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.formats.agency_items import AgencyItem, agency_input
from ingest.formats.agency_xml import xml_items
from ingest.formats.charset import page_text
from ingest.formats.documents import document_fields, is_page
from ingest.formats.file_content import LONGEST_LINE, content_of, lines_of, most_records, utf8_or_western
from ingest.formats.json_shapes import records_in, translated
from ingest.formats.tables import table_records
from ingest.formats.warc import DamagedRecord, OtherRecords, archived_pages
from ingest.models import RawInput, RawPage, RawRecord, Skipped, Unreadable
from ingest.sandbox import reader, unforeseen
from rag.errors import RefusedArticle

_JSON = {".json"}
_LINES = {".jsonl", ".ndjson"}
_XML = {".xml", ".nitf"}
_TABLES = {".csv", ".tsv"}
_TEXT = {".txt", ".md", ".rtf"}
_WARC = {".warc"}
_HTML = {".html", ".htm", ".xhtml"}
KNOWN_SUFFIXES = _JSON | _LINES | _XML | _TABLES | _TEXT | _HTML | _WARC
_AROUND_LINES = b" \t\r\n\x1e"
"""Around a record on a line: also the sign with which JSON text sequences begin one (RFC 7464)."""
_BETWEEN_VALUES = re.compile(r"[\s,\x1e]*+")
_ADDRESS = re.compile(r"https?://\S{1,2000}", re.IGNORECASE)
_LONGEST_BEGINNING = 100_000
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MOST_VALUES = 2_000_000
"""Objects and lists that are parsed at a time, some 150 bytes each; 48,000 articles with 40 each have fewer."""

_MOST_STRINGS = 4_000_000
"""The same, some 60 bytes each; the same articles with 40 fields each have fewer."""


def raw_inputs(path: Path) -> Iterator[RawInput]:
    """Everything that a file or folder holds, in a fixed order; an `Unreadable` for one that holds nothing."""
    try:
        path.stat()
        is_folder = path.is_dir()
    except FileNotFoundError:
        yield Unreadable(str(path), "no such file or folder")
        return
    except (OSError, ValueError) as error:
        yield Unreadable(str(path), _reason(error))
        return
    if is_folder:
        yield from _folder(path)
    elif _kind(path) not in KNOWN_SUFFIXES:
        yield Unreadable(str(path), f"not a kind of file that is read here ({', '.join(sorted(KNOWN_SUFFIXES))}, .gz)")
    else:
        yield from _file(path)


def _folder(folder: Path) -> Iterator[RawInput]:
    waiting, has_files = _entries(folder), False
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, Unreadable):
            inputs: Iterator[RawInput] = iter([entry])
        elif entry.is_dir(follow_symlinks=False):
            waiting += _entries(Path(entry.path))
            continue
        elif _kind(Path(entry.path)) in KNOWN_SUFFIXES:
            inputs = _file(Path(entry.path))
        else:
            yield Skipped(entry.path, "not a kind of file that is read here")
            continue
        has_files = True
        yield from inputs
    if not has_files:
        yield Unreadable(str(folder), f"holds no file that is read here ({', '.join(sorted(KNOWN_SUFFIXES))}, .gz)")


def _entries(folder: Path) -> list["os.DirEntry[str] | Unreadable"]:
    """What a folder holds, the first last."""
    try:
        entries = [entry for entry in os.scandir(folder) if not entry.name.startswith(".")]
    except OSError as error:
        return [Unreadable(str(folder), _reason(error))]
    return [*sorted(entries, key=lambda entry: entry.name, reverse=True)]


def _kind(path: Path) -> str:
    return Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()


def _file(path: Path) -> Iterator[RawInput]:
    """What a file holds, and at the end why it holds no more if it cannot be read to its end."""
    held = False
    try:
        if not path.is_file():
            raise RefusedArticle("no such file" if not path.exists() else "is no regular file")
        for raw in _held(path):
            held = True
            yield raw
        if not held:
            raise RefusedArticle("holds no records")
    except (OSError, EOFError, zlib.error) as error:
        yield Unreadable(str(path), f"cannot be read{' any further' if held else ''}: {_reason(error)}")
    except RefusedArticle as refusal:
        yield Unreadable(str(path), str(refusal))
    except Exception as error:  # noqa: BLE001 - the outermost boundary of one file
        yield Unreadable(str(path), str(unforeseen(error)))


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _held(path: Path) -> Iterator[RawInput]:
    kind = _kind(path)
    if kind in _LINES:
        yield from _lines(path)
    elif kind in _JSON:
        yield from _json(path)
    elif kind in _XML:
        yield from _xml(path)
    elif kind in _TABLES:
        yield from table_records(path)
    elif kind in _WARC:
        yield from _archive(path)
    elif kind in _HTML:
        data = content_of(path)
        yield RawPage(str(path), page_text(data), _digest(data))
    else:
        yield _plain(path)


def _lines(path: Path) -> Iterator[RawInput]:
    first = next((line.strip() for line in lines_of(path) if line and line.strip()), b"")
    if _is_begun(first):  # one value on many lines, or several
        yield from _whole(path)
        return
    most = most_records(path)
    for number, line in enumerate(lines_of(path), 1):
        if number > most:
            raise RefusedArticle(f"has more than {most:,} lines for its size; the rest is not read")
        origin = f"{path} line {number}"
        if line is None:
            yield Unreadable(origin, f"is longer than {LONGEST_LINE // 1_000_000} MB")
        elif text := line.strip(_AROUND_LINES).removesuffix(b","):
            yield from _records(_value(text, origin), origin, most, line=text)


def _is_begun(line: bytes) -> bool:
    """A line is the beginning of JSON that goes on behind it."""
    if len(line) > _LONGEST_BEGINNING or line.endswith((b"}", b"]")):
        return False
    try:
        json.loads(line.decode("utf-8-sig", "replace"))
    except json.JSONDecodeError as error:
        return 0 < len(error.doc) <= error.pos
    except (ValueError, RecursionError):
        return False
    return False


def _value(content: bytes, origin: str) -> Any:
    """What JSON says, or an `Unreadable`."""
    # Counted before it is parsed, which makes objects of up to forty times its size.
    if (held := content.count(b"{") + content.count(b"[")) > _MOST_VALUES:
        return Unreadable(
            origin, f"has {held:,} objects and lists, more than {_MOST_VALUES:,}; write one record a line (.jsonl)"
        )
    if (quotes := content.count(b'"')) > 2 * _MOST_STRINGS:
        return Unreadable(
            origin, f"has {quotes // 2:,} strings, more than {_MOST_STRINGS:,}; write one record a line (.jsonl)"
        )
    try:
        return json.loads(utf8_or_western(content))
    except RefusedArticle as refusal:
        return Unreadable(origin, str(refusal))
    except json.JSONDecodeError as error:
        return (_several(error.doc) if error.msg == "Extra data" else None) or Unreadable(
            origin, f"invalid JSON: {error}"
        )
    except (ValueError, RecursionError) as error:
        return Unreadable(origin, f"invalid JSON: {error}")


def _several(text: str) -> list[Any]:
    """The objects that stand one after another; none if anything else does."""
    values, place, decoder = list[Any](), 0, json.JSONDecoder()
    try:
        while (place := _BETWEEN_VALUES.match(text, place).end()) < len(text):  # type: ignore[union-attr]
            value, place = decoder.raw_decode(text, place)
            values.append(value)
    except (ValueError, RecursionError):
        return []
    return values if all(isinstance(value, dict) for value in values) else []


def _archive(path: Path) -> Iterator[RawInput]:
    for page in archived_pages(path):
        if isinstance(page, DamagedRecord):
            yield Unreadable(page.origin, page.reason)
        elif isinstance(page, OtherRecords):
            yield (Skipped if page.pages else Unreadable)(page.origin, page.reason)
        else:
            yield RawPage(*page)


def _json(path: Path) -> Iterator[RawInput]:
    yield from _lines(path) if _holds_lines(path) else _whole(path)


def _whole(path: Path) -> Iterator[RawInput]:
    """The records of a file that is one value of JSON, or several."""
    content = content_of(path)
    if content.startswith(_UTF_16):
        content = content.decode("utf-16", "replace").encode()
    yield from _records(_value(content, str(path)), str(path), most_records(path))


def _records(data: Any, origin: str, most: int, *, line: bytes = b"") -> Iterator[RawInput]:
    """What a value of JSON holds; `line` is the line that it stands on alone."""
    records = records_in(data)
    if isinstance(records, Unreadable):
        yield records
    elif isinstance(records, dict) or (line and not _are_objects(records)):
        yield _parsed(records, origin, line)
    elif not isinstance(records, list):
        yield Unreadable(origin, "holds neither a record nor a list of records")
    elif len(records) > most:
        yield Unreadable(origin, f"has {len(records):,} records, more than a file of its size has articles: {most:,}")
    else:
        yield from (_parsed(fields, f"{origin} record {number}") for number, fields in enumerate(records, 1))


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _holds_lines(path: Path) -> bool:
    """Its first two lines are an object each: JSON Lines under another name."""
    lines = (line.strip(_AROUND_LINES) for line in lines_of(path) if line is not None)
    two = list(islice(filter(None, lines), 2))
    try:
        return len(two) == 2 and two[1].startswith(b"{") and isinstance(json.loads(two[0]), dict)
    except (ValueError, RecursionError):
        return False


def _parsed(fields: Any, origin: str, line: bytes = b"") -> RawInput:
    try:
        return _as_input(fields, origin, _digest(line or json.dumps(fields, sort_keys=True).encode()))
    except RecursionError:
        return Unreadable(origin, "is nested too deeply")


def _as_input(fields: Any, origin: str, digest: str) -> RawInput:
    if not isinstance(fields, dict):
        return Unreadable(origin, f"a record is a JSON object, this is a {type(fields).__name__}")
    named = translated(fields)
    if isinstance(named, str):
        return Unreadable(origin, named)
    return agency_input(named, origin, digest) if isinstance(named, AgencyItem) else RawRecord(origin, named, digest)


def _xml(path: Path) -> Iterator[RawInput]:
    data = content_of(path)
    for number, item in enumerate(reader.read(xml_items, data), 1):
        yield agency_input(item, f"{path} item {number}", _digest(data + str(number).encode()))


def _plain(path: Path) -> RawInput:
    data = content_of(path)
    text = page_text(data).strip()
    if text and all(_ADDRESS.fullmatch(line.strip()) for line in text.splitlines() if line.strip()):
        return Unreadable(str(path), "holds addresses and no article; give these as sources, or in a sources.toml")
    if is_page(text):
        return RawPage(str(path), text, _digest(data))
    # Two files of the same text are two articles: without an address the path is all that tells them apart.
    digest = _digest(f"{path}\0".encode("utf-8", "surrogateescape") + data)
    return RawRecord(str(path), reader.read(document_fields, text), digest)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
