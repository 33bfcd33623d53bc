"""Undoing gzip and deflate without ever holding more than was allowed."""

import zlib

from rag.errors import FetchError

_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_MAGIC = b"\x1f\x8b"


class Decompressor:
    """Takes a body piece by piece; `body` is what it amounts to so far.

    Args:
        encoding: The Content-Encoding, empty for none.
        limit: Most bytes of the decompressed body.

    Raises:
        FetchError: The encoding is not one that was asked for.
    """

    def __init__(self, encoding: str, *, limit: int) -> None:
        if encoding.strip().lower() not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise FetchError(f"its content encoding {encoding[:40]!r} was not asked for")
        self.body = bytearray()
        self._limit = limit
        self._stream = None if encoding.strip().lower() in ("", "identity") else zlib.decompressobj(_GZIP_OR_ZLIB)

    def feed(self, data: bytes) -> None:
        """Takes the next piece.

        Raises:
            FetchError: It is damaged, or the body gets larger than the limit.
        """
        while data:
            data = self._taken(data)
            if len(self.body) > self._limit:
                raise FetchError(f"is larger than {self._limit // 1_000_000} MB once decompressed")

    def _taken(self, data: bytes) -> bytes:
        """Takes a piece; returns what of it is another gzip member."""
        room = self._limit + 1 - len(self.body)
        if self._stream is None:
            self.body += data[:room]
            return b""
        try:
            self.body += self._stream.decompress(data, room)
        except zlib.error as error:
            raise FetchError(f"its compression is damaged: {error}", transient=True) from error
        rest = self._stream.unused_data
        if not rest.startswith(_MAGIC):
            return b""
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)
        return rest

    def end(self) -> bytes:
        """The whole body.

        Raises:
            FetchError: It was cut short.
        """
        if self._stream is not None and not self._stream.eof and self.body:
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
