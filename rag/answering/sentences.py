"""Sentences of a stream of text, each as soon as it is whole."""

from collections.abc import Iterable, Iterator

from rag.indexes.chunking import sentence_spans
from rag.markers import end_of_leading_markers


def complete_sentences(deltas: Iterable[str]) -> Iterator[str]:
    """Yield the sentences of a stream as soon as each is whole, with the markers behind its full stop."""
    pending = ""
    for delta in deltas:
        pending += delta
        *whole, pending = _split(pending)
        yield from whole
    yield from (sentence for sentence in _split(pending) if sentence)


def _split(text: str) -> list[str]:
    """Sentences of the text; markers that begin one belong to the one before; the last may be unfinished."""
    starts = [span.start for span in sentence_spans(text)][1:]
    pieces: list[str] = []
    last = 0
    for start in starts:
        cut = end_of_leading_markers(text, start)
        if cut < len(text) and text[cut] != "[":  # else a marker may still follow
            pieces.append(text[last:cut].strip())
            last = cut
    return [*pieces, text[last:].lstrip() if pieces else text]
