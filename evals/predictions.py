"""What a system gave for a question, in the same shape for every kind of system."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from rag.dates import NewsDate
from rag.models import Answer, Citation, Claim, Hit, Passage, Status, Usage

Outcome = Status | Literal["failed"]
UNDECIDED = -1


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that was found or cited.

    Attributes:
        article_text: The whole article, where it is at hand.
    """

    article_id: str
    url: str | None
    title: str
    source: str | None
    published_at: NewsDate | None
    text: str
    article_text: str | None = None


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation with its quote; `start` and `end` are characters of the article's text."""

    marker: int
    quote: str
    start: int
    end: int
    evidence: Evidence

    @property
    def verbatim(self) -> bool | None:
        """The quote stands at its place in the article; `None` where no text is at hand to tell."""
        if self.evidence.article_text is None:
            return None
        return self.quote != "" and self.evidence.article_text[self.start : self.end] == self.quote


@dataclass(frozen=True, slots=True)
class Response:
    """One system's response to one case.

    Attributes:
        text: The answer with its markers; `None` where only passages were asked for.
        hits: Passages, best first; `None` where the system does not show its ranking.
        confidence: In [0, 1]; `None` where the system gives none.
        chosen: Index of the choice it takes, `UNDECIDED` where it was asked and cannot tell, which is
            wrong; `None` where it was not asked.
        usage: `None` where the system does not count tokens.
        timings_ms: Stage -> milliseconds; `total` and `first_words` are known.
        result: What is written to `cases.jsonl`, as `python -m rag ask --json` prints it.
    """

    status: Outcome
    text: str | None
    claims: tuple[Claim, ...] = ()
    citations: tuple[Cited, ...] | None = ()
    hits: tuple[Evidence, ...] | None = ()
    confidence: float | None = None
    as_of: datetime | None = None
    chosen: int | None = None
    usage: Usage | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    result: Mapping[str, Any] = field(default_factory=dict)


FAILED = Response(status="failed", text="", confidence=0.0, chosen=UNDECIDED)
"""What a case that raised an error is scored as: it found nothing and said nothing."""
FOUND_NOTHING = Response(status="failed", text=None, citations=None)
"""The same, where only passages were asked for."""


def from_answer(answer: Answer, *, chosen: int | None, result: Mapping[str, Any]) -> Response:
    """The response that an answer of Dateline's own types is."""
    return Response(
        status=answer.status,
        text=answer.text,
        claims=answer.claims,
        citations=tuple(_cited(citation) for citation in answer.citations),
        hits=from_hits(answer.hits),
        confidence=answer.confidence,
        as_of=answer.as_of,
        chosen=chosen,
        usage=answer.usage,
        timings_ms=answer.timings_ms,
        result=result,
    )


def from_hits(hits: Sequence[Hit]) -> tuple[Evidence, ...]:
    """The passages of a search, best first."""
    return tuple(_evidence(hit.passage) for hit in sorted(hits, key=lambda hit: hit.rank))


def _cited(citation: Citation) -> Cited:
    return Cited(citation.marker, citation.quote, citation.start, citation.end, _evidence(citation.passage))


def _evidence(passage: Passage) -> Evidence:
    article = passage.article
    return Evidence(
        article_id=article.id,
        url=article.url,
        title=article.title,
        source=article.source,
        published_at=article.published_at,
        text=passage.text,
        article_text=article.text,
    )
