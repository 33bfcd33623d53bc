"""Claims of an answer with their citations: what is quoted, and what a verifier says of the rest."""

from collections.abc import Sequence
from dataclasses import replace

from rag.answering.base import CheckedClaim
from rag.answering.verification.entailment import LEAST_SUPPORT, support_of
from rag.answering.verification.evidence import Evidence, evidence_for, text_of
from rag.answering.verification.rules import is_quoted, objection_of_words
from rag.answering.verification.words import words_in
from rag.markers import unmarked
from rag.models import Citation, Claim, Hit, Passage, Span
from rag.reading.base import SpanReader

_SHARE_OF_ITS_OWN = 0.6
"""Share of a claim's words from which a passage that is cited beside others keeps its marker."""
_MOST_NEAREST = 2
UNSUPPORTED = "the cited passages do not clearly say this"
UNCITED = "it cites none of the passages"


class EvidenceVerifier:
    """The `Verifier` that asks an entailment head, after the rules by which words alone decide.

    Args:
        reader: Has the head.
    """

    def __init__(self, reader: SpanReader) -> None:
        self._reader = reader

    def check(
        self, text: str, numbers: Sequence[int], hits: Sequence[Hit], citations: Sequence[Citation]
    ) -> CheckedClaim:
        """Check one sentence of an answer (see `Verifier.check`)."""
        text = unmarked(text)
        passages = tuple(dict.fromkeys(hits[number - 1].passage for number in numbers if 1 <= number <= len(hits)))
        evidence = evidence_for(words_in(text), passages)
        if evidence is None:
            return CheckedClaim(Claim(text, (), "unverified"), text, tuple(citations), UNCITED)
        claim, objection = self._judged(text, evidence, passages, hits)
        all_citations = list(citations)
        markers = [_marker(all_citations, passage, span) for passage, span in _cited(text, evidence, passages)]
        claim = replace(claim, markers=tuple(dict.fromkeys(markers)))
        return CheckedClaim(claim, written(claim), tuple(all_citations), objection)

    def _judged(
        self, text: str, evidence: Evidence, passages: Sequence[Passage], hits: Sequence[Hit]
    ) -> tuple[Claim, str]:
        """The claim, without markers yet, and why it is not verified."""
        objection = objection_of_words(text, evidence, passages, hits)
        if objection:
            return Claim(text, (), "unverified", checked_by="words"), objection
        if is_quoted(text, evidence):
            return Claim(text, (), "verified", checked_by="quote"), ""
        if support_of(text, evidence, self._reader) >= LEAST_SUPPORT:
            return Claim(text, (), "verified", checked_by="entailment"), ""
        return Claim(text, (), "unverified", checked_by="entailment"), UNSUPPORTED


def written(claim: Claim) -> str:
    """Return a claim as the reader sees it, with its markers behind it."""
    return claim.text + "".join(f" [{marker}]" for marker in claim.markers)


def quoted_claim(text: str, passage: Passage, span: Span, citations: Sequence[Citation]) -> CheckedClaim:
    """Return a claim that quotes a sentence word for word, and so is verified by construction."""
    all_citations = list(citations)
    marker = _marker(all_citations, passage, span)
    claim = Claim(text=unmarked(text), markers=(marker,), support="verified", checked_by="quote")
    return CheckedClaim(claim, written(claim), tuple(all_citations))


def recited(checked: CheckedClaim, cited: Sequence[Citation], citations: Sequence[Citation]) -> CheckedClaim:
    """Return a claim with markers that count other citations.

    Args:
        checked: The claim.
        cited: What it cites.
        citations: Those of the claims before it.
    """
    all_citations = list(citations)
    markers = [_marker(all_citations, each.passage, Span(each.start, each.end)) for each in cited]
    claim = replace(checked.claim, markers=tuple(dict.fromkeys(markers)))
    return replace(checked, claim=claim, text=written(claim), citations=tuple(all_citations))


def nearest_passages(claim: str, hits: Sequence[Hit]) -> tuple[int, ...]:
    """Return the numbers of the passages that hold most of a claim's words, at most two; none where few are held."""
    wanted = words_in(claim).keys
    held = {
        number: len(wanted & words_in(f"{hit.passage.article.title} {hit.passage.text}").keys)
        for number, hit in enumerate(hits, 1)
        if hit.passage.sentences
    }
    best = sorted(held, key=lambda number: (-held[number], number))[:_MOST_NEAREST]
    return tuple(number for number in best if wanted and held[number] >= _SHARE_OF_ITS_OWN * len(wanted))


def _cited(text: str, evidence: Evidence, passages: Sequence[Passage]) -> list[tuple[Passage, Span]]:
    """The sentence of each passage that the evidence is of, and of each other one that holds most of the claim."""
    outlets = words_in(" ".join(passage.article.source or "" for passage in passages)).keys
    wanted = words_in(text).keys - outlets or words_in(text).keys
    cited = {passage.id: (passage, span) for passage, span in reversed(evidence.spans)}
    for passage in passages:
        own = evidence_for(words_in(text), (passage,)) if passage.id not in cited else None
        if own and len(wanted & words_in(text_of(*own.best)).keys) >= _SHARE_OF_ITS_OWN * len(wanted):
            cited[passage.id] = own.best
    return [cited[passage.id] for passage in passages if passage.id in cited]


def _marker(citations: list[Citation], passage: Passage, span: Span) -> int:
    """The number of a sentence's citation, appended to the list if it is not there."""
    for citation in citations:
        if (citation.passage.id, citation.start, citation.end) == (passage.id, span.start, span.end):
            return citation.marker
    number = len(citations) + 1
    citations.append(Citation(number, passage, text_of(passage, span), span.start, span.end))
    return number
