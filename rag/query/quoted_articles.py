"""The articles that the answers of a conversation quote, found again in the library."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.library.base import SearchableLibrary
from rag.markers import without_markers
from rag.models import Article, Message, Passage
from rag.query.context import is_decline, quotes_of
from rag.text import content_words

_CITED = re.compile(r"^.{1,2000}\[\d{1,3}\].{0,20}$", re.MULTILINE)
_MOST_ANSWERS = 3
"""Newest answers whose articles are looked for."""
_MOST_QUOTES = 6
_NEAREST = 5
"""Passages in which a quote is looked for."""
_MOST_ALIKE = 12
"""Passages among which other articles on the story are looked for."""
_ALIKE = 0.4
"""Least score of such a passage, as a share of the article's own best."""
_MOST_RELATED = 3


def with_articles(history: Sequence[Message], library: SearchableLibrary, *, before: int) -> list[Message]:
    """Return the messages with the articles that the newest answers rest on, and others on the story of the last one.

    Who asks through an interface sends the text of an answer only, and the library may have changed since: so the
    articles are looked for by what is quoted, in the library as it is now.

    Args:
        history: Oldest first.
        library: Open.
        before: Latest publication of the articles, epoch seconds.
    """
    messages = list(history)
    answers = [
        place for place, each in enumerate(messages) if each.role == "assistant" and not is_decline(each.content)
    ]
    for place in answers[-_MOST_ANSWERS:]:
        cited = list(_articles(messages[place].content, library, before))
        related = _related(cited[0], library, before) if cited and place == answers[-1] else ()
        articles = {article.id: article for article in (*cited, *related)}
        messages[place] = replace(messages[place], articles=tuple(articles.values()))
    return messages


def _articles(answer: str, library: SearchableLibrary, before: int) -> Iterator[Article]:
    quotes = quotes_of(answer)
    # A model's sentences cite without quoting: the passage that is most like one is taken for its source.
    stated = quotes or tuple(without_markers(line) for line in _CITED.findall(answer))
    for text in stated[:_MOST_QUOTES]:
        found = _found(text, library, before, limit=_NEAREST if quotes else 1)
        yield from [passage.article for passage, _ in found if not quotes or text in passage.text][:1]


def _related(article: Article, library: SearchableLibrary, before: int) -> list[Article]:
    """Other articles on the same story: those that hold most of its headline's words."""
    found = _found(article.title, library, before, limit=_MOST_ALIKE)
    least = _ALIKE * max((score for passage, score in found if passage.article.id == article.id), default=0.0)
    others = {each.article.id: each.article for each, score in found if score >= least > 0}
    return [other for other in others.values() if other.id != article.id][:_MOST_RELATED]


def _found(text: str, library: SearchableLibrary, before: int, *, limit: int) -> list[tuple[Passage, float]]:
    """The passages that hold most of a text's words with their scores, best first."""
    words = list(dict.fromkeys(library.lexical.analyze(" ".join(content_words(text)) or text)))
    scores = dict(library.lexical.search(words, before=before, limit=limit))
    passages = library.record.passages(list(scores))
    return [(passages[name], score) for name, score in scores.items() if name in passages]
