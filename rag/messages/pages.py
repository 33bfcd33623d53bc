"""What the readers of the pages without script are told. Pure."""

from collections.abc import Mapping, Sequence

from rag.messages.articles import counted

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
NO_CONVERSATION_TITLE = "No such conversation"
NO_CONVERSATION = "No conversation is kept under this address: it was deleted, or its time is over."
SHARED_CONVERSATION = "A shared conversation"
NO_SITE_TITLE, NO_SITE = "No such site", "No site of this name is served here."


def about_shared_conversation(made: str, until: str) -> str:
    """Return what a shared conversation is, kept since and until these days."""
    return (
        f"A reader's questions, kept since {made}, with the answers as they were made then. A machine quotes or writes "
        "them from the sources below each, and news may have changed since. The reader can delete this page at any "
        f"time; unless they go on with it, it is deleted on {until}."
    )


# The library

NEVER = "never"
OUTLETS = "Outlets"
OUTLET_COLUMNS = ("Outlet", "Articles", "Oldest", "Newest")
SEEDS = "Sources"
SEEDS_CAPTION = "Sources; new and changed in the last 24 hours"
SEED_COLUMNS = ("Source", "Last success", "New", "Changed", "Refused", "State")
WELL = "well"
LAST_INGEST = "Last ingest"


def failing_since(moment: str) -> str:
    """Return since when a feed, sitemap or page fails."""
    return f"failing since {moment}"


def ingest_counts(day: str, counts: Mapping[str, int]) -> str:
    """Return what the last ingest did, on a day.

    Args:
        day: When it ended.
        counts: `seen` and its parts, as `ingest --json` prints them.
    """
    names = ("seen", "added", "updated", "unchanged", "duplicate", "refused", "pending")
    return f"{day}: {', '.join(f'{counts[name]:,} {name}' for name in names)}."


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
    "feedback, or in a conversation that you keep or share, and that only if you ask for it."
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


# What programs can ask

API_CLIENTS = "Any client of OpenAI's chat API works with this server's address and"
"""Before `/v1`."""
API_AS_DATA = "The same as data:"
FIELD_COLUMNS = ("Name", "Type", "If left out")
EXAMPLE = "Example"


def parameters_of(route: str) -> str:
    """Return the heading of a route's parameters."""
    return f"Parameters of {route}"


def body_of(route: str) -> str:
    """Return the heading of the fields that are sent to a route."""
    return f"Body of {route}"
