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
from rag.answering.generative.model_judge import judged_by
from rag.answering.generative.prompts import answer_messages, hits_within, rewriting_messages, without_links
from rag.answering.verification import nearest_passages, recited
from rag.errors import GenerationError
from rag.indexes.model_requests import LONGEST_REPLY
from rag.messages import Catalogue, in_language, left_out, model_failed
from rag.models import Citation, GeneratedAnswer, Hit, Message, Progress, Query, Status, TextDelta, Usage

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the answer's text: a claim, or what is no claim (`checked` is `None`)."""

    lead: str
    text: str
    checked: CheckedClaim | None = None


@dataclass(slots=True)
class _PartialAnswer:
    """The answer as far as it was read.

    Attributes:
        words: In the reader's language.
        pieces: In the order of the draft.
        citations: Of all claims so far.
        declined: It begins with a decline.
        open: It says of some part of the question that the sources do not answer it.
        left_out: Sentences that were not released.
        unread: Sentences that were neither a claim with evidence nor told to be a decline.
    """

    words: Catalogue
    pieces: list[_Piece] = field(default_factory=list)
    citations: tuple[Citation, ...] = ()
    declined: bool = False
    refused: bool = False
    open: bool = False
    left_out: int = 0
    unread: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)

    @property
    def claims(self) -> list[CheckedClaim]:
        return [piece.checked for piece in self.pieces if piece.checked]

    @property
    def text(self) -> str:
        return "".join(
            piece.lead + (shown(piece.checked, self.words) if piece.checked else piece.text) for piece in self.pieces
        )

    @property
    def status(self) -> Status:
        return "not_found" if self.declined else "partial" if self.open else "answered"

    def add(self, lead: str, text: str, checked: CheckedClaim | None = None) -> TextDelta:
        """Add a piece; the first one has no space or line break before it."""
        new = checked.citations[len(self.citations) :] if checked else ()
        self.citations += new
        self.pieces.append(_Piece(lead if self.pieces else lead.lstrip(), text, checked))
        return TextDelta(self.pieces[-1].lead + (shown(checked, self.words) if checked else text), new)

    def put(self, changed: Sequence[CheckedClaim]) -> None:
        """Put claims in the places of those that were there, in order."""
        claims = iter(changed)
        self.pieces = [replace(piece, checked=next(claims)) if piece.checked else piece for piece in self.pieces]


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
        """Yield the model's checked sentences as it writes them, or the fallback's answer where the model fails.

        The last item holds the marks as the model's own judgement of the whole draft corrected them.
        """
        if query.intent != "question":
            yield from self._fallback.answer(query, hits, history)
            return
        given = hits_within(hits, self._evidence_tokens, query.parts)
        partial = _PartialAnswer(in_language(query.language))
        notes: tuple[str, ...] = ()
        try:
            for delta in self._released(query, given, history, partial):
                if not self._drops:
                    yield delta
        except GenerationError as error:
            log.warning("language model: %s", error)
            if not partial.pieces:
                yield from self._quoted(query, hits, history, model_failed(partial.words, error.fault, midway=False))
                return
            notes = (model_failed(partial.words, error.fault, midway=True),)
        yield from self._finished(query, given, partial, notes)
        if not partial.pieces:
            why = left_out(partial.words, partial.left_out) or partial.words("model_uncheckable")
            yield from self._quoted(query, hits, history, why)

    def _finished(
        self, query: Query, given: Sequence[Hit], partial: _PartialAnswer, notes: tuple[str, ...]
    ) -> Iterator[AnswererEvent]:
        """The whole answer after the model's judgement; nothing where nothing of the draft may be shown."""
        if not partial.pieces and partial.unread and may_decline(" ".join(partial.unread)):
            partial.declined = True
            declined = partial.add("", partial.words("not_found"))
            if not self._drops:
                yield declined
        if not notes:
            self._judge(query, given, partial)
        if self._drops:
            _leave_out_unverified(partial)
            if partial.pieces:
                yield TextDelta(partial.text, partial.citations)
        if partial.pieces:
            yield Progress(partial.words("checked_citations", citations=len(partial.citations)))
            yield self._whole(partial, notes)

    def _released(
        self, query: Query, given: Sequence[Hit], history: Sequence[Message], partial: _PartialAnswer
    ) -> Iterator[TextDelta]:
        for read in read_draft(self._deltas(query, given, history, partial), given):
            if isinstance(read, Restart):
                partial.pieces.clear()
                partial.declined = partial.open = False
                continue
            sentence = replace(read, text=without_links(read.text))
            may_claim = sentence.kind == "claim" or bool(sentence.numbers)
            checked = self._checked(sentence, given, partial) if may_claim else None
            if checked and (sentence.kind == "claim" or not checked.objection):
                yield from self._claimed(sentence, checked, partial)
            elif partial.claims:
                partial.open = True
                yield partial.add(sentence.lead, sentence.text)
            elif not partial.declined:
                partial.declined, partial.refused = True, sentence.kind == "refusal"
                yield partial.add("", partial.words("not_found"))

    def _claimed(self, sentence: DraftSentence, checked: CheckedClaim, partial: _PartialAnswer) -> Iterator[TextDelta]:
        if not checked.claim.markers:
            log.info("a sentence of the model was left out: %s", checked.objection)
            partial.unread.append(sentence.text)
        elif checked.claim.text not in [released.claim.text for released in partial.claims]:
            yield partial.add(sentence.lead, sentence.text, checked)

    def _checked(self, sentence: DraftSentence, given: Sequence[Hit], partial: _PartialAnswer) -> CheckedClaim:
        """The sentence after its check; one that cites no passage is checked by those that are most like it."""
        numbers = sentence.numbers or (nearest_passages(sentence.text, given) if sentence.claims else ())
        return self._verifier.check(sentence.text, numbers, given, partial.citations)

    def _judge(self, query: Query, given: Sequence[Hit], partial: _PartialAnswer) -> None:
        """Correct the marks by the model's judgement of the whole, and have what was refused written anew, once."""
        partial.put(judged_by(self._model, query.asked or query.question, partial.claims))
        refused = [
            claim for claim in partial.claims if claim.objection and claim.claim.checked_by in ("model", "words")
        ]
        if not refused:
            return
        try:
            reply = self._model.complete(rewriting_messages(query, given, partial.text, refused)).text
        except GenerationError as error:
            log.warning("refused sentences could not be written anew: %s", error)
            return
        lines = [line.strip() for line in reply.splitlines() if line.strip()]
        anew = {id(claim): line for claim, line in zip(refused, lines, strict=False)}
        partial.put([self._anew(claim, anew.get(id(claim), ""), given, partial) for claim in partial.claims])

    def _anew(self, claim: CheckedClaim, line: str, given: Sequence[Hit], partial: _PartialAnswer) -> CheckedClaim:
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
        self, query: Query, given: Sequence[Hit], history: Sequence[Message], partial: _PartialAnswer
    ) -> Iterator[str]:
        stream = self._model.stream(answer_messages(query, given, history), seconds=self._seconds)
        for delta in stream:
            partial.usage = delta.usage or partial.usage
            if delta.text:
                yield delta.text

    def _whole(self, partial: _PartialAnswer, notes: tuple[str, ...] = ()) -> GeneratedAnswer:
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
            notes=(*notes, *filter(None, more)),
        )

    def _quoted(
        self, query: Query, hits: Sequence[Hit], history: Sequence[Message], note: str
    ) -> Iterator[AnswererEvent]:
        yield Progress(in_language(query.language)("quoting_instead"))
        for event in self._fallback.answer(query, hits, history):
            yield replace(event, notes=(*event.notes, note)) if isinstance(event, GeneratedAnswer) else event


def shown(checked: CheckedClaim, words: Catalogue) -> str:
    """Return a claim as the reader sees it; one that is not verified says so in words."""
    return checked.text if checked.claim.support == "verified" else f"{checked.text} ({words('not_verified')})"


def _leave_out_unverified(partial: _PartialAnswer) -> None:
    """Keep what is verified and what is no claim; markers count anew."""
    pieces, citations = list(partial.pieces), partial.citations
    partial.pieces, partial.citations = [], ()
    for piece in pieces:
        if piece.checked is None:
            partial.add(piece.lead, piece.text)
        elif piece.checked.claim.support == "verified":
            cited = [citations[marker - 1] for marker in piece.checked.claim.markers]
            partial.add(piece.lead, piece.text, recited(piece.checked, cited, partial.citations))
        else:
            partial.left_out += 1
    if not partial.claims and not partial.declined:
        partial.pieces = []
