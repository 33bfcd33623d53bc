"""Words of a claim or a sentence in a form that can be compared: stems, figures in digits, words that decide. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rag.text import FUNCTION_WORDS, words_of

STEM = 6
"""Letters that tell most inflections of an English word together without a stemmer."""
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()
_WRITTEN: Mapping[str, str] = {word: str(value) for value, word in enumerate(_ONES) if value > 1} | {
    word: str(10 * value) for value, word in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), 3)
}
_ORDINALS: Mapping[str, str] = {
    word: str(value)
    for value, word in enumerate("fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 4)
}
_IRREGULAR: Mapping[str, str] = {"per cent": "percent", "%": " percent"}
_NUMBERS = {**_WRITTEN, **_ORDINALS}
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_GENITIVE = re.compile(r"['’]s$")
NEGATIONS = frozenset("not no never none nobody nothing neither nor without cannot".split())
HEDGES = frozenset(
    """
    if unless would could may might should must can likely unlikely possibly perhaps probably apparently reportedly
    alleged allegedly suspected accused charged expected expects expect planned plans plan due hope hopes hoped aim aims
    propose proposes proposed want wants wanted ask asks asked asking demand demands demanded seek seeks seeking
    consider considering believed thought estimated estimate estimates threatened threatens claim claims claimed will
    """.split()
)
BOUNDS = frozenset(
    """
    least most more less fewer over under above below almost nearly about around half all every each both some any only
    many few several first second third last next before after since until up down than further earlier later former
    """.split()
)
_DECIDING = NEGATIONS | HEDGES | BOUNDS


@dataclass(frozen=True, slots=True)
class Words:
    """A text in words.

    Attributes:
        tokens: Stems of its content words and its figures, in order.
        figures: Those of the tokens that are figures.
        units: Each figure with the stem of the word directly behind it; empty behind the last.
        deciding: Words that turn, bound or hedge what is said: negation, modality, quantity, order.
    """

    tokens: tuple[str, ...]
    figures: frozenset[str]
    units: frozenset[tuple[str, str]]
    deciding: frozenset[str]

    @property
    def keys(self) -> frozenset[str]:
        """The tokens, once each."""
        return frozenset(self.tokens)


@lru_cache(maxsize=4096)
def words_in(text: str) -> Words:
    """Return the words of a text."""
    for written, plain in _IRREGULAR.items():
        text = text.replace(written, plain)
    words = [_GENITIVE.sub("", word.lower().replace("’", "'")) for word in _parted(text)]
    stems = [_NUMBERS.get(word, word if _FIGURE.fullmatch(word) else word[:STEM]) for word in words]
    tokens = tuple(
        stem for stem, word in zip(stems, words, strict=True) if word not in FUNCTION_WORDS and word not in _DECIDING
    )
    figures = frozenset(token for token in tokens if _FIGURE.fullmatch(token))
    units = frozenset(pair for pair in zip(stems, [*stems[1:], ""], strict=False) if pair[0] in figures)
    deciding = frozenset("not" if word.endswith("n't") else word for word in words if _decides(word))
    return Words(tokens, figures, units, deciding)


def words_before_figures(text: str) -> dict[str, set[str]]:
    """Return each figure of a text with the words, of any kind, that stand directly before it."""
    words = [_NUMBERS.get(word.lower(), word.lower()) for word in _parted(text)]
    before: dict[str, set[str]] = {}
    for word, figure in zip(words, words[1:], strict=False):
        if _FIGURE.fullmatch(figure):
            before.setdefault(figure, set()).add(word)
    return before


def _decides(word: str) -> bool:
    return word in _DECIDING or word.endswith("n't")


def _parted(text: str) -> list[str]:
    """Words, with hyphens parting them: "81-year-old" is "81 year old"; figures without commas."""
    return [part for word in words_of(_THOUSANDS.sub("", text)) for part in re.split(r"-", word) if part]
