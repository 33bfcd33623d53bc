"""Passages of articles in paragraphs, as the chat's sources and the articles' pages show them. Pure."""

import re
from dataclasses import dataclass

from rag.models import Span

_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*")


@dataclass(frozen=True, slots=True)
class PassageParagraph:
    """A paragraph of an article in three parts, of which the middle one is highlighted.

    Attributes:
        before: All of it, where nothing is highlighted.
        highlighted: As much of the quote as is in this paragraph.
        after: The rest.
        begins_quote: The quote begins here, so that links lead here.
    """

    before: str
    highlighted: str = ""
    after: str = ""
    begins_quote: bool = False


def passage_paragraphs(text: str, span: Span, quote: Span | None) -> list[PassageParagraph]:
    """The paragraphs of a span of an article's text; what they hold of the quote is highlighted."""
    paragraphs = []
    for match in _PARAGRAPH.finditer(text, span.start, span.end):
        start, end = match.span()
        low, high = (max(start, quote.start), min(end, quote.end)) if quote else (end, end)
        if quote and low < high:
            paragraphs.append(PassageParagraph(text[start:low], text[low:high], text[high:end], low == quote.start))
        else:
            paragraphs.append(PassageParagraph(text[start:end]))
    return paragraphs
