"""Statements that a passage does not bear out: a true one with one thing in it made another.

One function a kind, after the kinds of errors that people find in generated summaries (Pagnoni, Balachandran &
Tsvetkov, *Understanding factuality in abstractive summarization with FRANK*, NAACL 2021): who and what, when and
where, figures and units, roles, direction, certainty, order, parts and wholes.
"""

import random
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc

_FIGURE = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?!\w)")
_NUMBER_WORD = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty)\b", re.IGNORECASE
)
_NUMBER_WORDS = "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty".split()

_EXCHANGES: Sequence[tuple[str, str]] = (
    # units
    ("kilometres", "metres"), ("kilometers", "meters"), ("miles", "feet"), ("tonnes", "kilograms"), ("tons", "pounds"),
    ("million", "billion"), ("thousand", "million"), ("hours", "days"), ("minutes", "hours"), ("weeks", "months"),
    ("months", "years"), ("days", "weeks"), ("years", "decades"), ("acres", "hectares"),
    ("percent", "percentage points"),
    ("dollars", "euros"), ("pounds", "dollars"), ("km", "m"), ("kg", "g"),
    # bounds and parts
    ("at least", "at most"), ("more than", "less than"), ("over", "under"), ("at least", "fewer than"),
    ("more", "fewer"), ("minimum", "maximum"), ("some of", "all of"), ("most of", "all of"), ("half of", "all of"),
    ("many", "few"), ("all", "none"), ("part of", "all of"), ("several", "all"), ("almost", "more than"),
    ("both", "neither"), ("most", "all"), ("some", "no"), ("one of the", "the only one of the"),
    ("largest", "smallest"),
    ("highest", "lowest"), ("longest", "shortest"), ("oldest", "newest"), ("larger", "smaller"), ("higher", "lower"),
    # order
    ("before", "after"), ("first", "last"), ("first", "second"), ("second", "third"), ("earlier", "later"),
    ("since", "until"), ("former", "current"), ("older", "younger"), ("next", "previous"), ("early", "late"),
    ("old", "new"), ("beginning", "end"),
    # direction
    ("rose", "fell"), ("rise", "fall"), ("increased", "decreased"), ("increase", "decrease"), ("raised", "lowered"),
    ("grew", "shrank"), ("gained", "lost"), ("won", "lost"), ("up", "down"), ("into", "out of"), ("to", "from"),
    ("defeated", "lost to"), ("bought", "sold"), ("opened", "closed"), ("began", "ended"), ("started", "stopped"),
    ("accepted", "rejected"), ("approved", "rejected"), ("supported", "opposed"), ("allowed", "banned"),
    ("confirmed", "denied"), ("agreed", "refused"), ("with", "without"), ("for", "against"), ("above", "below"),
    ("north", "south"), ("east", "west"), ("northern", "southern"), ("eastern", "western"), ("joined", "left"),
    ("arrived", "left"), ("succeeded", "failed"), ("included", "excluded"), ("cheaper", "dearer"), ("strong", "weak"),
    ("male", "female"), ("men", "women"), ("son", "daughter"), ("father", "brother"), ("mother", "sister"),
    ("public", "private"), ("legal", "illegal"), ("possible", "impossible"), ("common", "rare"), ("died", "survived"),
    ("killed", "injured"), ("injured", "killed"), ("guilty", "not guilty"), ("arrested", "convicted"),
)  # fmt: skip
_DIRECTION = re.compile(r"to (?:the |an? |his |her |its |their |[A-Z\d])")
"""What tells "to" with a place, a person or a figure from "to" with a verb."""
_CERTAINTY: Sequence[tuple[str, str]] = (
    (r"\bmay (?:have )?", "will "), (r"\bmight ", "will "), (r"\bcould ", "will "), (r"\bwould ", "will "),
    (r"\b(?:was|were|is|are) (?:expected|planned|due|scheduled|set|supposed|likely) to ", "has already decided to "),
    (r"\ballegedly |\breportedly |\bapparently |\bpossibly |\bprobably |\bperhaps ", ""),
    (r"\balleged ", "proven "), (r"\bsuspected of ", "convicted of "), (r"\baccused of ", "convicted of "),
    (r"\bcharged with ", "convicted of "), (r"\bproposed ", "adopted "), (r"\bplans to ", "has begun to "),
    (r"\bwants to ", "is going to "), (r"\bcan ", "must "), (r"\bsometimes ", "always "), (r"\busually ", "always "),
    (r"\boften ", "never "), (r"\bonly ", ""), (r"\bmay not ", "cannot "), (r"\bshould ", "must "),
    (r"\btried to ", "managed to "), (r"\battempted to ", "managed to "), (r"\bbelieved to be ", "known to be "),
    (r"\bestimated ", "counted "), (r"\bthreatened to ", "went on to "), (r"\bdemanded ", "was granted "),
)  # fmt: skip


def _both_ways(pairs: Sequence[tuple[str, str]]) -> Mapping[str, Sequence[str]]:
    others: dict[str, list[str]] = {}
    for first, second in pairs:
        others.setdefault(first, []).append(second)
        others.setdefault(second, []).append(first)
    return others


_OTHERS = _both_ways(_EXCHANGES)
_EXCHANGED = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, _OTHERS), key=len, reverse=True))})\b")


def other_thing(claim: "Doc", others: Mapping[str, Sequence[str]], draw: random.Random) -> str | None:
    """Return the claim with one named thing made another of its type.

    Args:
        claim: Parsed, with entities.
        others: Type of entity -> texts of that type, e.g. of the same article.
        draw: Source of chance.
    """
    places = []
    for entity in claim.ents:
        named = [other for other in others.get(entity.label_, ()) if other.lower() not in claim.text.lower()]
        named = [other for other in named if entity.text.lower() not in other.lower()]
        if named:
            places.append((entity, named))
    if not places:
        return None
    entity, named = draw.choice(places)
    text: str = claim.text
    return text[: entity.start_char] + draw.choice(named) + text[entity.end_char :]


def other_figure(text: str, passage: str, draw: random.Random) -> str | None:
    """Return the text with one figure made another: one that stands elsewhere in the passage, or one near it."""
    places = list(_FIGURE.finditer(text))
    if not places:
        words = list(_NUMBER_WORD.finditer(text))
        if not words:
            return None
        place = draw.choice(words)
        other = draw.choice([word for word in _NUMBER_WORDS if word != place.group().lower()])
        return text[: place.start()] + other + text[place.end() :]
    place = draw.choice(places)
    figure = place.group()
    elsewhere = [other for other in _FIGURE.findall(passage) if other not in text and abs(len(other) - len(figure)) < 2]
    if elsewhere and draw.random() < 0.5:
        other = draw.choice(elsewhere)
    else:
        at = draw.choice([at for at, sign in enumerate(figure) if sign.isdigit()])
        digit = draw.choice([digit for digit in "123456789" if digit != figure[at]])
        other = figure[:at] + digit + figure[at + 1 :]
    return text[: place.start()] + other + text[place.end() :]


def other_word(text: str, draw: random.Random) -> str | None:
    """Return the text with a unit, a bound, a part, an order or a direction exchanged."""
    places = [
        place for place in _EXCHANGED.finditer(text) if place.group() != "to" or _DIRECTION.match(text, place.start())
    ]
    rare = [place for place in places if place.group() not in ("to", "for", "with", "over", "up", "all", "first")]
    if not places:
        return None
    place = draw.choice(rare or places)
    return text[: place.start()] + draw.choice(_OTHERS[place.group()]) + text[place.end() :]


def other_certainty(text: str, draw: random.Random) -> str | None:
    """Return the text with what is planned, possible or alleged told as a fact."""
    held = [(pattern, other) for pattern, other in _CERTAINTY if re.search(pattern, text)]
    if not held:
        return None
    pattern, other = draw.choice(held)
    return re.sub(pattern, other, text, count=1)


def exchanged_things(claim: "Doc", draw: random.Random) -> str | None:
    """Return the claim with two things of one type in each other's place, unless they are merely listed."""
    pairs = [
        (first, second)
        for at, first in enumerate(claim.ents)
        for second in claim.ents[at + 1 :]
        if first.label_ == second.label_
        and first.text.lower() != second.text.lower()
        and first.root.head != second.root
        and second.root.head != first.root
        and not {"conj", "appos", "compound"} & {first.root.dep_, second.root.dep_}
    ]
    if not pairs:
        return None
    first, second = draw.choice(pairs)
    text: str = claim.text
    between = text[first.end_char : second.start_char]
    exchanged: str = text[: first.start_char] + second.text + between + first.text + text[second.end_char :]
    return exchanged
