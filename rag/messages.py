"""The catalogue of sentences that readers see, shared by chat, widget, pages, command line and prompts. Pure.

Code and templates take a sentence from here; tests and evaluation recognise it by the same name. Not here: what the
widget's script shows (`web/assets/widget/messages`, one file a language), headings of tables, and errors that only
somebody who writes a program sees.
"""

from collections.abc import Sequence
from datetime import datetime

# Declining

NOT_FOUND = "I could not find an answer in the sources."
"""How every decline begins; a language model is told to write exactly this."""
DECLINES = (NOT_FOUND, "The sources at hand do not answer this.")
"""The same with its earlier wordings, which stored feedback and predictions hold."""


def did_you_mean(question: str) -> str:
    """Return what a decline asks when a word of the question looks misspelt."""
    return f"Did you mean “{question}”?"


def closest_match(quote: str) -> str:
    """Return how a decline shows the passage that comes closest to an answer."""
    return f"Closest match: {quote}"


def unanswered(parts: Sequence[str]) -> str:
    """Return how an answer names the parts of the question that it leaves open."""
    return f"The sources do not answer: {' '.join(f'“{part}”' for part in parts)}"


# What stands before the quotes of an answer

SOURCES_DIFFER = "Outlets give different figures:"
FIGURES_OVER_TIME = "The figures reported over time, oldest first:"
SUMMARY = "What the sources say on this, newest first:"
NEWS = "The newest articles:"
ARTICLE = "The article begins:"
COURSE = "As it was reported, oldest first:"
SOURCE = "Sources for that answer:"
UNVERIFIED = "not verified: the cited sentence does not clearly say this"
"""Stands behind a claim, in parentheses."""


def stale_sources(newest: str) -> str:
    """Return what comes first when the sources are older than the time asked about.

    Args:
        newest: Day of the newest article found, e.g. `12 June 2022`.
    """
    return f"The newest that was found on this is of {newest}, before the time you ask about."


def unmentioned(names: Sequence[str]) -> str:
    """Return what comes first when the question takes for granted names that the sources do not mention."""
    return f"Nothing that was found mentions {' or '.join(f'“{name}”' for name in names)}."


def contradicted(stated: str, asked: str) -> str:
    """Return what comes first when the sources state the contrary of what the question takes for granted."""
    return f"The sources do not say “{asked}”, but “{stated}”:"


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

MODEL_DOWN = "The language model could not be reached, so this answer quotes the sources instead."
MODEL_NOT_UNDERSTOOD = "The language model could not be asked what this follow-up refers to, so simple rules decided."
MODEL_CUT_SHORT = "The language model stopped in the middle; this answer is incomplete."
MODEL_UNCHECKABLE = "The language model gave no source for what it said, so this answer quotes the sources instead."

# Suggested questions

WHAT_IS_NEW = "What is new?"


def latest_on(name: str) -> str:
    """Return a suggested question about a person, place or thing."""
    return f"What is the latest on {name}?"


def story_of(name: str) -> str:
    """Return a suggested question about the course of a story."""
    return f"How did the story of {name} develop?"


# Questions that cannot be asked

EMPTY_QUESTION = "the question is empty; ask something about the news"


def question_too_long(limit: int) -> str:
    """Return the error for a question of more than `limit` characters."""
    return f"the question has more than {limit:,} characters; shorten it"


# Articles

UNDATED = "undated"
UNTITLED = "untitled"
UNKNOWN_OUTLET = "unknown outlet"


def as_of_line(as_of: datetime, newest: str | None) -> str:
    """Return the line that says up to when articles were considered.

    Args:
        as_of: Aware UTC.
        newest: Date of the newest cited article, if any.
    """
    source = f"; newest source {newest}" if newest else ""
    return f"As of {as_of:%Y-%m-%d %H:%M} UTC{source}."


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, e.g. `1,204 articles`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def days_line(published: str | None, updated: str | None) -> str:
    """Return when an article was published, and when it was updated if that is later."""
    line = f"published {published}" if published else UNDATED
    return f"{line}, updated {updated}" if updated else line


# What is doubtful about an answer

NO_ANSWER = "No answer in these sources"
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


def validity(as_of: str, newest: str | None, *, is_old: bool) -> str:
    """Return the line below an answer that tells when it holds.

    Args:
        as_of: Day up to which articles were considered.
        newest: Day of the newest cited article, if any.
        is_old: That day is long before.
    """
    parts = [f"As of {as_of}", *([f"newest source {newest}"] if newest else []), *([OLD_NEWS] if is_old else [])]
    return " · ".join(parts)


# Citations

NO_CITATION = "No source is cited."
ORIGINAL = "Original article"
AS_HELD = "As held here"
BACK_TO_ANSWER = "Back to the answer"


def byline(authors: Sequence[str]) -> str:
    """Return who wrote an article."""
    return f"By {', '.join(authors)}"


# The chat's page

CHAT_TITLE = "Dateline: ask the news"
CHAT_GREETING = "Ask about the news. Every statement comes with the sentence that says so."
CONVERSATION = "Conversation"
YOUR_QUESTION = "Your question"
ASK_A_QUESTION = "Ask a question"
ASK = "Ask"
STOP = "Stop"
ASK_AGAIN = "Ask again"
EDIT_QUESTION = "Edit question"
COPY = "Copy with citations"
SAVE_MARKDOWN = "Save as Markdown"
SAVE_JSON = "Save as JSON"
CITATIONS = "Sources"
NO_CITATIONS_YET = "The sentences that an answer rests on appear here."
FILTERS = "Search only in ..."
FILTER_OUTLETS = "Outlets (none chosen: all)"
FILTER_KINDS = "Kinds of article"
FILTER_START = "Published from"
FILTER_END = "Published to"
FILTER_AS_OF = "As of (what was known then)"
WHAT_IS_HELD = "What is in the library"
FOR_PROGRAMS = "For programs"
NOTHING_ASKED = "No question of yours is held here that could be asked again."
STOPPED = f"Stopped. “{ASK_AGAIN}” repeats the question, “{EDIT_QUESTION}” takes it back."
CONVERSATION_GONE = "The server no longer holds the conversation that was shown here; this begins a new one."


def held(articles: int, outlets: int, until: str | None) -> str:
    """Return what the library holds.

    Args:
        articles: How many may be searched.
        outlets: How many published them.
        until: Day of the newest article, unless that is today.
    """
    end = f" These sources end on {until}; answers hold as of then." if until else ""
    return f"{counted(articles, 'article')} from {counted(outlets, 'outlet')}.{end}"


def exported_note(note: str) -> str:
    """Return how an export introduces a note of an answer."""
    return f"Note: {note}"


# Feedback

RATE_ANSWER = "What do you think of the last answer?"
THE_ANSWER = "The answer"
HELPED = "It helped"
DID_NOT_HELP = "It did not help"
WHY = "Why (optional)"
SEND = "Send"
ERASE_FEEDBACK = "Erase what I sent"
FEEDBACK_INCOMPLETE = "Ask something, choose one of the two, and tick the box: without it nothing is kept."
FEEDBACK_ERASED = "It is erased."
NO_FEEDBACK = "Nothing of yours is kept here."


def feedback_consent(days: int) -> str:
    """Return what a reader agrees to who sends feedback."""
    return f"Keep my question, the answer and what I say here for {days} days, to improve the answers"


def feedback_kept(until: str) -> str:
    """Return the thanks for feedback that is deleted on the day `until`."""
    return f"Thank you. It is deleted on {until}, or now if you erase it."


# Pages

HOME = "Ask the news"
LIBRARY = "Library"
THE_LIBRARY = "The library"
ALL_INDEXED = "Everything is indexed."
CORRECTION = "Correction"
CITED_HERE = "Cited from this article"
ELSEWHERE = "The same story elsewhere"
VERSIONS = "Versions"
READ_ORIGINAL = "Read the original"
LINK_INVALID = "This link opens no passage: it was not made here, or has been changed on its way."
LINK_OUTDATED = "The passage that was cited is not in the current version of this article."
HEADLINE_ONLY = "Only the headline of this article is available."
TEXT_NOT_SHOWN = "Its text stays with its outlet; here, only passages that an answer cites are shown."
NO_ARTICLE_TITLE, NO_ARTICLE = "No such article", "The library holds nothing under this address."
WITHDRAWN_TITLE = "This article was withdrawn"
WITHDRAWN = "Answers do not use it any more, and its text is not shown."
NO_SITE_TITLE, NO_SITE = "No such site", "No site of this name is served here."
NO_DEMO_SITE = "The demo shows the sites that sites.toml lists."
CLOSED_TITLE, CLOSED = "Closed", "This site names no origins, so it is closed."


def library_size(articles: int, passages: int, latest: str) -> str:
    """Return how much the library holds, and as of which day answers hold."""
    return f"{counted(articles, 'article')} in {counted(passages, 'passage')}. Answers hold as of {latest}."


def still_indexing(articles: int, passages: int) -> str:
    """Return how much is not indexed yet."""
    return (
        f"{counted(articles, 'article')} ({counted(passages, 'passage')}) still to be indexed; until then found by "
        "words alone, or not yet."
    )


def correction_heading(dated: str | None, seen: str | None) -> str:
    """Return what stands before a notice of correction.

    Args:
        dated: Day that the notice gives itself.
        seen: Day on which it was first seen.
    """
    if dated:
        return f"{CORRECTION}, {dated}:"
    return f"{CORRECTION}, first seen on {seen}:" if seen else f"{CORRECTION}:"


def version_line(version: int, fetched: str | None, *, is_newest: bool) -> str:
    """Return what is said of one version of an article, fetched on a day."""
    fetch = f", fetched on {fetched}" if fetched else ""
    return f"Version {version}{fetch}, {'the one that answers quote' if is_newest else 'superseded'}"


# How answers are made

HOW_TITLE = "How answers are made"
HOW_STEPS_TITLE = "From question to answer"
HOW_STEPS = (
    "The question is searched for in the articles, by words and by meaning.",
    "The sentences that answer it are quoted; where the operator has set up a language model, it writes the answer "
    "over the passages that were found.",
    "Every sentence is checked against the article that it cites before you see it: quotes word for word; what a "
    "model writes by its names, numbers and words. What does not hold is marked or left out.",
    "Each number in brackets leads to the exact sentence of the article.",
    "Where the articles do not answer, that is said; where they differ, each is quoted.",
)
HOW_LIMITS_TITLE = "What it cannot do"
HOW_LIMITS = (
    "The articles may be wrong, and so may the choice of sentences: the check tells that a source says so, not that "
    "it is so. An answer holds as of the date it names, and news may have changed since. Questions are kept only with "
    "feedback, and that only if you agree."
)
HOW_OUTLETS_TITLE = "The sources"


def how_intro(answerer: str) -> str:
    """Return how the page about answers begins."""
    return (
        f"Answers of {answerer} are made by a machine, from the articles of the outlets below and from nothing else. "
        "No person reads an answer before you do."
    )


def how_sections(sections: Sequence[str]) -> str:
    """Return that answers are made from these sections only."""
    return f"Of these, only the sections {', '.join(sections)}."


# Requests that are refused; chat and widget show the reason

BUSY = "busy: too many questions at once; ask again in a few seconds"
BUSY_PAGES = "busy: too many open pages; close some, or try again later"
BUSY_CONNECTIONS = "busy: too many connections; ask again in a few seconds"
ANSWERS_WAITING = "answers are still being made for this page; wait for one"
FOREIGN_REQUEST = "this is not a request that the page makes; reload the page and try again"
HALF_CHARACTER = "the text holds half a character; delete it and try again"
TOKEN_INVALID = "the token is not valid, or has expired; load the page again"


def too_many_requests(seconds: int) -> str:
    """Return the refusal of a client that may ask again after some seconds."""
    return f"too many requests in a short time; ask again in {counted(seconds, 'second')}"


def page_request_too_long(limit: int) -> str:
    """Return the refusal of a request of the page that has more than `limit` bytes."""
    return f"a request of the page has at most {limit} bytes"


def incident(number: str) -> str:
    """Return what is said of an unexpected error, which the operator's log holds under `number`."""
    return f"Something went wrong here that should not; try again, or tell the operator the number {number}."
