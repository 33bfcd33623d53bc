"""Names that a question takes for granted and the evidence does not mention. Pure."""

import re
from collections.abc import Collection, Sequence

from rag.models import Hit
from rag.reading.coverage import Stems, words_held
from rag.text import is_calendar, names_in

_MOST_NAMED = 3


def unmentioned_names(question: str, hits: Sequence[Hit], stems: Stems, addressed: Collection[str]) -> list[str]:
    """Return up to three names of the question that none of the hits mentions.

    Args:
        question: As the reader wrote it.
        hits: All that was found.
        stems: Of a text.
        addressed: Names that say who is to answer.
    """
    held = {stem for hit in hits for stem in words_held(hit.passage, stems)}
    names = [name for name in names_in(question) if name not in addressed and _is_surely_one(name, question)]
    return [name for name in names if not held.intersection(stems(name))][:_MOST_NAMED]


def _is_surely_one(name: str, question: str) -> bool:
    """Not a month or weekday, and not a word that has its capital from beginning a sentence."""
    begins = re.search(rf"(?:^|[.!?:])[^\w.!?:]*{re.escape(name)}\b", question)
    return not is_calendar(name.split()[0]) and (" " in name or begins is None)
