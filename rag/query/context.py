"""What a question leaves to the conversation before it: the names it goes on about, and the articles. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.markers import without_markers
from rag.messages import is_decline
from rag.models import Article, Message
from rag.query.outlet_mentions import names_of
from rag.query.written_out import without_impersonal, written_out
from rag.text import content_words, is_calendar, names_in

ASKS = re.compile(r"\b(?:who|whom|whose|what|when|where|why|how|which)\b", re.IGNORECASE)
PERSON = re.compile(r"\b(?:he|she|they|him|her|them|his|hers|their|theirs|who else)\b", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"\b(he|she|it|they|him|her|them|his|hers|its|their|theirs|these|those|there|then|ones?(?! (?:of|in)\b)|"
    # "this week" and "the judge that resigned" point nowhere back
    r"(?:this|that)(?=\W*$| (?:is|was|are|were|will|has|had|happen\w*|mean\w*)\b)|"
    r"earlier|later|again|else|instead|the same|the (?:former|latter|other|others|first|second))\b",
    re.IGNORECASE,
)
_IT = re.compile(r"\b(?:it|its|that|this|these|those|there|they|them|he|she|him|her|his)\b", re.IGNORECASE)
_CONTINUES = re.compile(
    r"^\s*(?:(?:and|but|or|so|what about|how about|who else|what else|since when|where else)\b|why(?: not| so)?\W*$)|"
    r"\b(?:before|after|in between|until|(?:since|from) when)\W{0,9}$",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(
    r"^\s*(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|should|may|must)(?:n['’]t)?\b", re.IGNORECASE
)
_INSTEAD = re.compile(
    r"^\W*(?:(?:no|and|or|but|sorry|rather|instead|what about|how about|i (?:meant?|was asking about))\b[, ]{0,3}){1,3}"
    r"(?P<other>[^?!.]{1,60})[?!.]{0,3}$",
    re.IGNORECASE,
)
"""Asks the question before of something else, e.g. `No, I meant the bridge`, `and in Norway?`."""
_PREPOSITION = re.compile(r"^(?:in|at|on|of|for|from|to|with) ", re.IGNORECASE)
_ONLY_WHEN = re.compile(
    r"^\W*(?:(?:and|but|or|so)\b[, ]{0,3})?"
    r"(?P<when>(?:before|after|by|in|on|at|since|until|during|from)\b[^?!.]{1,60})[?!.]{0,3}$",
    re.IGNORECASE,
)
"""Asks the question before of another time, e.g. `and before the cut?`."""
_CITED_QUOTE = re.compile('(?:^|: )[“"](.{1,600}?)[”"] \\[\\d{1,3}\\]', re.MULTILINE)
_QUOTED = re.compile("“([^“”]*)”")
_DATELINE = re.compile(r"\b[A-Z][A-Z .'’-]{2,60}, \d{1,2} \w{1,20} \([^()]{0,60}\) ?[-–—]")
_SHORT = 2
_MOST_STATED = 3
_MOST_CARRIED = 4
_MOST_WORDINGS = 3
_MOST_OF_A_STORY = 6
"""Articles of a conversation that a follow-up is first looked for in."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of the conversation and its answer.

    Attributes:
        subject: What the question is about (see `rag.query.intents.Wish`).
        earlier: The messages before it.
    """

    question: str
    subject: str
    answer: Message
    earlier: Sequence[Message]


def needs_context(question: str) -> bool:
    """Return whether a question depends on the conversation before it, or is so short that it may."""
    asks = ASKS.search(question) or _YES_OR_NO.search(question) or question.rstrip().endswith("?")
    return leans(question) or bool(asks and len(content_words(question)) <= _SHORT and not names_in(question))


def leans(question: str) -> bool:
    """Return whether it begins as a continuation does, or points back."""
    if _CONTINUES.search(question) or _INSTEAD.search(question) or _only_when(question):
        return True
    # What a pronoun stands for may come before it in the question itself.
    names = names_in(question)
    until = question.index(names[0]) if names else len(question)
    return points_back(without_impersonal(question)[:until])


def asks_instead(question: str) -> bool:
    """Return whether it asks the question before of something else, e.g. `And the Courier?`."""
    return _INSTEAD.search(question) is not None


def points_back(text: str) -> bool:
    """Return whether a word refers to something before the text."""
    return _POINTS_BACK.search(text) is not None


def speaks_of_it(text: str) -> bool:
    """Return whether a text has any word for what was spoken of before."""
    return _IT.search(text) is not None


def says_too_little(question: str) -> bool:
    """Return whether no word is to be searched for, or hardly any and a pronoun that refers to nothing before."""
    words = content_words(question)
    return not words or (len(words) <= _SHORT and not names_in(question) and points_back(without_impersonal(question)))


def quotes_of(answer: str) -> tuple[str, ...]:
    """Return what an answer quotes, without the marks of what was left out."""
    return tuple(quote.strip("…") for quote in _CITED_QUOTE.findall(answer))


def names_left_out(question: str, before: Turn, earlier: Sequence[str], outlets: Sequence[str]) -> tuple[str, ...]:
    """Return the names that a follow-up may be about, the likeliest first.

    They are those of the question before, and of its answer for a person or if it has none.

    Args:
        question: The follow-up.
        before: The turn that it goes on from.
        earlier: Names that the question of that turn left out itself.
        outlets: The library's, which are no subject.
    """
    papers = {name for outlet in outlets for name in names_of(outlet, outlets)}
    own = [name for name in names_in(before.subject) if not is_calendar(name) and name not in papers]
    stated = names_stated(before.answer, outlets)
    headlines = [name for article in before.answer.articles for name in names_in(article.title)]
    if own or earlier:
        candidates = [*own, *(stated if PERSON.search(question) else ()), *earlier]
    else:
        candidates = [*stated, *headlines] if before.answer.articles else [*content_words(before.subject), *stated]
    present = question.lower()
    new = [name for name in dict.fromkeys(candidates or content_words(before.subject)) if name.lower() not in present]
    return tuple(name for at, name in enumerate(new) if not _repeats(name, new[:at]))[:_MOST_CARRIED]


def _repeats(name: str, others: Sequence[str]) -> bool:
    return any(set(name.split()) <= set(other.split()) or set(other.split()) <= set(name.split()) for other in others)


def names_stated(answer: Message, outlets: Sequence[str]) -> list[str]:
    """Return names in what an answer states or quotes, without its attributions; none for a decline."""
    if is_decline(answer.content):
        return []
    statements = " ".join(_QUOTED.findall(answer.content)) or without_markers(answer.content)
    names = names_in(_DATELINE.sub("", statements))
    return [
        name
        for name in names
        if name not in outlets and not is_calendar(name) and _is_surely_one(name, answer.articles)
    ][:_MOST_STATED]


def _is_surely_one(name: str, articles: Sequence[Article]) -> bool:
    """Whether a name has its capital inside a sentence, too: at the start of one any word may be taken for it."""
    inside = re.compile(rf"[\w,;] {re.escape(name)}\b")
    return " " in name or not articles or any(inside.search(article.text) for article in articles)


def story(question: str, history: Sequence[Message], outlets: Sequence[str]) -> tuple[str, ...]:
    """Return the articles of the newest answers by id, newest first; none if the question names what they do not."""
    articles = {article.id: article for message in reversed(history) for article in message.articles}
    texts = " ".join(f"{article.title} {article.text}" for article in articles.values())
    named = [name for name in names_in(question) if not is_calendar(name) and not any(name in one for one in outlets)]
    foreign = any(all(word not in texts for word in name.split()) for name in named)
    return () if foreign else tuple(articles)[:_MOST_OF_A_STORY]


def newest_articles(history: Sequence[Message]) -> tuple[Article, ...]:
    """Return the articles of the newest answer that rests on any."""
    return next((message.articles for message in reversed(history) if message.articles), ())


def wordings(question: str, before: str, names: Sequence[str]) -> tuple[str, ...]:
    """Return what a follow-up may mean as questions that stand alone, the likeliest first.

    Args:
        question: The follow-up.
        before: The question before it.
        names: That it may be about, the likeliest first.
    """
    when = _only_when(question)
    if when:
        then = f"{before.rstrip(' ?.!')} {when}?"
        return (written_out(then, names[0]) if names and leans(before) else then,)
    other = _INSTEAD.search(question)
    if other and _is_a_thing(other["other"]):
        asked_of_it = list(_asked_of(before, _PREPOSITION.sub("", other["other"].strip())))
        if asked_of_it:
            return tuple(asked_of_it[:_MOST_WORDINGS])
    return tuple(written_out(question, name) for name in names[:_MOST_WORDINGS])


def _only_when(question: str) -> str:
    """The time or circumstance that is all a follow-up names; empty if it names another thing, too, or asks."""
    match = _ONLY_WHEN.search(question)
    if match is None or ASKS.search(question) or any(not is_calendar(name) for name in names_in(match["when"])):
        return ""
    return match["when"].strip()


def _is_a_thing(text: str) -> bool:
    """Whether a text only names something, and neither asks nor points back."""
    asks = ASKS.search(text) or _YES_OR_NO.search(text)
    return not asks and not speaks_of_it(text) and len(content_words(text)) <= _SHORT


def _asked_of(question: str, other: str) -> Iterator[str]:
    """The question with another thing in the place of each that it names, a name in that of a name."""
    names = names_in(question)
    runs = _runs_of_words(question)
    alike = [run for run in runs if any(name in run for name in names) == bool(names_in(f"x {other}"))]
    for words in alike or runs:
        yield re.sub(rf"(?:\b(?:the|a|an) )?\b{re.escape(words)}\b", lambda _: other, question, count=1)


def _runs_of_words(question: str) -> list[str]:
    """Stretches of words that carry meaning, in order."""
    carrying = set(content_words(question))
    runs: list[list[str]] = [[]]
    for word in question.split():
        bare = word.strip(' ,;:?!."“”()')
        if bare in carrying:
            runs[-1].append(bare)
        if bare not in carrying or bare != word:
            runs.append([])
    return [" ".join(run) for run in runs if run]
