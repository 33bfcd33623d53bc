"""A language model judges a draft: one short request with each statement and the sentences that it rests on.

It never overrules what words decide, and what it does not say clearly leaves the local check's marks as they are.
"""

import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rag.answering.base import CheckedClaim, LanguageModel
from rag.answering.drafts import reply_without_reasoning
from rag.answering.generative.prompts import judging_messages
from rag.errors import GenerationError
from rag.models import Support, Usage

log = logging.getLogger(__name__)

_OBJECT = re.compile(r"\{[^{}]{1,1000}\}")
_LINE = re.compile(
    r"^[ \t*_#(\[]{0,6}(\d{1,2})[ \t*_.:)\]–—-]{1,6}(yes|no|true|false)\b[ \t*_,;:.–—-]{0,6}"
    r"(?:because )?([^\n]{0,400})",
    re.IGNORECASE | re.MULTILINE,
)
_YES = frozenset(("yes", "true"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the model says of one statement: whether the evidence says so, and if not, why."""

    holds: bool
    because: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """Claims as a model judged them, and the tokens that it took."""

    claims: tuple[CheckedClaim, ...]
    usage: Usage = field(default_factory=Usage)


def judged_by(model: LanguageModel, question: str, claims: Sequence[CheckedClaim]) -> Judgement:
    """Return the claims as a model judges them; one that words refused, or that is quoted, stays as it is.

    Args:
        model: That is asked, once.
        question: Of the reader.
        claims: Of the whole draft, in order.
    """
    asked = [claim for claim in claims if claim.claim.markers and claim.claim.checked_by not in ("words", "quote")]
    if not asked:
        return Judgement(tuple(claims))
    try:
        reply = model.complete(judging_messages(question, asked))
    except GenerationError as error:
        log.warning("the answer could not be judged: %s", error)
        return Judgement(tuple(claims))
    verdicts = read_verdicts(reply.text)
    if not verdicts:
        log.warning("the model's judgement could not be read: the local check stands")
    given = {claim.claim.text: verdicts[number] for number, claim in enumerate(asked, 1) if number in verdicts}
    judged = tuple(_with(claim, given.get(claim.claim.text)) if claim in asked else claim for claim in claims)
    return Judgement(judged, (reply.usage or Usage()).of("judgement"))


def read_verdicts(reply: str) -> Mapping[int, Verdict]:
    """Return the verdicts of a reply by number: as JSON objects, or as lines such as `2: no, because ...`."""
    text = reply_without_reasoning(reply)
    verdicts = {}
    for found in _OBJECT.findall(text):
        try:
            row = json.loads(found)
        except ValueError:
            continue
        number, holds = row.get("statement"), row.get("supported")
        if str(number).isdigit() and isinstance(holds, bool | str):
            verdicts[int(number)] = Verdict(str(holds).lower() in _YES, str(row.get("because") or ""))
    if verdicts:
        return verdicts
    return {int(number): Verdict(word.lower() in _YES, why.strip()) for number, word, why in _LINE.findall(text)}


def _with(checked: CheckedClaim, verdict: Verdict | None) -> CheckedClaim:
    if verdict is None:
        return checked
    support: Support = "verified" if verdict.holds else "unverified"
    claim = replace(checked.claim, support=support, checked_by="model")
    objection = "" if verdict.holds else verdict.because or "the evidence does not say this"
    return replace(checked, claim=claim, objection=objection)
