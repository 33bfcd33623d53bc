"""From a question in a conversation to a question that stands alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from babel import Locale

from rag.messages import LANGUAGES
from rag.models import Article, Filters, Intent, Kind, Message, Query
from rag.query.context import (
    ASKS,
    Turn,
    asks_instead,
    leans,
    names_left_out,
    needs_context,
    newest_articles,
    points_back,
    quotes_of,
    says_too_little,
    speaks_of_it,
    story,
    wordings,
)
from rag.query.intents import IntentExamples, Wish
from rag.query.outlet_mentions import named_outlets, names_of, with_any_outlet
from rag.query.shorthand import in_full
from rag.query.times import window_of
from rag.text import content_words, names_in, words_of

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
_ASKED_WITH_EVERY_WORD = frozenset[Intent](("question", "opinion", "outlet"))
"""Wishes for which more than the subject is looked for."""
_ABOUT_THE_NEWS = _ASKED_WITH_EVERY_WORD | frozenset[Intent](
    ("summary", "development", "correction", "more", "disagreement")
)
"""What a follow-up may continue; small talk and the list of the news are skipped."""
_OF_THE_ANSWER = frozenset[Intent](("source", "speaker", "others", "shorter", "list", "language"))
_OF_OUTLETS = frozenset[Intent](("others", "outlet"))
_READ_AS: Mapping[Intent, Intent] = {"more": "summary", "opinion": "question", "outlet": "question"}
"""Wishes that are met as others are, once subject, outlets and kinds are known."""
_OF_AN_ARTICLE = frozenset[Intent](("news", "summary", "more", "shorter"))
"""Asked on an article's page without a subject, these want the article as a whole, e.g. `What is this about?`."""
_OF_AN_OPINION: tuple[Kind, ...] = ("opinion", "analysis")
_LOOKS_FOR_ARTICLES = re.compile(
    r"(?:is|are|was|were) there\b|any\b|(?:do|have) (?:you|we)\b|(?:has|have|did) (?:any|some)(?:one|body)\b|"
    r"show|find|list\b",
    re.IGNORECASE,
)
"""Beginning of a request for opinion pieces themselves; other questions want what these say."""
_WHAT_PEOPLE_THINK = "Who praised it, and who criticised it?"
"""What is looked for where a reader asks how something that was told is to be judged, e.g. `is that good?`."""
_NEXT_QUESTION = re.compile(
    r"\? (?:and )?(?=\w)|,? and (?=(?:(?:at|in|on|by|to|for|from|with|of) )?"
    r"(?:who|whom|whose|what|when|where|why|how|which)\b(?! to\b))",
    re.IGNORECASE,
)
_MOST_PARTS = 3
_MOST_NAMES = 4
_COMPARED = re.compile(
    r"^\W*(?:please )?(?:(?:compare|contrast) (?P<a>.+?) (?:with|to|and|against|versus|vs\.?) (?P<b>.+)|"
    r"what(?:'s|’s| is| are| was| were) the differences? between (?P<c>.+?) and (?P<d>.+)|"
    r"how (?:do|does|did|is|are|was|were) (?P<e>.+?) (?:differ(?:ent)? from|compared? (?:to|with)) (?P<f>.+))$",
    re.IGNORECASE,
)


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
        asked, given = in_full(" ".join(question.split())), filters or Filters()
        before = self._before(history)
        wish = self.intents.wish(asked, after_answer=before is not None, outlets=outlets)
        form, rest = self.intents.form_apart(asked)
        if form and wish.intent not in _OF_THE_ANSWER:
            return replace(self.parse(rest, history, as_of=as_of, outlets=outlets, filters=filters), form=form)
        if given.articles and wish.intent in _OF_AN_ARTICLE and (wish.intent == "news" or not wish.subject):
            return Query(question=asked, as_of=as_of, asked=asked, filters=given, intent="article")
        if before and (named := _asked_the_same(asked, wish, outlets)):
            same = with_any_outlet(before.question, outlets, called=named[0])
            answered = self.parse(same, before.earlier, as_of=as_of, outlets=outlets, filters=given)
            return replace(answered, filters=replace(answered.filters, sources=named))
        if before and wish.intent in _OF_THE_ANSWER:
            answered = self._of_the_answer(wish.intent, before, as_of, outlets, given)
            return replace(answered, in_language=_language_named(asked)) if wish.intent == "language" else answered
        return self._about_the_news(asked, wish, before, history, as_of, outlets, given)

    def _about_the_news(
        self,
        asked: str,
        wish: Wish,
        before: Turn | None,
        history: Sequence[Message],
        as_of: datetime,
        outlets: Sequence[str],
        given: Filters,
    ) -> Query:
        """A question to be searched for, with what it leaves to the conversation."""
        carried = self._carried(asked, before, outlets) if before and _follows(wish) else ()
        if wish.intent == "question" and not carried and says_too_little(wish.subject):
            return Query(question=asked, as_of=as_of, asked=asked, filters=given, intent="unclear")
        articles = newest_articles(history)
        asked, kinds = _judged_by(asked, wish, articles if before else None)
        asks = wish.intent in _ASKED_WITH_EVERY_WORD
        subject = asked if asks else wish.subject or ("" if carried else asked)
        if before and wish.intent == "correction" and _follows(wish) and speaks_of_it(asked):
            given = replace(given, articles=given.articles or tuple(article.id for article in articles))
        by_headline = bool(before and articles) and not asks and not subject
        if by_headline:
            subject, carried = articles[0].title, ()
        wanted, mentioned = named_outlets(asked, outlets)
        if wish.intent == "outlet":
            wanted, mentioned = (*wanted, *mentioned), ()
        return Query(
            question=with_names(subject, carried),
            as_of=as_of,
            asked=subject if by_headline else asked,
            carried=carried,
            leans=bool(carried) and leans(subject),
            filters=replace(given, sources=given.sources or wanted, kinds=given.kinds or kinds),
            window=window_of(asked, as_of),
            mentioned=mentioned,
            newest=wish.intent != "development" and _BEGINNINGS.search(asked) is None,
            parts=parts_of(subject, carried) if asks else (),
            otherwise="opinion" if wish.intent == "opinion" and kinds else "",
            intent=_met_as(wish.intent, asked, kinds),
            story=story(asked, history, outlets) if asks and not given.articles else (),
            wordings=wordings(asked, before.question, carried) if asks and before and carried else (),
        )

    def _of_the_answer(
        self, intent: Intent, before: Turn, as_of: datetime, outlets: Sequence[str], filters: Filters
    ) -> Query:
        """The question before, to be answered in another way; its speaker is asked for by what was quoted."""
        quoted = quotes_of(before.answer.content)
        if intent == "speaker" and quoted:
            return Query(question=f"Who said: {quoted[0]}", as_of=as_of, asked=before.question, filters=filters)
        answered = self.parse(before.question, before.earlier, as_of=as_of, outlets=outlets, filters=filters)
        if intent == "source" and quoted:
            # An agency's report is in several outlets: the source is the one that was asked for.
            of = answered.filters
            return Query(before.question, as_of, asked=before.question, filters=of, parts=quoted, intent="source")
        if intent == "others":
            named = [outlet for outlet in outlets if outlet in before.answer.content]
            rest = tuple(outlet for outlet in filters.sources or outlets if outlet not in named)
            return replace(answered, filters=replace(answered.filters, sources=rest))
        if intent in ("shorter", "list"):
            return replace(answered, form=intent)
        if intent == "language":
            return answered
        return replace(answered, intent="source") if answered.intent == "question" else answered

    def _before(self, history: Sequence[Message]) -> Turn | None:
        """The last question about the news and its answer; small talk is skipped."""
        for at in range(len(history) - 1, -1, -1):
            if history[at].role == "user":
                asked = in_full(" ".join(history[at].content.split()))
                wish = self.intents.wish(asked, after_answer=at > 0)
                if wish.intent in _ABOUT_THE_NEWS:
                    answer = next((message for message in history[at + 1 :] if message.role == "assistant"), _NO_ANSWER)
                    subject = asked if wish.intent in _ASKED_WITH_EVERY_WORD else wish.subject
                    return Turn(asked, subject, answer, history[:at])
        return None

    def _carried(self, question: str, before: Turn, outlets: Sequence[str]) -> tuple[str, ...]:
        """Names that a follow-up leaves out; those that the question before left out itself count as its own."""
        further = self._before(before.earlier) if needs_context(before.subject) else None
        earlier = self._carried(before.subject, further, outlets) if further else ()
        return names_left_out(question, before, earlier, outlets)


_NO_ANSWER = Message("assistant", "")


def with_names(question: str, names: Sequence[str]) -> str:
    """Return a question with the names that it leaves to the conversation; a span reader is trained on this form."""
    return f"{question} ({', '.join(names)})".strip() if names else question


def _asked_the_same(asked: str, wish: Wish, outlets: Sequence[str]) -> tuple[str, ...]:
    """The outlets of which the question before is asked, too, e.g. `What about the Courier?`; none if it is another."""
    named = tuple(outlet for some in named_outlets(asked, outlets) for outlet in some)
    if wish.intent in _OF_OUTLETS and not wish.subject:
        return named
    if wish.intent in _OF_THE_ANSWER and not asks_instead(asked):
        return ()
    names = {word for outlet in named for name in names_of(outlet, outlets) for word in name.split()}
    return named if all(word in names for word in content_words(asked)) else ()


def _met_as(intent: Intent, asked: str, kinds: Sequence[Kind]) -> Intent:
    """The intent that a wish is met by."""
    if intent == "opinion" and kinds and _LOOKS_FOR_ARTICLES.match(asked):
        return "opinion"
    return _READ_AS.get(intent, intent)


def _judged_by(asked: str, wish: Wish, told: Sequence[Article] | None) -> tuple[str, tuple[Kind, ...]]:
    """What to look for, and in which kinds of article.

    Where a reader asks how to judge what was told, and no columnist has written on it, those who are quoted in the
    news may have. `told` are the articles of the last answer.
    """
    if wish.intent != "opinion":
        return asked, _kinds(asked)
    if told is not None and not wish.subject and not any(article.kind in _OF_AN_OPINION for article in told):
        return _WHAT_PEOPLE_THINK, ()
    return asked, _kinds(asked) or _OF_AN_OPINION


def _language_named(asked: str) -> str:
    """The code of the first language that a request names, in any language of the interface; else of an unknown one."""
    return next((_language_names()[word] for word in words_of(asked.lower()) if word in _language_names()), "und")


@cache
def _language_names() -> Mapping[str, str]:
    """Codes by names (Unicode CLDR) in small letters."""
    locales = map(Locale, LANGUAGES)
    return {name.lower(): code for locale in locales for code, name in locale.languages.items() if " " not in name}


def _follows(wish: Wish) -> bool:
    """Whether a wish may leave its subject to the conversation."""
    if wish.intent == "question":
        return needs_context(wish.subject)
    return wish.intent in _ABOUT_THE_NEWS and (not wish.subject or points_back(wish.subject))


def _kinds(question: str) -> tuple[Kind, ...]:
    return tuple(kind for kind, pattern in _KINDS.items() if pattern.search(question))


def parts_of(question: str, names: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the sides of a comparison, or the several questions in one.

    Each gets the names that the conversation adds; where there are none, later ones get those of the first.
    """
    if compared := _COMPARED.search(question.rstrip(" ?.!")):
        return tuple(with_names(side, names) for side in compared.groups() if side)
    pieces = [piece.strip(" ,;") for piece in _NEXT_QUESTION.split(question)]
    if len(pieces) < 2 or not all(ASKS.search(piece) for piece in pieces):
        return ()
    first, *others = pieces[:_MOST_PARTS]
    if names:
        return tuple(with_names(piece, names) for piece in (first, *others))
    of_first = (names_in(first) or content_words(first))[:_MOST_NAMES]
    return first, *(with_names(other, of_first if needs_context(other) else ()) for other in others)
