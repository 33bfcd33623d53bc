"""Cutting an article's text into sentences and passages, with exact offsets."""

import re
from collections.abc import Iterator, Sequence

from rag.indexes.sentences import sentences_of
from rag.models import Article, Passage, Span
from rag.text import UNSPACED

MAX_WORDS = 180
"""A passage holds at most this many words, so that its title and text fit the model's 256 tokens."""
MIN_WORDS = 100
"""A last passage shorter than this is evened out with the one before it."""

_PARAGRAPH = re.compile(r"[^\n]{1,4000}(?![^\n])|[^\n]{2000,4000}(?<=[.!?…][\s\"”’)])|[^\n]{2000,3999}\s|[^\n]{1,4000}")
"""A long one in parts, behind a sentence if possible: what sentencex takes for quotes grows with their square."""
_WORD = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]{{1,40}}")
"""A longer one, as an address is, counts as several, and each letter of what is written without spaces as one: the
model reads them one by one."""


def passages_of(article: Article) -> tuple[Passage, ...]:
    """The article's passages, in order; every sentence is in exactly one. A headline without text has one, empty."""
    if article.headline_only:
        return (Passage(f"{article.id}.{article.version}.0", article, "", 0, 0, ()),)
    sentences = tuple(sentence_spans(article.text, article.language))
    return tuple(_passage(article, ordinal, group) for ordinal, group in enumerate(_packed(article.text, sentences)))


def sentence_spans(text: str, language: str | None = None) -> Iterator[Span]:
    """Sentences of the text in order, without surrounding white space; a line break always ends one.

    A "sentence" of more than `MAX_WORDS` words (a table without full stops) is cut between words.

    Args:
        text: Of any number of paragraphs.
        language: ISO 639 code; `None` for one that is not known.
    """
    for paragraph in _PARAGRAPH.finditer(text):
        for begin, end in sentences_of(paragraph.group(), language):
            raw = text[paragraph.start() + begin : paragraph.start() + end]
            start = paragraph.start() + begin + len(raw) - len(raw.lstrip())
            yield from _cut_between_words(text, start, start + len(raw.strip()))


def word_count(text: str) -> int:
    """Words as white space parts them."""
    return len(text.split())


def _size(text: str, span: Span) -> int:
    return len(_WORD.findall(text, span.start, span.end))


def _cut_between_words(text: str, start: int, end: int) -> Iterator[Span]:
    words = list(_WORD.finditer(text, start, end))
    for first in range(0, len(words), MAX_WORDS):
        piece = words[first : first + MAX_WORDS]
        yield Span(piece[0].start(), piece[-1].end())


def _packed(text: str, sentences: Sequence[Span]) -> list[list[Span]]:
    groups: list[list[Span]] = []
    sizes: list[int] = []
    for sentence in sentences:
        words = _size(text, sentence)
        if groups and sizes[-1] + words <= MAX_WORDS:
            groups[-1].append(sentence)
            sizes[-1] += words
        else:
            groups.append([sentence])
            sizes.append(words)
    if len(groups) > 1 and sizes[-1] < MIN_WORDS:
        groups[-2:] = _evened_out(text, groups[-2] + groups[-1])
    return groups


def _evened_out(text: str, sentences: list[Span]) -> list[list[Span]]:
    sizes = [_size(text, sentence) for sentence in sentences]
    total = sum(sizes)
    cuts = range(1, len(sentences))
    best = min(cuts, key=lambda cut: abs(sum(sizes[:cut]) - total / 2))
    return [sentences[:best], sentences[best:]]


def _passage(article: Article, ordinal: int, sentences: Sequence[Span]) -> Passage:
    start, end = sentences[0].start, sentences[-1].end
    return Passage(
        id=f"{article.id}.{article.version}.{ordinal}",
        article=article,
        text=article.text[start:end],
        start=start,
        end=end,
        sentences=tuple(sentences),
    )
