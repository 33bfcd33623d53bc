"""The interface of reading: what a model says about a question, or a claim, and a passage."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Window:
    """What a reader is shown at once: some sentences of a passage under a heading.

    Attributes:
        heading: Headline, outlet and date (see `rag.reading.inputs.heading`).
        text: The sentences as the article has them.
    """

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class SpanScore:
    """A stretch of a window that may answer.

    Attributes:
        start: Of the stretch, in characters of the window's text.
        end: Behind it.
        margin: Logit of the stretch minus that of "no answer here"; above 0 it is likelier than none.
    """

    start: int
    end: int
    margin: float


@dataclass(frozen=True, slots=True)
class WindowReading:
    """What a reader says of one question and one window.

    Attributes:
        answerable: Logit of "the window answers the question".
        spans: The best stretch of each of the ranges that were asked for; `None` for one that holds no token.
    """

    answerable: float
    spans: tuple[SpanScore | None, ...]


class SpanReader(Protocol):
    """Reads windows of articles for a question, and judges claims by them."""

    def read(
        self, question: str, windows: Sequence[Window], ranges: Sequence[Sequence[tuple[int, int]]]
    ) -> list[WindowReading]:
        """Return for each window how likely it answers and the best stretch within each of its ranges.

        Args:
            question: Standalone.
            windows: To read.
            ranges: For each window stretches of its text, in characters, e.g. its sentences.
        """

    def entailment(self, claim: str, windows: Sequence[Window]) -> list[float]:
        """Return for each window the probability that it says what the claim says, in [0, 1]."""
