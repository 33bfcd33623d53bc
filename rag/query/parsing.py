"""From a question in a conversation to a question that stands alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from rag.markers import without_markers
from rag.messages import DECLINES
from rag.models import Filters, Intent, Kind, Message, Query
from rag.query.intents import asks_for_article, intent_of
from rag.query.outlet_mentions import named_outlets
from rag.query.times import window_of
from rag.text import content_words, is_calendar, names_in

_POINTS_BACK = re.compile(
    r"\b(he|she|it|they|him|her|them|his|hers|its|their|theirs|these|those|there|then|ones?(?! (?:of|in)\b)|"
    # "this week" and "the judge that resigned" point nowhere back
    r"(?:this|that)(?=\W*$| (?:is|was|are|were|will|has|had|happen\w*|mean\w*)\b)|"
    r"the same|the (?:former|latter|other|others|first|second))\b",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"^\s*(?:(?:and|but|or|so|what about|how about|who else|what else|since when|where else)\b|why(?: not| so)?\W*$)",
    re.IGNORECASE,
)
_KINDS: Mapping[Kind, re.Pattern[str]] = {
    "opinion": re.compile(
        r"\bopinion (?:pieces?|articles?|columns?)\b|\bop-?eds?\b|\beditorials\b|\bcommentar(?:y|ies) (?:on|about)\b",
        re.IGNORECASE,
    ),
    "analysis": re.compile(r"\banalysis (?:pieces?|articles?)\b|\banalyses (?:of|on|about)\b", re.IGNORECASE),
    "live": re.compile(r"\blive ?blogs?\b|\blive (?:updates|coverage)\b", re.IGNORECASE),
    "correction": re.compile(r"\bcorrections (?:to|of|about|on|issued|published)\b", re.IGNORECASE),
}
_BEGINNINGS = re.compile(
    r"\b(?:originally|initially|at first|in the beginning|history of|over time|how (?:did|has) .+ (?:develop|evolve)|"
    r"first (?:time|reported|announced|emerged|appeared|seen|said))",
    re.IGNORECASE,
)
"""A question about how something began does not want the newest article before all others."""
_PERSON = re.compile(r"\b(?:he|she|they|him|her|them|his|hers|their|theirs|who else)\b", re.IGNORECASE)
_IMPERSONAL = re.compile(
    r"\b(?:(?:will|would|does|did|can|could|may|might|is|was) it (?=(?:be |going to )?\w+ (?:\w+ )?(?:to|that)\b)|"
    r"(?:is|are|was|were|will|would|has|have|had) there)\b",
    re.IGNORECASE,
)
"""Pronouns that stand for nothing: `what will it cost to ...`."""
_QUOTED = re.compile("“([^“”]*)”")
_DATELINE = re.compile(r"\b[A-Z][A-Z .'’-]{2,60}, \d{1,2} \w{1,20} \([^()]{0,60}\) ?[-–—]")
_MOST_STATED = 3
_LISTS: tuple[Intent, ...] = ("summary", "development")
_ASKS = re.compile(r"\b(?:who|whom|whose|what|when|where|why|how|which)\b", re.IGNORECASE)
_YES_OR_NO = re.compile(
    r"^\s*(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|should|may|must)(?:n['’]t)?\b", re.IGNORECASE
)
_NEXT_QUESTION = re.compile(
    r"\? (?:and )?(?=\w)|,? and (?=(?:(?:at|in|on|by|to|for|from|with|of) )?"
    r"(?:who|whom|whose|what|when|where|why|how|which)\b(?! to\b))",
    re.IGNORECASE,
)
_MOST_PARTS = 3
_COMPARED = re.compile(
    r"^\W*(?:please )?(?:(?:compare|contrast) (?P<a>.+?) (?:with|to|and|against|versus|vs\.?) (?P<b>.+)|"
    r"what(?:'s|’s| is| are| was| were) the differences? between (?P<c>.+?) and (?P<d>.+)|"
    r"how (?:do|does|did|is|are|was|were) (?P<e>.+?) (?:differ(?:ent)? from|compared? (?:to|with)) (?P<f>.+))$",
    re.IGNORECASE,
)
_SHORT = 2
_MOST_CARRIED = 6


def understand(
    question: str,
    history: Sequence[Message],
    *,
    as_of: datetime,
    outlets: Sequence[str] = (),
    filters: Filters | None = None,
) -> Query:
    """Return the query that a question amounts to after the messages before it.

    A question that points back, or is too short to stand alone, gets the names of the last messages
    appended; nothing else of the conversation is carried over. The time, the outlets and the kind of
    article that it mentions are read from it, unless the reader set filters for them.

    Args:
        question: As the reader wrote it.
        history: Earlier messages, oldest first.
        as_of: What "now" means.
        outlets: Names of the library's outlets.
        filters: Filters that the reader set.
    """
    asked = " ".join(question.split())
    given = filters or Filters()
    intent, subject = intent_of(asked, continues=bool(history))
    if given.articles and (intent == "news" or asks_for_article(asked)):
        return Query(question=asked, as_of=as_of, asked=asked, filters=given, intent="article")
    if intent == "source" and (before := _asked_before(history))[0]:
        answered = understand(before[0], before[2], as_of=as_of, outlets=outlets, filters=filters)
        return replace(answered, intent="source")
    follows = needs_context(subject) if intent == "question" else intent in _LISTS and _points_back(subject)
    carried = _carried(asked, history, outlets) if follows else []
    if intent == "question" and not carried and _says_too_little(subject):
        return Query(question=asked, as_of=as_of, asked=asked, filters=given, intent="unclear")
    wanted, mentioned = named_outlets(asked, outlets)
    return Query(
        question=f"{subject} ({', '.join(carried)})" if carried else subject,
        as_of=as_of,
        asked=asked,
        alone=subject if carried and not _leans(subject) else "",
        filters=replace(given, sources=given.sources or wanted, kinds=given.kinds or _kinds(asked)),
        window=window_of(asked, as_of),
        mentioned=mentioned,
        newest=intent != "development" and _BEGINNINGS.search(asked) is None,
        parts=_parts(subject) if intent == "question" and not carried else (),
        intent=intent,
    )


def _kinds(question: str) -> tuple[Kind, ...]:
    return tuple(kind for kind, pattern in _KINDS.items() if pattern.search(question))


def _parts(question: str) -> tuple[str, ...]:
    """The sides of a comparison, or the several questions in one; later ones get the names of the first."""
    if compared := _COMPARED.search(question.rstrip(" ?.!")):
        return tuple(side for side in compared.groups() if side)
    pieces = [piece.strip(" ,;") for piece in _NEXT_QUESTION.split(question)]
    if len(pieces) < 2 or not all(_ASKS.search(piece) for piece in pieces):
        return ()
    first, *others = pieces[:_MOST_PARTS]
    carried = (names_in(first) or content_words(first))[:_MOST_CARRIED]
    return first, *(f"{other} ({', '.join(carried)})" if needs_context(other) else other for other in others)


def needs_context(question: str) -> bool:
    """Return whether a question depends on the conversation before it, or is so short that it may."""
    asks = _ASKS.search(question) or _YES_OR_NO.search(question)
    return _leans(question) or bool(asks and len(content_words(question)) <= _SHORT and not names_in(question))


def _leans(question: str) -> bool:
    """Whether it begins as a continuation does, or points back."""
    if _CONTINUES.search(question):
        return True
    # What a pronoun stands for may come before it in the question itself.
    names = names_in(question)
    until = question.index(names[0]) if names else len(question)
    return _points_back(_IMPERSONAL.sub(" ", question)[:until])


def _says_too_little(question: str) -> bool:
    """Whether there is no word to search for, or hardly any and a pronoun that refers to nothing before."""
    words = content_words(question)
    return not words or (
        len(words) <= _SHORT and not names_in(question) and _points_back(_IMPERSONAL.sub(" ", question))
    )


def _points_back(text: str) -> bool:
    return _POINTS_BACK.search(text) is not None


def _asked_before(history: Sequence[Message]) -> tuple[str, str, Sequence[Message]]:
    """The last question about the news, its answer, and the messages before both; small talk is skipped."""
    for at in range(len(history) - 1, -1, -1):
        if history[at].role == "user":
            intent, subject = intent_of(" ".join(history[at].content.split()), continues=at > 0)
            if intent in ("question", "summary", "development"):
                answer = next((message.content for message in history[at + 1 :] if message.role == "assistant"), "")
                return subject, answer, history[:at]
    return "", "", ()


def _carried(question: str, history: Sequence[Message], outlets: Sequence[str]) -> list[str]:
    """Names that a follow-up leaves out: of the question before, and of its answer for a person or if it has none.

    Where the question before left names out itself, those that were added to it count as its own.
    """
    asked, answer, before = _asked_before(history)
    own = names_in(asked)
    earlier = _carried(asked, before, outlets) if before and needs_context(asked) else []
    candidates = [*own, *earlier] or content_words(asked)
    if _PERSON.search(question) or not own:
        candidates = [*candidates, *_names_stated(answer, outlets)]
    present = question.lower()
    new = [name for name in dict.fromkeys(candidates) if name.lower() not in present]
    return new[:_MOST_CARRIED]


def _names_stated(answer: str, outlets: Sequence[str]) -> list[str]:
    """Names in what an answer states or quotes, without its attributions; none for a decline."""
    if answer.startswith(DECLINES):
        return []
    statements = " ".join(_QUOTED.findall(answer)) or without_markers(answer)
    names = names_in(_DATELINE.sub("", statements))
    return [name for name in names if name not in outlets and not is_calendar(name)][:_MOST_STATED]
