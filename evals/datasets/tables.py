"""Questions in tables: CSV, TSV and JSON files whose columns have names of their own."""

import ast
import csv
import json
import re
import tokenize
from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from itertools import pairwise
from math import isnan
from pathlib import Path
from tokenize import generate_tokens
from typing import Any

from rag.errors import QuestionError, SuiteError

Fields = dict[str, Any]
DELIMITERS = {".csv": ",;\t|", ".tsv": "\t"}
"""Suffix of a file -> what may stand between its cells; the header shows which, or a line before it (`sep=;`)."""
TABLES = (*DELIMITERS, ".json")
"""Suffixes of files that hold a table; any other holds an object a line."""
_LISTS = ("answers", "choices", "required", "evidence_urls", "tags")
_TEXTS = ("id", "question", "as_of")
_STATED = re.compile(r"sep=([^\r\n])\r?\n", re.IGNORECASE)
"""What Excel writes before the header."""
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def read_table(file: Path) -> Iterator[tuple[int, Fields]]:
    """The rows of a table with their numbers: lines of CSV, positions in JSON from 1.

    JSON is a list of objects, or an object that holds one, e.g. under `data`.

    Raises:
        SuiteError: It is not a table.
        OSError: It cannot be read.
        UnicodeDecodeError: It is not in UTF-8.
    """
    text = file.read_text(encoding="utf-8-sig")
    delimiters = DELIMITERS.get(file.suffix.lower())
    yield from _csv_rows(text, delimiters) if delimiters else _json_rows(text)


def mapped(fields: Fields, columns: Mapping[str, str], number: int) -> Fields:
    """A row as the suite format has it.

    A cell may hold a list as JSON or Python write it; any other is one answer. What is missing (an empty cell, `null`,
    the number NaN) is left out; `None` and `nan` as text are text.

    Args:
        fields: Column -> cell.
        columns: Field of the format -> column, where the two names differ.
        number: Of the row; becomes its id if it has none.

    Raises:
        QuestionError: A column is missing, or a cell cannot be read.
    """
    missing = [column for column in columns.values() if column not in fields]
    if missing:
        raise QuestionError(f"there is no column {missing[0]!r}; there are {', '.join(map(str, fields))}"[:500])
    row = {**fields, **{field: fields[column] for field, column in columns.items()}}
    row = {name: value for name, value in row.items() if not _is_missing(value)}
    row.setdefault("id", f"{number:04}")
    for names, read in ((_LISTS, _list), (_TEXTS, str), (("answerable",), _truth), (("history",), _literal)):
        row |= {name: read(row[name]) for name in names if name in row}
    return row


def _csv_rows(text: str, delimiters: str) -> Iterator[tuple[int, Fields]]:
    stated = _STATED.match(text)
    table, head = (text[stated.end() :], 1) if stated else (text, 0)
    delimiter = stated[1] if stated else max(delimiters, key=text.partition("\n")[0].count)
    rows = csv.DictReader(StringIO(table, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name for name in rows.fieldnames or () if name]
        if repeated := next((name for name in names if names.count(name) > 1), ""):
            raise SuiteError(f"two columns are called {repeated!r}")
        for row in rows:
            if None in row:
                raise SuiteError(f"line {rows.line_num + head} has more cells than the header")
            if any(row.values()):  # spreadsheets write rows without a word
                yield rows.line_num + head, dict(row)
    except csv.Error as error:
        raise SuiteError(f"line {rows.reader.line_num + head}: {error}") from error


def _json_rows(text: str) -> Iterator[tuple[int, Fields]]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SuiteError(f"invalid JSON: {error}") from error
    if isinstance(value, dict):
        value = next((each for each in value.values() if isinstance(each, list)), value)
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise SuiteError("this is not a list of objects (pandas: orient='records'), nor an object that holds one")
    yield from enumerate(value, 1)


def _list(cell: Any) -> list[str]:
    value = _literal(cell)
    return [str(each) for each in value if not _is_missing(each)] if isinstance(value, (list, tuple)) else [str(cell)]


def _is_missing(value: Any) -> bool:
    return value in (None, "") or (isinstance(value, float) and isnan(value))


def _literal(cell: Any) -> Any:
    """The list that a cell holds as text; any other cell as it is."""
    if not isinstance(cell, str) or not cell.strip().startswith("["):
        return cell
    readers: tuple[Callable[[str], Any], ...] = (json.loads, _literal_of_numpy)
    for read in readers:
        try:
            return read(cell.strip())
        except (ValueError, SyntaxError, tokenize.TokenError, RecursionError, MemoryError):
            continue
    return cell


def _literal_of_numpy(text: str) -> Any:
    """Python's reading of a list, in which NumPy leaves the commas out; Python alone would join the strings."""
    tokens = [each for each in generate_tokens(StringIO(text).readline) if each.type != tokenize.NL]
    written = [
        f"{each.string}," if each.type == following.type == tokenize.STRING else each.string
        for each, following in pairwise(tokens)
    ]
    return ast.literal_eval(" ".join(written))


def _truth(cell: Any) -> bool:
    truth = _TRUTH.get(str(cell).strip().lower())
    if truth is None:
        raise QuestionError(f"answerable: {cell!r} is neither true nor false")
    return truth
