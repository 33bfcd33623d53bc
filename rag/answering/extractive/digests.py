"""Lists of quotes: the newest articles, the stories on a subject, the course of events, how an article begins. Pure."""

from collections.abc import Sequence

from rag.answering.base import PassageSpan
from rag.models import Hit, Passage, Span
from rag.reading.corrections import corrections
from rag.reading.evidence import Candidate, says_little

_MOST_ITEMS = 5
_MOST_DAYS = 6
_MOST_TOLD = 4


def openings(hits: Sequence[Hit]) -> list[PassageSpan]:
    """Return the first telling sentence of each story, in the order of the hits."""
    quotes: list[PassageSpan] = []
    stories: set[str] = set()
    for hit in hits:
        passage = hit.passage
        sentences = (span for span in passage.sentences if _text(passage, span) != passage.article.title)
        first = next((span for span in sentences if not says_little(_text(passage, span))), None)
        if first and _story(passage) not in stories:
            stories.add(_story(passage))
            quotes.append((passage, first))
    return quotes[:_MOST_ITEMS]


def beginning(hits: Sequence[Hit], article_ids: Sequence[str]) -> list[PassageSpan]:
    """Return the first telling sentences of one article: news tells the main thing first.

    Args:
        hits: Passages.
        article_ids: The articles asked about; the first that is among the hits is taken.
    """
    ids = {hit.passage.article.id for hit in hits}
    first = next((article_id for article_id in article_ids if article_id in ids), None)
    passages = [hit.passage for hit in hits if hit.passage.article.id == first]
    sentences = [(passage, span) for passage in sorted(passages, key=_start) for span in passage.sentences]
    return [(passage, span) for passage, span in sentences if not says_little(_text(passage, span))][:_MOST_TOLD]


def stories(ranked: Sequence[Candidate]) -> list[PassageSpan]:
    """Return the best sentence of each of the best few stories; the newest first, undated ones last."""
    best: dict[str, Candidate] = {}
    for candidate in ranked:
        best.setdefault(_story(candidate.passage), candidate)
    few = list(best.values())[:_MOST_ITEMS]
    return [(candidate.passage, candidate.span) for candidate in sorted(few, key=_moment, reverse=True)]


def course(ranked: Sequence[Candidate]) -> list[PassageSpan]:
    """Return the best sentence of each of the best few days, oldest first; undated articles are left out."""
    best: dict[str, Candidate] = {}
    for candidate in ranked:
        if candidate.passage.article.published_at:
            best.setdefault(candidate.passage.article.published_at.spoken, candidate)
    few = list(best.values())[:_MOST_DAYS]
    return [(candidate.passage, candidate.span) for candidate in sorted(few, key=_moment)]


def quoted(quotes: Sequence[str], hits: Sequence[Hit]) -> list[PassageSpan]:
    """Return the sentences from which an answer quoted.

    Args:
        quotes: Sentences, or what an answer showed of them.
        hits: Passages among which they are.
    """
    cited: dict[PassageSpan, None] = {}
    for quote in quotes:
        places = ((hit.passage, span) for hit in hits for span in hit.passage.sentences)
        place = next((place for place in places if quote in _text(*place)), None)
        if place:
            cited[place] = None
    return list(cited)


def corrected(hits: Sequence[Hit]) -> list[PassageSpan]:
    """Return the sentences in which outlets take something back, each with the next, which says what is right."""
    quotes: list[PassageSpan] = []
    for correction in corrections("", hits):
        sentences = correction.passage.sentences
        at = sentences.index(correction.span)
        quotes += [(correction.passage, span) for span in sentences[at : at + 2]]
    return list(dict.fromkeys(quotes))[:_MOST_ITEMS]


def _start(passage: Passage) -> int:
    return passage.start


def _moment(candidate: Candidate) -> float:
    published = candidate.passage.article.published_at
    return published.at.timestamp() if published else 0.0


def _story(passage: Passage) -> str:
    return passage.article.cluster_id or passage.article.id


def _text(passage: Passage, span: Span) -> str:
    return passage.article.text[span.start : span.end]
