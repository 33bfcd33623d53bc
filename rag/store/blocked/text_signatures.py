"""Signatures by which a text is known again after it was changed, and from which nobody can read it.

MinHash (Broder 1997) over runs of three words, which tells changed versions from other stories even in texts of a dozen
words. `ingest.dedup.minhash` looks for copies among all articles, by longer runs of longer texts.
"""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
from rensa import RMinHash

from rag.text import FUNCTION_WORDS

_VALUES = 128
_SEED = 20260831
_RUN = 3
_LEAST_WORDS = 8
_SHORT_WORDS = 30
_STEM = 5
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
"""A word, or a character of Chinese or Japanese, which set no spaces between words."""
_TWO_IDEOGRAPHS = re.compile(r"(?=([\u3400-\u9fff\uf900-\ufaff]{2}))")
"""Most words of Chinese and Japanese that carry meaning have two of these or more; kana are endings and particles."""


def signature_of(text: str) -> bytes | None:
    """Return the signature of a text; `None` for one that is too short to tell it from others."""
    words = _words(text)
    if len(words) < _LEAST_WORDS:
        return None
    minhash = RMinHash(num_perm=_VALUES, seed=_SEED)
    minhash.update([" ".join(words[place : place + _RUN]) for place in range(len(words) - _RUN + 1)])
    return np.array(minhash.digest(), dtype="<u4").tobytes()


def may_be_a_notice(text: str, *, headline: str) -> bool:
    """Return whether a text may stand under many headlines ("Subscribe to read on."): short, with no word of this."""
    return len(_words(text)) < _SHORT_WORDS and _stems(text).isdisjoint(_stems(headline))


def similarities(signature: bytes, others: Sequence[bytes]) -> list[float]:
    """Return the estimated Jaccard similarity of one text to each of the others, in [0, 1]."""
    values = np.frombuffer(b"".join(others), dtype="<u4").reshape(-1, _VALUES)
    return [float(share) for share in (values == np.frombuffer(signature, dtype="<u4")).mean(axis=1)]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _words(text: str) -> list[str]:
    return _WORD.findall(_folded(text))


def _stems(text: str) -> set[str]:
    """Return how the words that carry meaning begin."""
    stems = {word[:_STEM] for word in _words(text) if len(word) > 1 and word not in FUNCTION_WORDS}
    return stems | set(_TWO_IDEOGRAPHS.findall(_folded(text)))
