"""`python -m evals bench ingest`: how fast articles go in, compared with embedding them.

The pipeline (reading, cleaning, recording, both indexes) is timed with vectors that cost nothing, the
embedding model on a sample of the very passages; each run has a process of its own, whose peak memory
is reported.
"""

import argparse
import json
import logging
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from ingest.formats.files import raw_inputs
from ingest.models import RawRecord
from ingest.normalize.records import read_raw
from ingest.pipeline import ingest
from rag.errors import RefusedArticle
from rag.indexes.chunking import passages_of, sentence_spans
from rag.indexes.embedding import embedded_text, embedding_from
from rag.library.library import make_library
from rag.settings import Settings, load_settings

_ROOT = Path(__file__).parents[2]
_SAMPLE = _ROOT / "evals" / "suites" / "sample" / "articles"
_SENTENCES = 30
_DIMENSIONS = 384
_TIMED_PASSAGES = 300


class ReadyVectors(BaseEmbedding):
    """Random unit vectors, so that all of a run but the embedding is timed."""

    def _vector(self, _text: str) -> list[float]:
        vector = np.random.default_rng().standard_normal(_DIMENSIONS)
        unit: list[float] = (vector / np.linalg.norm(vector)).tolist()
        return unit

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._vector(text)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._vector(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._vector(query)


def recombined(articles: Path, count: int) -> Iterator[dict[str, Any]]:
    """Yield article records made of the input's sentences, each text a new one; the same for the same input."""
    texts = []
    for raw in raw_inputs(articles):
        if isinstance(raw, RawRecord):
            try:
                texts.append(read_raw(raw).article.text)
            except RefusedArticle as refusal:
                logging.getLogger(__name__).info("%s: %s", raw.origin, refusal)
    sentences = [text[span.start : span.end] for text in texts for span in sentence_spans(text)]
    rng = random.Random(len(sentences))
    for number in range(count):
        chosen = rng.sample(sentences, min(_SENTENCES, len(sentences)))
        paragraphs = [" ".join(chosen[first : first + 3]) for first in range(0, len(chosen), 3)]
        yield {
            "id": f"bench-{number}",
            "title": f"{' '.join(chosen[0].split()[:8])} {number}",
            "text": "\n\n".join([f"Report {number} of {rng.random()}.", *paragraphs]),
            "source": f"Outlet {number % 20}",
            "published_at": f"2026-{1 + number % 12:02}-{1 + number % 28:02}",
        }


def measure(articles: Path, count: int) -> dict[str, float]:
    """Ingest `count` articles into an empty library, twice; return seconds, rates and this process's peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "articles.jsonl"
        with file.open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(record) + "\n" for record in recombined(articles, count))
        model = ReadyVectors(model_name="ready")
        settings = Settings(data=Path(folder) / "data", cache=Path(folder) / "cache")
        library = make_library(settings, embedding=model)
        started = perf_counter()
        report = ingest([file], library)
        seconds = perf_counter() - started
        again = ingest([file], library)
        passages = [passage for article in islice(library.record.articles(), 60) for passage in passages_of(article)]
        raw = _embedding_seconds([embedded_text(passage) for passage in passages[:_TIMED_PASSAGES]]) * report.passages
        library.close()
    return {
        "articles": report.added,
        "passages": report.passages,
        "pipeline_seconds": round(seconds, 1),
        "articles_per_second": round(report.added / seconds, 1),
        "passages_per_second": round(report.passages / seconds, 1),
        "unchanged_seconds": round(again.seconds, 2),
        "embedding_seconds": round(raw, 1),
        "embedding_passages_per_second": round(report.passages / raw, 1),
        "pipeline_over_embedding": round(seconds / raw, 3),
    }


def _embedding_seconds(texts: list[str]) -> float:
    """Seconds for one text, on all cores."""
    model = embedding_from(load_settings())
    model.get_text_embedding_batch(texts[:10])
    started = perf_counter()
    model.get_text_embedding_batch(texts)
    return (perf_counter() - started) / len(texts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark, each size in a process of its own, and print one JSON object a line."""
    parser = argparse.ArgumentParser(prog="python -m evals bench ingest", description=__doc__)
    parser.add_argument("--from", dest="sample", type=Path, default=_SAMPLE, help="articles whose sentences are used")
    parser.add_argument("--articles", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.here:
        figures = measure(options.sample, options.articles[0])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(figures | {"peak_mib": round(peak)}))  # noqa: T201
        return 0
    for count in options.articles:
        own = [sys.executable, "-m", "evals.bench.ingest", "--here", "--from", str(options.sample.resolve())]
        subprocess.run([*own, "--articles", str(count)], cwd=_ROOT, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
