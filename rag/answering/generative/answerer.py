"""Answering with a language model, under the same checks as the quotes.

The model reads numbered passages and cites their numbers. What it writes is read sentence by sentence
(`rag.answering.drafts`), and each claim is checked before the reader sees it: one whose evidence does not hold is
marked, one that nothing in the passages is like is left out. A decline stays a decline. Only where the model fails, or
writes nothing that could be checked, another answerer answers, with a note.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.answering.base import Answerer, AnswererEvent, CheckedClaim, Differences, LanguageModel, ModelDelta, Verifier
from rag.answering.drafts import DraftSentence, Restart, may_decline, read_draft, reply_without_reasoning
from rag.answering.generative.model_judge import judged_by
from rag.answering.generative.partial_answer import PartialAnswer, leave_out_unverified
from rag.answering.generative.prompts import (
    LINK_LEFT_OUT,
    answer_messages,
    hits_within,
    rewriting_messages,
    without_links,
)
from rag.answering.generative.sides import quote_of, untold
from rag.answering.verification import nearest_passages
from rag.errors import GenerationError
from rag.indexes.model_requests import LONGEST_REPLY
from rag.messages import in_language, left_out, model_failed
from rag.models import GeneratedAnswer, Hit, Intent, Message, Progress, Purpose, Query, TextDelta, Usage

log = logging.getLogger(__name__)

_QUOTED: tuple[Intent, ...] = ("source",)
"""What is answered by quotes, whoever writes answers."""


class GenerativeAnswerer:
    """A language model over numbered passages.

    Args:
        model: Writes the answer.
        verifier: Checks each of its sentences.
        fallback: Answers where the model fails or writes nothing that can be checked, and quotes what is asked for
            as a quote.
        differences: Tells where outlets differ, so that the model's answer cannot leave one out; `None` tells nothing.
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
        differences: Differences | None = None,
        evidence_tokens: int,
        drops_unverified: bool = False,
        seconds: float = LONGEST_REPLY,
    ) -> None:
        self._model = model
        self._verifier = verifier
        self._fallback = fallback
        self._differences = differences
        self._evidence_tokens = evidence_tokens
        self._drops = drops_unverified
        self._seconds = seconds

    def answer(self, query: Query, hits: Sequence[Hit], history: Sequence[Message]) -> Iterator[AnswererEvent]:
        """Yield the model's checked sentences as it writes them, or the fallback's answer where the model fails.

        The last item holds the marks as the model's own judgement of the whole draft corrected them.
        """
        given = hits_within(hits, self._evidence_tokens, query.parts)
        if query.intent in _QUOTED or not given:
            yield from self._fallback.answer(query, hits, history)
            return
        partial = PartialAnswer(in_language(query.language))
        notes: tuple[str, ...] = ()
        try:
            for delta in self._released(query, given, history, partial):
                if not self._drops:
                    yield delta
        except GenerationError as error:
            log.warning("language model: %s", error)
            if not partial.pieces:
                note = model_failed(partial.words, error.fault, midway=False)
                yield from self._quoted(query, hits, history, note, partial.usage)
                return
            notes = (model_failed(partial.words, error.fault, midway=True),)
        yield from self._finished(query, given, partial, notes)
        if not partial.pieces:
            note = left_out(partial.words, partial.left_out) or partial.words("model_uncheckable")
            yield from self._quoted(query, hits, history, note, partial.usage)

    def _finished(
        self, query: Query, given: Sequence[Hit], partial: PartialAnswer, notes: tuple[str, ...]
    ) -> Iterator[AnswererEvent]:
        """The whole answer after the model's judgement; nothing where nothing of the draft may be shown."""
        for delta in self._added(query, given, partial, notes):
            if not self._drops:
                yield delta
        if not notes:
            self._judge(query, given, partial)
        if self._drops:
            leave_out_unverified(partial)
            if partial.pieces:
                claims = tuple(checked.claim for checked in partial.claims)
                yield TextDelta(partial.text, partial.citations, claims)
        if partial.pieces:
            yield Progress(partial.words("checked_citations", citations=len(partial.citations)))
            yield self._whole(partial, notes)

    def _released(
        self, query: Query, given: Sequence[Hit], history: Sequence[Message], partial: PartialAnswer
    ) -> Iterator[TextDelta]:
        for read in read_draft(self._deltas(query, given, history, partial), given):
            if isinstance(read, Restart):
                partial.restart()
                continue
            sentence = replace(read, text=without_links(read.text))
            if _is_a_link(sentence):
                continue
            may_claim = sentence.kind == "claim" or bool(sentence.numbers)
            checked = self._checked(sentence, given, partial) if may_claim else None
            if checked and (sentence.kind == "claim" or not checked.objection):
                yield from self._claimed(sentence, checked, partial)
            elif partial.claims:
                partial.open = True
                yield partial.add(sentence.lead, sentence.text)
            elif not partial.declined:
                partial.declined, partial.refused = True, sentence.kind == "refusal"
                yield partial.add("", _decline_of(query))

    def _claimed(self, sentence: DraftSentence, checked: CheckedClaim, partial: PartialAnswer) -> Iterator[TextDelta]:
        if not checked.claim.markers:
            log.info("a sentence of the model was left out: %s", checked.objection)
            partial.unread.append(sentence.text)
        elif checked.claim.text not in [released.claim.text for released in partial.claims]:
            yield partial.add(sentence.lead, sentence.text, checked)

    def _checked(self, sentence: DraftSentence, given: Sequence[Hit], partial: PartialAnswer) -> CheckedClaim:
        """The sentence after its check; one that cites no passage is checked by those that are most like it."""
        numbers = sentence.numbers or (nearest_passages(sentence.text, given) if sentence.claims else ())
        return self._verifier.check(sentence.text, numbers, given, partial.citations)

    def _added(
        self, query: Query, given: Sequence[Hit], partial: PartialAnswer, notes: tuple[str, ...]
    ) -> Iterator[TextDelta]:
        """What the draft lacks: words for a decline in an unknown language, quotes of outlets that it leaves out."""
        if not partial.pieces and partial.unread and may_decline(" ".join(partial.unread)):
            partial.declined = True
            yield partial.add("", _decline_of(query))
        if not (notes or partial.declined) and partial.claims:
            yield from self._untold_sides(query, given, partial)

    def _untold_sides(self, query: Query, given: Sequence[Hit], partial: PartialAnswer) -> Iterator[TextDelta]:
        """Quotes of outlets that give another answer than those of which the model tells."""
        if self._differences is None:
            return
        partial.sides = self._differences(query, given)
        for sides in partial.sides:
            missing = untold(sides, partial.claims, partial.citations)
            if missing:
                yield partial.add("\n\n", partial.words("others_differ"))
            for side in missing:
                checked = quote_of(side, partial.citations, query.language)
                yield partial.add("\n\n", checked.claim.text, checked)

    def _judge(self, query: Query, given: Sequence[Hit], partial: PartialAnswer) -> None:
        """Correct the marks by the model's judgement of the whole, and have what was refused written anew, once."""
        judgement = judged_by(self._model, query.asked or query.question, partial.claims)
        partial.usage += judgement.usage
        partial.put(judgement.claims)
        refused = [
            claim for claim in partial.claims if claim.objection and claim.claim.checked_by in ("model", "words")
        ]
        if not refused:
            return
        try:
            reply = self._model.complete(rewriting_messages(query, given, partial.text, refused))
        except GenerationError as error:
            log.warning("refused sentences could not be written anew: %s", error)
            return
        partial.usage += _used(reply, "rewriting")
        lines = [line.strip() for line in reply_without_reasoning(reply.text).splitlines() if line.strip()]
        anew = {id(claim): line for claim, line in zip(refused, lines, strict=False)}
        partial.put([self._anew(claim, anew.get(id(claim), ""), given, partial) for claim in partial.claims])

    def _anew(self, claim: CheckedClaim, line: str, given: Sequence[Hit], partial: PartialAnswer) -> CheckedClaim:
        """What the model wrote in a refused claim's place, if it holds; else the claim."""
        read = next((each for each in read_draft([line], given) if isinstance(each, DraftSentence)), None)
        if read is None or read.kind != "claim" or not read.numbers:
            return claim
        again = self._verifier.check(without_links(read.text), read.numbers, given, partial.citations)
        if again.objection or again.claim.text in [each.claim.text for each in partial.claims]:
            return claim
        partial.citations = again.citations
        return again

    def _deltas(
        self, query: Query, given: Sequence[Hit], history: Sequence[Message], partial: PartialAnswer
    ) -> Iterator[str]:
        stream = self._model.stream(answer_messages(query, given, history), seconds=self._seconds)
        for delta in stream:
            partial.usage = _used(delta, "draft") if delta.usage or not partial.usage.requests else partial.usage
            if delta.text:
                yield delta.text

    def _whole(self, partial: PartialAnswer, notes: tuple[str, ...] = ()) -> GeneratedAnswer:
        verified = sum(checked.claim.support == "verified" for checked in partial.claims)
        words = partial.words
        more = (words("model_refused") if partial.refused else "", left_out(words, partial.left_out))
        return GeneratedAnswer(
            claims=tuple(checked.claim for checked in partial.claims),
            citations=partial.citations,
            status="partial" if notes and not partial.declined else partial.status,
            text=partial.text,
            confidence=0.0 if partial.declined or not partial.claims else verified / len(partial.claims),
            model=self._model.name,
            usage=partial.usage,
            conflicts=partial.conflicts,
            notes=(*notes, *filter(None, more)),
        )

    def _quoted(
        self, query: Query, hits: Sequence[Hit], history: Sequence[Message], note: str, usage: Usage
    ) -> Iterator[AnswererEvent]:
        yield Progress(in_language(query.language)("quoting_instead"))
        for event in self._fallback.answer(query, hits, history):
            if isinstance(event, GeneratedAnswer):
                event = replace(event, notes=(*event.notes, note), usage=usage)
            yield event


def _is_a_link(sentence: DraftSentence) -> bool:
    """Whether nothing is left of a sentence without its link."""
    before, link, behind = sentence.text.partition(LINK_LEFT_OUT)
    return bool(link) and not replace(sentence, text=f"{before} {behind}").claims


def _decline_of(query: Query) -> str:
    """A decline; where a word of the question may be misspelt, it asks what was meant."""
    words = in_language(query.language)
    asked_back = words("did_you_mean", readings=words.any_of(query.readings)) if query.readings else ""
    return " ".join(filter(None, (words("not_found"), asked_back)))


def _used(reply: ModelDelta, purpose: Purpose) -> Usage:
    return (reply.usage or Usage()).of(purpose)
