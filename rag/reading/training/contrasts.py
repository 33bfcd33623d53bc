"""Questions that a passage seems to answer and does not: one year, figure or name of theirs is another.

After the rules of Rajpurkar, Jia & Liang, *Know what you don't know*, ACL 2018, section 3 ("RuleBased"), and the
contrast sets of Gardner et al., *Evaluating models' local decision boundaries via contrast sets*, EMNLP 2020.
"""

import random
import re
from collections.abc import Callable, Sequence

from rag.text import content_words, is_calendar, names_in

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_FIGURE = re.compile(r"(?<![\w.,])\d{1,3}(?![\w]|[.,]\d)")
_FURTHEST_YEAR = 8
_SHORTEST_MISSPELT = 5


def other_year(question: str, passage: str, draw: random.Random) -> str | None:
    """Return the question with its year, which the passage holds, made one that the passage does not hold."""
    return _exchanged(_YEAR, question, passage, draw, lambda year: _FURTHEST_YEAR)


def other_figure(question: str, passage: str, draw: random.Random) -> str | None:
    """Return the question with a figure of up to three digits, which the passage holds, made another."""
    return _exchanged(_FIGURE, question, passage, draw, lambda figure: max(3, figure // 2))


def other_name(question: str, passage: str, names: Sequence[str], draw: random.Random) -> str | None:
    """Return the question with a name, which the passage holds, made another one.

    Args:
        question: With names.
        passage: That answers the question.
        names: Of the same subject, e.g. of other paragraphs of the article.
        draw: Source of chance.
    """
    held = [name for name in names_in(question) if name in passage and not is_calendar(name)]
    others = [name for name in names if name not in passage and name not in question and not is_calendar(name)]
    if not held or not others:
        return None
    name = draw.choice(held)
    alike = [other for other in others if len(other.split()) == len(name.split())] or others
    return question.replace(name, draw.choice(alike))


def as_typed(question: str, draw: random.Random) -> str:
    """Return the question as a reader may type it: a slip, keywords alone, without its mark, or pointing back.

    A question that points back has a name behind it, as `rag.query.parsing` writes out what a conversation was about.
    """
    way = draw.random()
    if way < 0.2:
        return question.rstrip("?").rstrip()
    if way < 0.3:
        return _misspelt(question, draw)
    if way < 0.36:
        return " ".join(content_words(question)) or question
    names = names_in(question) if way < 0.46 else []
    if names:
        name = draw.choice(names)
        return f"{question.replace(name, draw.choice(('it', 'that', 'he', 'she', 'they')), 1)} ({name})"
    return question


def _misspelt(question: str, draw: random.Random) -> str:
    words = question.split(" ")
    long = [place for place, word in enumerate(words) if len(word) >= _SHORTEST_MISSPELT and word.isalpha()]
    if not long:
        return question
    place = draw.choice(long)
    word = words[place]
    at = draw.randrange(1, len(word) - 2)
    slips = (
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
    )
    words[place] = draw.choice(slips)
    return " ".join(words)


def _exchanged(
    pattern: re.Pattern[str], question: str, passage: str, draw: random.Random, furthest: Callable[[int], int]
) -> str | None:
    held = [value for value in pattern.findall(question) if value in pattern.findall(passage)]
    if not held:
        return None
    value = draw.choice(held)
    most = furthest(int(value))
    near = (str(other) for other in range(max(1, int(value) - most), int(value) + most + 1))
    others = [other for other in near if other not in passage and other not in question]
    return re.sub(rf"\b{value}\b", draw.choice(others), question) if others else None
