"""What a reader wants who does not ask for one fact: a greeting, a source, the news, a summary, a course of events."""

import re
from collections.abc import Mapping

from rag.models import Intent
from rag.text import content_words

_POLITE = r"^ ?(?:please|can you|could you|would you|i(?:'d| would) like you to)? ?(?:please )?"
_TIME = (
    r"(?:today|yesterday|tonight|now|recently|lately|so far|"
    r"(?:this|last|past|the (?:last|past)|over the (?:last|past)) (?:few )?(?:day|week|month|year|weekend|morning)s?)"
)
_WHOLE: Mapping[Intent, re.Pattern[str]] = {
    "greeting": re.compile(
        r"^\s*(?:hi|hello|hey|greetings|good (?:morning|day|afternoon|evening))"
        r"(?:[ ,]+(?:there|all|dateline))?[\s!.,]*$",
        re.IGNORECASE,
    ),
    "thanks": re.compile(
        r"^\s*(?:(?:ok|okay|great|perfect|nice|good|cool)[ ,]*)?(?:thanks|thank you|cheers|bye|goodbye)"
        r"(?: (?:a lot|very much|so much|again|for .{1,40}))?(?:[ ,]+(?:bye|goodbye))?[\s!.,]*$|"
        r"^\s*(?:ok|okay|great|perfect|nice|good|cool)[\s!.,]*$",
        re.IGNORECASE,
    ),
    "abilities": re.compile(
        r"^\s*(?:help|what can (?:you|this|i) (?:do|ask|answer)\b.*|(?:who|what) are you|"
        r"how do(?:es)? (?:you|this|it) work|"
        r"(?:what|which) (?:sources|outlets|newspapers|articles) (?:do you|have you|are there)\b.*)[\s?!.]*$",
        re.IGNORECASE,
    ),
}
_PRONOUN = re.compile(r"it|this|that|them|him|her", re.IGNORECASE)
_SOURCE = re.compile(
    r"^\s*(?:and )?(?:(?:what|which|where|who)(?:'s|’s| is| was| are| were)? (?:the |your )?sources?"
    r"(?: (?:for|of|behind) "
    r"(?:that|this|it|your answer|the answer))?|where did you (?:get|find|read) (?:that|this|it)|how do you know"
    r"(?: that| this)?|(?:says who|who (?:said|says|reported|wrote) (?:that|this|so)))[\s?!.]*$",
    re.IGNORECASE,
)
_ABOUT: Mapping[Intent, re.Pattern[str]] = {
    "development": re.compile(
        r"^\s*(?:how (?:did|has|have) (?P<one>.+?) (?:develop|developed|evolve|evolved|unfold|unfolded|come about|"
        r"progress|progressed|play(?:ed)? out)(?: over time)?|(?:give me |show me )?(?:a |the )?(?:timeline|chronology|"
        r"course of events|history) (?:of|for|in) (?P<two>.+))$",
        re.IGNORECASE,
    ),
    "summary": re.compile(
        _POLITE + rf"(?:(?:summari[sz]e|sum up|recap|brief me on|catch me up on|update me on|"
        rf"(?:any |the )?(?:latest |recent )?news (?=on\b|about\b|from\b)|"
        rf"(?:(?:give|write) (?:me )?)?(?:a |an )?(?:short |brief )?(?:summary|overview|recap) (?:of|on)|"
        rf"what do (?:we|you) know about|tell me about|what(?:'s|’s| is) (?:the latest|new|going on|happening) "
        rf"(?:on|about|in|with|for)|what (?:has |just |has just )?happen(?:ed|s) (?:in|at|near|around|with))\b)"
        rf" ?(?:{_TIME}(?:'s|’s)? ?)?(?:the )?(?:(?:latest |recent )?news )?"
        rf"(?:on |about |in |of |around |regarding )?(?P<one>.*?)(?: {_TIME})?$",
        re.IGNORECASE,
    ),
}
_NEWS = re.compile(r"\b(?:new|news|latest|headlines?|happen(?:ed|ing)|going on|stories)\b", re.IGNORECASE)
_NO_SUBJECT = re.compile(
    rf"\b(?:(?:{_TIME}|week|day)(?:['’]s)?|new|news|latest|headlines?|happen(?:ed|ing)?|going|stor(?:y|ies)|top|main|big|important|current|"
    r"recent|events?|world|updates?|anything|give|show|tell|please|summari[sz]e|summary|recap)\b",
    re.IGNORECASE,
)

_MORE = re.compile(
    r"^\s*(?:tell me more|(?:say|any) more|more(?: on (?:this|that|it)| please)?|go on|continue|elaborate)[\s!.?]*$",
    re.IGNORECASE,
)
_TOPIC_WORDS = 4
"""Most words of what is read as a subject rather than a question."""
_NO_TOPIC = re.compile(
    r"[?:_]|\b(?:who|whom|whose|what|when|where|why|how|which|is|are|was|were|do|does|did|can|could|will|would|has|have|had|"
    r"should|may|must)\b|^\s*(?:and|but|or|so|also|explain|describe|list|name|compare|show|tell|give|find|say|write)\b",
    re.IGNORECASE,
)

_IT = r"(?:it|(?:this|the|that)(?: (?:article|story|piece|report|page|text))?)"
_POINTS = r"(?:(?:short |brief )?(?:summary|overview|gist)|(?:key|main) (?:points|facts))"
_WHOLE_ARTICLE = re.compile(
    _POLITE
    + rf"(?:(?:summari[sz]e|sum up|recap|explain|tell me (?:more )?about)(?: {_IT})?|"
    + rf"(?:what(?:'s|’s| is| are) |(?:give|write) me )?(?:a |an |the )?{_POINTS}(?: (?:of|in) {_IT})?|"
    + rf"what(?:'s|’s| is) {_IT} about|what(?:'s|’s| is) in {_IT}|what does {_IT} say)[\s?!.]*$",
    re.IGNORECASE,
)


def asks_for_article(question: str) -> bool:
    """Asked on an article's page, the question wants the article as a whole, e.g. `What is this about?`."""
    return _WHOLE_ARTICLE.search(question) is not None


def intent_of(question: str, *, continues: bool) -> tuple[Intent, str]:
    """What the question wants, and what it is about; a question for a fact is about itself.

    Args:
        question: On one line.
        continues: There is a conversation that it may refer to.
    """
    for intent, pattern in _WHOLE.items():
        if pattern.search(question):
            return intent, question
    if continues and (back := _looking_back(question)):
        return back
    if _NEWS.search(question) and not content_words(_NO_SUBJECT.sub(" ", question)):
        return "news", question
    for intent, pattern in _ABOUT.items():
        if match := pattern.search(question.rstrip(" ?!.")):
            subject = next((group for group in match.groups() if group), "").strip()
            if content_words(_NO_SUBJECT.sub(" ", subject)) or (continues and _PRONOUN.fullmatch(subject)):
                return intent, subject
            return ("news", question) if intent == "summary" else ("question", question)
    return ("summary" if _is_topic(question) else "question"), question


def _looking_back(question: str) -> tuple[Intent, str] | None:
    """What is asked about the answer before."""
    if _SOURCE.search(question):
        return "source", question
    return ("summary", "it") if _MORE.search(question) else None


def _is_topic(question: str) -> bool:
    """A subject as one types it into a search box, e.g. `ferry strike`."""
    few = len(question.split()) <= _TOPIC_WORDS
    return few and bool(content_words(question)) and _NO_TOPIC.search(question) is None
