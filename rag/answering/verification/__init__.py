"""Checking an answer against its evidence, claim by claim; the same for every answerer."""

from rag.answering.verification.claims import EvidenceVerifier, nearest_passages, quoted_claim, recited, written

__all__ = ["EvidenceVerifier", "nearest_passages", "quoted_claim", "recited", "written"]
