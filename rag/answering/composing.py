"""Writing a quoted answer: what is said before the quotes, the quotes themselves, and how nothing is answered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rag.answering.digests import Place
from rag.answering.presuppositions import contrary, unmentioned_names
from rag.answering.verification import quoted_claim
from rag.messages import (
    FIGURES_OVER_TIME,
    NOT_FOUND,
    SOURCE,
    SOURCES_DIFFER,
    contradicted,
    did_you_mean,
    nearest_thing,
    unanswered,
    unmentioned,
)
from rag.models import Citation, Claim, GeneratedAnswer, Hit, Passage, Query, Span, Status, TextDelta
from rag.reading.excerpts import attribution, excerpt, quotation
from rag.reading.quote_selection import MOST_IN_ALL, MOST_WORDS, Quote, all_quotes, best_quotes
from rag.reading.sentence_scoring import Asked, Candidate, Stems

MODEL = "quotes"
DECLINE_BELOW = 0.35
"""Least confidence with which an answer is given."""
_UNRELATED = 0.1
"""Confidence below which not even the nearest thing is named."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One question held against the hits.

    Attributes:
        sides: Sentences of outlets that differ.
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
        """It is likely enough that the ranked sentences answer."""
        return bool(self.ranked) and self.confidence >= DECLINE_BELOW

    def quotes(self, parts: int, said: int = 0) -> list[Quote]:
        """What to quote, in order, in an answer of so many parts that says so many words beside."""
        differing = self.sides or self.course
        most_words, most_in_all = MOST_WORDS // parts, (MOST_IN_ALL - said) // parts
        if differing:
            return all_quotes(self.question, differing, most_words=most_words, most_in_all=most_in_all)
        return best_quotes(self.question, self.ranked, most_words=most_words, most_in_all=most_in_all)


def said_first(query: Query, hits: Sequence[Hit], answered: Sequence[Reading], stems: Stems) -> list[str]:
    """What is said before the quotes."""
    said = [SOURCE] if query.intent == "source" else []
    asked_of = {*query.filters.sources, *query.mentioned}
    for one in answered:
        passages = [quote.sentence.passage for quote in one.quotes(len(answered))]
        expected, question = one.question.expected, one.part if query.parts else query.asked or one.part
        missing = unmentioned_names(expected, question, hits, passages, stems, asked_of)
        said.extend([unmentioned(missing)] if missing else [])
        against = contrary(expected, question, one.ranked[0].text)
        said.extend([contradicted(*against)] if against else [])
    if any(one.sides for one in answered):
        said.append(SOURCES_DIFFER)
    if any(one.course for one in answered):
        said.append(FIGURES_OVER_TIME)
    return said


def quoted(
    opening: Sequence[str], answered: Sequence[Reading], left_out: Sequence[str], warning: str
) -> Iterator[TextDelta | GeneratedAnswer]:
    """The best sentences of each part, with what is said before and which parts stay open; a warning leaves less."""
    answer = _Quotes()
    for text in opening:
        yield answer.say(text)
    conflicts = []
    said = sum(len(text.split()) for text in (warning, *opening))
    for one in answered:
        first = len(answer.claims)
        for quote in one.quotes(len(answered), said):
            if not answer.holds(quote.sentence.passage, quote.sentence.span):
                yield answer.quote(quote.sentence.passage, quote.sentence.span, quote.shown, quote.answering)
        if one.sides:
            differing = answer.claims[first : first + len(one.sides)]
            conflicts.append(tuple(marker for claim in differing for marker in claim.markers))
    if left_out:
        yield answer.say(unanswered(left_out))
    confidence = max(one.confidence for one in answered)
    yield answer.draft("partial" if left_out else "answered", confidence, tuple(conflicts))


def listed(heading: str, quotes: Sequence[Place], confidence: float) -> Iterator[TextDelta | GeneratedAnswer]:
    """The quotes under a heading; a decline if there are none."""
    answer = _Quotes()
    if not quotes:
        yield answer.say(NOT_FOUND)
        yield answer.draft("not_found", 0.0)
        return
    yield answer.say(heading)
    for passage, span in quotes:
        yield answer.quote(passage, span, passage.article.text[span.start : span.end])
    yield answer.draft("answered", confidence)


@dataclass(slots=True)
class _Quotes:
    """An answer in the making: what is said and what is quoted, a paragraph each."""

    paragraphs: list[str] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    citations: tuple[Citation, ...] = ()

    def say(self, text: str) -> TextDelta:
        self.paragraphs.append(text)
        return TextDelta(("\n\n" if len(self.paragraphs) > 1 else "") + text)

    def holds(self, passage: Passage, span: Span) -> bool:
        return any((one.passage.id, one.start) == (passage.id, span.start) for one in self.citations)

    def quote(self, passage: Passage, span: Span, shown: str, answering: tuple[str, ...] = ()) -> TextDelta:
        """The sentence, or what is shown of it; who said it stands before the first of an article's in a row."""
        said = quotation(shown)
        if not self.citations or self.citations[-1].passage.article.id != passage.article.id:
            said = f"{attribution(passage.article)} {said}"
        checked = quoted_claim(said, passage, span, self.citations)
        new = checked.citations[len(self.citations) :]
        self.citations = checked.citations
        self.claims.append(replace(checked.claim, answering=answering))
        return replace(self.say(checked.text), citations=new)

    def draft(self, status: Status, confidence: float, conflicts: tuple[tuple[int, ...], ...] = ()) -> GeneratedAnswer:
        return GeneratedAnswer(
            claims=tuple(self.claims),
            citations=self.citations,
            status=status,
            text="\n\n".join(self.paragraphs),
            confidence=confidence,
            model=MODEL,
            conflicts=conflicts,
        )


def declined(
    ranked: Sequence[Candidate], confidence: float, meant: str | None, warning: str
) -> Iterator[TextDelta | GeneratedAnswer]:
    """That the sources do not answer, what the question may have meant, and the nearest thing that they say."""
    said = f"{NOT_FOUND} {did_you_mean(meant)}" if meant else NOT_FOUND
    if not ranked or confidence < _UNRELATED:
        yield TextDelta(said)
        yield GeneratedAnswer((), (), "not_found", said, confidence, MODEL)
        return
    best = ranked[0]
    named = attribution(best.passage.article)
    left = MOST_IN_ALL - len(f"{warning} {said} {nearest_thing(named)}".split())
    shown = quotation(excerpt(best.text, max(1, min(MOST_WORDS, left)), (), {}))
    claim = quoted_claim(nearest_thing(f"{named} {shown}"), best.passage, best.span, ())
    text = f"{said} {claim.text}"
    yield TextDelta(text, claim.citations)
    yield GeneratedAnswer((claim.claim,), claim.citations, "not_found", text, confidence, MODEL)
