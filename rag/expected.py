"""What kind of answer a question asks for, and whether a sentence holds one that the question does not."""

import re
from collections.abc import Mapping
from typing import Literal

from rag.words import names_in

Expected = Literal["name", "time", "number", "reason", "anything"]

_MONTHS = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\b|"
    r"(?:Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\."
)
_ASKS: Mapping[Expected, re.Pattern[str]] = {
    "reason": re.compile(
        r"\bwhy\b|\bwhat (?:caused|led|is the reason|was the reason)|\bfor what reason", re.IGNORECASE
    ),
    "number": re.compile(
        r"\bhow (?:many|much|old|tall|long|far|fast|large|big|high|often|deep|heavy)\b|"
        r"\bwhat (?:percentage|percent|proportion|share|number|price|age|amount|sum)\b|\bby how\b",
        re.IGNORECASE,
    ),
    "time": re.compile(
        r"\bwhen\b|\b(?:what|which|on what|on which) (?:date|day|month|year|time|week|decade|century)\b", re.IGNORECASE
    ),
    "name": re.compile(
        r"\b(?:who|whom|whose|where)\b|\b(?:which|what) (?:\w+ )?(?:country|countries|city|state|town|company|"
        r"team|person|player|actor|actress|singer|president|minister|leader|outlet|organi[sz]ation|agency|"
        r"airline|film|movie|show|book|university|nation|celebrity|athlete|artist|party)\b",
        re.IGNORECASE,
    ),
}
"""The first that matches decides."""
_NUMBER = re.compile(
    r"\b\d[\d,.]*\d|\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|"
    r"millions?|billions?|dozens?|half|quarter|third|twice|double|none|nobody)\b",
    re.IGNORECASE,
)
_HOLDS: Mapping[Expected, re.Pattern[str]] = {
    "time": re.compile(
        rf"\b(?:{_MONTHS})|\b(?:1[5-9]|20)\d\d\b|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|"
        r"\b(?:yesterday|today|tomorrow|tonight|midnight|noon|spring|summer|autumn|winter)\b|"
        r"\b(?:last|next|this) (?:week|month|year|night)\b|\b\d{1,2}(?::\d\d)? ?[ap]\.?m\b",
        re.IGNORECASE,
    ),
    "number": _NUMBER,
    "reason": re.compile(
        r"\b(?:because|due to|after|since|so that|as a result|in order to|over (?:the|a|its|concerns|fears)|"
        r"caused|blam\w+|amid|owing to|following|reason\w*|therefore|so as|"
        r"to (?:avoid|protect|allow|prevent|help|make|reduce|cut))\b",
        re.IGNORECASE,
    ),
}


def expected_answer(question: str) -> Expected:
    """The kind of answer that the question's words ask for."""
    return next((expected for expected, pattern in _ASKS.items() if pattern.search(question)), "anything")


def holds(expected: Expected, sentence: str, question: str) -> bool:
    """The sentence has something of the expected kind that the question itself does not name."""
    if expected == "anything":
        return True
    if expected == "name":
        asked = question.lower()
        return any(name.lower() not in asked for name in names_in(sentence))
    said = question.lower()
    return any(match.group().strip().lower() not in said for match in _HOLDS[expected].finditer(sentence))


def values_in(expected: Expected, sentence: str, question: str) -> frozenset[str]:
    """Names, or numbers where a number is expected, that the sentence has and the question has not; lower case."""
    found = (match.group() for match in _NUMBER.finditer(sentence)) if expected == "number" else names_in(sentence)
    said = question.lower()
    return frozenset(value.lower() for value in found if value.lower() not in said)
