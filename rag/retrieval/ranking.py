"""Ranking candidates: mixing the scores of words and vectors, the time prior, deduplication. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rag.models import Article, Hit, Passage, ScoreBreakdown, Window
from rag.text import says_otherwise

_DAY = 86_400.0
_SHINGLE = 5
SHORTLIST = 5
"""Passages loaded for each one wanted, so that deduplication leaves enough."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How the parts of a score are mixed.

    Attributes:
        lexical: Weight of the BM25 score, as a share of the best candidate's.
        vector: Weight of the cosine similarity, as a share of the best candidate's.
        newness: Share of the score that an article loses as it ages.
        half_life: Days in which half of that share is lost.
        per_story: Most passages of one article and its copies together.
        same_text: Share of common word 5-grams from which two passages count as the same text.
        mentioned: Factor for outlets that the question only mentions.
        tier: Factor for each tier above the middle one, and divisor for each below it.
    """

    lexical: float = 0.8
    vector: float = 0.2
    newness: float = 0.5
    half_life: float = 15.0
    per_story: int = 2
    same_text: float = 0.6
    mentioned: float = 1.15
    tier: float = 1.1


def time_prior(published: datetime | None, window: Window | None, weights: Weights) -> float:
    """Return a factor in (0, 1] that prefers articles of a time: 1 within the window, undated as the farthest.

    An exponential decay towards a floor, after Li & Croft, *Time-based language models*, CIKM 2003.

    Args:
        published: When the article was.
        window: The time asked about, or the moment of as-of for the newest; `None` for no preference.
        weights: How much is lost, and how fast.
    """
    if window is None:
        return 1.0
    if published is None:
        return 1.0 - weights.newness
    days = max(0.0, (window.start - published).total_seconds(), (published - window.end).total_seconds()) / _DAY
    freshness: float = 0.5 ** (days / weights.half_life)
    return 1.0 - weights.newness * (1.0 - freshness)


def fuse_scores(
    lexical: Mapping[str, float], vector: Mapping[str, float], priors: Mapping[str, float], weights: Weights
) -> list[tuple[str, float, ScoreBreakdown]]:
    """Return candidates with their mixed scores, best first; equal ones by id.

    Each score is divided by the best candidate's, so that the two can be added (a linear mix, which
    Bruch, Gai & Ingber, *An analysis of fusion functions for hybrid retrieval*, TOIS 2023, found to
    beat reciprocal rank fusion).

    Args:
        lexical: Passage id -> BM25 score.
        vector: Passage id -> cosine similarity.
        priors: Passage id -> time prior; names the candidates.
        weights: The mix.
    """
    best_lexical = max(lexical.values(), default=0.0) or 1.0
    best_vector = max(vector.values(), default=0.0) or 1.0
    scored = []
    for passage_id, prior in priors.items():
        words, meaning = lexical.get(passage_id, 0.0), vector.get(passage_id)
        mixed = weights.lexical * words / best_lexical + weights.vector * max(meaning or 0.0, 0.0) / best_vector
        scored.append((passage_id, mixed * prior, ScoreBreakdown(lexical=words, vector=meaning, time=prior)))
    return sorted(scored, key=lambda candidate: (-candidate[1], candidate[0]))


def deduplicate(
    ranked: Sequence[tuple[Passage, float, ScoreBreakdown]], *, k: int, weights: Weights
) -> tuple[Hit, ...]:
    """Return the first `k` passages without near-identical texts and with at most a few of one story.

    An article and its copies elsewhere are one story; copies whose passage was left out are named in the hit. A copy
    in which another outlet has changed what a sentence says is no copy: the outlets may disagree.

    Args:
        ranked: Passages with their scores, best first.
        k: Maximum number of passages.
        weights: From which overlap texts count as the same, and how many passages of a story are kept.
    """
    kept: list[tuple[Passage, float, ScoreBreakdown]] = []
    shingles: list[frozenset[tuple[str, ...]]] = []
    stories: Counter[str] = Counter()
    copies: list[dict[str, Article]] = []
    for passage, score, why in ranked:
        if len(kept) == k:
            break
        own, story = _shingles(passage.text), passage.article.cluster_id or passage.article.id
        alike = (i for i, other in enumerate(shingles) if _overlap(own, other) >= weights.same_text)
        same = next((i for i in alike if not _differs(passage, kept[i][0])), None)
        if same is not None and passage.article.id != kept[same][0].article.id:
            copies[same][passage.article.id] = passage.article
        if same is not None or stories[story] >= weights.per_story:
            continue
        copies.append({})
        kept.append((passage, score, why))
        shingles.append(own)
        stories[story] += 1
    return tuple(
        Hit(passage, score, rank, why, tuple(copies[rank - 1].values()))
        for rank, (passage, score, why) in enumerate(kept, 1)
    )


def _differs(passage: Passage, another: Passage) -> bool:
    """Whether two outlets' or stories' passages have a sentence that says otherwise in one than in the other."""
    outlets = {passage.article.source, another.article.source}
    stories = {passage.article.cluster_id, another.article.cluster_id}
    if (None in outlets or len(outlets) == 1) and (None in stories or len(stories) == 1):
        return False
    sentences, others = _sentences(passage), _sentences(another)
    changed, theirs = sentences - others, others - sentences
    return any(says_otherwise(sentence, other) for sentence in changed for other in theirs)


def _sentences(passage: Passage) -> set[str]:
    return {passage.article.text[span.start : span.end] for span in passage.sentences}


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = text.lower().split()
    return frozenset(tuple(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1)))


def _overlap(shingles: frozenset[tuple[str, ...]], others: frozenset[tuple[str, ...]]) -> float:
    """Containment of the smaller in the larger (Broder, *On the resemblance and containment of documents*, 1997)."""
    return len(shingles & others) / min(len(shingles), len(others))
