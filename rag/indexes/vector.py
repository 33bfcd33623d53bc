"""The vector index over Chroma: cosine similarity, on disk.

Chroma holds ids and vectors only; the record holds the text. Measured on Chroma 1.5.9: a range
filter costs time with every row, and writes of more than 5,461 rows fail, so time is filtered
outside and writes go in batches.
"""

import ctypes
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TypeVar, cast

import chromadb
import numpy as np
from chromadb import Collection
from chromadb.api.client import Client
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError

from rag.indexes.base import Vectors
from rag.store.deletion import discard

log = logging.getLogger(__name__)

Result = TypeVar("Result")

_BATCH = 2000
_PERTURB = -6  # M_PERTURB of glibc's malloc.h


@dataclass(frozen=True, slots=True)
class Hnsw:
    """Parameters of the graph (Malkov & Yashunin 2018).

    Chosen by `evals bench search --hnsw`, see docs/measurements/retrieval.md.

    Attributes:
        neighbours: Links of a node (M).
        ef_construction: Candidates kept while a node is linked.
        ef_search: Candidates kept while searching.
    """

    neighbours: int = 32
    ef_construction: int = 200
    ef_search: int = 200


class ChromaIndex:
    """The `VectorIndex` of a library: a graph by HNSW (Malkov & Yashunin 2018).

    Args:
        folder: Made if absent. One process writes at a time.
        hnsw: Parameters of a new index; an existing one keeps its own.
    """

    def __init__(self, folder: Path, hnsw: Hnsw | None = None) -> None:
        self._folder = folder
        self._hnsw = hnsw or Hnsw()
        _blank_new_memory()
        # A client must not be reopened while another thread queries it.
        self._lock = Lock()
        self._open()

    def _open(self) -> None:
        client = chromadb.PersistentClient(
            path=str(self._folder), settings=ChromaSettings(anonymized_telemetry=False, allow_reset=False)
        )
        self._client = client
        self._collection = client.get_or_create_collection(
            "passages",
            embedding_function=None,
            configuration={
                "hnsw": {
                    "space": "cosine",
                    "max_neighbors": self._hnsw.neighbours,
                    "ef_construction": self._hnsw.ef_construction,
                    "ef_search": self._hnsw.ef_search,
                }
            },
        )

    def close(self) -> None:
        """Release the files."""
        cast(Client, self._client).close()  # `PersistentClient` returns one, and declares less

    def clear(self) -> None:
        """Remove everything, from the disk too."""
        with self._lock:
            self.close()
            discard(self._folder)
            self._open()

    def reopen(self) -> None:
        """Read again what other processes wrote: an open client never does (measured on Chroma 1.5.9)."""
        with self._lock:
            self._reopen()

    def _reopen(self) -> None:
        self.close()
        self._open()

    def _read(self, request: Callable[[Collection], Result]) -> Result:
        """The collection's answer to a request; the index is reopened if another process has rebuilt it."""
        with self._lock:
            try:
                return request(self._collection)
            except ChromaError as error:  # the collection that this client opened no longer exists
                log.info("%s: reopened after %s", self._folder, error)
                self._reopen()
                return request(self._collection)

    def put(self, passage_ids: Sequence[str], vectors: Vectors) -> None:
        """Add unit vectors, shape `(len(passage_ids), dim)`, replacing those of the same id."""
        for first in range(0, len(passage_ids), _BATCH):
            some = slice(first, first + _BATCH)
            self._collection.upsert(ids=list(passage_ids[some]), embeddings=np.asarray(vectors[some]))

    def remove(self, passage_ids: Sequence[str]) -> None:
        """Remove passages; unknown ids are ignored."""
        for first in range(0, len(passage_ids), _BATCH):
            self._collection.delete(ids=list(passage_ids[first : first + _BATCH]))

    def search(self, vector: Sequence[float], *, limit: int) -> list[tuple[str, float]]:
        """Return the nearest passages, best first, with their cosine similarity in [-1, 1]; equal ones by id."""
        wanted = np.asarray([vector], dtype=np.float32)
        nearest = self._read(lambda rows: rows.query(query_embeddings=wanted, n_results=limit, include=["distances"]))
        distances = (nearest["distances"] or [[]])[0]
        hits = [(passage_id, 1.0 - distance) for passage_id, distance in zip(nearest["ids"][0], distances, strict=True)]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))

    def answers_for(self, passage_ids: Sequence[str]) -> bool:
        """Return whether a search with each passage's own vector finds that passage."""
        # Some stored passage is queried in any case: a failed write may have left a file on which every query fails.
        some = self._collection.get(limit=1)["ids"]
        held = self._collection.get(ids=list({*passage_ids, *some}), include=["embeddings"])
        if len(held["ids"]) < len(passage_ids):
            return False
        vectors = np.asarray(held["embeddings"], dtype=np.float32)
        nearest = ({near for near, _ in self.search(vector.tolist(), limit=5)} for vector in vectors)
        return all(passage_id in ids for passage_id, ids in zip(held["ids"], nearest, strict=True))

    def ids(self) -> set[str]:
        """Return the ids of all passages in the index."""
        return set(self._collection.get(include=[])["ids"])

    def vectors(self) -> Vectors:
        """Return all vectors, shape `(n, dim)`, in no particular order."""
        held: Vectors = np.asarray(self._collection.get(include=["embeddings"])["embeddings"], dtype=np.float32)
        return held

    def finds_itself(self) -> bool:
        """Return whether the index holds a vector, and a search with it finds it."""
        held = self._read(lambda collection: collection.get(limit=1, include=["embeddings"]))
        vectors = np.asarray(held["embeddings"], dtype=np.float32)
        if not held["ids"]:
            return False
        return held["ids"][0] in {passage_id for passage_id, _ in self.search(vectors[0].tolist(), limit=5)}

    def similarities(self, vector: Sequence[float], passage_ids: Sequence[str]) -> dict[str, float]:
        """Return the exact cosine similarity of these passages; ids without a vector are left out."""
        if not passage_ids:
            return {}
        held = self._read(lambda collection: collection.get(ids=list(passage_ids), include=["embeddings"]))
        if not held["ids"]:
            return {}
        scores = np.asarray(held["embeddings"], dtype=np.float32) @ np.asarray(vector, dtype=np.float32)
        return dict(zip(held["ids"], scores.tolist(), strict=True))


def _blank_new_memory() -> None:
    """Have the C library fill the memory that this process is given from now on.

    The graph's files are written from memory that was never filled (measured on Chroma 1.5.9), so whatever the
    process held before would end up on disk: articles that were forgotten, keys. Costs 14 MB and no time that
    could be measured in writing 6,000 vectors. Blocks of at most 1,032 bytes come unfilled out of a thread's cache: the
    400 bytes of `length.bin` in a library of under 100 passages may still hold traces.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is None or not set_option(_PERTURB, 1):
        log.warning("memory cannot be blanked on this system: files of the vector index may hold traces of other data")
