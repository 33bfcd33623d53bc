"""What the entailment head says of a claim and its evidence. Pure."""

from rag.answering.verification.evidence import Evidence
from rag.reading.base import SpanReader

LEAST_SUPPORT = 0.65
"""Probability from which the head says so: where as many true as false of the held-out claims that training makes are
told wrong (docs/measurements/claims.md)."""


def support_of(claim: str, evidence: Evidence, reader: SpanReader) -> float:
    """Return the probability that the evidence says what a claim says, in [0, 1]."""
    return max(reader.entailment(claim, evidence.windows()))
