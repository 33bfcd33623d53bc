"""`python -m evals bench search`: how long a search takes as the library grows, and what each index costs.

Passages are made of the sentences of given articles (or of made-up words), vectors are random, but
the question is embedded by the model that the settings name, as in use. Each measurement runs in a process of its own;
figures are medians and 95th percentiles, and its peak memory.
"""

import argparse
import gzip
import json
import math
import random
import resource
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from rag.dates import NewsDate
from rag.engine import dateline_over
from rag.indexes.base import Vectors
from rag.indexes.chunking import passages_of, sentence_spans
from rag.indexes.embedding import embedding_from
from rag.indexes.lexical import TantivyIndex, analyze
from rag.indexes.vector import ChromaIndex, Hnsw
from rag.library.library import make_library
from rag.models import Article, Passage
from rag.settings import load_settings
from rag.store import NewArticle
from rag.text import content_words

_DIMENSIONS = 384
_SENTENCES = 7
"""Of a made-up passage; about as many words as a real one has."""
_QUESTIONS = 200
_BATCH = 2000
_RECALL_AT = 50
_EXACT_QUESTIONS = 50
_COMPARED = [Hnsw(links, 200, breadth) for links in (16, 32, 48) for breadth in (100, 200, 400)]

_Measure = Callable[[Path], dict[str, Any]]


class _RandomPassages(BaseEmbedding):
    """Made-up unit vectors for passages; questions go to the model that the settings name, which takes its time."""

    questions: BaseEmbedding

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = _clustered(len(texts), np.random.default_rng(len(texts[0]))).tolist()
        return rows

    def _get_query_embedding(self, query: str) -> list[float]:
        return self.questions.get_query_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


def sentences_of(file: Path | None) -> list[str]:
    """Return the sentences of the articles in a JSONL file, or made-up ones whose words follow Zipf's law."""
    if file is not None:
        raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        texts = [json.loads(line)["text"] for line in raw.decode("utf-8").splitlines()]
        return [text[span.start : span.end] for text in texts for span in sentence_spans(text)]
    rng = random.Random(1)
    words = ["".join(rng.choices("abcdefghijklmnoprstuvwz", k=rng.randint(3, 9))) for _ in range(30_000)]
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    return [" ".join(rng.choices(words, weights, k=22)).capitalize() + "." for _ in range(20_000)]


def articles_of(sentences: Sequence[str], passages: int) -> Iterator[Article]:
    """Yield recombined articles of about eight passages each, until they have `passages` passages."""
    rng, made, number = random.Random(2), 0, 0
    while made < passages:
        text = " ".join(rng.choices(sentences, k=8 * _SENTENCES))
        day = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number % 8000)
        article = Article(f"b{number}", rng.choice(sentences)[:80], text, source="Bench", published_at=NewsDate(day))
        made += len(passages_of(article))
        number += 1
        yield article


def end_to_end(file: Path | None, passages: int, folder: Path) -> dict[str, Any]:
    """Time whole searches, the question's embedding included, over a library of this size."""
    sentences = sentences_of(file)
    settings = load_settings()
    model = _RandomPassages(model_name="bench", questions=embedding_from(settings))
    own = settings.model_copy(update={"data": folder / "data", "cache": folder / "cache"})
    library = make_library(own, embedding=model)
    started = perf_counter()
    with library.writing() as writer:
        batch: list[NewArticle] = []
        for article in articles_of(sentences, passages):
            batch.append(NewArticle(article, passages_of(article), article.text, raw_digest=article.id))
            if len(batch) == 500:
                writer.put(batch)
                batch = []
        writer.put(batch)
        writer.index_words()
        for _ in writer.index_vectors():
            pass
    built = perf_counter() - started
    dateline = dateline_over(library, settings)
    questions = random.Random(3).sample(list(sentences), min(_QUESTIONS, len(sentences)))
    figures = {
        "what": "search, end to end",
        "passages": library.record.passage_count(),
        "build_seconds": round(built, 1),
        **_cost(folder),
        **_timed(lambda question: dateline.search(question[:200]), questions),
    }
    library.close()
    return figures


def lexical_alone(file: Path | None, passages: int, folder: Path) -> dict[str, Any]:
    """Time the lexical index by itself."""
    sentences = sentences_of(file)
    index = TantivyIndex(folder / "lexical")
    started = perf_counter()
    index.put(_passages(sentences, passages))
    built = perf_counter() - started
    rng = random.Random(4)
    questions = [analyze(" ".join(content_words(rng.choice(sentences))[:9])) for _ in range(_QUESTIONS)]
    timed = _timed(lambda words: index.search(words, before=2**40, limit=200), questions)
    return {"what": "lexical index", "passages": passages, "build_seconds": round(built, 1)} | _cost(folder) | timed


def vectors_alone(passages: int, folder: Path) -> dict[str, Any]:
    """Time the vector index by itself, over made-up vectors."""
    batches = partial(_made_batches, passages)
    rng = np.random.default_rng(5)
    some = next(iter(batches()))
    queries = some[rng.integers(0, len(some), _QUESTIONS)] + _unit(_QUESTIONS, rng) * 0.5
    return {"what": "vector index", "passages": passages} | _hnsw_figures(Hnsw(), batches, queries, folder)


def hnsw_over(data: Path, hnsw: Hnsw, folder: Path) -> dict[str, Any]:
    """Measure time and recall with these parameters over the vectors of a library, with its sentences as questions."""
    library = ChromaIndex(data / "chroma")
    everything = library.vectors()
    library.close()
    rng = np.random.default_rng(5)
    asked = rng.permutation(len(everything))[:_QUESTIONS]
    queries = everything[asked] + _unit(len(asked), rng) * 0.5
    parameters = {"M": hnsw.neighbours, "ef_construction": hnsw.ef_construction, "ef_search": hnsw.ef_search}
    figures = _hnsw_figures(hnsw, lambda: iter([everything]), queries, folder)
    return {"what": "HNSW parameters", "passages": len(everything)} | parameters | figures


def _hnsw_figures(
    hnsw: Hnsw, batches: Callable[[], Iterable[Vectors]], queries: Vectors, folder: Path
) -> dict[str, Any]:
    """Build time, cost, search times, and recall against exact search over the same batches."""
    index = ChromaIndex(folder / "chroma", hnsw)
    started = perf_counter()
    stored = 0
    for vectors in batches():
        index.put([f"v{number}" for number in range(stored, stored + len(vectors))], vectors)
        stored += len(vectors)
    built = {"build_seconds": round(perf_counter() - started, 1)}
    asked: list[list[float]] = queries.tolist()
    timed = _timed(lambda query: index.search(query, limit=200), asked)
    cost = _cost(folder)  # before the exact search, which holds more
    few = asked[:_EXACT_QUESTIONS]
    approximate = [{passage_id for passage_id, _ in index.search(query, limit=_RECALL_AT)} for query in few]
    index.close()
    exact = _exact(batches(), few)
    shared = sum(len(ids & nearest) for ids, nearest in zip(approximate, exact, strict=True))
    return built | cost | timed | {f"recall_at_{_RECALL_AT}": round(shared / (_RECALL_AT * len(few)), 4)}


def _exact(batches: Iterable[Vectors], queries: Sequence[Sequence[float]]) -> list[set[str]]:
    """The nearest of each query by comparing all vectors."""
    asked = np.asarray(queries, dtype=np.float32)
    best: list[list[tuple[float, int]]] = [[] for _ in queries]
    stored = 0
    for vectors in batches:
        scores = asked @ vectors.T
        for row, nearest in enumerate(np.argsort(-scores, axis=1)[:, :_RECALL_AT]):
            new = [(float(scores[row, column]), stored + int(column)) for column in nearest]
            best[row] = sorted(best[row] + new, reverse=True)[:_RECALL_AT]
        stored += len(vectors)
    return [{f"v{number}" for _, number in row} for row in best]


def _made_batches(passages: int) -> Iterator[Vectors]:
    """The same vectors each time, so that they need not be kept for the exact search."""
    rng = np.random.default_rng(7)
    for first in range(0, passages, _BATCH):
        yield _clustered(min(_BATCH, passages - first), rng)


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


def _cost(folder: Path) -> dict[str, float]:
    disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"disk_mb": round(disk, 1), "peak_memory_mb": round(peak)}


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
    """Run the benchmark; print one JSON object a line, the last the exponents with which p50 grows."""
    parser = argparse.ArgumentParser(
        prog="python -m evals bench search", description="Times searches over made libraries."
    )
    parser.add_argument("--from", dest="articles", type=Path, help="JSONL articles whose sentences are recombined")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000], help="passages, end to end")
    parser.add_argument("--lexical", type=int, nargs="*", default=[100_000, 1_000_000], help="passages, index alone")
    parser.add_argument("--vectors", type=int, nargs="*", default=[100_000, 1_000_000], help="vectors, index alone")
    parser.add_argument("--hnsw", type=Path, metavar="DATA", help="compare HNSW parameters over a library's vectors")
    options = parser.parse_args(arguments)
    if options.hnsw:
        _series([partial(hnsw_over, options.hnsw, hnsw) for hnsw in _COMPARED])
        return 0
    _growing([partial(end_to_end, options.articles, size) for size in options.sizes])
    _growing([partial(lexical_alone, options.articles, size) for size in options.lexical])
    _growing([partial(vectors_alone, size) for size in options.vectors])
    return 0


def _series(measures: Sequence[_Measure]) -> list[dict[str, Any]]:
    """Runs and prints each measurement, in a process and a folder of its own."""
    figures = []
    for measure in measures:
        with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(1, get_context("spawn")) as process:
            figures.append(process.submit(measure, Path(folder)).result())
        print(json.dumps(figures[-1]), flush=True)  # noqa: T201
    return figures


def _growing(measures: Sequence[_Measure]) -> None:
    figures = _series(measures)
    if len(figures) > 1:
        small, large = figures[0], figures[-1]
        growth = math.log(large["p50_ms"] / small["p50_ms"]) / math.log(large["passages"] / small["passages"])
        print(json.dumps({"what": large["what"], "growth_exponent": round(growth, 2)}))  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
