"""From a question in a conversation to a question that stands alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rag.markers import without_markers
from rag.messages import DECLINES
from rag.models import Filters, Intent, Kind, Message, Query
from rag.query.intents import IntentExamples, Wish
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
_CITED_QUOTE = re.compile('(?:^|: )[“"](.{1,600}?)[”"] \\[\\d+\\]', re.MULTILINE)
_QUOTED = re.compile("“([^“”]*)”")
_DATELINE = re.compile(r"\b[A-Z][A-Z .'’-]{2,60}, \d{1,2} \w{1,20} \([^()]{0,60}\) ?[-–—]")
_MOST_STATED = 3
_ABOUT_THE_NEWS = frozenset[Intent](("question", "summary", "development", "correction", "opinion", "more", "others"))
"""What a follow-up may continue; small talk and the list of the news are skipped."""
_OF_THE_ANSWER = frozenset[Intent](("source", "speaker", "others", "shorter", "list"))
_READ_AS: Mapping[Intent, Intent] = {"more": "summary", "others": "summary", "opinion": "question"}
"""Wishes that are met as others are, once subject and kinds are known."""
_OF_AN_ARTICLE = frozenset[Intent](("news", "summary", "more", "shorter"))
"""Asked on an article's page without a subject, these want the article as a whole, e.g. `What is this about?`."""
_OF_KINDS: Mapping[Intent, tuple[Kind, ...]] = {"opinion": ("opinion", "analysis")}
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


@dataclass(frozen=True, slots=True)
class ExampleQueryParser:
    """The `QueryParser` that goes by examples and rules.

    A question that points back, or is too short to stand alone, gets the names of the last messages
    appended; nothing else of the conversation is carried over. The time, the outlets and the kind of
    article that it mentions are read from it, unless the reader set filters for them.

    Attributes:
        intents: Tell what a reader wants.
    """

    intents: IntentExamples

    def parse(
        self,
        question: str,
        history: Sequence[Message],
        *,
        as_of: datetime,
        outlets: Sequence[str] = (),
        filters: Filters | None = None,
    ) -> Query:
        """Return the query that a question amounts to (see `QueryParser`)."""
        asked, given = " ".join(question.split()), filters or Filters()
        before = self._before(history)
        wish = self.intents.wish(asked, after_answer=before is not None)
        if given.articles and wish.intent in _OF_AN_ARTICLE and (wish.intent == "news" or not wish.subject):
            return Query(question=asked, as_of=as_of, asked=asked, filters=given, intent="article")
        if before and wish.intent in _OF_THE_ANSWER and not wish.subject:
            return self._of_the_answer(wish.intent, before, as_of, outlets, given)
        wanted, mentioned = named_outlets(asked, outlets)
        if before and (wanted or mentioned) and _names_only(asked, (*wanted, *mentioned)):
            answered = self.parse(before.question, before.earlier, as_of=as_of, outlets=outlets, filters=given)
            return replace(answered, filters=replace(answered.filters, sources=(*wanted, *mentioned)))
        carried = self._carried(asked, before, outlets) if before and _follows(wish) else []
        if wish.intent == "question" and not carried and _says_too_little(wish.subject):
            return Query(question=asked, as_of=as_of, asked=asked, filters=given, intent="unclear")
        kinds = given.kinds or _OF_KINDS.get(wish.intent) or _kinds(asked)
        subject = asked if wish.intent == "opinion" else wish.subject or ("" if carried else asked)
        return Query(
            question=f"{subject} ({', '.join(carried)})".strip() if carried else subject,
            as_of=as_of,
            asked=asked,
            alone=subject if carried and not _leans(subject) else "",
            filters=replace(given, sources=given.sources or wanted, kinds=kinds),
            window=window_of(asked, as_of),
            mentioned=mentioned,
            newest=wish.intent != "development" and _BEGINNINGS.search(asked) is None,
            parts=_parts(subject) if wish.intent == "question" and not carried else (),
            intent=_READ_AS.get(wish.intent, wish.intent),
        )

    def _of_the_answer(
        self, intent: Intent, before: "_Turn", as_of: datetime, outlets: Sequence[str], filters: Filters
    ) -> Query:
        """The question before, to be answered in another way; its speaker is asked for by what was quoted."""
        quoted = tuple(quote.strip("…") for quote in _CITED_QUOTE.findall(before.answer))
        if intent == "speaker" and quoted:
            return Query(question=f"Who said: {quoted[0]}", as_of=as_of, asked=before.question, filters=filters)
        if intent == "source" and quoted:
            return Query(before.question, as_of, asked=before.question, filters=filters, parts=quoted, intent="source")
        answered = self.parse(before.question, before.earlier, as_of=as_of, outlets=outlets, filters=filters)
        if intent == "others":
            named = [outlet for outlet in outlets if outlet in before.answer]
            rest = tuple(outlet for outlet in filters.sources or outlets if outlet not in named)
            return replace(answered, filters=replace(answered.filters, sources=rest))
        if intent in ("shorter", "list"):
            return replace(answered, form=intent)
        return replace(answered, intent="source") if answered.intent == "question" else answered

    def _before(self, history: Sequence[Message]) -> "_Turn | None":
        """The last question about the news and its answer; small talk is skipped."""
        for at in range(len(history) - 1, -1, -1):
            if history[at].role == "user":
                asked = " ".join(history[at].content.split())
                wish = self.intents.wish(asked, after_answer=at > 0)
                if wish.intent in _ABOUT_THE_NEWS:
                    answer = next((message.content for message in history[at + 1 :] if message.role == "assistant"), "")
                    return _Turn(asked, wish.subject, answer, history[:at])
        return None

    def _carried(self, question: str, before: "_Turn", outlets: Sequence[str]) -> list[str]:
        """Names that a follow-up leaves out: of the question before, and of its answer for a person or if it has none.

        Where the question before left names out itself, those that were added to it count as its own.
        """
        own = names_in(before.subject)
        further = self._before(before.earlier) if needs_context(before.subject) else None
        earlier = self._carried(before.subject, further, outlets) if further else []
        candidates = [*own, *earlier] or content_words(before.subject)
        if _PERSON.search(question) or not own:
            candidates = [*candidates, *_names_stated(before.answer, outlets)]
        present = question.lower()
        new = [name for name in dict.fromkeys(candidates) if name.lower() not in present]
        return new[:_MOST_CARRIED]


@dataclass(frozen=True, slots=True)
class _Turn:
    """A question of the conversation and its answer.

    Attributes:
        subject: What the question is about (see `Wish`).
        earlier: The messages before it.
    """

    question: str
    subject: str
    answer: str
    earlier: Sequence[Message]


def _names_only(question: str, outlets: Sequence[str]) -> bool:
    """Whether a question has no words of its own beside the names of outlets, e.g. `What about the Courier?`."""
    names = {word for outlet in outlets for word in outlet.split()}
    return all(word in names for word in content_words(question))


def _follows(wish: Wish) -> bool:
    """Whether a wish may leave its subject to the conversation."""
    if wish.intent == "question":
        return needs_context(wish.subject)
    return wish.intent in _ABOUT_THE_NEWS and (not wish.subject or _points_back(wish.subject))


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


def _names_stated(answer: str, outlets: Sequence[str]) -> list[str]:
    """Names in what an answer states or quotes, without its attributions; none for a decline."""
    if answer.startswith(DECLINES):
        return []
    statements = " ".join(_QUOTED.findall(answer)) or without_markers(answer)
    names = names_in(_DATELINE.sub("", statements))
    return [name for name in names if name not in outlets and not is_calendar(name)][:_MOST_STATED]
