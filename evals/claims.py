"""Judges claims by their evidence as an answer's sentences are: which of them are verified."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evals.metrics.bootstrap import Estimate, Values, estimate
from rag.answering.base import Verifier
from rag.dates import parse_iso
from rag.indexes.chunking import passages_of
from rag.models import Article, CheckedBy, Hit, Support


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """A claim with what people and the check say of it.

    Attributes:
        true: What people say.
        kind: Of claim, as the file names it; empty where it does not.
        support: What the check says.
        checked_by: What decided.
        because: Why it is not verified; empty if it is.
    """

    claim: str
    true: bool
    kind: str
    support: Support
    checked_by: CheckedBy
    because: str

    @property
    def is_right(self) -> bool:
        """A true claim that is verified, or a false one that is not."""
        return (self.support == "verified") is self.true


def judged(file: Path, verifier: Verifier) -> list[JudgedClaim]:
    """Judge the claims of a file of JSON lines.

    A line is `{claim, true, evidence: [{title, source, published_at, text}]}`, where plain strings serve too, or
    `{article, text}` with `{article, claim, true}` after it; `kind` may be added.
    """
    judgements = []
    for row, articles in _claims(file):
        passages = [passage for article in articles for passage in passages_of(article)]
        hits = [Hit(passage, 1.0, rank) for rank, passage in enumerate(passages, 1)]
        checked = verifier.check(row["claim"], range(1, len(hits) + 1), hits, ())
        support, by = checked.claim.support, checked.claim.checked_by
        judgements.append(JudgedClaim(row["claim"], row["true"], row.get("kind", ""), support, by, checked.objection))
    return judgements


def balanced_accuracy(claims: Sequence[JudgedClaim]) -> Estimate | None:
    """Return the mean of the shares of true and of false claims that are judged right, with its interval."""
    true = np.array([claim.true for claim in claims], dtype=np.float64)
    right = np.array([claim.is_right for claim in claims], dtype=np.float64)

    def value(true: Values, right: Values) -> Values:
        shares = [(right * of).sum(axis=-1) / np.maximum(of.sum(axis=-1), 1.0) for of in (true, 1.0 - true)]
        balanced: Values = (shares[0] + shares[1]) / 2
        return balanced

    return estimate(np.stack([true, right]), value)


def claims_json(claims: Sequence[JudgedClaim]) -> dict[str, Any]:
    """Return what `python -m evals claims FILE --json` prints: shares in [0, 1], counts, and each claim's grade."""
    figure = balanced_accuracy(claims)
    true, false = ([claim for claim in claims if claim.true is holds] for holds in (True, False))
    by_kind: dict[str, list[JudgedClaim]] = defaultdict(list)
    for claim in claims:
        by_kind[claim.kind or str(claim.true).lower()].append(claim)
    return {
        "balanced_accuracy": round(figure.value, 4) if figure else None,
        "interval": [round(figure.low, 4), round(figure.high, 4)] if figure else None,
        "false_verified": _share_wrong(false),
        "true_refused": _share_wrong(true),
        "true": len(true),
        "false": len(false),
        "by_kind": {
            kind: {"claims": len(of), "wrong": sum(not claim.is_right for claim in of)} for kind, of in by_kind.items()
        },
        "claims": [asdict(claim) for claim in claims],
    }


def _share_wrong(claims: Sequence[JudgedClaim]) -> float | None:
    return round(sum(not claim.is_right for claim in claims) / len(claims), 4) if claims else None


def _claims(file: Path) -> Iterator[tuple[Mapping[str, Any], list[Article]]]:
    texts: dict[Any, Article] = {}
    for number, line in enumerate(file.read_text("utf-8").splitlines()):
        row: Mapping[str, Any] = json.loads(line)
        if "claim" not in row:
            texts[row["article"]] = Article(id=str(row["article"]), title="", text=row["text"])
        elif "evidence" in row:
            articles = [_article(f"{number}.{place}", each) for place, each in enumerate(row["evidence"])]
            yield row, articles
        else:
            yield row, [texts[row["article"]]]


def _article(name: str, row: Mapping[str, Any] | str) -> Article:
    if isinstance(row, str):
        return Article(id=name, title="", text=row)
    published = row.get("published_at")
    return Article(
        id=name,
        title=row.get("title", ""),
        text=row["text"],
        source=row.get("source"),
        published_at=parse_iso(published) if published else None,
    )
