"""What a misspelt question may have meant. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from rag.text import words_of

_LIKENESS = 0.85
"""Least share of letters in common (Ratcliff & Obershelp, as `difflib` measures it)."""
_LEAST_LETTERS = 4


def respelled(question: str, unknown: Collection[str], texts: Iterable[str]) -> str | None:
    """The question with words that no source has replaced by the likest ones of the texts; `None` if none is like.

    Args:
        question: As the reader wrote it.
        unknown: Words of it that the library does not hold, as written.
        texts: What was found for it.
    """
    wanted = [word for word in unknown if len(word) >= _LEAST_LETTERS]
    counts = Counter(word for text in texts for word in words_of(text)) if wanted else Counter[str]()
    # What stands there once may be misspelt itself.
    spellings = {word.lower(): word for word, times in counts.items() if times > 1}
    meant = question
    for word in wanted:
        for like in get_close_matches(word.lower(), spellings, n=1, cutoff=_LIKENESS):
            if not _forms_of_one_word(word.lower(), like):
                meant = meant.replace(word, spellings[like])
    return meant if meant != question else None


def _forms_of_one_word(word: str, another: str) -> bool:
    return word.startswith(another) or another.startswith(word)
