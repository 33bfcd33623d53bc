"""The interfaces of the two indexes; any class with these methods can take the place of Tantivy or Chroma.

Both indexes are derived from the record and hold passages under their ids. `rag.indexes.factory` builds
the ones that a library opens by default.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.models import Filters, Passage

Vectors = NDArray[np.float32]
"""Unit vectors as rows, shape `(n, dim)`."""

UNDATED = -(2**62)
"""Publication time, in epoch seconds, of an article without a date: it sorts before every other."""


class LexicalIndex(Protocol):
    """Finds passages by their words."""

    def analyze(self, text: str) -> list[str]:
        """Return the terms of a text as this index stores them, in order."""

    def put(self, passages: Iterable[Passage]) -> None:
        """Add passages, replacing those of the same id; durable and searchable on return.

        Raises:
            StorageError: The index could not be written.
        """

    def remove(self, passage_ids: Iterable[str]) -> None:
        """Remove passages; unknown ids are ignored.

        Raises:
            StorageError: The index could not be written.
        """

    def clear(self) -> None:
        """Remove everything, from the disk too.

        Raises:
            StorageError: The index could not be written.
        """

    def search(
        self,
        words: Sequence[str],
        *,
        before: int | None,
        limit: int,
        filters: Filters | None = None,
        within: Collection[str] = (),
        names: Sequence[Sequence[str]] = (),
    ) -> list[tuple[str, float]]:
        """Return passages that hold any of the words, best first.

        Args:
            words: Terms, as `analyze` returns them.
            before: Latest publication time in epoch seconds; `None` for no bound.
            limit: Maximum number of passages.
            filters: Outlets, kinds and start that articles must match; sections and articles are not indexed.
            within: Ids of the only passages to consider; empty for all.
            names: Terms of each full name; articles by an author of that name score higher.

        Returns:
            Passage ids with their scores, at least 0; equal scores are ordered by id.
        """

    def missing_ids(self, passage_ids: Iterable[str]) -> list[str]:
        """Return those of the ids that are not in the index."""

    def ids(self) -> set[str]:
        """Return the ids of all passages in the index."""

    def document_frequencies(self, words: Iterable[str]) -> dict[str, int]:
        """Return, for each term, how many passages hold it in their text."""

    def terms(self, beginning: str) -> dict[str, int]:
        """Return the terms of texts, headlines and bylines that begin so, each with about how many passages hold it."""

    def passage_count(self) -> int:
        """Return the number of passages in the index."""


class VectorIndex(Protocol):
    """Finds passages by the cosine similarity of their vectors."""

    def put(self, passage_ids: Sequence[str], vectors: Vectors) -> None:
        """Add unit vectors, shape `(len(passage_ids), dim)`, replacing those of the same id."""

    def remove(self, passage_ids: Sequence[str]) -> None:
        """Remove passages; unknown ids are ignored."""

    def clear(self) -> None:
        """Remove everything, from the disk too."""

    def close(self) -> None:
        """Release the files."""

    def reopen(self) -> None:
        """Read again what other processes may have written."""

    def search(self, vector: Sequence[float], *, limit: int) -> list[tuple[str, float]]:
        """Return the nearest passages of a unit vector, best first.

        Returns:
            Passage ids with their cosine similarity in [-1, 1]; equal ones are ordered by id.
        """

    def similarities(self, vector: Sequence[float], passage_ids: Sequence[str]) -> dict[str, float]:
        """Return the exact cosine similarity of these passages to a unit vector; ids without a vector are left out."""

    def ids(self) -> set[str]:
        """Return the ids of all passages in the index."""

    def answers_for(self, passage_ids: Sequence[str]) -> bool:
        """Return whether a search with each passage's own vector finds that passage."""

    def finds_itself(self) -> bool:
        """Return whether the index holds a vector, and a search with it finds it."""
