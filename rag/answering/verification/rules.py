"""Where words alone decide: quotations, figures that stand nowhere, outlets, what was taken back. Pure.

What passes these is not yet verified: that words agree says nothing about what is said.
"""

import re
from collections.abc import Sequence

from rag.answering.verification.evidence import Evidence, text_of
from rag.answering.verification.words import BOUNDS, NEGATIONS, STEM, words_before_figures, words_in
from rag.models import Hit, Passage
from rag.reading.corrections import corrections
from rag.reading.windows import heading_of
from rag.text import content_words, gives_orders, names_in, says_otherwise, words_of

_LEAST_WORDS = 2
_QUOTATION = re.compile('[“"„«]([^“”"„«»]{2,1000})(?:[”"“»]|$)')
_LEAST_QUOTED = 3
"""Words from which what stands in quotation marks is a quotation and not a name or a word of somebody's."""
_TOLD_AS_WRONG = re.compile(
    r"\b(?:correct\w*|error\w*|wrong\w*|mistake\w*|mistaken\w*|earlier|original\w*|initial\w*|previous\w*|first|"
    r"retract\w*|misprint\w*|transposed|not)\b",
    re.IGNORECASE,
)
_TELLS = (
    r"(?:says?|said|report(?:s|ed|ing)?|writes?|wrote|quot(?:es|ed)|puts?|gives?|gave|tells?|told|not(?:es|ed)|"
    r"argue[sd]?)"
)
_UNITS = frozenset(
    word[:STEM]
    for word in """
    percent point points second seconds minute minutes hour hours day days week weeks month months year years decade
    decades metre metres meter meters kilometre kilometres kilometer kilometers mile miles foot feet gram grams
    kilogram kilograms tonne tonnes ton tons litre litres hectare hectares acre acres degree degrees hundred thousand
    million billion trillion crown crowns dollar dollars euro euros pound pounds
    """.split()
)


def objection_of_words(claim: str, evidence: Evidence, passages: Sequence[Passage], hits: Sequence[Hit]) -> str:
    """Return why a claim's words alone show that it does not hold; empty if they do not.

    Args:
        claim: Its text.
        evidence: That it is judged by.
        passages: That it cites.
        hits: All passages that were given.
    """
    if len(content_words(claim)) < _LEAST_WORDS:
        return "it says too little to be checked by itself"
    if _is_ordered(evidence):
        return "the passage only orders a machine to say so"
    if not _holds_quotations(claim, passages):
        return "what it quotes does not stand in the passage word for word, or is somebody else's"
    if figures := _figures_nowhere(claim, passages):
        return f"{' and '.join(sorted(figures))} does not stand in the passage, or stands there with another unit"
    if outlet := _other_outlet(claim, evidence, hits):
        return f"the passage is not of {outlet}"
    if _is_taken_back(claim, evidence, hits):
        return "the outlet has corrected that figure"
    return _objection_to_places(claim, evidence)


def _objection_to_places(claim: str, evidence: Evidence) -> str:
    """What is wrong with where figures and words that turn a sentence stand."""
    if _has_exchanged_figures(claim, evidence):
        return "its figures stand in one another's place"
    if name := _exchanged_name(claim, evidence):
        return f"the passage's sentence has another name in the place of {name}"
    word = _turned(claim, evidence)
    return f"it says in the passage's own words what the passage does not: {word!r}" if word else ""


def is_quoted(claim: str, evidence: Evidence) -> bool:
    """Return whether a claim is a whole sentence of the evidence, word for word."""
    return any(_plain(claim) == _plain(text_of(*each)) for each in evidence.spans)


def _is_ordered(evidence: Evidence) -> bool:
    passage, span = evidence.best
    first = passage.sentences[max(0, passage.sentences.index(span) - 1)]
    return gives_orders(passage.article.text[first.start : span.end])


def _holds_quotations(claim: str, passages: Sequence[Passage]) -> bool:
    """Each quotation stands in a passage, and whoever the claim names stands beside it there."""
    quotations = [_plain(match[1]) for match in _QUOTATION.finditer(claim)]
    named = _name_words(_QUOTATION.sub(" ", claim))
    return all(
        any(_holds_quotation(quotation, named, passage) for passage in passages)
        for quotation in quotations
        if quotation.strip()
    )


def _holds_quotation(quotation: str, named: frozenset[str], passage: Passage) -> bool:
    text = passage.article.text
    if quotation not in _plain(passage.text):
        return False
    if len(quotation.split()) < _LEAST_QUOTED or not named:
        return True
    sentences = [_plain(text[span.start : span.end]) for span in passage.sentences]
    held = [place for place, each in enumerate(sentences) if each and (each in quotation or quotation in each)]
    first, last = (held[0], held[-1]) if held else (0, len(sentences) - 1)
    beside = passage.sentences[max(0, first - 1)].start, passage.sentences[min(last + 1, len(sentences) - 1)].end
    origin = f"A {heading_of(passage.article)}"
    return bool(named & (_name_words(f"A {text[beside[0] : beside[1]]}") | _name_words(origin)))


def _name_words(text: str) -> frozenset[str]:
    return frozenset().union(*(_lower_words(name) for name in names_in(text)))


def _figures_nowhere(claim: str, passages: Sequence[Passage]) -> set[str]:
    """Figures that stand in no cited passage or heading, and those that stand there with another unit only."""
    ours = words_in(claim)
    text = "\n".join(f"{heading_of(passage.article)}\n{passage.text}" for passage in passages)
    theirs = words_in(text)
    following: dict[str, set[str]] = {}
    for figure, unit in theirs.units:
        following.setdefault(figure, set()).add(unit)
    nowhere = {figure for figure in ours.figures if figure not in following}
    for figure, unit in ours.units:
        units = following.get(figure, set())
        if unit in _UNITS and units and units <= _UNITS and unit not in units:
            nowhere.add(figure)
    return nowhere


def _other_outlet(claim: str, evidence: Evidence, hits: Sequence[Hit]) -> str:
    """An outlet of the passages given that the claim says reported it, and whose none of the evidence is."""
    own = {article.source for article in evidence.articles}
    said = " ".join(text_of(*each) for each in evidence.spans)
    for outlet in {hit.passage.article.source for hit in hits} - own:
        name = re.escape(outlet.removeprefix("The ")) if outlet else ""
        if name and re.search(rf"\b[Aa]ccording to (?:the |The )?{name}\b|\b{name} {_TELLS}\b", claim):
            return "" if outlet and outlet.removeprefix("The ") in said else outlet or ""
    return ""


def _is_taken_back(claim: str, evidence: Evidence, hits: Sequence[Hit]) -> bool:
    if _TOLD_AS_WRONG.search(claim):
        return False
    figures = words_in(claim).figures
    return any(
        figures & correction.figures and any(correction.covers(passage, span) for passage, span in evidence.spans)
        for correction in corrections("", hits)
    )


def _has_exchanged_figures(claim: str, evidence: Evidence) -> bool:
    """Two figures or more each stand behind a word behind which the evidence has another of them, never this one."""
    ours = words_before_figures(claim)
    theirs = words_before_figures("\n".join(text_of(*each) for each in evidence.spans))
    exchanged = [
        figure
        for figure, before in ours.items()
        if figure in theirs
        and not before & theirs[figure]
        and any(before & theirs.get(other, set()) for other in ours if other != figure)
    ]
    return len(exchanged) > 1


def _exchanged_name(claim: str, evidence: Evidence) -> str:
    """A name that stands in place of another, in a claim that is a sentence of the evidence with words exchanged."""
    for span in evidence.spans:
        sentence = text_of(*span)
        if not says_otherwise(claim, sentence):
            continue
        ours, theirs = _name_words(f"A {claim}"), _name_words(f"A {sentence}")
        added, lost = ours - _lower_words(sentence), theirs - _lower_words(claim)
        if lost and not any(name.startswith(new) for new in added for name in lost):  # "Oct", for October
            return min(added, default="")
    return ""


def _lower_words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in content_words(text))


def _turned(claim: str, evidence: Evidence) -> str:
    """What turns or bounds a claim whose other words are all those of one sentence, and does not stand there.

    Of claims that training makes, 92 of 100 with a negation more or less are false, and 90 of 100 with a bound more.
    """
    ours, sentence = words_in(claim), evidence.words[0]
    if not ours.keys <= sentence.keys | evidence.heading.keys:
        return ""
    denies, denied = ours.deciding & NEGATIONS, sentence.deciding & NEGATIONS
    if bool(denies) != bool(denied):
        return min(denies or denied)
    return min((ours.deciding & BOUNDS) - sentence.deciding, default="")


def _plain(text: str) -> str:
    """Words in lower case, one space between them."""
    return " ".join(word.lower().replace("’", "'") for word in words_of(text))
