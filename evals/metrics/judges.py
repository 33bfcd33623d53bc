"""Judges of whether a text entails a claim, for the citation metrics."""

import re
from dataclasses import dataclass
from typing import Protocol

from rag.text import content_words

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NEGATION = re.compile(r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|\w+n['’]t)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_STEM = 6


class Judge(Protocol):
    """Says whether a text supports a claim; the report records which judge spoke."""

    @property
    def name(self) -> str:
        """What the report calls it: model and version included."""

    def supports(self, premise: str, claim: str) -> bool:
        """A reader of the premise alone would agree with the claim."""


@dataclass(frozen=True, slots=True)
class LexicalJudge:
    """A stated local judge: word overlap, numbers and negation; no model, the same every time.

    A premise supports a claim where it holds at least `coverage` of the claim's content words (the
    first six letters decide), every number of the claim, and where the claim says "not" only if the
    sentence of the premise that is nearest to it does. It knows no synonyms and no arithmetic: it
    misses good paraphrases and passes a claim that shuffles the premise's own words. Word overlap
    with a threshold is the baseline of textual entailment (Dagan, Glickman & Magnini, *The PASCAL
    Recognising Textual Entailment Challenge*, 2006).

    Attributes:
        coverage: Least share of the claim's content words, in (0, 1].
    """

    coverage: float = 0.8

    @property
    def name(self) -> str:
        """Name with its threshold."""
        return f"lexical (content words >= {self.coverage:g}, numbers, negation)"

    def supports(self, premise: str, claim: str) -> bool:
        """As the class says."""
        wanted = _keys(claim)
        if not wanted or len(wanted & _keys(premise)) < self.coverage * len(wanted):
            return False
        if not set(_NUMBER.findall(claim)) <= set(_NUMBER.findall(premise)):
            return False
        nearest = max(_SENTENCE.split(premise), key=lambda sentence: len(wanted & _keys(sentence)))
        return bool(_NEGATION.search(claim)) == bool(_NEGATION.search(nearest))


def _keys(text: str) -> set[str]:
    return {word.lower()[:_STEM] for word in content_words(text)}
