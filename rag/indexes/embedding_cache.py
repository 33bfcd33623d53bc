"""A cache of vectors in SQLite, shared by all libraries of a machine."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from sqlalchemy import bindparam, create_engine, event, text

from rag.indexes.base import Vectors
from rag.indexes.embedding import passage_vectors

_MOST_PARAMETERS = 500
"""Digests asked for in one statement."""


class VectorCache:
    """Vectors by digest of model and text, in one SQLite file for all libraries.

    Args:
        folder: Made if absent; holds `vectors.sqlite`.
        model: Embeds what the cache does not hold.
    """

    def __init__(self, folder: Path, model: BaseEmbedding) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._engine = create_engine(f"sqlite:///{folder / 'vectors.sqlite'}")
        event.listen(self._engine, "connect", _configure)
        with self._engine.begin() as connection:
            connection.execute(
                text("CREATE TABLE IF NOT EXISTS vectors (digest BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
            )
        self.model = model

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors of the texts, shape `(len(texts), dim)`.

        Raises:
            EmbeddingError: The model failed, or returned no set of vectors.
        """
        if not texts:
            return np.empty((0, 0), dtype=np.float32)
        digests = [self._digest(passage) for passage in texts]
        vectors = self._stored(digests)
        missing = [passage for passage, digest in zip(texts, digests, strict=True) if digest not in vectors]
        if missing:
            embedded = dict(zip(map(self._digest, missing), passage_vectors(self.model, missing), strict=True))
            self._store(embedded)
            vectors |= embedded
        return np.stack([vectors[digest] for digest in digests])

    def digests(self, texts: Iterable[str]) -> list[str]:
        """Return the keys under which vectors of texts are stored, as `erase` takes them; they do not reveal a text."""
        return [self._digest(passage).hex() for passage in texts]

    def erase(self, digests: Iterable[str]) -> None:
        """Delete vectors, from the disk too; unknown digests are ignored."""
        with self._engine.begin() as connection:
            for digest in digests:
                connection.execute(text("DELETE FROM vectors WHERE digest = :d"), {"d": bytes.fromhex(digest)})
        # Deleted rows are overwritten (`secure_delete`), but the write-ahead log keeps the old pages until then.
        with self._engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def _digest(self, passage: str) -> bytes:
        return hashlib.sha256(f"{self.model.model_name}\0{passage}".encode("utf-8", "surrogatepass")).digest()

    def _stored(self, digests: Sequence[bytes]) -> dict[bytes, Vectors]:
        query = text("SELECT digest, vector FROM vectors WHERE digest IN :some").bindparams(
            bindparam("some", expanding=True)
        )
        vectors: dict[bytes, Vectors] = {}
        with self._engine.connect() as connection:
            for first in range(0, len(digests), _MOST_PARAMETERS):
                for row in connection.execute(query, {"some": list(digests[first : first + _MOST_PARAMETERS])}):
                    vectors[row.digest] = np.frombuffer(row.vector, dtype=np.float32)
        return vectors

    def _store(self, vectors: dict[bytes, Vectors]) -> None:
        rows = [{"d": digest, "v": vector.tobytes()} for digest, vector in vectors.items()]
        with self._engine.begin() as connection:
            connection.execute(text("INSERT OR REPLACE INTO vectors VALUES (:d, :v)"), rows)


def _configure(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA busy_timeout=30000")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA secure_delete=ON")
