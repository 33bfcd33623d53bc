"""What kind of answer a question asks for, and how well a sentence holds one that the question does not."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.reading.places import COUNTRY, STATE
from rag.text import FUNCTION_WORDS, is_calendar, names_in, words_of

Kind = Literal[
    "reason",
    "share",
    "money",
    "duration",
    "age",
    "weight",
    "distance",
    "measure",
    "count",
    "number",
    "year",
    "month",
    "time",
    "country",
    "state",
    "definition",
    "name",
    "yes or no",
    "anything",
]

_WORD_NUMBER = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|"
    r"dozens?|half|quarter|third|twice|double|none|nobody|no one"
)
_NUMBER = rf"(?:\d[\d,.]{{0,30}}\d|\d|\b(?:{_WORD_NUMBER})\b)"
_LARGE = r"(?:\s?(?:hundred|thousand|million|billion|trillion|m|bn|tn|k)\b)?"
_MONTHS = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\b|"
    r"(?:Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\."
)
_YEAR = r"\b(?:1[5-9]|20)\d\d\b"
_NAMED = (
    r"country|countries|city|state|town|company|firm|team|person|player|actor|actress|singer|president|minister|leader|"
    r"outlet|organi[sz]ation|agency|airline|film|movie|show|book|university|nation|celebrity|athlete|artist|party|club|"
    r"brand|band|judge|name|senator|governor|member|retailer|supermarket|island|region|place"
)
_ASKED_FOR = re.compile(
    rf"\b(?:which|what) (?:\w+ )?({_NAMED}|nations|year|month|day|date|week|decade|century|percentage|percent|"
    r"proportion|share|number|amount|age|time)\b",
    re.IGNORECASE,
)
"""The word that names the kind of answer; what answers need not hold it."""
_ASKS: Mapping[Kind, str] = {
    "yes or no": r"^\W*(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|should|may|must)(?:n['’]t)?\b",
    "definition": r"^\W*(?:what|who)(?:'s|’s| is| are| was| were) (?:an? )?"
    r"(?!(?:the|it|this|that|these|those|he|she|they|his|her|their|its|your|my|our|new|there|an?)\b)"
    r"(?P<subject>[\w'’.-]+(?: (?!(?:of|for|in|to|on|at|from|about|by|with|and|or|is|are|was|were|the|an?)\b)"
    r"[\w'’.-]+){0,3})\W*$",
    "reason": r"\bwhy\b|\bwhat (?:caused|led|is the reason|was the reason)|\b(?:for what|the) reason\b|\bhow come\b",
    "share": r"\bwhat (?:percentage|percent|per cent|proportion|share|fraction)\b|\bhow many per ?cent\b",
    "age": r"\bhow old\b|\b(?:what|which) age\b",
    "duration": r"\bhow long\b|\bfor how many (?:\w+ )?(?:seconds|minutes|hours|days|weeks|months|years)\b",
    "weight": r"\bhow heavy\b|\b(?:how much|what) (?:\w+ ){1,4}weighs?\b|\bwhat (?:is|was) .{0,30}\bweight\b",
    "distance": r"\bhow (?:tall|far|deep|wide)\b|\bhow many (?:miles|metres|meters|kilomet\w+|feet)\b",
    "measure": r"\bhow (?:fast|large|big|high|hot|cold|strong)\b",
    "count": r"\bhow many\b|\bwhat number of\b",
    "money": r"\bhow much\b(?=.*\b(?:cost|pay|paid|pays|worth|price|sell|sold|fetch|spen[dt]|rais\w+|fin\w+|money|"
    r"earn\w*|insured|bill|charge\w*|damages?|give|gave|donat\w+|buy|bought|owe\w*|lose|lost)\b)|"
    r"\bwhat(?:'s| is| was| will| would| did| does)? .{0,40}\b(?:cost|price|amount|sum|bill|fine|fee|salary|budget)\b",
    "number": r"\bhow (?:much|often)\b|\bby how\b|\bwhat (?:number|amount|score|rate)\b|"
    r"\b(?:what|which) (?:\w+ ){0,2}?(?:increase|rise|raise|cut|reduction|drop|margin|record|total)\b",
    "year": r"\b(?:what|which) year\b",
    "month": r"\b(?:what|which) month\b",
    "time": r"\bwhen\b|\bhow soon\b|\b(?:what|which) (?:date|day|month|year|time|week|decade|century)\b",
    "country": r"\b(?:which|what)(?: \w+){0,2}? (?:country|countries|nations?)\b",
    "state": r"\b(?:which|what)(?: \w+){0,2}? states?\b",
    "name": rf"\b(?:who|whom|whose|where)\b|\b(?:which|what) (?:\w+ ){{0,2}}?(?:{_NAMED})\b|\bwhich [A-Z]",
}
"""The first that matches decides."""
_HOLDS: Mapping[Kind, str] = {
    "reason": r"\b(?:because|due to|after|since|so that|as a result|in order to|over (?:the|a|its|concerns|fears)|"
    r"caused|blam\w+|amid|owing to|following|reason\w*|therefore|so as|"
    r"to (?:avoid|protect|allow|prevent|help|make|reduce|cut))\b",
    "share": rf"{_NUMBER}(?:\s?%| ?per ?cent\b)|\b(?:half|a quarter|a third|two[- ]thirds|three[- ]quarters)\b|"
    rf"\b(?:{_WORD_NUMBER}|\d+) (?:in|out of) (?:every )?(?:{_WORD_NUMBER}|\d+)\b",
    "money": rf"[$£€¥]\s?\d[\d,.]*{_LARGE}|{_NUMBER}{_LARGE}[ -](?:US )?(?:dollars?|pounds?|euros?|crowns?|cents?|"
    r"pence|yen|yuan|rupees?|francs?|rubles?|roubles?|kron\w+)\b",
    "duration": rf"{_NUMBER}(?:[ -](?:and a half|more|or \w+|to \w+))?[ -](?:seconds?|minutes?|hours?|days?|nights?|"
    r"weeks?|months?|years?|decades?)\b",
    "age": rf"\baged? {_NUMBER}|{_NUMBER}[ -]years?[ -]olds?\b|,\s?\d{{1,3}}\s?,|"
    r"\b(?:of|at|was|is|turned|turns) \d{1,3}\b",
    "weight": rf"{_NUMBER}{_LARGE}[ -]?(?:kg|kilos?|kilograms?|grams?|tonnes?|tons?|pounds?|ounces?|stone)\b",
    "distance": rf"{_NUMBER}{_LARGE}[ -]?(?:metres?|meters?|km|kilometres?|kilometers?|miles?|feet|foot|ft|inch(?:es)?|"
    r"cm|centimetres?|centimeters?|yards?)\b",
    "measure": rf"{_NUMBER}{_LARGE}[ -]?(?:kg|kilos?|kilograms?|grams?|tonnes?|tons?|pounds?|ounces?|metres?|meters?|"
    r"km|kilometres?|kilometers?|miles?|feet|foot|ft|inch(?:es)?|cm|centimetres?|mph|km/h|knots|degrees|acres?|"
    r"hectares?|square|litres?|gallons?|magnitude|%|per ?cent)\b",
    "year": _YEAR,
    "month": rf"\b{_MONTHS}",
    "country": COUNTRY,
    "state": STATE,
    "time": rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)? )?(?:{_MONTHS})(?: \d{{1,2}}\b)?|"
    rf"{_YEAR}|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|"
    r"\b(?:yesterday|today|tomorrow|tonight|midnight|noon|spring|summer|autumn|winter)\b|"
    r"\b(?:last|next|this) (?:week|month|year|night)\b|\b\d{1,2}[:.]\d\d\b|\b\d{1,2} ?[ap]\.?m\b",
}
_ANY_NUMBER = rf"[$£€¥]?{_NUMBER}%?"
_COUNT = rf"[$£€¥]?{_NUMBER}{_LARGE}%?"
_COUNTED = re.compile(r"\bhow many (?:more |other |new |different )?(.{3,60})", re.IGNORECASE)
_NUMBERED = re.compile(
    r"\b(?:number|count|total|tally) of ((?:\w+ ){1,4})(?:at|to|is|was|reached|stood at|rose to) $", re.I
)
_LARGE_NUMBERS: Mapping[float, str] = {
    1e2: "hundred",
    1e3: "thousand|k",
    1e6: "million|m",
    1e9: "billion|bn",
    1e12: "trillion|tn",
}
_DAYS: Mapping[float, str] = {
    1 / 86400: "seconds?",
    1 / 1440: "minutes?",
    1 / 24: "hours?",
    7: "weeks?",
    30: "months?",
    365: "years?",
    3650: "decades?",
}
_A_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_AT_A_TIME = re.compile(
    rf"(?:\b(?:in|since|by|until|till|from|of|during|before|after|early|late)|{_MONTHS}|\d,) $", re.I
)
_NEAR = 200
"""Characters before and behind a number that tell what it is."""
_MOST_IN_A_NAME = 4
_BETWEEN_NUMBER_AND_NOUN = 4
"""Most words between a number and what it counts."""
_FIGURES: frozenset[Kind] = frozenset({"share", "money", "duration", "weight", "distance", "measure", "count"})
_NUMERIC: frozenset[Kind] = _FIGURES | {"age", "number"}
_TIMES: frozenset[Kind] = frozenset({"year", "month", "time"})
_CLOSED: frozenset[Kind] = _TIMES | {"country", "state"}
"""Kinds whose answers a list or pattern knows."""
_OF_UNIT: frozenset[Kind] = frozenset({"weight", "distance", "duration", "measure"})
_WHO = re.compile(
    r"\b(?:who|whom|whose)\b|\b(?:which|what) (?:\w+ ){0,2}?(?:person|man|woman|player|actor|actress|singer|president|"
    r"minister|leader|celebrity|athlete|artist|judge|senator|governor|politician)\b",
    re.IGNORECASE,
)
_WHERE = re.compile(r"\bwhere\b|\b(?:which|what) (?:\w+ ){0,2}?(?:city|town|country|state|place|region|island)\b", re.I)
_PLACED = r"\b(?:in|at|from|near|to|on|off|of|outside|around|across|via)"
_NO_PERSON = re.compile(
    r"\b(?:[Oo]f|[Tt]he|Academy|Act|Agency|Airport|Arena|Army|Association|Authority|Award|Bank|Bill|Board|Cent(?:er|re)|"
    r"Church|City|Club|College|Commission|Committee|Company|Council|Country|County|Court|Cup|Day|Department|Directorate|"
    r"Festival|Force|Foundation|Fund|Games|Group|Hospital|House|Institute|Island|League|Ministry|Museum|National|"
    r"Office|Park|Parliament|Party|Police|Prize|Republic|River|Road|School|Senate|Series|Service|Stadium|States?|"
    r"Street|Union|United|University|War)s?\b"
)
_NAME = r"[A-Z][\w'’-]{0,40}(?:\s+(?:(?:of|de|van|von|al|bin)\s+)?[A-Z][\w'’.-]{0,40}){0,9}"
_TELLS = (
    r"(?:says?|said|reports?|reported|writes?|wrote|tells?|told|adds?|added|notes?|noted|explains?|explained|tweeted|"
    r"announced|warned|confirmed)\b"
)
_SPEAKERS = (
    re.compile(rf"\b[Aa]ccording to [^,.;“\"]{{0,60}}?(?:, )?{_NAME}"),
    re.compile(rf"{_NAME}(?:, [^,“\"]{{1,80}},)? (?={_TELLS})"),
)
_ASKS_FOR_A_SPEAKER = re.compile(
    rf"\b(?:{_TELLS}|say|tell|tweet\w*|announc\w*|call\w*|claim\w*|warn\w*|according|critici[sz]\w*|accus\w*|"
    r"apologi[sz]\w*|confirm\w*|describ\w*)\b",
    re.IGNORECASE,
)
RIGHT, NEARLY, WRONG = 1.0, 0.5, 0.0
"""How well a sentence fits: the very kind; a number where another kind of number is asked; neither."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The kind of answer that a question asks for.

    Attributes:
        kind: Of the answer.
        counted: Stem-like beginnings of what is counted, for `count`.
        subject: What is to be said what it is, for `definition`.
    """

    kind: Kind
    counted: tuple[str, ...] = ()
    subject: str = ""


def expected_answer(question: str) -> Expected:
    """What the question's words ask for."""
    kind: Kind = next(
        (kind for kind, pattern in _ASKS.items() if re.search(pattern, question, re.IGNORECASE)), "anything"
    )
    defined = re.search(_ASKS["definition"], question, re.IGNORECASE) if kind == "definition" else None
    return Expected(kind, _counted(question) if kind == "count" else (), defined["subject"] if defined else "")


def words_asked_for(question: str) -> tuple[str, ...]:
    """Words that name the kind of answer, e.g. "month" of `in which month`."""
    return tuple(_ASKED_FOR.findall(question))


def asks_for_a_figure(expected: Expected) -> bool:
    """A figure with a unit, or a number of something named, would answer."""
    return expected.kind in _FIGURES and (expected.kind != "count" or bool(expected.counted))


def fit(expected: Expected, sentence: str, question: str) -> float:
    """How well the sentence holds something of the expected kind that the question itself does not name."""
    said = question.lower()
    if expected.kind in ("anything", "yes or no"):
        return RIGHT
    if expected.kind == "definition":
        return _fit_of_definition(expected.subject, sentence)
    if expected.kind == "name":
        return _fit_of_names([name for name in _proper_names(sentence, question) if name.lower() not in said], question)
    if expected.kind == "count" and expected.counted:
        if any(_is_new(match.group(), said) for match in _numbers_of(expected.counted, sentence)):
            return RIGHT
    elif any(_is_new(match.group(), said) for match in _found(expected, sentence)):
        return RIGHT
    if expected.kind in _NUMERIC and any(
        _is_new(match.group(), said) for match in re.finditer(_ANY_NUMBER, sentence, re.IGNORECASE)
    ):
        return NEARLY
    return WRONG


def _fit_of_definition(subject: str, sentence: str) -> float:
    """It says of the subject, or of a person by the surname, what it is: `X is a ...`, `X, the ...`."""
    last = re.escape(subject.split()[-1])
    says = (
        rf"\b{last}(?:\W\w*)?,? (?:(?:is|are|was|were) (?:an?|the|one)|means?|refers)\b|"
        rf"\b{last}(?:['’]s?)?, (?:an?|the|\w+ \w*['’]s?|who|which)\b"
    )
    if re.search(says, sentence, re.IGNORECASE):
        return RIGHT
    return NEARLY if re.search(rf"\b{last}", sentence, re.IGNORECASE) else WRONG


def _fit_of_names(new: Sequence[str], question: str) -> float:
    """A person's name where a person is asked for; another name may still stand for one ("the Pope")."""
    if not new:
        return WRONG
    return NEARLY if _WHO.search(question) and not any(_is_persons(name) for name in new) else RIGHT


def _is_persons(name: str) -> bool:
    """Given name and surname, as far as their form tells."""
    return 2 <= len(name.split()) <= _MOST_IN_A_NAME and not _NO_PERSON.search(name)


def wants_the_unit(expected: Expected) -> bool:
    """A figure of another unit is no answer."""
    return expected.kind in _OF_UNIT


def values_in(expected: Expected, sentence: str, question: str) -> frozenset[str]:
    """Values of the expected kind, or names, that the sentence has and the question has not; lower case."""
    if expected.kind in _NUMERIC | _TIMES:
        found: Sequence[str] = [match.group() for match in _found(expected, sentence)]
    else:
        found = names_in(sentence)
    said = question.lower()
    return frozenset(value.lower().strip(" ,") for value in found if _is_new(value, said))


def answering_words(expected: Expected, sentence: str, question: str) -> tuple[str, ...]:
    """The words of the sentence that answer, as written, in order; none where the kind does not tell them."""
    if expected.kind == "name":
        found = _likeliest(_proper_names(sentence, question), sentence, question)
    elif expected.kind == "count" and expected.counted:
        found = [match.group() for match in _numbers_of(expected.counted, sentence)]
    elif expected.kind in _NUMERIC or expected.kind in _CLOSED:
        found = [match.group().strip(" ,") for match in _found(expected, sentence)]
    else:
        found = []
    said = question.lower()
    return tuple(dict.fromkeys(value for value in found if _is_new(value, said)))


def _likeliest(names: Sequence[str], sentence: str, question: str) -> Sequence[str]:
    """Of the names, persons' where a person is asked for, and those behind a preposition where a place is."""
    if _WHO.search(question):
        fitting = [name for name in names if _is_persons(name)]
    elif _WHERE.search(question):
        fitting = [name for name in names if re.search(rf"{_PLACED} (?:the )?{re.escape(name)}", sentence)]
    else:
        fitting = []
    return fitting or names


def _proper_names(sentence: str, question: str) -> list[str]:
    """Names in the sentence but months and weekdays, and but who only says it unless the question asks for that."""
    if not _ASKS_FOR_A_SPEAKER.search(question):
        for speaker in _SPEAKERS:
            sentence = speaker.sub(" ", sentence)
    return [name for name in names_in(sentence) if not is_calendar(name)]


def _found(expected: Expected, sentence: str) -> Iterator[re.Match[str]]:
    return re.finditer(_HOLDS.get(expected.kind, _ANY_NUMBER), sentence, re.IGNORECASE)


def answer_values(expected: Expected, sentence: str, question: str) -> frozenset[float]:
    """Figures in the sentence that would answer a question for a figure: in units, durations in days; else none."""
    if not asks_for_a_figure(expected):
        return frozenset()
    said = question.lower()
    if expected.kind == "count":
        found = [match.group() for match in _numbers_of(expected.counted, sentence) if "%" not in match.group()]
    else:
        found = [match.group() for match in _found(expected, sentence)]
    # "Millions" and "5.2 million" need not differ, so only digits are compared.
    return frozenset(_magnitude(value) for value in found if _is_new(value, said) and re.search(r"\d", value))


def _magnitude(value: str) -> float:
    """`$1,240` and `1240 dollars` are one value, as are `2 weeks` and `14 days`."""
    number = re.search(r"\d[\d.,]*", value)
    digits = number.group().replace(",", "").rstrip(".") if number else "0"
    amount = float(digits) if digits.count(".") < 2 else 0.0
    for sizes in (_LARGE_NUMBERS, _DAYS):
        amount *= next(
            (size for size, words in sizes.items() if re.search(rf"(?:\b|\d)(?:{words})\b", value, re.I)), 1.0
        )
    return amount


def _is_new(value: str, said: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value.lower().strip(' ,'))}(?!\w)", said) is None


def _counted(question: str) -> tuple[str, ...]:
    found = _COUNTED.search(question)
    words = words_of(found.group(1)) if found else []
    nouns = []
    for word in words[:3]:
        if word.lower() in FUNCTION_WORDS:
            break
        nouns.append(word.lower()[:5])
    return tuple(nouns)


def _numbers_of(nouns: Sequence[str], sentence: str) -> Iterator[re.Match[str]]:
    """Numbers that stand shortly before one of the nouns, or behind "the number of" them."""
    for match in re.finditer(_COUNT, sentence, re.IGNORECASE):
        before = sentence[max(0, match.start() - _NEAR) : match.start()]
        if _A_YEAR.fullmatch(match.group()) and _AT_A_TIME.search(before):
            continue
        following = words_of(sentence[match.end() : match.end() + _NEAR])[:_BETWEEN_NUMBER_AND_NOUN]
        numbered = _NUMBERED.search(before)
        counted = [*following, *(words_of(numbered.group(1)) if numbered else ())]
        if any(word.lower()[:5] in nouns for word in counted):
            yield match
