"""The words of a library as they are now, and those of English."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

import py3langid
from rapidfuzz import process
from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

from rag.library.base import ReadableLibrary
from rag.messages import ENGLISH
from rag.models import Filters
from rag.query.spell_correction import Spelling, Vocabulary
from rag.text import UNSPACED_LETTER, words_of

_LETTERS = re.compile(r"[^\W\d_]+")
_SHORTEST_STEM = 4
_SHORTEST_ENGLISH = 6
"""Letters of a word from which it is compared with English words that the library lacks."""
_FEWEST_WORDS = 4
"""Of a question whose language is told."""
_MOST_TERMS = 12
"""Nearest terms of the index whose written forms are looked up."""
_PASSAGES = 8
"""Passages in which they are looked up."""


class LibraryVocabulary:
    """The `Vocabulary` of a library: nothing of it is kept, so it changes as the library does.

    Args:
        library: Open.
        before: Latest publication of articles that words are taken from, epoch seconds.
        filters: Which other conditions these articles meet.
    """

    def __init__(self, library: ReadableLibrary, *, before: int, filters: Filters) -> None:
        self._library = library
        self._before = before
        self._filters = filters
        outlets = filters.sources or library.outlet_names()
        self._outlet_words = {word.lower(): word for name in outlets for word in words_of(name)}

    def holds(self, word: str) -> bool:
        """Return whether an article or the name of an outlet holds a word in one of its forms."""
        if word.lower() in self._outlet_words:
            return True
        terms = self._library.lexical.analyze(word)
        counts = {term: self._library.lexical.terms(term).get(term, 0) for term in terms}
        if len(terms) != 1 or counts[terms[0]] not in range(1, _PASSAGES + 1) or self.frequency(word.lower()):
            return all(counts.values())
        # Different words may have one stem; where there are few passages, they can be looked at.
        texts = self._texts(self._passages_with(terms[0], None, Filters()))
        beginnings = {
            form for text in texts for form in _LETTERS.findall(text) if word.lower().startswith(form.lower())
        }
        return any(self._library.lexical.analyze(form) == terms for form in beginnings)

    def frequency(self, word: str) -> int:
        """Return how common a word is in English; 0 if it is none."""
        count: int = _english().word_frequency[word]
        return count

    def passage_count(self) -> int:
        """Return how many passages there are."""
        return self._library.lexical.passage_count()

    def spellings(self, word: str, edits: int) -> list[Spelling]:
        """Return words of articles and outlets that are at most so many edits away."""
        written = [
            *self._written(word, edits),
            *((other, self.passage_count()) for other in self._outlet_words.values()),
        ]
        near = [Spelling(other, _edits(word, other), count) for other, count in written]
        return [spelling for spelling in near if spelling.edits <= edits] or self._english_spellings(word)

    def _english_spellings(self, word: str) -> list[Spelling]:
        """English words that are one slip away from a long word in small letters, with how common they are."""
        if not word.islower() or len(word) < _SHORTEST_ENGLISH:
            return []
        stems = self._library.lexical.analyze(word)
        others = _english().known(_english().edit_distance_1(word))
        return [
            Spelling(other, 1, self.frequency(other))
            for other in others
            if other[0] == word[0] and self._library.lexical.analyze(other) != stems
        ]

    def _near_terms(self, word: str, edits: int) -> dict[str, int]:
        """Terms of the index that may be those of near words, with their counts."""
        # The first letter is right, or it is swapped with the second, or it is one too many.
        beginnings = {word[0], word[1] + word[0], word[1:3]}
        counts = {term: n for beginning in beginnings for term, n in self._library.lexical.terms(beginning).items()}
        # A stem lacks the ending, which a slip in the word may have made unlike any.
        stems = {*self._library.lexical.analyze(word), *(word[:end] for end in range(_SHORTEST_STEM, len(word)))}
        near: dict[str, int] = {}
        for stem in stems:
            for term, distance, _ in process.extract(
                stem, list(counts), scorer=OSA.distance, score_cutoff=edits, limit=None
            ):
                near[term] = min(distance, near.get(term, edits))
        ranked = sorted(near, key=lambda term: (near[term], abs(len(word) - len(term)), -counts[term], term))
        return {term: counts[term] for term in ranked[:_MOST_TERMS]}

    def _written(self, word: str, edits: int) -> Iterator[tuple[str, int]]:
        """The form of each near term that is most like the word, as articles mostly write it, if it is surely right."""
        terms = self._near_terms(word.lower(), edits)
        ids = dict.fromkeys(name for term in terms for name in self._passages_with(term, self._before, self._filters))
        holding = Counter(form for text in self._texts(list(ids)) for form in set(_LETTERS.findall(text)))
        near = [form for form in holding if _edits(word, form) <= edits]
        near.sort(key=lambda form: (*_unlikeness(word, form), -holding[form], form))
        of_terms: dict[str, str] = {}
        for form in near:
            of_terms.setdefault("".join(self._library.lexical.analyze(form)), form)
        for term, form in of_terms.items():
            if self._is_surely_right(form, holding[form]):
                # A common word may stand in headlines only.
                is_common = word.islower() and self.frequency(form.lower()) > 0
                yield form.lower() if is_common else form, terms.get(term, holding[form])

    def _passages_with(self, term: str, before: int | None, filters: Filters) -> list[str]:
        lexical = self._library.lexical
        matches = lexical.search([term], before=before, limit=_PASSAGES, filters=filters, names=[[term]])
        return [passage_id for passage_id, _ in matches]

    def _texts(self, passage_ids: Sequence[str]) -> list[str]:
        """What the passages' articles say of the words in them."""
        passages = self._library.record.passages(passage_ids).values()
        return [" ".join((one.article.title, *one.article.authors, one.text)) for one in passages]

    def _is_surely_right(self, form: str, texts: int) -> bool:
        """Whether it is no misspelling itself: a name, an English word, or one of several passages."""
        return bool(form) and (form[0].isupper() or texts > 1 or self.frequency(form) > 0)


def foreign_language(question: str, vocabulary: Vocabulary) -> str:
    """Return the language of a question of which neither the library nor English holds most words; else nothing.

    It is a code of ISO 639, as langid.py finds it (Lui & Baldwin 2012). Of a few words it could not be told.
    """
    words = _LETTERS.findall(question)
    unknown = [word for word in words if not (vocabulary.frequency(word.lower()) or vocabulary.holds(word))]
    if 2 * len(unknown) <= len(words) or (len(words) < _FEWEST_WORDS and not UNSPACED_LETTER.search(question)):
        return ""
    language: str = py3langid.classify(question)[0]
    return "" if language == ENGLISH else language


@cache
def _english() -> SpellChecker:
    # Read when first needed, since it takes some hundred milliseconds.
    return SpellChecker(language="en")


def _edits(word: str, another: str) -> int:
    """Letters to add, leave out, change or swap with the next; one more where the first letter differs."""
    word, another = word.lower(), another.lower()
    return OSA.distance(word, another) + (word[0] != another[0])


def _unlikeness(word: str, form: str) -> tuple[int, bool]:
    """How far apart they are; of forms as near, a word with a capital means one with a capital."""
    return _edits(word, form), word[0].isupper() > form[0].isupper()
