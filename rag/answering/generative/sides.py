"""Outlets that give different answers: which of them a model's answer tells of, and which not. Pure."""

from collections.abc import Iterator, Sequence

from rag.answering.base import CheckedClaim, PassageSpan
from rag.answering.verification import quoted_claim
from rag.answering.verification.words import words_in
from rag.models import Citation
from rag.reading.excerpts import attribution, quotation

Sides = Sequence[PassageSpan]
"""A sentence of each outlet that gives an answer of its own."""


def untold(sides: Sides, claims: Sequence[CheckedClaim], citations: Sequence[Citation]) -> list[PassageSpan]:
    """Return the sides that an answer leaves out; none where it tells of none, since it then answers something else."""
    missing = [side for side in sides if not _marker_of(side, claims, citations)]
    return missing if len(missing) < len(sides) else []


def conflict_of(sides: Sides, claims: Sequence[CheckedClaim], citations: Sequence[Citation]) -> tuple[int, ...]:
    """Return the markers of an answer that stand for the sides, one each; none where it tells of fewer than two."""
    markers = [_marker_of(side, claims, citations) for side in sides]
    told = tuple(dict.fromkeys(marker for marker in markers if marker))
    return told if len(told) > 1 else ()


def quote_of(side: PassageSpan, citations: Sequence[Citation], language: str) -> CheckedClaim:
    """Return a side as a quote with its outlet and date before it, these as the language writes them."""
    passage, span = side
    quote = f"{attribution(passage.article, language)} {quotation(passage.article.text[span.start : span.end])}"
    return quoted_claim(quote, passage, span, citations)


def _marker_of(side: PassageSpan, claims: Sequence[CheckedClaim], citations: Sequence[Citation]) -> int:
    """The marker by which a claim tells a side: it cites the outlet, with a figure of the sentence if that has any."""
    return next(_markers_of(side, claims, citations), 0)


def _markers_of(side: PassageSpan, claims: Sequence[CheckedClaim], citations: Sequence[Citation]) -> Iterator[int]:
    passage, span = side
    figures = words_in(passage.article.text[span.start : span.end]).figures
    for checked in claims:
        tells = not figures or figures & words_in(checked.claim.text).figures
        for marker in checked.claim.markers if tells else ():
            if citations[marker - 1].passage.article.source == passage.article.source:
                yield marker
