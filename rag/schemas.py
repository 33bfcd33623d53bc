"""What commands and servers read and print: filters and history of a question, and JSON that other programs rely on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, get_args
from urllib.parse import quote as url_quote

from rag.dates import parse_as_of, parse_named
from rag.errors import QuestionError
from rag.messages import Text
from rag.models import PHRASES, QUOTES, Answer, Article, Citation, Claim, Filters, Hit, Kind, Message, Query

KINDS: tuple[Kind, ...] = get_args(Kind)
_MOST_MESSAGES = 40
_MOST_HISTORY_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Scope:
    """Which articles a question may be answered from.

    Attributes:
        filters: Outlets, kinds and publication dates.
        as_of: Only articles published up to this moment; `None` means up to the newest.
    """

    filters: Filters = field(default_factory=Filters)
    as_of: datetime | None = None


def read_scope(
    *,
    outlets: Sequence[str] = (),
    kinds: Sequence[str] = (),
    start: str | None = None,
    end: str | None = None,
    as_of: str | None = None,
) -> Scope:
    """The scope that a form, a request or a command line names; blank dates count as not given.

    Args:
        outlets: Names; empty means all.
        kinds: Of `KINDS`; empty means all.
        start: ISO 8601; a bare date means the beginning of that day, UTC.
        end: ISO 8601; a bare date means the end of that day, UTC.
        as_of: As `end`.

    Raises:
        QuestionError: A date is not ISO 8601, the start is after the end, or there is no such kind; it says which.
    """
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise QuestionError(Text("unknown_kind", {"kind": unknown[0][:100], "kinds": ", ".join(KINDS)}))
    first = parse_named("start_date", start).at if start and start.strip() else None
    last = parse_named("end_date", end).latest if end and end.strip() else None
    if first and last and first > last:
        raise QuestionError(Text("dates_reversed"), subject="start_date")
    return Scope(
        Filters(sources=tuple(outlets), start=first, end=last, kinds=tuple(kind for kind in KINDS if kind in kinds)),
        parse_as_of(as_of) if as_of and as_of.strip() else None,
    )


def recent_history(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The newest messages of a conversation that are considered: at most 40, of 20,000 characters together.

    A conversation may be of any length, and no client knows how much of it is considered.
    """
    left = _MOST_HISTORY_CHARACTERS
    kept: list[Message] = []
    for message in reversed(messages[-_MOST_MESSAGES:]):
        left -= len(message.content)
        if left < 0:
            break
        kept.append(message)
    return tuple(reversed(kept))


def search_json(hits: Sequence[Hit]) -> dict[str, Any]:
    """What `python -m rag search --json` prints."""
    return {"hits": [hit_json(hit) for hit in hits]}


def explained_json(query: Query, hits: Sequence[Hit], prompts: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What `--explain` adds: how the question was understood, and why each passage ranked where it did.

    Args:
        query: As the question was understood.
        hits: The passages found.
        prompts: What a language model was sent, and the version of the prompts; `None` where none was asked.
    """
    filters, window = query.filters, query.window
    return {
        "query": {
            "question": query.question,
            "as_of": _iso(query.as_of),
            "window": {"start": _iso(window.start), "end": _iso(window.end)} if window else None,
            "newest": query.newest,
            "understood_by": query.understood_by,
            "intent": query.intent,
            "parts": list(query.parts),
            "sources": list(filters.sources),
            "mentioned": list(query.mentioned),
            "kinds": list(filters.kinds),
            "start": _iso(filters.start),
            "end": _iso(filters.end),
        },
        "why": [
            {
                "passage_id": hit.passage.id,
                "lexical": round(hit.why.lexical, 4),
                "vector": None if hit.why.vector is None else round(hit.why.vector, 4),
                "time": round(hit.why.time, 4),
            }
            for hit in hits
        ],
        **({"prompts": prompts} if prompts else {}),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def answer_json(answer: Answer) -> dict[str, Any]:
    """What `python -m rag ask --json` prints."""
    return {
        "question": answer.question,
        "read_as": answer.read_as or None,
        "answer": answer.text,
        "status": answer.status,
        "as_of": answer.as_of.isoformat().replace("+00:00", "Z"),
        "newest_source": str(answer.newest_source) if answer.newest_source else None,
        "confidence": round(answer.confidence, 4),
        "claims": [claim_json(claim) for claim in answer.claims],
        "citations": [citation_json(citation) for citation in answer.citations],
        "hits": [hit_json(hit) for hit in answer.hits],
        "model": answer.model,
        "usage": {
            "prompt_tokens": answer.usage.prompt_tokens,
            "completion_tokens": answer.usage.completion_tokens,
            "requests": [
                {
                    "purpose": purpose,
                    "prompt_tokens": usage.prompt_tokens,
                    "completion_tokens": usage.completion_tokens,
                }
                for purpose, usage in answer.usage.requests
            ],
        },
        "stale": answer.stale,
        "conflicts": [list(markers) for markers in answer.conflicts],
        "notes": list(answer.notes),
        "timings_ms": dict(answer.timings_ms),
    }


def turn_json(answer: Answer) -> dict[str, Any]:
    """What is kept of an answer in a conversation, and exported: its JSON without hits and timings."""
    return {key: value for key, value in answer_json(answer).items() if key not in ("hits", "timings_ms")}


def claim_json(claim: Claim) -> dict[str, Any]:
    """One claim of an answer."""
    return {
        "text": claim.text,
        "markers": list(claim.markers),
        "support": claim.support,
        "checked_by": claim.checked_by or None,
        "answering": list(claim.answering),
    }


def citation_json(citation: Citation) -> dict[str, Any]:
    """One citation; `link` opens the original at the quote where the browser can."""
    return {
        "marker": citation.marker,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "passage_id": citation.passage.id,
        "article": article_json(citation.passage.article),
        "link": link_to_quote(citation),
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    """One found passage."""
    passage = hit.passage
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "text": passage.text,
        "passage_id": passage.id,
        "start": passage.start,
        "end": passage.end,
        "article": article_json(passage.article),
        "copies": [article_json(copy) for copy in hit.copies],
    }


def article_json(article: Article) -> Mapping[str, Any]:
    """What a reader must know about an article; its text stays out."""
    return {
        "id": article.id,
        "url": article.url,
        "title": article.title,
        "source": article.source,
        "authors": list(article.authors),
        "published_at": str(article.published_at) if article.published_at else None,
        "updated_at": str(article.updated_at) if article.updated_at else None,
        "kind": article.kind,
        "correction": article.correction,
    }


def written_by(model: str) -> str:
    """The name of the language model that wrote an answer, given the answer's `model`; empty if none did."""
    return "" if model in (QUOTES, PHRASES) else model


def link_to_quote(citation: Citation) -> str | None:
    """The article's address with a text fragment for the quote (WICG *URL Fragment Text Directives*)."""
    url = citation.passage.article.url
    if url is None:
        return None
    words = citation.quote.split()
    ends = [" ".join(words)] if len(words) <= 10 else [" ".join(words[:5]), " ".join(words[-5:])]
    fragment = ",".join(url_quote(end, safe="").replace("-", "%2D") for end in ends)
    return f"{url.partition('#')[0]}#:~:text={fragment}"
