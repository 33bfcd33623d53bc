"""Cutting passages into windows that a span reader can read at once. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.models import Article, Passage, Span
from rag.reading.base import Window
from rag.reading.inputs import heading

MOST_WORDS = 110
"""Words of a window: with question and heading about 190 tokens, fewer than the reader was trained on."""


@dataclass(frozen=True, slots=True)
class PassageWindow:
    """Sentences of a passage that are read together.

    Attributes:
        window: As the reader is shown it.
        sentences: In characters of the article's text.
    """

    passage: Passage
    window: Window
    sentences: tuple[Span, ...]

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """The sentences in characters of the window's text."""
        first = self.sentences[0].start
        return [(sentence.start - first, sentence.end - first) for sentence in self.sentences]


def windows_of(passage: Passage) -> Iterator[PassageWindow]:
    """Yield windows that hold every sentence of a passage once: as few as possible, of about equal length."""
    text = passage.article.text
    words = [len(text[span.start : span.end].split()) for span in passage.sentences]
    parts = max(1, -(-sum(words) // MOST_WORDS))
    group: list[Span] = []
    held = 0
    for span, count in zip(passage.sentences, words, strict=True):
        if group and parts > 1 and held + count / 2 > sum(words) / parts:
            yield _window(passage, group)
            group, held = [], 0
        group.append(span)
        held += count
    if group:
        yield _window(passage, group)


def heading_of(article: Article) -> str:
    """Return the line above an article's windows."""
    published = article.published_at.spoken if article.published_at else ""
    by = f", by {' and '.join(article.authors)}" if article.authors else ""
    return heading(f"{article.title}{by}", article.source or "", published)


def _window(passage: Passage, sentences: Sequence[Span]) -> PassageWindow:
    text = passage.article.text[sentences[0].start : sentences[-1].end]
    return PassageWindow(passage, Window(heading_of(passage.article), text), tuple(sentences))
