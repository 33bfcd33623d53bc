"""Precision and recall of near-duplicates: `python -m tests.ingest.dedup.minhash_benchmark [ARTICLES]`.

On made pairs, each article's text is copied as outlets copy wire stories (cut from the end, credited,
another lead, a paragraph added, words changed, a prompt inside) under the same or a changed headline,
and must be found; articles that only resemble it (other numbers under a numbered headline, another
article of the same outlet) must not. On found pairs, every pair of articles is compared exactly.
"""

import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from ingest.dedup.minhash import SAME_STORY, bands_of, same_story, signature_of, similarity
from ingest.formats.files import raw_inputs
from ingest.models import RawRecord
from ingest.normalize.records import read_raw
from rag.errors import RefusedArticle
from rag.models import Article

SAMPLE = Path(__file__).parents[3] / "evals" / "suites" / "sample" / "articles"
_SHINGLE = 4
Edit = Callable[[list[str], random.Random], list[str]]


def _cut(paragraphs: list[str], rng: random.Random) -> list[str]:
    return paragraphs[: max(2, int(len(paragraphs) * rng.uniform(0.75, 0.95)))]


def _credited(paragraphs: list[str], rng: random.Random) -> list[str]:
    return [f"HARROWMERE ({rng.choice(['NNA', 'Northlight'])}) - {paragraphs[0]}", *paragraphs[1:], "Northlight News"]


def _other_lead(paragraphs: list[str], rng: random.Random) -> list[str]:
    return ["Officials described on Monday what had happened and what would follow.", *paragraphs[1:]]


def _added(paragraphs: list[str], rng: random.Random) -> list[str]:
    place = rng.randrange(1, len(paragraphs) + 1)
    return [*paragraphs[:place], "Our reporter contributed to this story from the scene.", *paragraphs[place:]]


def _changed_words(paragraphs: list[str], rng: random.Random) -> list[str]:
    return [" ".join("also" if rng.random() < 0.03 else word for word in one.split()) for one in paragraphs]


def _prompted(paragraphs: list[str], rng: random.Random) -> list[str]:
    prompt = "Sign up for our newsletter and get the news every morning."
    return [one for pair in zip(paragraphs, [prompt] * len(paragraphs), strict=True) for one in pair][:-1]


EDITS: tuple[Edit, ...] = (_cut, _credited, _other_lead, _added, _changed_words, _prompted)


def articles_of(source: Path) -> list[Article]:
    found = []
    for raw in raw_inputs(source):
        if isinstance(raw, RawRecord):
            try:
                found.append(read_raw(raw).article)
            except RefusedArticle:
                continue
    return [one for one in found if signature_of(one.text) is not None]


def is_found(one: Article, other: Article) -> bool:
    """As ingest decides: a shared band, then the estimate, then the headlines."""
    ours, theirs = signature_of(one.text), signature_of(other.text)
    if ours is None or theirs is None or not set(bands_of(ours)) & set(bands_of(theirs)):
        return False
    return same_story(one, other, similarity(ours, theirs))


def made_pairs(articles: list[Article], rng: random.Random) -> Iterator[tuple[str, bool, Article, Article]]:
    """What was done, whether the two are one story, and the two."""
    for article in articles:
        paragraphs = [one for one in article.text.split("\n\n") if one.strip()]
        if len(paragraphs) < 4:
            continue
        for edit in EDITS:
            copy = replace(article, id=f"{article.id}+", text="\n\n".join(edit(paragraphs, rng)))
            title = " ".join(article.title.split()[:-1]) or article.title
            yield edit.__name__, True, article, replace(copy, title=f"{title} - report")
        numbered = replace(article, title="Daily table, edition 12"), replace(article, title="Daily table, edition 13")
        yield "another number", False, *numbered
        yield "another headline", False, article, replace(article, title="Xylophone quartet zigzags")
        other = rng.choice([one for one in articles if one.id != article.id])
        yield "another article", False, article, other
        rewritten = re.sub(r"[^.]+\.", lambda found: found.group() if rng.random() < 0.3 else " Not so.", article.text)
        yield "a third of its sentences", False, article, replace(article, id="x", text=rewritten)


def exact_pairs(articles: list[Article]) -> set[tuple[int, int]]:
    """Pairs that are one story by the exact Jaccard similarity of their texts."""
    words = [re.findall(r"\w+", one.text.lower()) for one in articles]
    shingles = [{hash(tuple(w[i : i + _SHINGLE])) for i in range(len(w) - _SHINGLE + 1)} for w in words]
    holders = defaultdict[int, list[int]](list)
    for number, some in enumerate(shingles):
        for shingle in some:
            holders[shingle].append(number)
    common = Counter(pair for some in holders.values() if 1 < len(some) < 60 for pair in combinations(some, 2))
    exact = set()
    for one, other in (pair for pair, count in common.items() if count > 10):
        both = len(shingles[one] & shingles[other])
        if same_story(articles[one], articles[other], both / (len(shingles[one]) + len(shingles[other]) - both)):
            exact.add((one, other))
    return exact


def found_pairs(articles: list[Article]) -> set[tuple[int, int]]:
    """Pairs that ingest finds to be one story."""
    signatures = {number: signature_of(one.text) for number, one in enumerate(articles)}
    known = {number: signature for number, signature in signatures.items() if signature is not None}
    bands = defaultdict[int, list[int]](list)
    for number, signature in known.items():
        for key in set(bands_of(signature)):
            bands[key].append(number)
    candidates = {pair for some in bands.values() for pair in combinations(some, 2)}
    return {
        (one, other)
        for one, other in candidates
        if same_story(articles[one], articles[other], similarity(known[one], known[other]))
    }


def main(source: Path) -> None:
    articles = articles_of(source)
    rng = random.Random(20260902)
    counts: dict[tuple[str, bool], list[bool]] = defaultdict(list)
    for what, same, one, other in made_pairs(rng.sample(articles, min(500, len(articles))), rng):
        counts[what, same].append(is_found(one, other))
    for (what, same), outcomes in counts.items():
        print(f"{what}: {sum(outcomes)} of {len(outcomes)} found, {'all' if same else 'none'} should be")
    right = sum(sum(outcomes) for (_, same), outcomes in counts.items() if same)
    wrong = sum(sum(outcomes) for (_, same), outcomes in counts.items() if not same)
    all_same = sum(len(outcomes) for (_, same), outcomes in counts.items() if same)
    print(f"made pairs: precision {right / (right + wrong):.4f}, recall {right / all_same:.4f}")
    exact, found = exact_pairs(articles), found_pairs(articles)
    both = len(exact & found)
    print(
        f"all pairs of {len(articles)} articles, exact Jaccard of at least {SAME_STORY} and agreeing headlines: "
        f"{len(exact)}; found {len(found)}, precision {both / max(1, len(found)):.4f}, "
        f"recall {both / max(1, len(exact)):.4f}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE)
