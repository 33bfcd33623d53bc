"""From a question in a conversation to a question that stands alone."""

import re
from collections.abc import Sequence
from datetime import datetime

from rag.domain import Query, Turn
from rag.words import content_words, names_in

_POINTS_BACK = re.compile(
    r"\b(he|she|it|they|him|her|them|his|hers|its|their|theirs|this|that|these|those|there|then|one|ones|"
    r"the same|the (?:former|latter|other|others|first|second))\b",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"^\s*(and|but|or|so|what about|how about|who else|what else|why|since when|where else)\b", re.IGNORECASE
)
_MARKER = re.compile(r"\s*\[\d+\]")
_SHORT = 2
_MOST_CARRIED = 6


def understand(question: str, history: Sequence[Turn], *, as_of: datetime | None) -> Query:
    """The query that a question amounts to after the turns before it.

    A question that points back, or is too short to stand alone, gets the names of the last turns
    written behind it; nothing else of the conversation is carried over.
    """
    asked = " ".join(question.split())
    carried = _carried(asked, history) if needs_context(asked) else []
    standalone = f"{asked} ({', '.join(carried)})" if carried else asked
    return Query(question=standalone, as_of=as_of, asked=asked)


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
