"""The evidence that a claim is judged by: up to three sentences of up to two passages. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.answering.verification.words import Words, words_in
from rag.models import Article, Passage, Span
from rag.reading.base import Window
from rag.reading.windows import heading_of
from rag.text import gives_orders

MOST_PASSAGES = 2
MOST_SENTENCES = 3
_IN_HEADING = 0.5
"""What a word of the claim counts that the heading holds, too: a sentence must hold the others."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Sentences that may bear a claim out.

    Attributes:
        spans: Of the sentences, each with its passage, that with most of the claim's words first.
        words: Of each sentence, in the same order.
        heading: Words of the headings.
    """

    spans: tuple[tuple[Passage, Span], ...]
    words: tuple[Words, ...]
    heading: Words

    @property
    def best(self) -> tuple[Passage, Span]:
        """The sentence that holds most of the claim."""
        return self.spans[0]

    @property
    def articles(self) -> tuple[Article, ...]:
        """Of the sentences, once each."""
        return tuple({passage.article.id: passage.article for passage, _ in self.spans}.values())

    def windows(self) -> tuple[Window, ...]:
        """The sentences under the heading of the best one; and that one with its neighbours, if none gives orders."""
        passage, span = self.best
        heading = heading_of(passage.article)
        order = sorted(self.spans, key=lambda each: (each[0].id != passage.id, each[0].id, each[1].start))
        chosen = " ".join(text_of(each, at) for each, at in order)
        place = passage.sentences.index(span)
        near = passage.sentences[max(0, place - 1) : place + 2]
        around = passage.article.text[near[0].start : near[-1].end]
        texts = [chosen] if gives_orders(around) else [chosen, around]
        return tuple(dict.fromkeys(Window(heading, text) for text in texts))


def evidence_for(claim: Words, passages: Sequence[Passage]) -> Evidence | None:
    """Return the sentences that together hold most of a claim's words; `None` where the passages have no sentence.

    Args:
        claim: Words of the claim.
        passages: That it cites; of more than two those that hold most of it.
    """
    told = {(passage, span): words_in(text_of(passage, span)) for passage in passages for span in passage.sentences}
    if not told:
        return None
    chosen: list[tuple[Passage, Span]] = []
    missing = claim.keys
    while missing and len(chosen) < MOST_SENTENCES:
        allowed = [key for key in told if key not in chosen and _fits(key[0], chosen)]
        best = max(allowed, key=lambda key: _worth(told[key].keys, missing, key[0].article), default=None)
        if best is None or (chosen and not missing & told[best].keys):
            break
        chosen.append(best)
        missing = missing - told[best].keys
    spans = tuple(chosen) or (next(iter(told)),)
    headings = " ".join(dict.fromkeys(heading_of(passage.article) for passage, _ in spans))
    return Evidence(spans, tuple(told[each] for each in spans), words_in(headings))


def text_of(passage: Passage, span: Span) -> str:
    """Return a sentence of a passage."""
    return passage.article.text[span.start : span.end]


def _fits(passage: Passage, chosen: Iterable[tuple[Passage, Span]]) -> bool:
    ids = {each.id for each, _ in chosen}
    return passage.id in ids or len(ids) < MOST_PASSAGES


def _worth(held: frozenset[str], missing: frozenset[str], article: Article) -> float:
    named = words_in(heading_of(article)).keys
    return sum(_IN_HEADING if key in named else 1.0 for key in held & missing)
