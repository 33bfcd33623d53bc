"""From a question in a conversation to a question that stands alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from rag.domain import Filters, Kind, Query, Turn
from rag.outlets import named_outlets
from rag.windows import window_of
from rag.words import content_words, names_in

_POINTS_BACK = re.compile(
    r"\b(he|she|it|they|him|her|them|his|hers|its|their|theirs|this|that|these|those|there|then|one|ones|"
    r"the same|the (?:former|latter|other|others|first|second))\b",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"^\s*(and|but|or|so|what about|how about|who else|what else|why|since when|where else)\b", re.IGNORECASE
)
_KINDS: Mapping[Kind, re.Pattern[str]] = {
    "opinion": re.compile(
        r"\bopinion (?:pieces?|articles?|columns?)\b|\bop-?eds?\b|\beditorials\b|\bcommentar(?:y|ies) (?:on|about)\b",
        re.IGNORECASE,
    ),
    "analysis": re.compile(r"\banalysis (?:pieces?|articles?)\b|\banalyses (?:of|on|about)\b", re.IGNORECASE),
    "live": re.compile(r"\blive ?blogs?\b|\blive (?:updates|coverage)\b", re.IGNORECASE),
    "correction": re.compile(r"\bcorrections (?:to|of|about|on|issued|published)\b", re.IGNORECASE),
}
_BEGINNINGS = re.compile(
    r"\b(?:originally|initially|at first|in the beginning|history of|over time|how (?:did|has) .+ (?:develop|evolve)|"
    r"first (?:time|reported|announced|emerged|appeared|seen|said))",
    re.IGNORECASE,
)
"""A question about how something began does not want the newest article before all others."""
_MARKER = re.compile(r"\s*\[\d+\]")
_SHORT = 2
_MOST_CARRIED = 6


def understand(
    question: str,
    history: Sequence[Turn],
    *,
    as_of: datetime,
    outlets: Sequence[str] = (),
    filters: Filters | None = None,
) -> Query:
    """The query that a question amounts to after the turns before it.

    A question that points back, or is too short to stand alone, gets the names of the last turns
    written behind it; nothing else of the conversation is carried over. The time, the outlets and the
    kind of article that it speaks of are read from it; what the reader set himself stands.

    Args:
        question: As the reader wrote it.
        history: Earlier turns, oldest first.
        as_of: What "now" means.
        outlets: Names that the library holds.
        filters: What the reader set.
    """
    asked = " ".join(question.split())
    carried = _carried(asked, history) if needs_context(asked) else []
    wanted, mentioned = named_outlets(asked, outlets)
    given = filters or Filters()
    return Query(
        question=f"{asked} ({', '.join(carried)})" if carried else asked,
        as_of=as_of,
        asked=asked,
        filters=replace(given, sources=given.sources or wanted, kinds=given.kinds or _kinds(asked)),
        window=window_of(asked, as_of),
        mentioned=mentioned,
        newest=_BEGINNINGS.search(asked) is None,
    )


def _kinds(question: str) -> tuple[Kind, ...]:
    return tuple(kind for kind, pattern in _KINDS.items() if pattern.search(question))


def needs_context(question: str) -> bool:
    """The question cannot be answered without the conversation before it."""
    if _CONTINUES.search(question) or len(content_words(question)) <= _SHORT:
        return True
    return _POINTS_BACK.search(question) is not None


def _carried(question: str, history: Sequence[Turn]) -> list[str]:
    asked = next((turn.content for turn in reversed(history) if turn.role == "user"), "")
    answered = next((turn.content for turn in reversed(history) if turn.role == "assistant"), "")
    candidates = [*names_in(asked), *(names_in(_MARKER.sub("", answered))[:3])]
    if not names_in(asked):
        candidates = [*content_words(asked), *candidates]
    present = question.lower()
    new = [one for one in dict.fromkeys(candidates) if one.lower() not in present]
    return new[:_MOST_CARRIED]
