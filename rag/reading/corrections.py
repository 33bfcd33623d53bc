"""What an outlet has taken back: the sentence that says so, and the wrong figure in what it published before. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.models import Hit, Passage, Span

_TAKEN_BACK = re.compile(
    r"\b(?:an?|the) (?:earlier|previous) (?:version|headline|article|report)\b|\b(?:incorrectly|wrongly|mistakenly) "
    r"(?:said|stated|reported|gave|named|described|identified|put)\b|\bmisstated\b",
    re.IGNORECASE,
)
_DAY = re.compile(r"\b\d{1,2} [A-Z][a-z]{2,8}\b(?: \d{4}\b)?|\b[A-Z][a-z]{2,8} \d{1,2}\b(?:, \d{4}\b)?")
_FIGURE = re.compile(r"\d[\d.,]*")
_ABOUT_ERRORS = re.compile(r"\b(?:correct\w*|error|errors|wrong\w*|mistake\w*|earlier|retract\w*|misprint\w*)\b", re.I)


@dataclass(frozen=True, slots=True)
class Correction:
    """A sentence in which an outlet says what it had got wrong.

    Attributes:
        span: Of the sentence, in characters of the article's text.
        figures: That were wrong.
    """

    passage: Passage
    span: Span
    figures: frozenset[str]

    def covers(self, passage: Passage, span: Span) -> bool:
        """Return whether a sentence is this one, or one with the wrong figure in this outlet, no later than this."""
        if (passage.id, span) == (self.passage.id, self.span):
            return True
        article, earlier = self.passage.article, passage.article
        if article.source != earlier.source or not article.published_at or not earlier.published_at:
            return False
        text = earlier.text[span.start : span.end]
        return earlier.published_at.at <= article.published_at.at and bool(self.figures & _figures(text))


def corrections(question: str, hits: Sequence[Hit]) -> Iterator[Correction]:
    """Yield what the hits take back; nothing where the question asks about errors.

    A figure that the next sentence gives too is not wrong.
    """
    if _ABOUT_ERRORS.search(question):
        return
    for hit in hits:
        article = hit.passage.article
        texts = [article.text[span.start : span.end] for span in hit.passage.sentences]
        for position, (span, text) in enumerate(zip(hit.passage.sentences, texts, strict=True)):
            if _TAKEN_BACK.search(text):
                right = _figures(" ".join(texts[position + 1 : position + 2]))
                yield Correction(hit.passage, span, _figures(text) - right)


def _figures(text: str) -> frozenset[str]:
    figures = (figure.strip(".,") for figure in _FIGURE.findall(_DAY.sub(" ", text)))
    return frozenset(figure for figure in figures if len(figure) > 1)
