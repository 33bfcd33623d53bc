"""What the entailment head says of a claim and its evidence. Pure."""

from rag.answering.verification.evidence import Evidence
from rag.answering.verification.words import words_in
from rag.reading.base import SpanReader

LEAST_SUPPORT = 0.45
"""Probability from which the head says so: where about as many true as false claims of held-out written passages are
told wrong (docs/measurements/claims.md)."""

_LEAST_SHARED = 0.2
"""Share of a claim's words that its evidence holds, below which the head is not asked: it was hardly trained on claims
of something else, and takes some for said."""


def support_of(claim: str, evidence: Evidence, reader: SpanReader) -> float:
    """Return the probability that the evidence says what a claim says, in [0, 1]."""
    ours = words_in(claim).keys
    theirs = evidence.heading.keys.union(*(words.keys for words in evidence.words))
    if len(ours & theirs) < _LEAST_SHARED * len(ours):
        return 0.0
    return max(reader.entailment(claim, evidence.windows()))
