"""Judges claims with the entailment head alone: which of them their evidence bears out."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evals.metrics.bootstrap import Estimate, Values, estimate
from rag.dates import parse_iso
from rag.indexes.chunking import passages_of
from rag.models import Article
from rag.reading.base import SpanReader, Window
from rag.reading.windows import windows_of

_LEAST = 0.5
"""Probability from which a claim counts as borne out."""


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim with what people and the head say of it.

    Attributes:
        true: What people say.
        probability: What the head says of the window that bears it out best.
    """

    claim: str
    true: bool
    probability: float


def judged(file: Path, reader: SpanReader) -> list[JudgedClaim]:
    """Judge the claims of a file of JSON lines.

    A line is `{claim, true, evidence: [{title, source, published_at, text}]}`, or `{article, text}` with
    `{article, claim, true}` after it.
    """
    judgements = []
    for claim, true, articles in _claims(file):
        windows = [window for article in articles for window in _windows(article)]
        judgements.append(JudgedClaim(claim, true, max(reader.entailment(claim, windows), default=0.0)))
    return judgements


def balanced_accuracy(claims: Sequence[JudgedClaim]) -> Estimate | None:
    """Return the mean of the shares of true and of false claims that are judged right, with its interval."""
    true = np.array([claim.true for claim in claims], dtype=np.float64)
    right = np.array([(claim.probability >= _LEAST) is claim.true for claim in claims], dtype=np.float64)

    def value(true: Values, right: Values) -> Values:
        shares = [(right * of).sum(axis=-1) / np.maximum(of.sum(axis=-1), 1.0) for of in (true, 1.0 - true)]
        balanced: Values = (shares[0] + shares[1]) / 2
        return balanced

    return estimate(np.stack([true, right]), value)


def _windows(article: Article) -> list[Window]:
    return [each.window for passage in passages_of(article) for each in windows_of(passage)]


def _claims(file: Path) -> Iterator[tuple[str, bool, list[Article]]]:
    texts: dict[Any, Article] = {}
    for number, line in enumerate(file.read_text("utf-8").splitlines()):
        row: Mapping[str, Any] = json.loads(line)
        if "claim" not in row:
            texts[row["article"]] = Article(id=str(row["article"]), title="", text=row["text"])
        elif "evidence" in row:
            yield row["claim"], row["true"], [_article(number, each) for each in row["evidence"]]
        else:
            yield row["claim"], row["true"], [texts[row["article"]]]


def _article(number: int, row: Mapping[str, Any]) -> Article:
    published = row.get("published_at")
    return Article(
        id=str(number),
        title=row.get("title", ""),
        text=row["text"],
        source=row.get("source"),
        published_at=parse_iso(published) if published else None,
    )
