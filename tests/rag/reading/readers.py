"""A reader that finds what it is told to find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.reading.base import SpanScore, Window, WindowReading


@dataclass(frozen=True)
class ToldReader:
    """Finds the words it knows, each with its margin; any other range holds its first word, very unlikely.

    Attributes:
        margins: Words of a text -> margin.
        says: Claims with the text of a window that surely says so; no other does.
    """

    margins: Mapping[str, float]
    says: tuple[tuple[str, str], ...] = ()

    def read(
        self, question: str, windows: Sequence[Window], ranges: Sequence[Sequence[tuple[int, int]]]
    ) -> list[WindowReading]:
        readings = []
        for window, asked in zip(windows, ranges, strict=True):
            spans = tuple(self._best(window.text, start, end) for start, end in asked)
            readings.append(WindowReading(max(span.margin for span in spans), spans))
        return readings

    def entailment(self, claim: str, windows: Sequence[Window]) -> list[float]:
        return [float((claim, window.text) in self.says) for window in windows]

    def _best(self, text: str, start: int, end: int) -> SpanScore:
        held = {words: margin for words, margin in self.margins.items() if words in text[start:end]}
        if not held:
            return SpanScore(start, start + len(text[start:end].split()[0]), -9.0)
        words = max(held, key=lambda words: held[words])
        at = text.index(words, start)
        return SpanScore(at, at + len(words), held[words])
