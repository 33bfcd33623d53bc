"""What an answer says to every reader: in the chat, the widget, the interfaces and on the command line. Pure."""

from collections.abc import Mapping, Sequence

from rag.errors import ModelFault
from rag.messages.articles import counted

# Declining

NOT_FOUND = "I could not find an answer in the sources."
"""What every decline says: one sentence, which a language model is told to write exactly so."""
DECLINES = (NOT_FOUND, "The sources at hand do not answer this.")
"""The same with its earlier wordings, which stored feedback and predictions hold."""


def is_decline(answer: str) -> bool:
    """Return whether an answer of Dateline's declines; a remark on how the question was read may stand before."""
    return any(paragraph.startswith(DECLINES) for paragraph in answer.split("\n\n"))


def did_you_mean(readings: Sequence[str]) -> str:
    """Return what a decline asks when a word of the question may be misspelt."""
    return f"Did you mean {' or '.join(f'“{reading}”' for reading in readings)}?"


def closest_match(quote: str) -> str:
    """Return how a decline shows the passage that comes closest to an answer."""
    return f"Closest match: {quote}"


def unanswered(parts: Sequence[str]) -> str:
    """Return how an answer names the parts of the question that it leaves open."""
    return f"The sources do not answer: {' '.join(f'“{part}”' for part in parts)}"


# What stands before the quotes of an answer

SOURCES_DIFFER = "Outlets give different answers:"
DIFFERENCES = "Outlets give different figures, each pair for one thing:"
NO_DIFFERENCES = "I found no figures on this that outlets give differently. What the sources say, newest first:"
OTHERS_DIFFER = "Other outlets give another answer:"
"""Stands before the quotes of outlets that a language model's answer leaves out."""
FIGURES_OVER_TIME = "The figures reported over time, oldest first:"
SUMMARY = "What the sources say on this, newest first:"
NEWS = "The newest articles:"
ARTICLE = "The article begins:"
COURSE = "As it was reported, oldest first:"
SOURCE = "Sources for that answer:"
CORRECTIONS = "Outlets have corrected:"
UNVERIFIED = "not verified: the cited sentence does not clearly say this"
"""Stands behind a claim, in parentheses."""


def taken_as(question: str) -> str:
    """Return what comes first when words of a question were respelled."""
    return f"Taken as: “{question}”"


def understood_as(question: str) -> str:
    """Return the note on how a follow-up was understood, where it says less than the conversation."""
    return f"Understood as: “{question}”"


def stale_sources(newest: str) -> str:
    """Return what comes first when the sources are older than the time asked about.

    Args:
        newest: Day of the newest article found, e.g. `12 June 2022`.
    """
    return f"The newest that was found on this is of {newest}, before the time you ask about."


def unmentioned(names: Sequence[str]) -> str:
    """Return what comes first when the question takes for granted names that the sources do not mention."""
    return f"Nothing that was found mentions {' or '.join(f'“{name}”' for name in names)}."


_ANY = "\0"
_HEADINGS = (
    *(SOURCES_DIFFER, OTHERS_DIFFER, DIFFERENCES, NO_DIFFERENCES, FIGURES_OVER_TIME),
    *(SUMMARY, NEWS, ARTICLE, COURSE, SOURCE, CORRECTIONS),
)
_PARAGRAPHS = tuple(
    tuple(notice.split(_ANY))
    for notice in (taken_as(_ANY), stale_sources(_ANY), unmentioned((_ANY,)), unanswered((_ANY,)))
)
"""Beginning and end of notices that are a paragraph each."""
_ASKS_BACK = did_you_mean((_ANY,)).partition(_ANY)[0]


def without_notices(answer: str) -> str:
    """Return an answer without what stands in it about itself: how it was read, how old it is, what is not verified."""
    paragraphs = [_without_notices(paragraph) for paragraph in answer.split("\n\n")]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _without_notices(paragraph: str) -> str:
    if paragraph in _HEADINGS or any(
        paragraph.startswith(begin) and paragraph.endswith(end) for begin, end in _PARAGRAPHS
    ):
        return ""
    told = paragraph.replace(f" ({UNVERIFIED})", "").replace(closest_match(""), "")
    return told.partition(_ASKS_BACK)[0].strip()


# Small talk

GREETING = "Hello. Ask about the news, and every statement comes with the sentence that says so."
THANKS = "You are welcome."
UNCLEAR = "I cannot tell what you are asking about. Name the person, the place or the event that you mean."


def abilities(articles: int, outlets: int, newest: str | None) -> str:
    """Return what Dateline can do with the articles of the library.

    Args:
        articles: How many may be searched.
        outlets: How many published them.
        newest: Day of the newest article; `None` where no article has a date.
    """
    until = f", the newest of {newest}" if newest else ""
    return (
        f"I answer questions from {counted(articles, 'article')} of {counted(outlets, 'outlet')}{until}, "
        "and quote the sentence behind every statement. Ask for a fact, for the news of a day, for a summary of a "
        "subject, how a story developed, or for the source of what I said. What these articles do not say, I do not "
        "answer."
    )


def as_of_when(day: str) -> str:
    """Return up to which day Dateline knows the news, e.g. `12 June 2022`."""
    return f"My answers are as of {day}: I read nothing that was published later."


# Progress

QUOTING_INSTEAD = "quoting instead of writing"


def searching(articles: int) -> str:
    """Return the progress line for a search among a number of articles."""
    return f"searching {counted(articles, 'article')}"


def reading(passages: int) -> str:
    """Return the progress line for reading the passages found."""
    return f"reading {passages} passages"


def checked_citations(citations: int) -> str:
    """Return the progress line for the check of a model's answer."""
    return f"checked {counted(citations, 'citation')}"


# Notes on how an answer was made

_MODEL_FAULTS: Mapping[ModelFault, str] = {
    "failed": "The language model failed",
    "server": "The language model could not be reached",
    "key": "The language model's server refused the key",
    "model": "The server has no language model of the name that is set",
    "request": "The language model's server did not accept the request",
    "length": "The language model reached its limit of tokens",
    "filter": "A filter of the language model's provider stopped it",
    "budget": "Today's budget for the language model is used up",
}
MODEL_NOT_UNDERSTOOD = "The language model could not be asked what this follow-up refers to, so simple rules decided."
MODEL_REFUSED = "The language model refused to answer this question."
MODEL_UNCHECKABLE = "The language model gave no source for what it said, so this answer quotes the sources instead."


def model_failed(fault: ModelFault, *, midway: bool) -> str:
    """Return the note that tells why a language model gave no whole answer, and what the reader has instead.

    Args:
        fault: Why.
        midway: A part of the answer had been written; else quotes answer.
    """
    instead = "; this answer is incomplete." if midway else ", so this answer quotes the sources instead."
    return f"{_MODEL_FAULTS[fault]}{instead}"


def left_out(sentences: int) -> str:
    """Return the note that some of a model's sentences are not shown, as the operator wants it; empty for none."""
    if not sentences:
        return ""
    return f"Left out: {counted(sentences, 'statement')} that the cited sources do not clearly make."


# Suggested questions

WHAT_IS_NEW = "What is new?"


def latest_on(name: str) -> str:
    """Return a suggested question about a person, place or thing."""
    return f"What is the latest on {name}?"


def story_of(name: str) -> str:
    """Return a suggested question about the course of a story."""
    return f"How did the story of {name} develop?"


# What is doubtful about an answer

INCOMPLETE = "Incomplete answer"
OUT_OF_DATE = "Out of date: older than the time you ask about"
NOT_ALL_VERIFIED = "Not all of it is verified"
OLD_NEWS = "older news: this may have changed since"
DISPUTED_CITATION = "disputed"


def disputed(markers: Sequence[int]) -> str:
    """Return how an answer flags citations that give different values."""
    return f"Disputed: sources {', '.join(map(str, markers))} differ"


def unverified_claims(unverified: int, claims: int) -> str:
    """Return the note that tells how many statements of an answer are not verified."""
    return f"{unverified} of {claims} statements {UNVERIFIED}."


def validity(as_of: str, newest: str | None, *, is_old: bool, model: str = "") -> str:
    """Return the line below an answer that tells when it holds.

    Args:
        as_of: Day up to which articles were considered.
        newest: Day of the newest cited article, if any.
        is_old: That day is long before.
        model: The language model that wrote the answer, if any.
    """
    newest_source, written = newest and f"newest source {newest}", model and f"written by {model}"
    return " · ".join(filter(None, (f"As of {as_of}", newest_source, OLD_NEWS if is_old else "", written)))


# Kept answers

WITHDRAWN_SENTENCE = "[Here stood a sentence whose article is not held here any more.]"
CHANGED_SENTENCE = "[Here stood a sentence that its article, as it reads now, does not hold any more.]"
WITHDRAWN_WORDS = "[Here stood words of an article that is not held here any more.]"

# Citations

ORIGINAL = "Original article"
AS_HELD = "As held here"
BACK_TO_ANSWER = "Back to the answer"
