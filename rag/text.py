"""English words that carry no content, and the content words of a text."""

import re
from collections.abc import Iterable, Sequence

import regex

FUNCTION_WORDS = frozenset(
    """
    a about above after again against all also am among an and any anybody anyone anything are aren't as at be because
    been before being below between both but by can can't could couldn't did didn't do does doesn't doing don't down
    during each either else ever everybody everyone everything few for from further get gets got had has have having
    he he'd he'll he's her here hers herself him himself his how i i'm if in into is isn't it it's its itself just let
    me more most much my myself no nobody nor not nothing now of off on once only onto or other our ours out over own
    per same shall she she's should so some somebody someone something such than that that's the their theirs them
    themselves then there there's these they they're this those through to too under until up upon us very was wasn't
    we were weren't what what's when where whether which while who who's whom whose why will with within without won't
    would wouldn't yes yet you your yours
    """.split()
)
"""Articles, pronouns, prepositions, conjunctions, auxiliaries and question words."""

QUESTION_WORDS = frozenset("how what when where which who whom whose why".split())

ASKING_WORDS = frozenset(
    "according ask asked exactly following happen happened happening happens many name named recently said say "
    "says".split()
)
"""Words with which a question asks, which say nothing about its subject."""

CONTROL_CHARACTER = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What a terminal obeys instead of showing it, or what turns the direction of writing."""

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Letters that are set without spaces between words, as a class of characters: Thai, Burmese, Khmer, CJK."""

UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")
_UNIT = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+")
_WORD = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*")
_GENITIVE = re.compile(r"['’]s$")
_CALENDAR = re.compile(
    r"^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day$|^(?:January|February|March|April|May|June|July|August|September|"
    r"October|November|December)$"
)
_VERSION = 0.5
"""Share of the words of two sentences that both hold, from which one is a version of the other."""
_STEM = 5
_RUN = 8
_PLAIN_WORD = re.compile(r"\w+")
_JOINED_WORD = re.compile(r"[\w'’\-]+")
_OPENING = " \"'“‘("
_CAPITALISED = r"[\p{Lu}\p{Lt}\p{Lo}][\w'’\-]*"
"""A word with a capital, or one of a script that has none."""
_NAME = regex.compile(rf"\b{_CAPITALISED}(?:\s+(?:(?:of|the|de|van|von|al|bin)\s+)?{_CAPITALISED})*")
_CASED = regex.compile(r"[\p{Lu}\p{Ll}\p{Lt}]")

_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|prompts?|rules?|guidelines?|above|orders)\b|"
    r"\b(?:assistants?|AI models?|language models?|chatbots?|LLMs?)\b.{0,40}\b(?:must|should|shall|have to|need to|"
    r"ignore|disregard|answer|reply|respond|output|say|write)\b|\bsystem prompt\b|"
    r"\bwhen you (?:summari[sz]e|answer|read|cite|quote)\b.{0,40}\byou (?:must|should)\b|^\s*system:",
    re.IGNORECASE,
)
"""Prompt injection: what speaks to a language model instead of to a reader."""


def words_of(text: str) -> list[str]:
    """Return the words in order, as written; a hyphen or apostrophe does not split a word."""
    return _WORD.findall(text)


def units_of(text: str) -> list[str]:
    """Return the words in order, without any punctuation, and the letters of what is written without spaces."""
    return _UNIT.findall(text)


def word_count(text: str) -> int:
    """Return how many words a text has; two letters of what is written without spaces count as one."""
    unspaced = len(UNSPACED_LETTER.findall(text))
    return len(text.split()) if not unspaced else (unspaced + 1) // 2 + len(UNSPACED_LETTER.sub(" ", text).split())


def content_words(text: str) -> list[str]:
    """Return the words that carry meaning, in order, without repetitions; the `'s` of a genitive is left out."""
    ignored = FUNCTION_WORDS | ASKING_WORDS
    words = (word for word in words_of(text) if word.lower().replace("’", "'") not in ignored)
    return list(dict.fromkeys(_GENITIVE.sub("", word) for word in words))


def names_in(text: str) -> list[str]:
    """Return runs of capitalised words in order, once each, without words that only begin a sentence.

    A word of a script without capitals is one too, e.g. in Arabic letters; a text of only such a script has none.
    """
    names: dict[str, None] = {}
    if not _CASED.search(text):
        return []
    written = {*_PLAIN_WORD.findall(text), *_JOINED_WORD.findall(text)}
    for match in _NAME.finditer(text):
        words = match.group().split()
        while words and words[0].lower().replace("’", "'").removesuffix("'s") in FUNCTION_WORDS:
            words = words[1:]
        name = " ".join(words).removesuffix("'s").removesuffix("’s")
        if name and not (_begins_sentence(text, match.start()) and len(words) == 1 and name.lower() in written):
            names[name] = None
    return list(names)


def says_otherwise(sentence: str, another: str) -> bool:
    """Return whether one sentence is the other with words that carry meaning exchanged for others."""
    words, others = ({word.lower() for word in words_of(text)} for text in (sentence, another))
    if len(words & others) < _VERSION * len(words | others):
        return False
    stems, other_stems = ({word[:_STEM].lower() for word in content_words(text)} for text in (sentence, another))
    return bool(stems - other_stems) and bool(other_stems - stems)


def is_calendar(name: str) -> bool:
    """Return whether a name is that of a month or a weekday."""
    return _CALENDAR.search(name) is not None


def gives_orders(text: str) -> bool:
    """Return whether a text gives orders to the machine that reads it."""
    return _ORDERS.search(text) is not None


class WordRuns:
    """The runs of words of some texts, by which other texts are told that repeat them.

    Args:
        texts: Each is taken in runs of eight words: so many in a row are no coincidence, and fewer than any quote of an
            answer has. A shorter text is one run.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._runs = {run for text in texts for run in _runs(_plain_words(text), _RUN) if run}
        self._lengths = {len(run) for run in self._runs}

    def repeated_by(self, text: str) -> bool:
        """Return whether a text repeats one of the runs."""
        words = _plain_words(text)
        return any(not self._runs.isdisjoint(_runs(words, length)) for length in self._lengths)


def _plain_words(text: str) -> list[str]:
    return _PLAIN_WORD.findall(text.lower())


def _runs(words: Sequence[str], length: int) -> set[tuple[str, ...]]:
    """Return every run of `length` words; all words as one run if they are fewer."""
    return {tuple(words[first : first + length]) for first in range(max(1, len(words) - length + 1))}


def _begins_sentence(text: str, position: int) -> bool:
    while position and text[position - 1] in _OPENING:
        position -= 1
    return position == 0 or text[position - 1] in ".!?\n:"
