"""Questions that the library can answer, to be offered to a reader. Pure."""

import re
from collections.abc import Iterable, Sequence

from rag.models import Answer, Passage
from rag.text import is_calendar, names_in

_MOST = 3
_MOST_WORDS = 4


def follow_ups(answer: Answer) -> list[str]:
    """What a reader may ask next: the course of the story at hand, and what else its sources name."""
    if not answer.citations:
        return []
    passages = [citation.passage for citation in answer.citations]
    names = _names(passages, besides=answer.question)
    subject = next((name for name in names_in(answer.question) if _is_subject(name, passages)), None)
    asked = [f"How did the story of {subject} develop?"] if subject else []
    return [*asked, *(f"What is the latest on {name}?" for name in names)][:_MOST]


def opening_questions(leads: Sequence[Passage]) -> list[str]:
    """Questions for a library of which nobody wrote examples, from its newest articles."""
    if not leads:
        return []
    names = _names(leads)
    return ["What is new?", *(f"What is the latest on {name}?" for name in names)][:_MOST]


def _names(passages: Iterable[Passage], besides: str = "") -> list[str]:
    """Names that stand in a headline and within a sentence of its passage: a capital in front tells no name."""
    found: dict[str, None] = {}
    for passage in passages:
        for name in names_in(passage.article.title):
            inside = re.search(rf"[a-z,;] {re.escape(name)}\b", passage.text)
            if inside and name not in besides and _is_plain(name):
                found[name] = None
    return list(found)


def _is_subject(name: str, passages: Sequence[Passage]) -> bool:
    return _is_plain(name) and any(name in passage.text for passage in passages)


def _is_plain(name: str) -> bool:
    return len(name) > 2 and len(name.split()) <= _MOST_WORDS and not is_calendar(name)
