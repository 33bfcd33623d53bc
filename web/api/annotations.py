"""Where an answer's own markers stand in its text, and which page each cites."""

from collections.abc import Iterator
from dataclasses import dataclass

from rag.markers import own_markers
from rag.models import Answer
from rag.schemas import link_to_quote
from web.security.headers import Scope, header


@dataclass(frozen=True, slots=True)
class MarkerPlace:
    """A marker in the text, as a `url_citation` annotation names it.

    Attributes:
        start: Of its bracket, in code points or UTF-16 code units.
        end: Behind its bracket, in the same unit.
        title: Of the cited article.
        url: Of the cited sentence in it.
    """

    start: int
    end: int
    title: str
    url: str


def counts_utf16(scope: Scope) -> bool:
    """Whether the client is JavaScript, whose strings are indexed by UTF-16 code units.

    Every `fetch` sends `Sec-Fetch-Mode` (Fetch standard, 4.5), Node's too; OpenAI's client also says its language.
    """
    return bool(header(scope, "sec-fetch-mode")) or header(scope, "x-stainless-lang") == "js"


def marker_places(answer: Answer, *, utf16: bool) -> Iterator[MarkerPlace]:
    """The markers in the order of the text; those of articles without an address are left out.

    Args:
        answer: Whole; a marker that stands in quoted text is not the answer's own.
        utf16: Places count UTF-16 code units, not code points.
    """
    links = {
        citation.marker: (citation.passage.article.title, link_to_quote(citation) or "")
        for citation in answer.citations
        if citation.passage.article.url
    }
    for marker, start, end in own_markers(answer.text, answer.claims):
        if marker in links:
            shift = _surrogates(answer.text[:start]) if utf16 else 0
            yield MarkerPlace(start + shift, end + shift, *links[marker])


def _surrogates(text: str) -> int:
    """How many more UTF-16 code units than code points the text has."""
    return len(text.encode("utf-16-le")) // 2 - len(text)
