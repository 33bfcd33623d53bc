"""Undoing gzip, deflate and brotli without ever holding more than was allowed."""

import zlib

import brotli

from rag.errors import FetchError

_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_NONE = ("", "identity", "none", "utf-8", "utf8")
"""What servers call the content encoding of a body that has none; the last are of its text."""
_MAGIC = b"\x1f\x8b"
_PIECE = 4096
"""What is left of a piece behind each gzip member is copied, so pieces are small."""
MOST_MEMBERS = 10_000
"""Gzip members of one body; servers send one."""


class Decompressor:
    """Takes a body piece by piece; `body` is what it amounts to so far.

    Args:
        encoding: The Content-Encoding, empty for none.
        limit: Most bytes of the decompressed body.

    Raises:
        FetchError: The encoding is not one that was asked for.
    """

    def __init__(self, encoding: str, *, limit: int) -> None:
        if encoding.strip().lower() not in (*_NONE, "gzip", "x-gzip", "deflate"):
            raise FetchError(f"its content encoding {encoding[:40]!r} was not asked for")
        self.body = bytearray()
        self._limit = limit
        self._stream = None if encoding.strip().lower() in _NONE else zlib.decompressobj(_GZIP_OR_ZLIB)
        self._members = 0
        self._ended = False

    def feed(self, data: bytes) -> None:
        """Takes the next piece.

        Raises:
            FetchError: It is damaged, or the body gets larger than the limit.
        """
        for place in range(0, len(data), _PIECE):
            piece = data[place : place + _PIECE]
            while piece and not self._ended:
                piece = self._taken(piece)
                if len(self.body) > self._limit:
                    raise FetchError(_too_large(self._limit))

    def _taken(self, data: bytes) -> bytes:
        """Takes a piece; returns what of it is another gzip member."""
        room = self._limit + 1 - len(self.body)
        if self._stream is None:
            self.body += data[:room]
            return b""
        self._members = self._members or 1
        try:
            self.body += self._stream.decompress(data, room)
        except zlib.error as error:
            raise FetchError(f"its compression is damaged: {error}", transient=True) from error
        rest = self._stream.unused_data
        if len(rest) < len(_MAGIC):
            return b""
        if not rest.startswith(_MAGIC):
            self._ended = True  # padding, which zlib would keep and copy
            return b""
        self._members += 1
        if self._members > MOST_MEMBERS:
            raise FetchError(f"is made of more than {MOST_MEMBERS:,} gzip members, which is not read")
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)
        return rest

    def end(self) -> bytes:
        """The whole body.

        Raises:
            FetchError: It was cut short.
        """
        if self._stream is not None and not self._stream.eof and self._members:
            raise FetchError("was cut short", transient=True)
        return bytes(self.body)


def unzipped(data: bytes, *, limit: int) -> bytes:
    """The content of a gzip file, as sitemaps are often served; other data as it is.

    Raises:
        FetchError: It is damaged or larger than the limit.
    """
    if not data.startswith(_MAGIC):
        return data
    whole = Decompressor("gzip", limit=limit)
    whole.feed(data)
    return whole.end()


def decoded(body: bytes, encodings: str, *, limit: int) -> bytes:
    """A body without its content encodings, last one first; one that is wrongly called gzip is left as it is.

    Raises:
        FetchError: It is damaged, larger than the limit, or encoded in a way that is not read here.
    """
    for encoding in reversed([encoding.strip().lower() for encoding in encodings.split(",")]):
        if encoding == "br":
            body = _without_brotli(body, limit)
        elif encoding in ("gzip", "x-gzip"):
            body = unzipped(body, limit=limit)
        elif encoding in (*_NONE, "deflate"):
            whole = Decompressor(encoding, limit=limit)
            whole.feed(body)
            body = whole.end()
        else:
            raise FetchError(f"its content encoding {encoding[:40]!r} is not read here")
    return body


def _without_brotli(data: bytes, limit: int) -> bytes:
    stream, body = brotli.Decompressor(), bytearray()
    try:
        body += stream.process(data, output_buffer_limit=limit + 1)
        while not stream.is_finished() and not stream.can_accept_more_data() and len(body) <= limit:
            body += stream.process(b"", output_buffer_limit=limit + 1)
    except brotli.error as error:
        raise FetchError(f"its compression is damaged: {error}") from error
    if len(body) > limit:
        raise FetchError(_too_large(limit))
    if not stream.is_finished():
        raise FetchError("was cut short")
    return bytes(body)


def _too_large(limit: int) -> str:
    return f"is larger than {limit // 1_000_000} MB once decompressed"
