"""The articles that the answers of a conversation quote, found again in the library."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from rag.library.base import SearchableLibrary
from rag.markers import without_markers
from rag.messages import is_decline
from rag.models import Article, Filters, Message, Passage
from rag.query.context import quotes_of
from rag.text import content_words

_CITED = re.compile(r"^.{1,2000}\[\d{1,3}\].{0,20}$", re.MULTILINE)
_MOST_ANSWERS = 3
"""Newest answers whose articles are looked for."""
_MOST_QUOTES = 6
_LEAST_WORDS = 4
"""Of a statement without a quote that tell where it is from."""
_NEAREST = 5
"""Passages in which a quote is looked for."""
_MOST_ALIKE = 12
"""Passages among which other articles on the story are looked for."""
_ALIKE = 0.4
"""Least score of such a passage, as a share of the article's own best."""
_MOST_RELATED = 3

_Find = Callable[..., list[tuple[Passage, float]]]
"""Returns the passages that are most like a text, at most `limit`, with their scores."""


def with_articles(
    history: Sequence[Message], library: SearchableLibrary, *, before: int, filters: Filters
) -> list[Message]:
    """Return the messages with the articles that the newest answers rest on, and others on the story of the last one.

    Who asks through an interface sends the text of an answer only, and the library may have changed since: so the
    articles are looked for by what is quoted, in the library as it is now.

    Args:
        history: Oldest first.
        library: Open.
        before: Latest publication of the articles, epoch seconds.
        filters: Which other conditions they meet.
    """
    find = partial(_found, library=library, before=before, filters=filters)
    messages = list(history)
    answers = [
        place for place, each in enumerate(messages) if each.role == "assistant" and not is_decline(each.content)
    ]
    for place in answers[-_MOST_ANSWERS:]:
        cited = list(_articles(messages[place].content, find))
        related = _related(cited[0], find) if cited and place == answers[-1] else ()
        articles = {article.id: article for article in (*cited, *related)}
        messages[place] = replace(messages[place], articles=tuple(articles.values()))
    return messages


def _articles(answer: str, find: _Find) -> Iterator[Article]:
    quotes = quotes_of(answer)
    # A model's sentences cite without quoting: the passage that is most like one is taken for its source.
    lines = (without_markers(line) for line in _CITED.findall(answer))
    stated = quotes or tuple(line for line in lines if len(content_words(line)) >= _LEAST_WORDS)
    for text in stated[:_MOST_QUOTES]:
        near = find(text, limit=_NEAREST if quotes else 1)
        yield from [passage.article for passage, _ in near if not quotes or text in passage.text][:1]


def _related(article: Article, find: _Find) -> list[Article]:
    """Other articles on the same story: those that hold most of its headline's words."""
    near = find(article.title, limit=_MOST_ALIKE)
    least = _ALIKE * max((score for passage, score in near if passage.article.id == article.id), default=0.0)
    others = {each.article.id: each.article for each, score in near if score >= least > 0}
    return [other for other in others.values() if other.id != article.id][:_MOST_RELATED]


def _found(
    text: str, *, limit: int, library: SearchableLibrary, before: int, filters: Filters
) -> list[tuple[Passage, float]]:
    """The passages that hold most of a text's words with their scores, best first."""
    words = list(dict.fromkeys(library.lexical.analyze(" ".join(content_words(text)) or text)))
    scores = dict(library.lexical.search(words, before=before, limit=limit, filters=filters))
    passages = library.record.passages(list(scores))
    ranked = [(passages[name], score) for name, score in scores.items() if name in passages]
    # The index does not know sections.
    return [one for one in ranked if not filters.sections or one[0].article.section in filters.sections]
