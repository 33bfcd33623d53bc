"""What a local file holds, compressed or not, within bounds of size."""

import codecs
import io
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from ingest.http.compression import MOST_MEMBERS
from rag.errors import RefusedArticle

MOST_BYTES = 50_000_000
"""Of a file that is read as a whole, decompressed."""
LONGEST_LINE = 10_000_000
"""Bytes of a record on a line; five times the text that an article may have."""
_ANY_RECORDS = 100_000
_LEAST_BYTES = 4
"""Of a record on disk, compressed; an article takes hundreds."""
_ANY_CONTENT = 100_000_000
_MOST_EXPANSION = 200
"""Times; articles shrink to a fifth, and gzip reaches a thousandth with nothing but repetitions."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_AS_WESTERN = "as-western-letters"
_ASCII_LETTER = re.compile(rb"[A-Za-z]")
_GZIP = zlib.MAX_WBITS | 16
_PIECE = 16_384
_BUFFER = 131_072


def most_records(path: Path, *, least_bytes: int = _LEAST_BYTES) -> int:
    """Records that a file can hold for its size: a small one that holds millions was made to cost time.

    Args:
        path: The file, compressed or not.
        least_bytes: That a record takes there, in a large file.
    """
    return _ANY_RECORDS + path.stat().st_size // least_bytes


def content_of(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        RefusedArticle: It is too large to be held as a whole.
    """
    with _opened(path) as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise RefusedArticle(
            f"is larger than {MOST_BYTES // 1_000_000} MB; write one record a line (.jsonl), as many as you like"
        )
    return data


def lines_of(path: Path) -> Iterator[bytes | None]:
    """The lines of a file of any size, UTF-16 as UTF-8; `None` for one that is too long.

    Raises:
        RefusedArticle: One is so long that its end is not looked for.
    """
    with _opened(path) as file:
        read_line = _line_reader(file)
        while line := read_line(LONGEST_LINE + 1):
            if len(line) <= LONGEST_LINE:
                yield line
                continue
            yield None
            if not line.endswith(b"\n"):
                _skip_line(read_line)


def utf8_or_western(data: bytes) -> str:
    """The text of a record or table in UTF-8, without its byte order mark, or in the encoding of Western spreadsheets.

    Raises:
        RefusedArticle: Most of its letters are in another encoding, which cannot be told for sure.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        beyond_ascii = sum(byte > 127 for byte in data)
        if 2 * beyond_ascii > len(_ASCII_LETTER.findall(data)):
            raise RefusedArticle("is not in UTF-8; write it in UTF-8") from None
        return data.decode("utf-8-sig", _AS_WESTERN)


def _western(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8 as Windows' Western letters, one by one: the others of the text may well be UTF-8."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_AS_WESTERN, _western)


def _line_reader(file: io.BufferedReader) -> Callable[[int], bytes]:
    """What reads a line of at most some characters."""
    if not file.peek(2).startswith(_UTF_16):
        return file.readline
    text = io.TextIOWrapper(file, "utf-16", errors="replace", newline="\n")
    return lambda most: text.readline(most).encode()


def _skip_line(read_line: Callable[[int], bytes]) -> None:
    for _ in range(MOST_BYTES // LONGEST_LINE):
        if not (rest := read_line(LONGEST_LINE)) or rest.endswith(b"\n"):
            return
    raise RefusedArticle(
        f"has a line of more than {MOST_BYTES // 1_000_000} MB; the rest is not read; write one record a line (.jsonl)"
    )


def _opened(path: Path) -> io.BufferedReader:
    file = path.open("rb")
    return io.BufferedReader(GzipContent(file), _BUFFER) if path.suffix.lower() == ".gz" else file


class GzipContent(io.RawIOBase):
    """The content of a gzip file that is read as it is asked for; put an `io.BufferedReader` around it.

    Python's own gets slow where a file is made of many empty members; that is refused here, and so is what grows
    as only repetitions do.

    Args:
        file: Open; it is closed with this.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._stream: zlib._Decompress | None = None
        self._rest = b""
        self._empty_members = 0
        self._read = self._given = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def close(self) -> None:
        """Closes the file, too."""
        self._file.close()
        super().close()

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        """Fills a buffer; returns how many bytes there were.

        Raises:
            EOFError: The file is cut off.
            zlib.error: It is damaged, or was made to cost time.
        """
        content = b""
        while not content:
            data = self._rest or self._next_piece()
            if self._stream is None:
                if not data:
                    return 0
                self._rest = data.lstrip(b"\0")  # padding between members
                self._stream = zlib.decompressobj(_GZIP) if self._rest else None
                continue
            content = self._stream.decompress(data, len(buffer))
            self._rest = self._stream.unconsumed_tail
            if self._stream.eof:
                self._end_member(empty=not content)
            elif not data and not content:
                raise EOFError("the file is cut off")
        self._empty_members = 0
        self._given += len(content)
        if self._given > _ANY_CONTENT and self._given > _MOST_EXPANSION * self._read:
            raise zlib.error(f"it grows more than {_MOST_EXPANSION} times when decompressed, which no articles do")
        buffer[: len(content)] = content
        return len(content)

    def _next_piece(self) -> bytes:
        piece = self._file.read(_PIECE)
        self._read += len(piece)
        return piece

    def _end_member(self, *, empty: bool) -> None:
        self._rest = self._stream.unused_data if self._stream else b""
        self._stream = None
        self._empty_members += empty
        if self._empty_members > MOST_MEMBERS:
            raise zlib.error(f"more than {MOST_MEMBERS:,} empty gzip members follow each other")
