"""Lists of quotes: the newest articles, the stories on a subject, the course of events, how an article begins. Pure."""

from collections.abc import Sequence

from rag.models import Hit, Passage, Span
from rag.reading.sentence_scoring import Candidate, says_little

_MOST_ITEMS = 5
_MOST_DAYS = 6
_MOST_TOLD = 4

Place = tuple[Passage, Span]


def openings(hits: Sequence[Hit]) -> list[Place]:
    """The first telling sentence of each story, in the order of the hits."""
    quotes: list[Place] = []
    stories: set[str] = set()
    for hit in hits:
        passage = hit.passage
        told = (one for one in passage.sentences if _text(passage, one) != passage.article.title)
        first = next((one for one in told if not says_little(_text(passage, one))), None)
        if first and _story(passage) not in stories:
            stories.add(_story(passage))
            quotes.append((passage, first))
    return quotes[:_MOST_ITEMS]


def beginning(hits: Sequence[Hit], article_ids: Sequence[str]) -> list[Place]:
    """The first telling sentences of the first of the articles that was found: news tells the main thing first."""
    found = {hit.passage.article.id for hit in hits}
    first = next((one for one in article_ids if one in found), None)
    passages = sorted((hit.passage for hit in hits if hit.passage.article.id == first), key=lambda one: one.start)
    told = [(passage, span) for passage in passages for span in passage.sentences]
    return [(one, span) for one, span in told if not says_little(_text(one, span))][:_MOST_TOLD]


def stories(ranked: Sequence[Candidate]) -> list[Place]:
    """The best sentence of each story, of the best few stories; the newest first, undated ones last."""
    best: dict[str, Candidate] = {}
    for one in ranked:
        best.setdefault(_story(one.passage), one)
    few = list(best.values())[:_MOST_ITEMS]
    return [(one.passage, one.span) for one in sorted(few, key=_moment, reverse=True)]


def course(ranked: Sequence[Candidate]) -> list[Place]:
    """The best sentence of each day, of the best few days, oldest first; undated articles tell no course."""
    best: dict[str, Candidate] = {}
    for one in ranked:
        if one.passage.article.published_at:
            best.setdefault(one.passage.article.published_at.spoken, one)
    few = list(best.values())[:_MOST_DAYS]
    return [(one.passage, one.span) for one in sorted(few, key=_moment)]


def _moment(one: Candidate) -> float:
    published = one.passage.article.published_at
    return published.at.timestamp() if published else 0.0


def _story(passage: Passage) -> str:
    return passage.article.cluster_id or passage.article.id


def _text(passage: Passage, span: Span) -> str:
    return passage.article.text[span.start : span.end]
