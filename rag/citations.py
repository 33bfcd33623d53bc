"""Checking an answer against its evidence, claim by claim; pure code, the same for every answerer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.domain import Citation, Claim, Hit, Passage, Span
from rag.words import content_words, names_in

MARKER = re.compile(r"\[(\d{1,3})\]")
_MARKERS = re.compile(r"\s*(?:\[\d{1,3}(?:\s*,\s*\d{1,3})*\])")
_MANY = re.compile(r"\[(\d{1,3}(?:\s*,\s*\d{1,3})+)\]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NEGATION = re.compile(r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|\w+n['’]t)\b", re.IGNORECASE)
_LEAST_SHARED = 0.5
_STEM = 6


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim after its check.

    Attributes:
        claim: Its text without markers, the reader's markers, and whether its evidence holds.
        text: As the reader sees it: the text with the reader's markers behind it.
        citations: All citations of the answer so far, those of this claim included.
    """

    claim: Claim
    text: str
    citations: tuple[Citation, ...]


def without_markers(text: str) -> str:
    """The text with its `[n]` markers taken out."""
    return _MARKERS.sub("", text).strip()


def check_claim(sentence: str, hits: Sequence[Hit], citations: Sequence[Citation]) -> CheckedClaim:
    """Checks one sentence of an answer whose markers count the passages handed over from 1.

    The reader's markers count the citations in order of appearance; a marker that points at no
    passage is dropped. A claim is verified if a sentence of the passages it cites, with its
    neighbours, shares at least half of the claim's content words and holds all its numbers and
    names, and both or neither say "not".

    Args:
        sentence: One claim with markers such as `[2]` or `[1, 3]`.
        hits: The passages that the answerer was given, in the order of their numbers.
        citations: What earlier claims of this answer cite.
    """
    numbers = [int(one) for one in MARKER.findall(_MANY.sub(_apart, sentence))]
    text = without_markers(sentence)
    passages = list(dict.fromkeys(hits[number - 1].passage for number in numbers if 1 <= number <= len(hits)))
    supports = [(passage, best_sentence(text, passage)) for passage in passages]
    holding = [(passage, span) for passage, span in supports if is_supported(text, passage, span)]
    known = list(citations)
    markers = [_marker(known, passage, span) for passage, span in holding or supports]
    claim = Claim(text=text, markers=tuple(dict.fromkeys(markers)), support="verified" if holding else "unverified")
    return CheckedClaim(claim, written(claim), tuple(known))


def written(claim: Claim) -> str:
    """The claim as the reader sees it, markers behind it."""
    return claim.text + "".join(f" [{marker}]" for marker in claim.markers)


def quoted_claim(text: str, passage: Passage, span: Span, citations: Sequence[Citation]) -> CheckedClaim:
    """A claim that quotes a sentence word for word, and so is verified by construction."""
    known = list(citations)
    claim = Claim(text=text, markers=(_marker(known, passage, span),), support="verified")
    return CheckedClaim(claim, written(claim), tuple(known))


def best_sentence(claim: str, passage: Passage) -> Span:
    """The sentence of the passage that shares most of the claim's words; the first of equals."""
    wanted = _keys(claim)
    return max(passage.sentences, key=lambda span: len(wanted & _keys(_text(passage, span))))


def is_supported(claim: str, passage: Passage, span: Span) -> bool:
    """The sentence, read with its neighbours, says what the claim says, as far as words can tell."""
    evidence = _with_neighbours(passage, span)
    wanted = _keys(claim)
    if not wanted or len(wanted & _keys(evidence)) < _LEAST_SHARED * len(wanted):
        return False
    if not set(_NUMBER.findall(claim)) <= set(_NUMBER.findall(evidence)):
        return False
    said = evidence.lower()
    if not all(word.lower() in said for name in names_in(claim) for word in content_words(name)):
        return False
    return bool(_NEGATION.search(claim)) == bool(_NEGATION.search(_text(passage, span)))


def _apart(match: re.Match[str]) -> str:
    return "".join(f"[{number.strip()}]" for number in match.group(1).split(","))


def _keys(text: str) -> set[str]:
    # Six letters tell most inflections of an English word together without a stemmer.
    return {word.lower()[:_STEM] for word in content_words(text)}


def _text(passage: Passage, span: Span) -> str:
    return passage.article.text[span.start : span.end]


def _with_neighbours(passage: Passage, span: Span) -> str:
    position = passage.sentences.index(span)
    near = passage.sentences[max(0, position - 1) : position + 2]
    title = passage.article.title
    return f"{title} {passage.article.source or ''} {passage.article.text[near[0].start : near[-1].end]}"


def _marker(known: list[Citation], passage: Passage, span: Span) -> int:
    for citation in known:
        if (citation.passage.id, citation.start, citation.end) == (passage.id, span.start, span.end):
            return citation.marker
    known.append(
        Citation(
            marker=len(known) + 1,
            passage=passage,
            quote=_text(passage, span),
            start=span.start,
            end=span.end,
        )
    )
    return len(known)
