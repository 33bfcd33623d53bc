"""Hits of small articles, and words as an index might hold them."""

from rag.indexes.chunking import passages_of
from rag.models import Hit
from rag.text import words_of
from tests.conftest import article


def told(text: str, outlet: str, day: str, rank: int) -> Hit:
    told_by = article(text, id=outlet + day, source=outlet, published=f"2026-09-{day}", title="Flood in Brackenford")
    return Hit(passages_of(told_by)[0], 1.0 / rank, rank)


def stems_of(text: str) -> list[str]:
    return [word.lower() for word in words_of(text)]
