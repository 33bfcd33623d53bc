"""Putting new articles into clusters of near-duplicates."""

import numpy as np

from ingest.dedup.minhash import bands_of, head_of, same_story, similarity
from rag.models import Article
from rag.store.repositories.fingerprints import Fingerprints


def cluster_new(fingerprints: Fingerprints) -> list[tuple[Article, ...]]:
    """Compares every article that was not compared yet with those it may be a copy of.

    A cluster is named by its head; an article without copies is the head of its own.

    Returns:
        The clusters of more than one article that were made or have grown.
    """
    grown: list[tuple[Article, ...]] = []
    for article, signature in fingerprints.unclustered():
        values = np.frombuffer(signature, dtype=np.uint32)
        copies: dict[str, Article] = {article.id: article}
        for other, theirs in fingerprints.candidates(bands_of(values), besides=article.id):
            if same_story(article, other, similarity(values, np.frombuffer(theirs, dtype=np.uint32))):
                members = fingerprints.cluster(other.cluster_id) if other.cluster_id else (other,)
                copies |= {member.id: member for member in members}
        fingerprints.set_cluster(copies.keys(), head_of(list(copies.values())).id)
        if len(copies) > 1:
            grown.append(tuple(copies.values()))
    return grown
