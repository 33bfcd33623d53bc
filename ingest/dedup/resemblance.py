"""Whether two contents are one article, by headline, text, figures and date. Pure.

Texts are compared by pairs of neighbouring words: two articles of one template or one subject share words, but few
of them in the same order. Of the longer text a version that has grown may share little, so that the share of the
shorter text counts, too; not that of a very short one.
"""

from dataclasses import dataclass
from itertools import pairwise

from rag.models import Article
from rag.text import UNSPACED_LETTER, content_words, is_calendar, units_of, words_of

HEADLINE_WORDS = 2
"""A headline of fewer words ("Weather") stands over many articles."""
_MOSTLY = 0.5
"""Share of both texts' pairs of words that makes two texts one under different headlines."""
_MOSTLY_IN = 0.7
"""The same of the shorter text's."""
_UNDER_HEADLINE = 0.2
_UNDER_HEADLINE_IN = 0.4
"""The same under one headline."""
_NEARLY = 0.7
_NEARLY_IN = 0.85
"""The same of texts that are nearly equal."""
_SHORT = 8
"""Pairs of words; how much of a shorter text recurs tells nothing."""
_GROWN = 1.5
_OTHER_FIGURES = 0.34
"""At most this share of figures is common to two fillings of one template."""
_MANY_FIGURES = 3


@dataclass(frozen=True, slots=True)
class _Likeness:
    """How like two texts are: the share of pairs of words that both have, of all and of the shorter text's."""

    of_both: float
    of_shorter: float
    shorter: int
    longer: int

    def reaches(self, of_both: float, of_shorter: float) -> bool:
        long_enough = self.shorter >= _SHORT
        return self.of_both >= of_both or (long_enough and self.of_shorter >= of_shorter)

    @property
    def is_growth(self) -> bool:
        """One text is most of the other, which goes on."""
        return self.reaches(1.0, _NEARLY_IN) and self.longer >= _GROWN * self.shorter


def is_same_article(article: Article, stored: Article, *, fewest: int | None = HEADLINE_WORDS) -> bool:
    """Whether two articles that claim one id are one.

    Args:
        article: Read now.
        stored: The newest version that is stored.
        fewest: Words of a headline that counts; `None` if no headline does.
    """
    headline = fewest is not None and _same_headline(article.title, stored.title, fewest=fewest)
    likeness = _likeness(article.text, stored.text)
    if _on_other_days(article, stored):
        return is_nearly_same(article, stored)
    if not (article.text and stored.text):
        return headline
    if differ_in_figures(article.text, stored.text) and not likeness.is_growth and likeness.of_both < _NEARLY:
        return False
    if headline:
        # On one day an outlet may print a headline ("Police log") over two articles; at one time it does not.
        date = article.published_at
        timed = date is not None and not date.day_only and date == stored.published_at
        return timed or likeness.reaches(_UNDER_HEADLINE, _UNDER_HEADLINE_IN)
    return likeness.shorter >= _SHORT and likeness.reaches(_MOSTLY, _MOSTLY_IN)


def is_nearly_same(article: Article, stored: Article, *, entry: bool = False) -> bool:
    """Whether two texts are nearly equal, and no two fillings of one template.

    Args:
        article: Read now.
        stored: The newest version that is stored.
        entry: They are entries of a live blog, which may be minutes apart.
    """
    likeness = _likeness(article.text, stored.text)
    dates = (article.published_at, stored.published_at)
    at_other_times = _on_other_days(article, stored) or (entry and None not in dates and dates[0] != dates[1])
    fewest = 1 if at_other_times else _MANY_FIGURES
    if differ_in_figures(article.text, stored.text, fewest=fewest) and not likeness.is_growth:
        return False
    headline = _same_headline(article.title, stored.title, fewest=1)
    return (headline or likeness.shorter >= _SHORT) and likeness.reaches(_NEARLY, _NEARLY_IN)


def _likeness(text: str, other_text: str) -> _Likeness:
    pairs, others = _pairs(text), _pairs(other_text)
    common, all_of_them = len(pairs & others), len(pairs | others)
    shorter, longer = sorted((len(pairs), len(others)))
    return _Likeness(common / max(all_of_them, 1), common / max(shorter, 1), shorter, longer)


def _pairs(text: str) -> set[tuple[str, str]]:
    words = text.lower()
    return set(pairwise(["", *(units_of(words) if UNSPACED_LETTER.search(words) else words_of(words)), ""]))


def _same_headline(title: str, other_title: str, *, fewest: int) -> bool:
    words = content_words(title.lower())
    return len(words) >= fewest and words == content_words(other_title.lower())


def _on_other_days(article: Article, other: Article) -> bool:
    dates = (article.published_at, other.published_at)
    return None not in dates and str(dates[0])[:10] != str(dates[1])[:10]


def differ_in_figures(text: str, other_text: str, *, fewest: int = _MANY_FIGURES) -> bool:
    """Numbers, weekdays and months are others nearly everywhere."""
    figures, others = _figures(text), _figures(other_text)
    fewer = min(len(figures), len(others))
    return fewer >= fewest and len(figures & others) <= _OTHER_FIGURES * fewer


def _figures(text: str) -> set[str]:
    return {word for word in words_of(text) if is_calendar(word) or any(letter.isdigit() for letter in word)}
