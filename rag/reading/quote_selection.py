"""Which of the ranked sentences an answer quotes, and how much of each. Pure.

Chosen on the questions of `realtimeqa-2022` before October 2022 (docs/answers.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.reading.answer_types import answering_words
from rag.reading.excerpts import attribution, excerpt, shares
from rag.reading.sentence_scoring import Asked, Candidate, adds_to

MOST_WORDS = 60
"""Most quoted words of an answer."""
MOST_IN_ALL = 75
"""Most words of an answer, outlets and dates included."""
_MOST_SENTENCES = 4
_LONGEST = 40
"""Words of a sentence from which it is cut."""
_LEAST_CUT = 10
"""Least words to which a sentence is cut, whatever else is said; for less, a further one is not quoted."""
_WORTH_ADDING = 0.12
"""Least score of a further sentence, as a share of the first one's."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence as an answer shows it.

    Attributes:
        shown: The sentence, or what is left of it.
        answering: Words of it that answer.
    """

    sentence: Candidate
    shown: str
    answering: tuple[str, ...]

    @property
    def words(self) -> int:
        """How many are shown."""
        return len(self.shown.split())


def best_quotes(question: Asked, ranked: Sequence[Candidate], *, most_words: int, most_in_all: int) -> list[Quote]:
    """The best sentences that fit; at least one if there is any.

    Those behind the first are worth adding: they score a share of what it does, hold what the question
    asks for, and add to the earlier ones. The last may be cut to what is left.

    Args:
        question: As the sentences were ranked for.
        ranked: Best first.
        most_words: Of the quotes together.
        most_in_all: Of the quotes with the outlets and dates before them.
    """
    quotes: list[Quote] = []
    for one in ranked:
        if len(quotes) == _MOST_SENTENCES or one.score < _WORTH_ADDING * ranked[0].score:
            break
        said = sum(quote.words for quote in quotes)
        before = words_before([*(quote.sentence for quote in quotes), one])
        left = min(most_words - said, most_in_all - said - before)
        length = min(len(one.text.split()), _LONGEST)
        if not quotes or (left >= min(length, _LEAST_CUT) and adds_to(one, [quote.sentence for quote in quotes])):
            quotes.append(_quote(question, one, min(length, max(_LEAST_CUT, left))))
    return quotes


def all_quotes(question: Asked, sentences: Sequence[Candidate], *, most_words: int, most_in_all: int) -> list[Quote]:
    """All of the sentences, in order, cut so that they fit together."""
    limit = max(_LEAST_CUT * len(sentences), min(most_words, most_in_all - words_before(sentences)))
    lengths = [min(len(one.text.split()), _LONGEST) for one in sentences]
    return [_quote(question, one, most) for one, most in zip(sentences, shares(lengths, limit), strict=True)]


def words_before(sentences: Sequence[Candidate]) -> int:
    """Words of outlets and dates: an article is named once for sentences that follow each other."""
    articles = [one.passage.article for one in sentences]
    named = [one for at, one in enumerate(articles) if at == 0 or articles[at - 1].id != one.id]
    return sum(len(attribution(one).split()) for one in named)


def _quote(question: Asked, one: Candidate, most_words: int) -> Quote:
    answering = answering_words(question.expected, one.text, question.text)
    return Quote(one, excerpt(one.text, most_words, answering, question.weights), answering)
