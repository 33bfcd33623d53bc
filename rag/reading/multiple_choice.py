"""Which choice of a multiple-choice question the passages found for it support. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence

from rag.models import Hit, Passage
from rag.reading.sentence_scoring import Asked, Stems, share_of

_SENTENCE_POWER = 0.5
_FOUND_POWER = 2
_FLOOR = 1e-3
"""Keeps a product from being nothing where one of its parts is, so that the others decide."""
_OWN = 0.6
"""What a sentence's own words count for a choice; the rest is what it and its neighbours hold."""

_BOTH = (True, False)
_VERDICTS = {"true": True, "yes": True, "false": False, "no": False}
_VERDICT_ASKED = re.compile(r"^\W*(?:true or false|yes or no|is it true that)\b\W*", re.IGNORECASE)


def verdicts(choices: Sequence[str]) -> list[bool] | None:
    """What each choice says of a statement, where the choices are true and false, or yes and no; else `None`."""
    said = [_VERDICTS.get(choice.lower().strip(" .!")) for choice in choices]
    known = [one for one in said if one is not None]
    return known if len(known) == len(said) == len({*known}) == len(_BOTH) else None


def statement_of(question: str) -> str:
    """The statement that a question wants judged: without "true or false"."""
    return _VERDICT_ASKED.sub("", question)


def choice_score(question: Asked, choice: Mapping[str, float], hits: Sequence[Hit], stems: Stems) -> float:
    """How well the passages found for a question and one of its choices support that choice, above 0.

    A product of three: what the passages hold of both, what the best sentence holds of both, and how
    well the words of both find a passage at all (BM25). The choice's share is squared: half of the
    words of a name is less than half of its evidence. Everything counts by the time prior.

    Powers chosen on the questions of `realtimeqa-2022` before October 2022 (docs/answers.md).

    Args:
        question: Prepared.
        choice: Stem of each word of the choice -> how much it counts.
        hits: Found for the question with the choice written behind it.
        stems: Of a text.
    """
    passages = sentence = found = 0.0
    for hit in hits:
        title, time = frozenset(stems(hit.passage.article.title)), hit.why.time
        held = {*stems(hit.passage.text), *title}
        passages += share_of(question.weights, held) * share_of(choice, held) ** 2 * time
        sentence = max(sentence, _best_sentence(question, choice, hit.passage, title, stems) * time)
        found = max(found, hit.why.lexical * time)
    return float((passages + _FLOOR) * (sentence + _FLOOR) ** _SENTENCE_POWER * (found + _FLOOR) ** _FOUND_POWER)


def _best_sentence(
    question: Asked, choice: Mapping[str, float], passage: Passage, title: Collection[str], stems: Stems
) -> float:
    """The share of the choice that a sentence holds, squared, times the share of the question in it and around it."""
    held = [frozenset(stems(passage.article.text[span.start : span.end])) for span in passage.sentences]
    around = [frozenset(title).union(*held[max(0, at - 1) : at + 2]) for at in range(len(held))]
    return max(
        (
            share_of(choice, own) ** 2
            * (_OWN * share_of(question.weights, own) + (1 - _OWN) * share_of(question.weights, near))
            for own, near in zip(held, around, strict=True)
        ),
        default=0.0,
    )
