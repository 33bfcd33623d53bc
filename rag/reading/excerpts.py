"""Quoting a sentence in an answer: its outlet and date before it, and a cut where it is too long. Pure.

The citation always holds the whole sentence; an answer that cuts it says so by an ellipsis.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from urllib.parse import urlsplit

from rag.messages import ENGLISH, in_language
from rag.models import Article

_WORD = re.compile(r"\S+")
_BREAK = re.compile(r"[,;:—–)”\"]$|^[-–—]$")
_BEGINS = re.compile(r"(?:and|but|who|which|where|when|while|after|before|because|if|according)\b", re.IGNORECASE)
_DENIES = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|unless|if|den(?:y|ies|ied)|alleg\w+|\w+n['’]t)\b",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    r"(?:[A-Z][A-Z.'’-]+(?:[ ,]+[A-Z][\w.'’-]*)*(?:, \d{1,2} [A-Z]\w+|, [A-Z]\w+ \d{1,2})? ?)?\([A-Z][\w .&]{1,30}\)"
    r"(?: ?[-–—])? |[A-Z][A-Z.'’-]{2,}(?:[ ,]+[A-Z][\w.'’-]*)* ?[-–—] "
)
"""Where and for whom a report was written, e.g. `LONDON, 3 May (Reuters) - ` or `(CNN) `."""
_ANSWERS = 10.0
"""Weight of a word that answers, compared with the weights of the words of the question."""
_SHORTEST = 3
"""A part that ends with a clause has at least a third of the words allowed; a shorter one has lost its point."""
_DENIAL = 100.0
"""Penalty for leaving out a denial."""
_BEGINNING = 1.0
"""Bonus for a part that begins as the sentence does."""


def attribution(article: Article, language: str = ENGLISH) -> str:
    """Return outlet and date as they stand before a quote, e.g. `CNN, 12 June 2022:`."""
    words = in_language(language)
    date = article.published_at.at if article.published_at else words("undated")
    return words("attribution", outlet=published_by(article, language), date=date)


def provenance(article: Article, language: str = ENGLISH) -> str:
    """Return outlet, date, headline and authors, e.g. `CNN, 12 June 2022: “Seoul calling”. By Ana Ruiz`."""
    words = in_language(language)
    headline = f"{attribution(article, language)} {words.quoted(article.title or words('untitled'))}"
    return f"{headline}. {words('by', names=', '.join(article.authors))}" if article.authors else headline


def published_by(article: Article, language: str = ENGLISH) -> str:
    """Return who published an article: its outlet, else the host of its address or the name of its file."""
    host = (urlsplit(article.url or "").hostname or "").removeprefix("www.")
    file = PurePath((article.fetched_from or "").partition("?")[0]).name
    return article.source or host or file or in_language(language).capitalized("unknown_outlet")


def quotation(quote: str) -> str:
    """Return a quote in quotation marks, unless all of it is direct speech and has its own."""
    spoken = quote[0] in '"“' and quote[-1] in '"”'
    return quote if spoken else f"“{quote}”"


def shares(lengths: Sequence[int], limit: int) -> list[int]:
    """Return how many words of each sentence to quote so that all have at most `limit`; short ones stay whole."""
    left, allowed = limit, [0] * len(lengths)
    for place, (length, at) in enumerate(sorted((length, at) for at, length in enumerate(lengths))):
        allowed[at] = min(length, max(1, left // (len(lengths) - place)))
        left -= allowed[at]
    return allowed


def excerpt(sentence: str, most_words: int, answering: Sequence[str], weights: Mapping[str, float]) -> str:
    """Return a sentence, or the part of whole clauses that holds most of the answer and of the question.

    A dateline is left out unless a word of it answers. A part without the sentence's denial or condition is
    chosen only if every part lacks it.

    Args:
        sentence: As the article has it.
        most_words: Most words of the part.
        answering: Words that answer, as the sentence has them.
        weights: Words of the question in lower case -> how much they count.
    """
    dateline = _DATELINE.match(sentence)
    if dateline and not any(word in dateline.group() for word in answering):
        return f"…{_cut(sentence[dateline.end() :], most_words, answering, weights).removeprefix('…')}"
    return _cut(sentence, most_words, answering, weights)


def _cut(sentence: str, most_words: int, answering: Sequence[str], weights: Mapping[str, float]) -> str:
    words = [match.span() for match in _WORD.finditer(sentence)]
    if len(words) <= most_words:
        return sentence
    texts = [sentence[start:end] for start, end in words]
    breaks = {at + 1 for at, text in enumerate(texts) if _BREAK.search(text)}
    breaks |= {at for at, text in enumerate(texts) if _BEGINS.match(text) and not _within_a_name(texts, at)}
    breaks.add(len(texts))
    best, most = (0, most_words), float("-inf")
    for first in sorted({0, *breaks} - {len(texts)}):
        whole = (at for at in breaks if most_words / _SHORTEST <= at - first <= most_words)
        last = max(whole, default=first + most_words)
        held = sentence[words[first][0] : words[min(last, len(words)) - 1][1]]
        score = _worth(held, sentence, answering, weights) + (0.0 if first else _BEGINNING)
        if score > most:
            best, most = (first, min(last, len(words))), score
    first, last = best
    part = sentence[words[first][0] : words[last - 1][1]]
    if last < len(words):
        part = f"{part.rstrip(' ,;:—–-')}…"
    return f"…{part}" if first else part


def _within_a_name(texts: Sequence[str], at: int) -> bool:
    """A word between capitalised ones, as in `Fire and Rescue Service`."""
    around = (*texts[at - 1 : at], *texts[at + 1 : at + 2])
    return len(around) > 1 and all(text[0].isupper() for text in around)


def _worth(part: str, sentence: str, answering: Sequence[str], weights: Mapping[str, float]) -> float:
    lower = part.lower()
    denials = len(_DENIES.findall(sentence)) - len(_DENIES.findall(part))
    held = sum(weight for word, weight in weights.items() if word in lower)
    return _ANSWERS * sum(word in part for word in answering) + held - _DENIAL * denials
