"""Whether another system's text is a decline: only Dateline says so with a status."""

import re

from evals.match_rule import normalised
from rag.messages import DECLINES

_DECLINES = re.compile(
    r"(?:sorry )?(?:but )?(?:"
    r"i (?:do not|dont) know|i am not sure|im not sure|i (?:can not|cannot|cant|could not|couldnt|am unable to) "
    r"(?:answer|find|determine|say|tell)|i (?:do not|dont) have (?:enough |any )?information|"
    r"(?:there is )?(?:insufficient|not enough|no) (?:relevant )?information|"
    r"(?:provided |given )?(?:sources|context|passages|articles|documents|text)(?: at hand| provided)? "
    r"(?:do not|does not|dont|doesnt)|it is not (?:stated|mentioned|known)|not (?:stated|mentioned|found)$|"
    r"unanswerable|(?:unknown|none|na)$)"
)
_OWN = tuple(map(normalised, DECLINES))


def declines(text: str) -> bool:
    """Return whether a text begins as a decline does: empty, one of Dateline's own wordings, or one in common use.

    A list of phrases errs on the side of answers: what it does not know counts as one.
    """
    words = normalised(text)
    return not words or words.startswith(_OWN) or _DECLINES.match(words) is not None
