"""`python -m rag bench`: how long a search takes as the library grows, and what each index costs.

Passages are made of the sentences of given articles (or of made-up words), vectors are random, but
the question is embedded by the local model, as in use. Figures are medians and 95th percentiles of
one process on this machine.
"""

import argparse
import gzip
import json
import math
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.asking import Dateline
from rag.dates import NewsDate
from rag.domain import Article, Passage
from rag.embedding import LocalEmbedding, Vectors
from rag.lexical import LexicalIndex, stems
from rag.library import Library
from rag.passages import passages_of, sentence_spans
from rag.quoting import QuotingAnswerer
from rag.retrieval import HybridRetriever
from rag.tables import Intake
from rag.vectors import VectorIndex
from rag.words import content_words

_DIMENSIONS = 384
_SENTENCES = 7
"""Of a made-up passage; about as many words as a real one has."""
_QUESTIONS = 200
_BATCH = 2000
_RECALL_AT = 50


class _RandomPassages(BaseEmbedding):
    """Made-up unit vectors for passages; questions go to the local model, which takes its time."""

    local: LocalEmbedding

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = _clustered(len(texts), np.random.default_rng(len(texts[0]))).tolist()
        return rows

    def _get_query_embedding(self, query: str) -> list[float]:
        return self.local.get_query_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def sentences_of(source: Path | None) -> list[str]:
    """Sentences of the articles in a JSONL file, or made of words whose frequencies follow Zipf's law."""
    if source is not None:
        raw = gzip.decompress(source.read_bytes()) if source.suffix == ".gz" else source.read_bytes()
        texts = [json.loads(line)["text"] for line in raw.decode("utf-8").splitlines()]
        return [text[span.start : span.end] for text in texts for span in sentence_spans(text)]
    rng = random.Random(1)
    words = ["".join(rng.choices("abcdefghijklmnoprstuvwz", k=rng.randint(3, 9))) for _ in range(30_000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    return [" ".join(rng.choices(words, weights, k=22)).capitalize() + "." for _ in range(20_000)]


def articles_of(sentences: Sequence[str], passages: int) -> Iterator[Article]:
    """Recombined articles of about eight passages each, until there are so many passages."""
    rng, made, number = random.Random(2), 0, 0
    while made < passages:
        text = " ".join(rng.choices(sentences, k=8 * _SENTENCES))
        day = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number % 8000)
        article = Article(f"b{number}", rng.choice(sentences)[:80], text, source="Bench", published_at=NewsDate(day))
        made += len(passages_of(article))
        number += 1
        yield article


def end_to_end(sentences: Sequence[str], passages: int, folder: Path) -> dict[str, Any]:
    """Times whole searches, the question's embedding included, over a library of this size."""
    model = _RandomPassages(model_name="bench", local=LocalEmbedding())
    library = Library(folder / "data", cache=folder / "cache", embedding=model)
    started = perf_counter()
    with library.writing() as writer:
        batch: list[Intake] = []
        for article in articles_of(sentences, passages):
            batch.append(Intake(article, passages_of(article), article.text, raw_digest=article.id))
            if len(batch) == 500:
                writer.put(batch)
                batch = []
        writer.put(batch)
        writer.index_words()
        for _ in writer.index_vectors():
            pass
    built = perf_counter() - started
    dateline = Dateline(library, HybridRetriever(library), QuotingAnswerer(library.lexical))
    questions = random.Random(3).sample(list(sentences), min(_QUESTIONS, len(sentences)))
    figures = {
        "what": "search, end to end",
        "passages": library.record.passage_count(),
        "build_seconds": round(built, 1),
        **_timed(lambda question: dateline.search(question[:200]), questions),
    }
    library.close()
    return figures


def lexical_alone(sentences: Sequence[str], passages: int, folder: Path) -> dict[str, Any]:
    """Times the lexical index by itself."""
    index = LexicalIndex(folder / "lexical")
    started = perf_counter()
    index.put(_passages(sentences, passages))
    built = perf_counter() - started
    rng = random.Random(4)
    questions = [stems(" ".join(content_words(rng.choice(sentences))[:9])) for _ in range(_QUESTIONS)]
    timed = _timed(lambda words: index.search(words, before=2**40, limit=200), questions)
    return {"what": "lexical index", "passages": passages, "build_seconds": round(built, 1)} | _disk(folder) | timed


def vectors_alone(passages: int, folder: Path) -> dict[str, Any]:
    """Times the vector index by itself; recall is against exact search."""
    index = VectorIndex(folder / "chroma")
    rng = np.random.default_rng(5)
    kept: list[Vectors] = []
    started = perf_counter()
    for first in range(0, passages, _BATCH):
        count = min(_BATCH, passages - first)
        vectors = _clustered(count, rng)
        kept.append(vectors)
        index.put([f"v{number}" for number in range(first, first + count)], vectors)
    built = perf_counter() - started
    everything = np.concatenate(kept)
    chosen = everything[rng.integers(0, passages, _QUESTIONS)] + _unit(_QUESTIONS, rng) * 0.5
    queries: list[list[float]] = chosen.tolist()
    index.search(queries[0], limit=_RECALL_AT)
    timed = _timed(lambda query: index.search(query, limit=200), queries)
    recalls = []
    for query in queries[:50]:
        found = {one for one, _ in index.search(query, limit=_RECALL_AT)}
        exact = np.argsort(-(everything @ np.asarray(query, dtype=np.float32)))[:_RECALL_AT]
        recalls.append(len(found & {f"v{number}" for number in exact}) / _RECALL_AT)
    index.close()
    recall = {f"recall_at_{_RECALL_AT}": round(float(np.mean(recalls)), 4)}
    return (
        {"what": "vector index", "passages": passages, "build_seconds": round(built, 1)}
        | _disk(folder)
        | timed
        | recall
    )


def _passages(sentences: Sequence[str], count: int) -> Iterator[Passage]:
    made = 0
    for article in articles_of(sentences, count):
        for passage in passages_of(article)[: count - made]:
            made += 1
            yield passage


def _timed(search: Callable[[Any], object], questions: Sequence[Any]) -> dict[str, float]:
    for question in questions[:20]:
        search(question)
    taken = []
    for question in questions:
        started = perf_counter()
        search(question)
        taken.append((perf_counter() - started) * 1000)
    return {"p50_ms": round(float(np.percentile(taken, 50)), 1), "p95_ms": round(float(np.percentile(taken, 95)), 1)}


def _disk(folder: Path) -> dict[str, float]:
    return {"disk_mb": round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6, 1)}


def _clustered(count: int, rng: np.random.Generator) -> Vectors:
    """Unit vectors around a thousand centres, as those of texts lie together; noise makes HNSW far slower."""
    centres = _unit(1000, np.random.default_rng(6))
    near = centres[rng.integers(0, len(centres), count)] + _unit(count, rng) * 0.8
    unit: Vectors = (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _unit(count: int, rng: np.random.Generator) -> Vectors:
    rows = rng.standard_normal((count, _DIMENSIONS), dtype=np.float32)
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmark; prints one JSON object a line, last the exponents with which p50 grows."""
    parser = argparse.ArgumentParser(prog="python -m rag bench", description="Times searches over made libraries.")
    parser.add_argument("--from", dest="source", type=Path, help="JSONL articles whose sentences are recombined")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000], help="passages, end to end")
    parser.add_argument("--lexical", type=int, nargs="*", default=[100_000, 1_000_000], help="passages, index alone")
    parser.add_argument("--vectors", type=int, nargs="*", default=[100_000, 1_000_000], help="vectors, index alone")
    options = parser.parse_args(arguments)
    sentences = sentences_of(options.source)
    runs: list[tuple[Callable[[int, Path], dict[str, Any]], Sequence[int]]] = [
        (lambda size, folder: end_to_end(sentences, size, folder), options.sizes),
        (lambda size, folder: lexical_alone(sentences, size, folder), options.lexical),
        (vectors_alone, options.vectors),
    ]
    for measure, sizes in runs:
        figures = []
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                figures.append(measure(size, Path(folder)))
            print(json.dumps(figures[-1]), flush=True)  # noqa: T201
        if len(figures) > 1:
            small, large = figures[0], figures[-1]
            growth = math.log(large["p50_ms"] / small["p50_ms"]) / math.log(large["passages"] / small["passages"])
            print(json.dumps({"what": large["what"], "growth_exponent": round(growth, 2)}))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
