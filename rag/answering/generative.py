"""Answering with a language model, under the same checks as the quotes.

The model reads numbered passages and cites their numbers. What it writes is read sentence by sentence
(`rag.answering.drafts`), and each claim is checked before the reader sees it: one whose evidence does not hold is
marked, one that nothing in the passages is like is left out. A decline stays a decline. Only where the model fails, or
writes nothing that could be checked, another answerer answers, with a note.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rag.answering.base import Answerer, AnswererEvent, CheckedClaim, LanguageModel, Verifier
from rag.answering.drafts import DraftSentence, Restart, may_decline, read_draft
from rag.answering.prompts import answer_messages, correction_messages, hits_within, without_links
from rag.answering.verification import nearest_passages
from rag.errors import GenerationError
from rag.indexes.model_requests import LONGEST_REPLY
from rag.messages import (
    MODEL_CUT_SHORT,
    MODEL_DOWN,
    MODEL_REFUSED,
    MODEL_UNCHECKABLE,
    NOT_FOUND,
    QUOTING_INSTEAD,
    UNVERIFIED,
    checked_citations,
    left_out,
)
from rag.models import Citation, GeneratedAnswer, Hit, Message, Progress, Query, Status, TextDelta, Usage

log = logging.getLogger(__name__)

_MOST_CORRECTED = 2
"""Sentences of one answer that the model may correct: each costs the reader a request's time."""


@dataclass(slots=True)
class _PartialAnswer:
    """The released part of an answer.

    Attributes:
        pieces: Of its text, each with what stands before it.
        declined: It begins with a decline.
        open: It says of some part of the question that the sources do not answer it.
        left_out: Sentences that were not released.
        unread: Sentences that were neither a claim with evidence nor told to be a decline.
    """

    claims: list[CheckedClaim] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    declined: bool = False
    refused: bool = False
    open: bool = False
    left_out: int = 0
    unread: list[str] = field(default_factory=list)
    corrections: int = 0
    usage: Usage = field(default_factory=Usage)

    @property
    def citations(self) -> tuple[Citation, ...]:
        return self.claims[-1].citations if self.claims else ()

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def status(self) -> Status:
        return "not_found" if self.declined else "partial" if self.open else "answered"

    def add(self, lead: str, text: str, citations: tuple[Citation, ...] = ()) -> TextDelta:
        """Add a piece; the first one has no space or line break before it."""
        self.pieces.append((lead if self.pieces else lead.lstrip()) + text)
        return TextDelta(self.pieces[-1], citations)


class GenerativeAnswerer:
    """A language model over numbered passages.

    Args:
        model: Writes the answer.
        verifier: Checks each of its sentences.
        fallback: Answers where the model fails or writes nothing that can be checked, and makes lists of quotes.
        evidence_tokens: Most tokens of passages in the prompt.
        drops_unverified: Sentences whose evidence does not hold are left out instead of marked.
        seconds: Longest time for one whole answer.
    """

    def __init__(
        self,
        model: LanguageModel,
        *,
        verifier: Verifier,
        fallback: Answerer,
        evidence_tokens: int,
        drops_unverified: bool = False,
        seconds: float = LONGEST_REPLY,
    ) -> None:
        self._model = model
        self._verifier = verifier
        self._fallback = fallback
        self._evidence_tokens = evidence_tokens
        self._drops = drops_unverified
        self._seconds = seconds

    def answer(self, query: Query, hits: Sequence[Hit], history: Sequence[Message]) -> Iterator[AnswererEvent]:
        """Yield the model's checked sentences as it writes them, or the fallback's answer where the model fails."""
        if query.intent != "question":
            yield from self._fallback.answer(query, hits, history)
            return
        given = hits_within(hits, self._evidence_tokens)
        partial = _PartialAnswer()
        try:
            yield from self._released(query, given, history, partial)
        except GenerationError as error:
            log.warning("language model: %s", error)
            if partial.pieces:
                yield self._whole(partial, notes=(MODEL_CUT_SHORT,))
            else:
                yield from self._quoted(query, hits, history, MODEL_DOWN)
            return
        if not partial.pieces and partial.unread and may_decline(" ".join(partial.unread)):
            yield self._declined(partial)
        if partial.pieces:
            yield Progress(checked_citations(len(partial.citations)))
            yield self._whole(partial)
        else:
            yield from self._quoted(query, hits, history, left_out(partial.left_out) or MODEL_UNCHECKABLE)

    def _released(
        self, query: Query, given: Sequence[Hit], history: Sequence[Message], partial: _PartialAnswer
    ) -> Iterator[TextDelta]:
        for read in read_draft(self._deltas(query, given, history, partial), given):
            if isinstance(read, Restart):
                partial.claims.clear()
                partial.pieces.clear()
                partial.declined = partial.open = False
                continue
            sentence = replace(read, text=without_links(read.text))
            if sentence.kind == "claim" or (sentence.numbers and self._holds(sentence, given, partial)):
                yield from self._claimed(sentence, given, partial)
            elif partial.claims:
                partial.open = True
                yield partial.add(sentence.lead, sentence.text)
            elif not partial.declined:
                partial.refused = sentence.kind == "refusal"
                yield self._declined(partial)

    def _declined(self, partial: _PartialAnswer) -> TextDelta:
        partial.declined = True
        return partial.add("", NOT_FOUND)

    def _claimed(self, sentence: DraftSentence, given: Sequence[Hit], partial: _PartialAnswer) -> Iterator[TextDelta]:
        checked = self._checked(sentence, given, partial)
        if not checked.claim.markers:
            log.info("a sentence of the model was left out: %s", checked.objection)
            partial.unread.append(sentence.text)
        elif self._drops and checked.objection:
            log.info("a sentence of the model was left out: %s", checked.objection)
            partial.left_out += 1
        elif checked.claim.text not in [released.claim.text for released in partial.claims]:
            new = checked.citations[len(partial.citations) :]
            yield partial.add(sentence.lead, shown(checked), new)
            partial.claims.append(checked)

    def _holds(self, sentence: DraftSentence, given: Sequence[Hit], partial: _PartialAnswer) -> bool:
        return not self._verifier.check(sentence.text, sentence.numbers, given, partial.citations).objection

    def _checked(self, sentence: DraftSentence, given: Sequence[Hit], partial: _PartialAnswer) -> CheckedClaim:
        """The sentence after its check; the model corrects one that fails, once, knowing the reason.

        One that cites no passage is checked by those that are most like it: small models forget the markers.
        """
        numbers = sentence.numbers or (nearest_passages(sentence.text, given) if sentence.claims else ())
        checked = self._verifier.check(sentence.text, numbers, given, partial.citations)
        if not checked.objection or not sentence.numbers or partial.corrections == _MOST_CORRECTED:
            return checked
        partial.corrections += 1
        try:
            reply = self._model.complete(correction_messages(sentence, checked.objection, given))
        except GenerationError as error:
            log.warning("a sentence could not be corrected: %s", error)
            return checked
        corrected = next((each for each in read_draft([reply], given) if isinstance(each, DraftSentence)), None)
        if corrected is None or corrected.kind != "claim":
            return checked
        again = self._verifier.check(without_links(corrected.text), corrected.numbers, given, partial.citations)
        return checked if again.objection else again

    def _deltas(
        self, query: Query, given: Sequence[Hit], history: Sequence[Message], partial: _PartialAnswer
    ) -> Iterator[str]:
        stream = self._model.stream(answer_messages(query, given, history), seconds=self._seconds)
        for delta in stream:
            partial.usage = delta.usage or partial.usage
            if delta.text:
                yield delta.text

    def _whole(self, partial: _PartialAnswer, notes: tuple[str, ...] = ()) -> GeneratedAnswer:
        verified = sum(checked.claim.support == "verified" for checked in partial.claims)
        more = (MODEL_REFUSED if partial.refused else "", left_out(partial.left_out))
        return GeneratedAnswer(
            claims=tuple(checked.claim for checked in partial.claims),
            citations=partial.citations,
            status="partial" if notes and not partial.declined else partial.status,
            text=partial.text,
            confidence=0.0 if partial.declined or not partial.claims else verified / len(partial.claims),
            model=self._model.name,
            usage=partial.usage,
            notes=(*notes, *filter(None, more)),
        )

    def _quoted(
        self, query: Query, hits: Sequence[Hit], history: Sequence[Message], note: str
    ) -> Iterator[AnswererEvent]:
        yield Progress(QUOTING_INSTEAD)
        for event in self._fallback.answer(query, hits, history):
            yield replace(event, notes=(*event.notes, note)) if isinstance(event, GeneratedAnswer) else event


def shown(checked: CheckedClaim) -> str:
    """Return a claim as the reader sees it; one that is not verified says so in words."""
    return checked.text if checked.claim.support == "verified" else f"{checked.text} ({UNVERIFIED})"
