"""What a question takes for granted and the evidence does not bear out. Pure."""

import re
from collections.abc import Collection, Sequence

from rag.models import Hit, Passage
from rag.reading.answer_types import Expected
from rag.reading.sentence_scoring import Stems, words_held
from rag.text import is_calendar, names_in, words_of

_OPPOSITES = (
    (
        "raise raises raised raising rise rises rose risen rising increase increases increased increasing hike hikes "
        "hiked lift lifts lifted climb climbs climbed grow grows grew",
        "lower lowers lowered lowering cut cuts cutting reduce reduces reduced reducing decrease decreases decreased "
        "drop drops dropped fall falls fell fallen falling slash slashes slashed shrink shrinks shrank",
    ),
    (
        "approve approves approved accept accepts accepted adopt adopts adopted back backs backed agree agrees agreed",
        "reject rejects rejected refuse refuses refused block blocks blocked oppose opposes opposed",
    ),
    ("open opens opened reopen reopens reopened", "close closes closed shut shuts"),
    ("confirm confirms confirmed admit admits admitted", "deny denies denied"),
    (
        "allow allows allowed permit permits permitted legalise legalises legalised",
        "ban bans banned forbid forbids forbade",
    ),
)
"""Verbs that say the contrary of the same thing; not those of the two sides of one event, as buy and sell."""
_MOST_NAMED = 3
_PAIRS = tuple((frozenset(verbs.split()), frozenset(opposites.split())) for verbs, opposites in _OPPOSITES)
_CONTRARY = (*_PAIRS, *((opposites, verbs) for verbs, opposites in _PAIRS))


def contrary(expected: Expected, question: str, quote: str) -> tuple[str, str] | None:
    """A word of the quote, and the word of the question that it contradicts, e.g. `cuts` and `raise`.

    Only a question for a reason, or for yes or no, speaks of something as if it had happened.

    Args:
        expected: What the question asks for.
        question: As the reader wrote it.
        quote: The best sentence found.
    """
    if expected.kind not in ("reason", "yes or no"):
        return None
    asked, quoted = _lower(question), _lower(quote)
    for words, opposites in _CONTRARY:
        wrong = [word for word in asked if word in words]
        right = [word for word in quoted if word in opposites]
        if wrong and right and not words.intersection(quoted) and not opposites.intersection(asked):
            return right[0], wrong[0]
    return None


def unmentioned_names(
    expected: Expected,
    question: str,
    hits: Sequence[Hit],
    quoted: Sequence[Passage],
    stems: Stems,
    addressed: Collection[str],
) -> list[str]:
    """Up to three names of the question that none of the hits mentions; for a reason, that no quoted passage mentions.

    Args:
        expected: What the question asks for.
        question: As the reader wrote it.
        hits: All that was found.
        quoted: Passages that the answer quotes from.
        stems: Of a text.
        addressed: Names that say who is to answer.
    """
    passages = quoted if expected.kind == "reason" else [hit.passage for hit in hits]
    held = {stem for passage in passages for stem in words_held(passage, stems)}
    names = [name for name in names_in(question) if name not in addressed and _is_surely_one(name, question)]
    return [name for name in names if not held.intersection(stems(name))][:_MOST_NAMED]


def _is_surely_one(name: str, question: str) -> bool:
    """Not a month or weekday, and not a word that has its capital from beginning a sentence."""
    begins = re.search(rf"(?:^|[.!?:])[^\w.!?:]*{re.escape(name)}\b", question)
    return not is_calendar(name.split()[0]) and (" " in name or begins is None)


def _lower(text: str) -> list[str]:
    return [word.lower() for word in words_of(text)]
