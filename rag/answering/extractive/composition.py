"""Writing a quoted answer: opening remarks, the quotes themselves, and declining."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from rag.answering.base import PassageSpan
from rag.answering.extractive.presuppositions import unmentioned_names
from rag.answering.verification import quoted_claim
from rag.messages import Catalogue, in_language
from rag.models import QUOTES, Citation, Claim, GeneratedAnswer, Hit, Passage, Query, Span, Status, TextDelta
from rag.reading.coverage import Asked, Stems
from rag.reading.evidence import Candidate
from rag.reading.excerpts import attribution, excerpt, provenance, quotation
from rag.reading.quote_selection import MOST_IN_ALL, MOST_WORDS, Quote, all_quotes, best_quotes

DECLINE_BELOW = 0.3
"""Least confidence with which an answer is given."""
_BRIEF = 15
"""Words to which the quotes of a shorter answer are cut."""
_UNRELATED = 0.1
"""Confidence below which not even the closest match is shown."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One question, or one part of a question, with the sentences that may answer it.

    Attributes:
        part: The question or part.
        question: The same, prepared for scoring.
        ranked: Sentences, best first.
        confidence: How likely the hits answer, in [0, 1].
        sides: Sentences of outlets that give different values.
        course: Sentences with a figure as it changed, oldest first; empty where there are sides.
    """

    part: str
    question: Asked
    ranked: list[Candidate]
    confidence: float
    sides: list[Candidate]
    course: list[Candidate]

    @property
    def answers(self) -> bool:
        """Whether it is likely enough that the ranked sentences answer."""
        return bool(self.ranked) and self.confidence >= DECLINE_BELOW

    def quotes(self, parts: int, other_words: int = 0, *, is_brief: bool = False) -> list[Quote]:
        """Return what to quote, in order.

        Args:
            parts: Parts of the question that share the answer's length.
            other_words: Words of the answer that are not quotes.
            is_brief: One quote is enough, where outlets do not differ, and of a long sentence the part that answers.
        """
        differing = self.sides or ([] if is_brief else self.course)
        most_words, most_in_all = MOST_WORDS // parts, (MOST_IN_ALL - other_words) // parts
        if is_brief:
            most_words = min(most_words, _BRIEF // parts)
        if differing:
            return all_quotes(self.question, differing, most_words=most_words, most_in_all=most_in_all)
        ranked = self.ranked[:1] if is_brief else self.ranked
        return best_quotes(self.question, ranked, most_words=most_words, most_in_all=most_in_all)


def passages_by_answer(readings: Sequence[Reading]) -> tuple[str, ...]:
    """Return the ids of the passages read, the best first: how likely sentences answer, times the search's score."""
    likely: dict[str, float] = {}
    for reading in readings:
        for each in reading.ranked:
            weight = math.exp(each.signals.standing)
            likely[each.passage.id] = likely.get(each.passage.id, 0.0) + each.score * weight
    return tuple(sorted(likely, key=lambda passage_id: -likely[passage_id]))


def opening_remarks(query: Query, hits: Sequence[Hit], answered: Sequence[Reading], analyze: Stems) -> list[str]:
    """Return what stands before the quotes: names that no source mentions, and that values differ or changed.

    Args:
        query: The question as it was understood.
        hits: All passages found.
        answered: The parts of the question that the answer quotes for.
        analyze: Returns the terms of a text.
    """
    words = in_language(query.language)
    remarks = [words("source_of_answer")] if query.intent == "source" else []
    named_outlets = {*query.filters.sources, *query.mentioned}
    for reading in answered:
        question = reading.part if query.parts else query.asked or reading.part
        missing = unmentioned_names(question, hits, analyze, named_outlets)
        remarks.extend([words("unmentioned", names=words.any_of(missing))] if missing else [])
    if any(reading.sides for reading in answered):
        remarks.append(words("sources_differ"))
    if query.form != "shorter" and any(reading.course for reading in answered):
        remarks.append(words("figures_over_time"))
    return remarks


def quote_readings(
    opening: Sequence[str], answered: Sequence[Reading], left_out: Sequence[str], query: Query
) -> Iterator[TextDelta | GeneratedAnswer]:
    """Yield an answer that quotes the best sentences of each part.

    Args:
        opening: Remarks before the quotes, a paragraph each.
        answered: Parts of the question that have an answer.
        left_out: Parts that have none; the answer names them.
        query: The question as it was understood. The words of its warning count towards the answer's length. A shorter
            answer has one quote for each part; in a list each quote is an item.
    """
    words = in_language(query.language)
    answer = _QuotedAnswer(words, item=_item(query))
    for remark in opening:
        yield answer.add(remark)
    conflicts = []
    other_words = sum(len(text.split()) for text in (query.warning, *opening))
    for reading in answered:
        first = len(answer.claims)
        for quote in reading.quotes(len(answered), other_words, is_brief=query.form == "shorter"):
            if not answer.holds(quote.sentence.passage, quote.sentence.span):
                yield answer.quote(quote.sentence.passage, quote.sentence.span, quote.shown, quote.answering)
        if reading.sides:
            differing = answer.claims[first : first + len(reading.sides)]
            conflicts.append(tuple(marker for claim in differing for marker in claim.markers))
    if left_out:
        yield answer.add(words("unanswered", parts=" ".join(map(words.quoted, left_out))))
    confidence = max(reading.confidence for reading in answered)
    yield answer.finished("partial" if left_out else "answered", confidence, tuple(conflicts))


def list_quotes(
    heading: str, quotes: Sequence[PassageSpan], confidence: float, query: Query
) -> Iterator[TextDelta | GeneratedAnswer]:
    """Yield an answer that lists quotes under a heading; a decline if there are none.

    Args:
        heading: In the reader's language.
        quotes: In order.
        confidence: That the answer has, in [0, 1].
        query: The question as it was understood. A shorter answer has the first quote only.
    """
    words = in_language(query.language)
    answer = _QuotedAnswer(words, item=_item(query))
    if not quotes:
        yield answer.add(words("not_found"))
        yield answer.finished("not_found", 0.0)
        return
    yield answer.add(heading)
    for passage, span in quotes[:1] if query.form == "shorter" else quotes:
        yield answer.quote(passage, span, passage.article.text[span.start : span.end])
    yield answer.finished("answered", confidence)


def list_sources(
    heading: str, quotes: Sequence[PassageSpan], confidence: float, words: Catalogue
) -> Iterator[TextDelta | GeneratedAnswer]:
    """Yield an answer that names the articles that sentences are from, and quotes these; a decline if there are none.

    Args:
        heading: In the reader's language.
        quotes: Those of one article stand together.
        confidence: That the answer has, in [0, 1].
        words: In the reader's language.
    """
    answer = _QuotedAnswer(words)
    if not quotes:
        yield answer.add(words("not_found"))
        yield answer.finished("not_found", 0.0)
        return
    yield answer.add(heading)
    for article, of_it in groupby(quotes, key=lambda quote: quote[0].article):
        yield answer.add(provenance(article, words.language))
        for passage, span in of_it:
            shown = passage.article.text[span.start : span.end]
            yield answer.quote(passage, span, shown, is_attributed=True)
    yield answer.finished("answered", confidence)


def list_differences(
    points: Sequence[tuple[PassageSpan, PassageSpan]], words: Catalogue
) -> Iterator[TextDelta | GeneratedAnswer]:
    """Yield an answer that quotes what two outlets say differently, pair after pair.

    Args:
        points: At least one pair of sentences.
        words: In the reader's language.
    """
    answer = _QuotedAnswer(words)
    yield answer.add(words("differences"))
    conflicts = []
    for point in points:
        for passage, span in point:
            yield answer.quote(passage, span, passage.article.text[span.start : span.end])
        conflicts.append(tuple(marker for claim in answer.claims[-len(point) :] for marker in claim.markers))
    yield answer.finished("answered", 1.0, tuple(conflicts))


def _item(query: Query) -> str:
    """What stands before each quote."""
    return "- " if query.form == "list" else ""


@dataclass(slots=True)
class _QuotedAnswer:
    """An answer in the making: remarks and quotes, a paragraph each."""

    words: Catalogue
    item: str = ""
    paragraphs: list[str] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    citations: tuple[Citation, ...] = ()

    def add(self, text: str) -> TextDelta:
        """Add a paragraph."""
        self.paragraphs.append(text)
        return TextDelta(("\n\n" if len(self.paragraphs) > 1 else "") + text)

    def holds(self, passage: Passage, span: Span) -> bool:
        """Whether the sentence is cited already."""
        return any((citation.passage.id, citation.start) == (passage.id, span.start) for citation in self.citations)

    def quote(
        self,
        passage: Passage,
        span: Span,
        shown: str,
        answering: tuple[str, ...] = (),
        *,
        is_attributed: bool = False,
    ) -> TextDelta:
        """Add a sentence, or the part that is shown.

        Outlet and date come first unless the last quote has the same, or they were said before.
        """
        quote = quotation(shown)
        if not is_attributed and (not self.citations or self.citations[-1].passage.article.id != passage.article.id):
            quote = f"{attribution(passage.article, self.words.language)} {quote}"
        checked = quoted_claim(quote, passage, span, self.citations)
        new = checked.citations[len(self.citations) :]
        self.citations = checked.citations
        claim = replace(checked.claim, answering=answering)
        self.claims.append(claim)
        return replace(self.add(f"{self.item}{checked.text}"), citations=new, claims=(claim,))

    def finished(
        self, status: Status, confidence: float, conflicts: tuple[tuple[int, ...], ...] = ()
    ) -> GeneratedAnswer:
        """Return the whole answer."""
        return GeneratedAnswer(
            claims=tuple(self.claims),
            citations=self.citations,
            status=status,
            text="\n\n".join(self.paragraphs),
            confidence=confidence,
            model=QUOTES,
            conflicts=conflicts,
        )


def decline(ranked: Sequence[Candidate], confidence: float, query: Query) -> Iterator[TextDelta | GeneratedAnswer]:
    """Yield a decline, with the closest match that the sources hold.

    Args:
        ranked: Sentences, best first.
        confidence: How likely they answer, in [0, 1]; where it is very low, no sentence is shown.
        query: The question as it was understood.
    """
    words = in_language(query.language)
    asked_back = words("did_you_mean", readings=words.any_of(query.readings)) if query.readings else ""
    declined = " ".join(filter(None, (words("not_found"), asked_back)))
    if not ranked or confidence < _UNRELATED:
        yield TextDelta(declined)
        yield GeneratedAnswer((), (), "not_found", declined, confidence, QUOTES)
        return
    best = ranked[0]
    named = attribution(best.passage.article, query.language)
    left = MOST_IN_ALL - len(f"{query.warning} {declined} {words('closest_match', quote=named)}".split())
    shown = quotation(excerpt(best.text, max(1, min(MOST_WORDS, left)), (), {}))
    claim = quoted_claim(words("closest_match", quote=f"{named} {shown}"), best.passage, best.span, ())
    text = f"{declined} {claim.text}"
    yield TextDelta(text, claim.citations, (claim.claim,))
    yield GeneratedAnswer((claim.claim,), claim.citations, "not_found", text, confidence, QUOTES)
