"""Near-duplicates: copies of one story on several sites share a cluster; nothing is dropped.

MinHash (Broder 1997) over word 4-grams, with banding for look-up (Leskovec, Rajaraman & Ullman,
*Mining of Massive Datasets*, ch. 3): 32 bands of 4 values find texts of Jaccard similarity 0.6 with
a probability of 0.99 and of 0.3 with 0.23; what they find is then compared value by value.
"""

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from ingest.dedup.reissues import corrects, fill_one_template
from rag.models import Article
from rag.text import content_words, units_of

Signature = NDArray[np.uint32]
"""MinHash values, shape `(128,)`."""

SAME_STORY = 0.55
"""Least estimated Jaccard similarity of two copies of one story."""
_VALUES = 128
_ROWS = 4
_SEED = 20260831
_SHINGLE = 4
_LEAST_WORDS = 30
_NUMBER = re.compile(r"\d+")
_OPENING = 400
"""Characters at either end of a text in which an agency is credited."""


def signature_of(text: str) -> Signature | None:
    """MinHash of the text; `None` for one too short to tell a copy from a coincidence."""
    words = units_of(text.lower())
    if len(words) < _LEAST_WORDS:
        return None
    minhash = RMinHash(num_perm=_VALUES, seed=_SEED)
    minhash.update([" ".join(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1)])
    return np.array(minhash.digest(), dtype=np.uint32)


def bands_of(signature: Signature) -> tuple[int, ...]:
    """One key per band; texts that share a key are candidates for being the same story."""
    return tuple(
        int.from_bytes(
            hashlib.blake2b(
                bytes([band]) + signature[band * _ROWS : (band + 1) * _ROWS].tobytes(), digest_size=8
            ).digest(),
            "big",
            signed=True,
        )
        for band in range(_VALUES // _ROWS)
    )


def similarity(signature: Signature, other: Signature) -> float:
    """Estimated Jaccard similarity of the texts, in [0, 1]."""
    return float(np.mean(signature == other))


def same_story(article: Article, other: Article, text_similarity: float) -> bool:
    """Two articles are copies of one story: near-equal text under headlines that do not contradict it.

    Equal text alone is not enough: a form or a template stands under many headlines. A corrected re-issue is of the
    story whatever it corrects.
    """
    if text_similarity < SAME_STORY:
        return False
    if corrects(article, other) or corrects(other, article):
        return True
    return _titles_agree(article.title, other.title) and not fill_one_template(article, other)


def head_of(cluster: Sequence[Article]) -> Article:
    """The article that the others copy: the agency's own where they credit it, else the earliest."""
    credited = [
        article for article in cluster if any(_credits(other, article) for other in cluster if other is not article)
    ]
    return min(
        credited or cluster,
        key=lambda article: (
            article.published_at is None,
            article.published_at and article.published_at.at,
            article.id,
        ),
    )


def _credits(article: Article, agency: Article) -> bool:
    if not agency.source or agency.source == article.source:
        return False
    names = {agency.source.lower(), agency.source.split()[0].lower()}
    ends = f"{' '.join(article.authors)} {article.text[:_OPENING]} {article.text[-_OPENING:]}".lower()
    return any(re.search(rf"\b{re.escape(name)}\b", ends) for name in names if len(name) > 3 or name.isupper())


def _titles_agree(title: str, other_title: str) -> bool:
    numbers, others = set(_NUMBER.findall(title)), set(_NUMBER.findall(other_title))
    if numbers and others and not numbers & others:
        return False
    words = {word.lower()[:5] for word in content_words(title)}
    return bool(words & {word.lower()[:5] for word in content_words(other_title)}) or not title or not other_title
