"""Tables of articles: CSV with a header, as spreadsheets and data frames write it (RFC 4180)."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from ingest.formats.file_content import LONGEST_LINE, lines_of, most_records, utf8_or_western
from ingest.models import RawRecord, Unreadable
from rag.errors import RefusedArticle

_SEPARATORS = ",;\t|"


def table_records(path: Path) -> Iterator[RawRecord | Unreadable]:
    """The rows of a table, named by its first row.

    Raises:
        RefusedArticle: It has no header, or more rows than a file of its size has.
    """
    lines = _text_lines(path)
    head = list(islice(lines, 1))
    separator = _stated_separator(head) or max(_SEPARATORS, key=lambda sign: head[0].count(sign) if head else 0)
    lines = lines if _stated_separator(head) else chain(head, lines)
    csv.field_size_limit(LONGEST_LINE)
    rows = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=False)
    names = [name.strip("\ufeff \t") for name in next(rows, [])]
    if len(set(filter(None, names))) < 2:
        raise RefusedArticle("has no header: the first line must name the columns, e.g. url,title,text,published_at")
    most = most_records(path)
    for number in range(1, most + 2):
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise RefusedArticle(f"cannot be read further than row {number}: {error}") from error
        if row is None:
            return
        if number > most:
            raise RefusedArticle(f"has more than {most:,} rows for its size; the rest is not read")
        if any(map(str.strip, row)):
            yield _record(names, row, f"{path} row {number}")


def _record(names: list[str], row: list[str], origin: str) -> RawRecord | Unreadable:
    if len(row) > len(names) and any(map(str.strip, row[len(names) :])):
        return Unreadable(
            origin, f"has {len(row)} fields under {len(names)} names; is a text with separators not quoted?"
        )
    fields: dict[str, str] = {}
    for name, value in zip(names, row, strict=False):
        if name and not fields.get(name, "").strip():  # of two columns of one name the first that says something
            fields[name] = value
    return RawRecord(origin, fields, hashlib.sha256(json.dumps(fields).encode()).hexdigest())


def _stated_separator(head: list[str]) -> str | None:
    """Of a first line `sep=;`, which Excel writes and reads."""
    line = head[0].strip() if head else ""
    return line[4:] if line.lower().startswith("sep=") and len(line) == 5 else None


def _text_lines(path: Path) -> Iterator[str]:
    for number, line in enumerate(lines_of(path), 1):
        if line is None:
            raise RefusedArticle(f"has a line of more than {LONGEST_LINE // 1_000_000} MB: line {number}")
        yield from io.StringIO(utf8_or_western(line), newline=None)  # old spreadsheets end lines with a return alone
