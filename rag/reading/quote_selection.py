"""Which of the ranked sentences an answer quotes, and how much of each. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from rag.reading.coverage import Asked
from rag.reading.evidence import Candidate
from rag.reading.excerpts import attribution, excerpt, shares
from rag.reading.values import same

MOST_WORDS = 60
"""Most quoted words of an answer."""
MOST_IN_ALL = 75
"""Most words of an answer, outlets and dates included."""
_MOST_SENTENCES = 4
_LONGEST = 40
"""Words of a sentence from which it is cut."""
_LEAST_CUT = 10
"""Least words to which a sentence is cut; for less, a further one is not quoted."""
_WORTH_ADDING = 0.4
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
    """Return the best sentences that fit; at least one if there is any.

    A further sentence is added if its score is a share of the first one's and the answer in it is another one. The
    last may be cut to the words that are left.

    Args:
        question: As the sentences were ranked for.
        ranked: Best first.
        most_words: Most words of the quotes together.
        most_in_all: Most words of the quotes with the outlets and dates before them.
    """
    quotes: list[Quote] = []
    for candidate in ranked:
        if len(quotes) == _MOST_SENTENCES or candidate.score < _WORTH_ADDING * ranked[0].score:
            break
        quoted = [quote.sentence for quote in quotes]
        if any(same(candidate.value, other.value) for other in quoted):
            continue
        words = sum(quote.words for quote in quotes)
        left = min(most_words - words, most_in_all - words - words_before([*quoted, candidate]))
        length = min(len(candidate.text.split()), _LONGEST)
        if not quotes or left >= min(length, _LEAST_CUT):
            quotes.append(_quote(question, candidate, min(length, max(_LEAST_CUT, left))))
    return quotes


def all_quotes(question: Asked, sentences: Sequence[Candidate], *, most_words: int, most_in_all: int) -> list[Quote]:
    """Return all of the sentences, in order, cut so that they fit together (see `best_quotes`)."""
    limit = max(_LEAST_CUT * len(sentences), min(most_words, most_in_all - words_before(sentences)))
    lengths = [min(len(sentence.text.split()), _LONGEST) for sentence in sentences]
    return [_quote(question, sentence, most) for sentence, most in zip(sentences, shares(lengths, limit), strict=True)]


def words_before(sentences: Sequence[Candidate]) -> int:
    """Return the number of words of outlets and dates; sentences in a row of one article have it once."""
    articles = [sentence.passage.article for sentence in sentences]
    named = [article for at, article in enumerate(articles) if at == 0 or articles[at - 1].id != article.id]
    return sum(len(attribution(article).split()) for article in named)


def _quote(question: Asked, sentence: Candidate, most_words: int) -> Quote:
    answering = (sentence.answer,) if sentence.answer else ()
    return Quote(sentence, excerpt(sentence.text, most_words, answering, question.weights), answering)
