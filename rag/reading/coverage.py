"""How much of a question's words a passage holds, by their rarity. Pure."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from rag.models import Hit, Passage
from rag.text import content_words, names_in

Stems = Callable[[str], Sequence[str]]
"""Words of a text as the lexical index holds them."""

_MISSING = 0.5
_CARRIED = 0.5
_HOW = re.compile(r"\bhow \w+", re.IGNORECASE)
_KIND = re.compile(r"\b(?:which|what) (\w+)", re.IGNORECASE)
"""The word that names the kind of answer, e.g. "month"; what answers need not hold it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as passages are measured against it.

    Attributes:
        text: The standalone question.
        stems: All of its stems.
        weights: Stem of each content word -> how much it counts; what the conversation adds counts half.
        about: The same in full, without the word that names the kind of answer.
        names: Stems of each name in it.
        own: Stems of what a follow-up asks itself, beside what the conversation adds; empty if it stands alone.
    """

    text: str
    stems: frozenset[str]
    weights: Mapping[str, float]
    about: Mapping[str, float]
    names: tuple[frozenset[str], ...]
    own: frozenset[str]


def asked(text: str, as_written: str, weights: Mapping[str, float], stems: Stems) -> Asked:
    """Prepare a question.

    Args:
        text: Standalone.
        as_written: As the reader wrote it, before the conversation was added.
        weights: Stem of each content word -> how rare it is.
        stems: Of a text.
    """
    names = tuple(frozenset(stems(name)) for name in names_in(as_written))
    # What "how heavy" asks for is in the answer as a weight, not as a word.
    own_words = content_words(_HOW.sub(" ", as_written)) if as_written != text else ()
    kind = frozenset(stems(" ".join(_KIND.findall(as_written))))
    written = frozenset(stems(as_written))
    return Asked(
        text=text,
        stems=frozenset(stems(text)),
        weights={word: weight if word in written else weight * _CARRIED for word, weight in weights.items()},
        about={word: weight for word, weight in weights.items() if word not in kind} or weights,
        names=names,
        own=frozenset(stems(" ".join(own_words))),
    )


def best_coverage(question: Asked, hits: Sequence[Hit], stems: Stems) -> float:
    """Return the best hit's score times the share of the question that it holds, in [0, 1].

    A score is near 1 for a passage that words and vectors both rank first and that is of the time asked about, so an
    old article on the same subject counts for less.
    """
    return max((coverage(question, hit.passage, stems) * _standing(hit) for hit in hits), default=0.0)


def coverage(question: Asked, passage: Passage, stems: Stems) -> float:
    """Return the share of the question that a passage and its headline hold.

    Half of it if a full name is missing, or if all that is held is what the conversation adds.
    """
    held = words_held(passage, stems)
    unnamed = any(len(name) > 1 and not held & name for name in question.names)
    beside_it = bool(question.own) and not question.own & held
    return share_of(question.about, held) * (_MISSING if unnamed or beside_it else 1.0)


def words_held(passage: Passage, stems: Stems) -> set[str]:
    """Return the stems of the passage, its headline, its byline and its outlet."""
    article = passage.article
    return {*stems(passage.text), *stems(f"{article.title} {' '.join(article.authors)} {article.source or ''}")}


def share_of(weights: Mapping[str, float], words: Collection[str]) -> float:
    """Return the share of the question's weight that the words hold, in [0, 1]."""
    return sum(weight for word, weight in weights.items() if word in words) / (sum(weights.values()) or 1.0)


def _standing(hit: Hit) -> float:
    """The hit's score; what is undated may be of any time, so that counts neither for nor against it."""
    undated = hit.passage.article.published_at is None
    return min(1.0, hit.score / hit.why.time if undated else hit.score)
