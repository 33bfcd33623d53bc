"""What a suite holds, in figures."""

from collections import Counter
from typing import Any

from evals.datasets.corpus import Corpus
from evals.datasets.suite import Suite


def describe(suite: Suite, corpus: Corpus) -> dict[str, Any]:
    """Name -> fact about the suite and its corpus, in the order of reading."""
    cases = suite.cases
    dates = sorted(str(article.published_at)[:10] for article in corpus.articles if article.published_at)
    asked = sorted(f"{case.as_of:%Y-%m-%d}" for case in cases if case.as_of)
    gold = {name for case in cases for name in case.evidence}
    answered = [case for case in cases if case.answerable and case.answers]
    return {
        "name": suite.name,
        "description": suite.description,
        "source": suite.source,
        "licence": suite.licence,
        "questions": len(cases),
        "answerable": sum(case.answerable for case in cases),
        "answerable_share": round(sum(case.answerable for case in cases) / len(cases), 3),
        "answer_string_in_corpus": sum(corpus.known_since(case.answers) is not None for case in answered),
        "multiple_choice": sum(bool(case.choices) for case in cases),
        "follow_ups": sum(bool(case.history) for case in cases),
        "dated": len(asked),
        "asked_from": asked[0] if asked else None,
        "asked_to": asked[-1] if asked else None,
        "with_gold_articles": sum(bool(case.evidence) for case in cases),
        "gold_articles": len(gold),
        "tags": dict(Counter(tag for case in cases for tag in case.tags).most_common()),
        "articles": len(corpus.articles),
        "outlets": dict(Counter(article.source or "unknown outlet" for article in corpus.articles).most_common()),
        "articles_from": dates[0] if dates else None,
        "articles_to": dates[-1] if dates else None,
        "undated_articles": sum(article.published_at is None for article in corpus.articles),
    }
