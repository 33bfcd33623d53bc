"""Answering with a language model, under the same checks as the quotes.

The model reads numbered passages and cites their numbers. Each of its sentences is checked before
the reader sees it: one without a valid marker is left out, one whose evidence does not hold is
marked. Where the model fails before it wrote anything that holds, another answerer answers, with a note.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rag.answering.base import Answerer, AnswererEvent, CheckedClaim, LanguageModel, Verifier
from rag.answering.prompts import answer_messages, correction_messages, hits_within, without_links
from rag.answering.sentences import complete_sentences
from rag.errors import GenerationError
from rag.indexes.model_requests import LONGEST_REPLY
from rag.markers import MARKER, without_markers
from rag.messages import (
    MODEL_CUT_SHORT,
    MODEL_DOWN,
    MODEL_UNCHECKABLE,
    NOT_FOUND,
    QUOTING_INSTEAD,
    UNVERIFIED,
    checked_citations,
)
from rag.models import Citation, GeneratedAnswer, Hit, Message, Progress, Query, Status, TextDelta, Usage

log = logging.getLogger(__name__)

_MOST_CORRECTED = 2
"""Sentences of one answer that the model may correct: each costs the reader a request's time."""


@dataclass(slots=True)
class _PartialAnswer:
    """The released part of an answer."""

    claims: list[CheckedClaim] = field(default_factory=list)
    declined: bool = False
    corrections: int = 0
    usage: Usage = field(default_factory=Usage)

    @property
    def citations(self) -> tuple[Citation, ...]:
        return self.claims[-1].citations if self.claims else ()

    @property
    def text(self) -> str:
        return " ".join(shown(claim) for claim in self.claims)


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
            if partial.claims:
                yield self._whole(partial, notes=(MODEL_CUT_SHORT,))
            else:
                yield from self._quoted(query, hits, history, MODEL_DOWN)
            return
        if partial.claims or partial.declined:
            yield Progress(checked_citations(len(partial.citations)))
            yield self._whole(partial)
        else:
            yield from self._quoted(query, hits, history, MODEL_UNCHECKABLE)

    def _released(
        self, query: Query, given: Sequence[Hit], history: Sequence[Message], partial: _PartialAnswer
    ) -> Iterator[TextDelta]:
        for sentence in complete_sentences(self._deltas(query, given, history, partial)):
            if _is_decline(sentence) and not partial.claims:
                partial.declined = True
                yield TextDelta(NOT_FOUND)
                return
            checked = self._checked(sentence, given, partial)
            if not checked.claim.markers or (self._drops and checked.objection):
                log.info("a sentence of the model was left out: %s", checked.objection)
                continue
            if checked.claim.text in [released.claim.text for released in partial.claims]:
                continue
            new = checked.citations[len(partial.citations) :]
            yield TextDelta((" " if partial.claims else "") + shown(checked), new)
            partial.claims.append(checked)

    def _checked(self, sentence: str, given: Sequence[Hit], partial: _PartialAnswer) -> CheckedClaim:
        """The sentence after its check; the model corrects one that fails, once, knowing the reason.

        A sentence without markers gets that of the first passage that holds it: small models forget them.
        """
        checked = self._verifier.check(without_links(sentence), given, partial.citations)
        if not MARKER.search(sentence):
            cited = self._cited_for_each(sentence, given, partial.citations)
            return next((claim for claim in cited if not claim.objection), checked)
        if not checked.objection or partial.corrections == _MOST_CORRECTED:
            return checked
        partial.corrections += 1
        try:
            reply = self._model.complete(correction_messages(sentence, checked.objection, given))
        except GenerationError as error:
            log.warning("a sentence could not be corrected: %s", error)
            return checked
        corrected = next(complete_sentences([reply]), "")
        again = self._verifier.check(without_links(corrected), given, partial.citations)
        return checked if again.objection else again

    def _cited_for_each(
        self, sentence: str, given: Sequence[Hit], citations: Sequence[Citation]
    ) -> Iterator[CheckedClaim]:
        for number in range(1, len(given) + 1):
            yield self._verifier.check(f"{without_links(sentence)} [{number}]", given, citations)

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
        status: Status = "not_found" if partial.declined else "partial" if notes else "answered"
        return GeneratedAnswer(
            claims=tuple(checked.claim for checked in partial.claims),
            citations=partial.citations,
            status=status,
            text=NOT_FOUND if partial.declined else partial.text,
            confidence=verified / len(partial.claims) if partial.claims else 0.0,
            model=self._model.name,
            usage=partial.usage,
            notes=notes,
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


def _is_decline(sentence: str) -> bool:
    return without_markers(sentence).lower().startswith(NOT_FOUND.lower().rstrip("."))
