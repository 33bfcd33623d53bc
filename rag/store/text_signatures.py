"""Signatures by which a text is known again after it was changed, and from which nobody can read it.

MinHash (Broder 1997) over runs of three words, which tells changed versions from other stories even in texts of a dozen
words. `ingest.dedup.minhash` looks for copies among all articles, by longer runs of longer texts.
"""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from rensa import RMinHash

_VALUES = 128
_SEED = 20260831
_RUN = 3
_LEAST_WORDS = 8
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
"""A word, or a character of Chinese or Japanese, which set no spaces between words."""


def signature_of(text: str) -> bytes | None:
    """Return the signature of a text; `None` for one that is too short to tell it from others."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    if len(words) < _LEAST_WORDS:
        return None
    minhash = RMinHash(num_perm=_VALUES, seed=_SEED)
    minhash.update([" ".join(words[place : place + _RUN]) for place in range(len(words) - _RUN + 1)])
    return np.array(minhash.digest(), dtype="<u4").tobytes()


def similarities(signature: bytes, others: Sequence[bytes]) -> list[float]:
    """Return the estimated Jaccard similarity of one text to each of the others, in [0, 1]."""
    values = np.frombuffer(b"".join(others), dtype="<u4").reshape(-1, _VALUES)
    return [float(share) for share in (values == np.frombuffer(signature, dtype="<u4")).mean(axis=1)]
