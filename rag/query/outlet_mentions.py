"""Outlets that a question names, among those of the library. Pure."""

import re
from collections.abc import Collection, Iterable

_ASKS_FOR = (
    r"\b(?:according to|(?:as )?reported by|what (?:does|did|do|has|is)) (?:the )?{name}\b",
    r"\b{name}(?:['’]s)? (?:report\w*|coverage|articles?|stor(?:y|ies)|analys[ei]s|editorial|"
    r"column|opinion|interview|say\w*|writ\w+|wrote|cover\w*)\b",
    r"\b(?:only|just) (?:from|in|by) (?:the )?{name}\b",
)
"""Ways to ask for the words of an outlet; anywhere else its name is a preference."""
_DESCRIBE = frozenset("Agency Daily Magazine Monthly Network News Newswire Online Weekly Wire".split())
"""Words at the end of a name that say what kind of outlet it is; people leave them out."""


def named_outlets(question: str, outlets: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the outlets that a question asks for, and those that it only mentions.

    A name counts as it is capitalised, since "the week" is not The Week; an outlet whose name stands
    inside another's (The Times, Sunday Times) counts only on its own.
    """
    wanted: list[str] = []
    mentioned: list[str] = []
    rest = question
    names = list(outlets)
    for outlet in sorted(names, key=len, reverse=True):
        name = _as_named(outlet, names, rest)
        if not name:
            continue
        asked_for = any(re.search(pattern.format(name=f"(?-i:{name})"), rest, re.IGNORECASE) for pattern in _ASKS_FOR)
        (wanted if asked_for else mentioned).append(outlet)
        rest = re.sub(rf"\b{name}\b", " ", rest)
    return tuple(wanted), tuple(mentioned)


def with_any_outlet(question: str, outlets: Iterable[str], *, called: str = "the paper") -> str:
    """Return the question with one name in the place of each outlet that it names, but for what is one's own.

    `Lattice Weekly's analysis` is the subject of a question for a fact as often as not.
    """
    names = list(outlets)
    for outlet in sorted(names, key=len, reverse=True):
        name = _as_named(outlet, names, question)
        if name:
            question = re.sub(rf"\b(?:[Tt]he )?{name}\b(?!['’]s)", lambda _: called, question)
    return question


def names_of(outlet: str, outlets: Collection[str]) -> tuple[str, ...]:
    """Return the names by which a text may call an outlet."""
    full = outlet.removeprefix("The ")
    return tuple(filter(None, (outlet, full, _short_form(outlet, outlets), _brand(outlet, outlets))))


def _as_named(outlet: str, outlets: Collection[str], text: str) -> str:
    """The pattern of the name by which a text calls an outlet, in full or by its short form; empty if it does not."""
    name = re.escape(outlet.removeprefix("The ").strip())
    if re.search(_written(outlet, name), text):
        return name
    last = re.escape(_short_form(outlet, outlets))
    if last and re.search(rf"\b[Tt]he {last}\b", text):
        return last
    # "in Oldham" is the town, also where there are Oldham News.
    brand = re.escape(_brand(outlet, outlets))
    return brand if brand and re.search(rf"(?<!\bin )(?<!\bat )(?<!\bnear )\b{brand}\b", text) else ""


def _brand(outlet: str, outlets: Collection[str]) -> str:
    """A name of several words without those that describe, e.g. `Northlight`; empty if another outlet has it, too."""
    words = outlet.removeprefix("The ").split()
    while words and words[-1] in _DESCRIBE:
        words.pop()
    brand = " ".join(words)
    shared = sum(re.search(rf"\b{re.escape(brand)}\b", other) is not None for other in outlets) > 1
    return "" if shared or brand == outlet.removeprefix("The ") else brand


def _short_form(outlet: str, outlets: Collection[str]) -> str:
    """The last word of a name of several, by which people call a paper ("the Courier"); empty if others share it."""
    *before, last = outlet.removeprefix("The ").split()
    shared = sum(last in other.split() for other in outlets) > 1
    return "" if shared or not before else last


def _written(outlet: str, name: str) -> str:
    """With its article where that is part of the name and the rest is one common word."""
    one_word = outlet.startswith("The ") and " " not in outlet.removeprefix("The ")
    return rf"\b[Tt]he {name}\b" if one_word else rf"\b{name}\b"
