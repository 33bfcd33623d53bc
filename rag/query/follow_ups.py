"""Suggested questions that the library can answer. Pure."""

import re
from collections.abc import Iterable, Sequence

from rag.models import Answer, Passage
from rag.text import is_calendar, names_in

_WHAT_IS_NEW = "What is new?"
"""As readers ask: questions are in English, whatever language the interface is in."""
_MOST = 3
_MOST_WORDS = 4


def follow_ups(answer: Answer) -> list[str]:
    """Return up to three questions to ask next: what this one may have meant, its story, what else its sources name."""
    if not answer.citations:
        return list(answer.readings[:_MOST])
    asked = answer.read_as or answer.question
    passages = [citation.passage for citation in answer.citations]
    names = _names(passages, besides=asked)
    subject = next((name for name in names_in(asked) if _is_subject(name, passages)), None)
    course = [_story_of(subject)] if subject else []
    return [*answer.readings, *course, *map(_latest_on, names)][:_MOST]


def opening_questions(openings: Sequence[Passage]) -> list[str]:
    """Return up to four questions for a library without written examples.

    Args:
        openings: First passages of its newest articles, newest first.
    """
    if not openings:
        return []
    return [_WHAT_IS_NEW, *map(_latest_on, _names(openings)[:_MOST])]


def _latest_on(name: str) -> str:
    """A question about a person, place or thing."""
    return f"What is the latest on {name}?"


def _story_of(name: str) -> str:
    """A question about the course of a story."""
    return f"How did the story of {name} develop?"


def _names(passages: Iterable[Passage], besides: str = "") -> list[str]:
    """Names in a headline that also occur inside a sentence of its passage: a capital at its start may be no name."""
    names: dict[str, None] = {}
    for passage in passages:
        for name in names_in(passage.article.title):
            inside = re.search(rf"[a-z,;] {re.escape(name)}\b", passage.text)
            if inside and name not in besides and _is_plain(name):
                names[name] = None
    return list(names)


def _is_subject(name: str, passages: Sequence[Passage]) -> bool:
    return _is_plain(name) and any(name in passage.text for passage in passages)


def _is_plain(name: str) -> bool:
    return len(name) > 2 and len(name.split()) <= _MOST_WORDS and not is_calendar(name)
