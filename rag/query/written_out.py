"""A follow-up written out with a name that it leaves to the conversation. Pure."""

import re

from rag.text import FUNCTION_WORDS

_BEGINNING = re.compile(r"^\W*(?:(?:and|but|or|so|ok|okay|well|then)\b,? ?){1,3}(?=\w)", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?P<own>his|its|their)\b|\bher\b(?= (?P<noun>\w{1,40}))|"
    r"\b(?:he|she|him|her|hers|they|them|it)(?P<verb>['’]s|['’]re|['’]ll|['’]d)?(?!['’\w])",
    re.IGNORECASE,
)
_IMPERSONAL = re.compile(
    r"\b(?:(?:will|would|does|did|can|could|may|might|is|was) it (?=(?:be |going to )?\w+ (?:\w+ )?(?:to|that)\b)|"
    r"(?:is|are|was|were|will|would|has|have|had) there)\b",
    re.IGNORECASE,
)
"""Pronouns that stand for nothing: `what will it cost to ...`."""


def without_impersonal(question: str) -> str:
    """Return the question without pronouns that stand for nothing."""
    return _IMPERSONAL.sub(" ", question)


def written_out(question: str, name: str) -> str:
    """Return a follow-up with a name in the place of its first pronoun, else in parentheses behind it.

    What joins it to the conversation ("and", "so") is left out.
    """
    alone = _BEGINNING.sub("", question)
    alone = alone[:1].upper() + alone[1:]
    for match in _PRONOUN.finditer(alone):
        if any(each.start() <= match.start() < each.end() for each in _IMPERSONAL.finditer(alone)):
            continue
        noun = match.group("noun")
        is_genitive = match.group("own") or (noun and noun.lower() not in FUNCTION_WORDS)
        put = f"{name}'s" if is_genitive else f"{name}{match.group('verb') or ''}"
        return f"{alone[: match.start()]}{put}{alone[match.end() :]}"
    return f"{alone} ({name})"
