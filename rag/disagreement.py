"""Independent sources that give different values for the same thing. Pure.

Two sentences are about the same thing if both hold the kind of value that the question asks for and
about as much of the question as the best sentence does. Values of articles days apart are a
development, not a disagreement.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from rag.expected import answer_values
from rag.selection import Asked, Candidate, Stems, share_of

_ABOUT_THE_SAME = 0.75
"""Least share of the best sentence's coverage of the question."""
_AT_ONE_TIME = timedelta(days=3)
_COMPARED = 12
"""Best sentences that are compared; what is ranked lower is about something else."""
_MOST_SIDES = 3


def sides(question: Asked, ranked: Sequence[Candidate], stems: Stems) -> list[Candidate]:
    """The best sentence of each outlet that gives a value of its own; empty where the sources do not differ.

    Args:
        question: As the sentences were ranked for.
        ranked: Best first.
        stems: Words of a text as the lexical index holds them.
    """
    found: dict[str, tuple[Candidate, frozenset[str]]] = {}
    needed: float | None = None
    for one in ranked[:_COMPARED]:
        article = one.passage.article
        values = answer_values(question.expected, one.text, question.text)
        covered = share_of(question.weights, {*one.stems, *stems(article.title)})
        needed = _ABOUT_THE_SAME * covered if needed is None else needed
        story = article.cluster_id or article.id
        if not values or covered < needed or not article.source or story in found:
            continue
        if any(_agree(values, others) or not _at_one_time(one, other) for other, others in found.values()):
            continue
        if article.source not in {other.passage.article.source for other, _ in found.values()}:
            found[story] = (one, values)
    return [one for one, _ in found.values()][:_MOST_SIDES] if len(found) > 1 else []


def _agree(one: Collection[str], other: Collection[str]) -> bool:
    return bool(set(one) & set(other))


def _at_one_time(one: Candidate, other: Candidate) -> bool:
    first, second = one.passage.article.published_at, other.passage.article.published_at
    return first is not None and second is not None and abs(first.at - second.at) <= _AT_ONE_TIME
