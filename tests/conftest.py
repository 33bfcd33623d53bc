"""What every test shares: no connection leaves the machine, no key is set, one local model is loaded once."""

import hashlib
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from playwright.sync_api import Browser, sync_playwright

from ingest.pipeline import ingest
from rag.dates import parse_iso
from rag.indexes.embedding import LocalEmbedding
from rag.library.library import Library
from rag.library.library import make_library as library_from
from rag.models import Article
from rag.settings import Settings

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "evals" / "suites" / "sample"
SHARED = ROOT.parent / "shared"

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

MakeLibrary = Callable[..., Library]


class HashEmbedding(BaseEmbedding):
    """Unit vectors made from a digest of the text, for tests in which meaning does not matter; counts its texts."""

    embedded: list[str] = []

    def _vector(self, text: str) -> list[float]:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        vector = np.random.default_rng(seed).normal(size=16)
        unit: list[float] = (vector / np.linalg.norm(vector)).tolist()
        return unit

    def _get_text_embedding(self, text: str) -> list[float]:
        self.embedded.append(text)
        return self._vector(text)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._vector(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._vector(query)


@pytest.fixture(autouse=True)
def _this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "DATELINE_")) and name != "DATELINE_CACHE":
            monkeypatch.delenv(name)
    connect = socket.socket.connect

    def refusing(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "127.0.0.1"
        assert host in ("127.0.0.1", "::1", "localhost"), f"a test connects to {host}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", refusing)


@pytest.fixture(scope="session")
def embedding() -> LocalEmbedding:
    return LocalEmbedding()


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def library_at(folder: Path, *, cache: Path, embedding: BaseEmbedding, **indexes: Any) -> Library:
    """The library in a folder, made if absent, with the given parts."""
    return library_from(Settings(data=folder, cache=cache), embedding=embedding, **indexes)


@pytest.fixture(scope="session")
def sample_library(
    tmp_path_factory: pytest.TempPathFactory, cache: Path, embedding: LocalEmbedding
) -> Iterator[Library]:
    """The sample articles with real vectors; not to be written to."""
    library = library_at(tmp_path_factory.mktemp("sample") / "data", cache=cache, embedding=embedding)
    report = ingest([SAMPLE / "articles"], library)
    assert report.complete
    assert report.added == report.seen > 12
    yield library
    library.close()


@pytest.fixture
def make_library(tmp_path: Path) -> Iterator[MakeLibrary]:
    """Opens libraries with a hash embedding; closes them at the end."""
    opened: list[Library] = []

    def make(name: str = "data", embedding: BaseEmbedding | None = None) -> Library:
        model = embedding or HashEmbedding(model_name="hash")
        opened.append(library_at(tmp_path / name, cache=tmp_path / "cache", embedding=model))
        return opened[-1]

    yield make
    for library in opened:
        library.close()


def article(text: str, *, id: str = "a", published: str | None = "2026-09-05", **fields: Any) -> Article:
    return Article(
        id=id,
        title=fields.pop("title", "A title"),
        text=text,
        published_at=parse_iso(published) if published else None,
        **fields,
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests of a process: a second one could not start, since the first one's event loop runs."""
    if not CHROMIUM.exists():
        pytest.skip("no /usr/bin/chromium; .ci/run installs it from Debian's packages")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
