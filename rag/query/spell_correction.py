"""How a misspelt question is read: by the words of the library, and the English ones with which one asks. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Protocol

from rapidfuzz.distance import OSA

from rag.text import ASKING_WORDS, FUNCTION_WORDS, QUESTION_WORDS

_QUOTED = re.compile(r"\"[^\"]{0,200}\"|“[^”]{0,200}”|‘[^’]{0,200}’|(?<!\w)'[^']{0,200}'(?!\w)")
_WORD = re.compile(r"(?<![\w@./])[^\W\d_]+(?:['’][^\W\d_]+)*(?![\w@/]|[.]\w)")
_GENITIVE = re.compile(r"['’]s?$")
_SHORTEST = 4
"""Letters of a word from which it is compared with the library's; nearly all shorter ones are like some other."""
_LONG = 6
"""Letters from which a second slip is allowed."""
_OF_A_WORD = 8
"""Letters from which a second slip is read without asking."""
_OF_A_NAME = 6
"""Letters of a name for each slip that is read without asking: names that are as near are often those of others."""
_LEAST = 3
_CLEARLY_COMMONER = 4
"""So many times commoner must a word be than others that are as close, to be taken without asking."""
_SLIP_IS_LIKELIER = 10_000
"""So many times rarer than a question word must a listed word be, e.g. `wen`, to be a slip at a question's start."""
_MOST_READINGS = 3
_MOST_DOUBTFUL = 8
"""Words in doubt up to which a question is respelled; with more it is in another language, and would take long."""
_ENGLISH = FUNCTION_WORDS | ASKING_WORDS
# An apostrophe left out hides no word.
_RIGHT = _ENGLISH | {word.replace("'", "") for word in _ENGLISH}


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word that may be meant.

    Attributes:
        word: As it is usually written.
        edits: Letters to add, leave out, change or swap with the next; one more where the first letter differs.
        passages: How many hold it.
    """

    word: str
    edits: int
    passages: int


class Vocabulary(Protocol):
    """The words that a question may consist of."""

    def holds(self, word: str) -> bool:
        """Return whether the library holds a word in any of its forms."""

    def frequency(self, word: str) -> int:
        """Return how common a word is in English; 0 if it is none."""

    def spellings(self, word: str, edits: int) -> list[Spelling]:
        """Return words of the library that are at most so many edits away."""

    def passage_count(self) -> int:
        """Return how many passages there are."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question is understood.

    Attributes:
        question: With what is surely misspelt respelled; as it was written if nothing is.
        others: Readings between which only the reader can decide.
        is_respelled: The question is not as it was written.
    """

    question: str
    others: tuple[str, ...] = ()
    is_respelled: bool = False


def read(question: str, vocabulary: Vocabulary) -> Reading:
    """Return how a question is understood.

    A word that the library holds, an English one, a number and what is in quotation marks stay as they are.
    """
    pieces: list[list[str]] = []
    end = 0
    doubtful = list(islice(_words_in_doubt(question, vocabulary), _MOST_DOUBTFUL + 1))
    if len(doubtful) > _MOST_DOUBTFUL:
        return Reading(question)
    for match in doubtful:
        pieces += [[question[end : match.start()]], _candidates(match, vocabulary)]
        end = match.end()
    pieces.append([question[end:]])
    sure = "".join(piece[0] for piece in pieces)
    if all(len(piece) == 1 for piece in pieces):
        return Reading(sure, is_respelled=sure != question)
    choices = product(*(piece[1:] or piece for piece in pieces))
    return Reading(sure, tuple(map("".join, islice(choices, _MOST_READINGS))), sure != question)


def _words_in_doubt(question: str, vocabulary: Vocabulary) -> Iterator[re.Match[str]]:
    quoted = [match.span() for match in _QUOTED.finditer(question)]
    for match in _WORD.finditer(question):
        if not any(start <= match.start() < end for start, end in quoted) and not _is_right(match, vocabulary):
            yield match


def _is_right(match: re.Match[str], vocabulary: Vocabulary) -> bool:
    word = _base(match.group())
    known = word.lower().replace("’", "'") in _RIGHT or "'" in word or "’" in word
    if len(word) < _LEAST or known or (word.isupper() and not match.string.isupper()) or vocabulary.holds(word):
        return True
    return vocabulary.frequency(word.lower()) > 0 and not _opens_as_question_word(match, vocabulary)


def _opens_as_question_word(match: re.Match[str], vocabulary: Vocabulary) -> bool:
    """Whether a rare word stands where a much commoner question word is missing."""
    return any(
        vocabulary.frequency(meant) >= _SLIP_IS_LIKELIER * vocabulary.frequency(match.group().lower())
        for meant in _missing_question_words(match)
    )


def _missing_question_words(match: re.Match[str]) -> list[str]:
    """Question words like the first word of a question that has none."""
    words = [word.lower() for word in _WORD.findall(match.string)]
    if match.string[: match.start()].strip() or QUESTION_WORDS.intersection(words):
        return []
    return [word for word in sorted(QUESTION_WORDS) if word[0] == words[0][0] and OSA.distance(word, words[0]) == 1]


def _candidates(match: re.Match[str], vocabulary: Vocabulary) -> list[str]:
    """The word to take; where only the reader can tell, the word as written and then what it may be."""
    written = match.group()
    word = _base(written)
    near = _near(match, word, vocabulary)
    as_near = [
        other
        for other in near
        if other.edits == near[0].edits and other.passages * _CLEARLY_COMMONER > near[0].passages
    ]
    respelled = [_with_capital_of(word, other.word) + written[len(word) :] for other in as_near]
    is_sure = len(as_near) == 1 and len(word) >= _letters_for(near[0].edits, _is_name(match))
    return respelled if is_sure else [written, *respelled]


def _letters_for(edits: int, is_name: bool) -> int:
    """Letters of a word from which so many slips are read without asking."""
    return edits * _OF_A_NAME if is_name else (edits - 1) * _OF_A_WORD


def _near(match: re.Match[str], word: str, vocabulary: Vocabulary) -> list[Spelling]:
    """Words that may be meant, the nearest and commonest first."""
    edits = 2 if len(word) >= _LONG else 1
    near = _english(match, word, edits, vocabulary.passage_count())
    if len(word) >= _SHORTEST and not _missing_question_words(match):
        near += [other for other in vocabulary.spellings(word, edits) if _may_be(match, word, other.word)]
    near.sort(key=lambda other: (other.edits, -other.passages, other.word))
    best: dict[str, Spelling] = {}
    for other in near:
        best.setdefault(other.word.lower(), other)
    return list(best.values())


def _english(match: re.Match[str], word: str, edits: int, passages: int) -> list[Spelling]:
    """Words with which one asks that may be meant; each is as common as a word can be."""
    lower = word.lower()
    if missing := _missing_question_words(match):
        return [Spelling(other, 1, passages) for other in missing]
    if len(word) < _SHORTEST:
        return [Spelling(other, 1, passages) for other in _ENGLISH if sorted(other) == sorted(lower)]
    distances = {other: OSA.distance(lower, other) for other in _ENGLISH if other[0] == lower[0] and len(other) > 2}
    return [Spelling(other, distance, passages) for other, distance in distances.items() if distance <= edits]


def _may_be(match: re.Match[str], word: str, another: str) -> bool:
    """Whether one may be a slip of the other: a name is one of a name, and a longer form is no slip."""
    is_longer_form = word.lower().startswith(another.lower()) and len(word) > len(another) + 1
    return not is_longer_form and (another[0].isupper() or not _is_name(match))


def _is_name(match: re.Match[str]) -> bool:
    """Whether the word has a capital inside a sentence."""
    return match.group()[0].isupper() and bool(match.string[: match.start()].strip())


def _base(word: str) -> str:
    return _GENITIVE.sub("", word)


def _with_capital_of(written: str, word: str) -> str:
    return word[0].upper() + word[1:] if written[0].isupper() else word
