"""Fixed phrases that the prompt, the code and the tests share."""

from collections.abc import Sequence

SOURCES_DIFFER = "Outlets give different figures:"
FIGURES_OVER_TIME = "The figures reported over time, oldest first:"
NOT_FOUND = "The sources at hand do not answer this."

SUMMARY = "What the sources say on this, newest first:"
NEWS = "The newest articles at hand:"
ARTICLE = "The article begins:"
COURSE = "As it was reported, oldest first:"
SOURCE = "That rests on these sentences:"
GREETING = "Hello. Ask about the news, and every statement comes with the sentence that says so."
THANKS = "You are welcome."
UNCLEAR = "I cannot tell what you are asking about. Name the person, the place or the event that you mean."
UNVERIFIED = "not verified: the cited sentence does not clearly say this"
MODEL_DOWN = "The language model could not be reached, so this answer quotes the sources instead."
MODEL_NOT_UNDERSTOOD = "The language model could not be asked what this follow-up refers to, so simple rules decided."
MODEL_CUT_SHORT = "The language model stopped in the middle; this answer is incomplete."
MODEL_UNCHECKABLE = "The language model gave no source for what it said, so this answer quotes the sources instead."


def abilities(articles: int, outlets: int, newest: str | None) -> str:
    """What Dateline can do with the articles at hand."""
    until = f", the newest of {newest}" if newest else ""
    return (
        f"I answer questions from {_counted(articles, 'article')} of {_counted(outlets, 'outlet')}{until}, "
        "and quote the sentence behind every statement. Ask for a fact, for the news of a day, for a summary of a "
        "subject, how a story developed, or for the source of what I said. What these articles do not say, I do not "
        "answer."
    )


def searching(articles: int) -> str:
    """What is said while so many articles are searched."""
    return f"searching {_counted(articles, 'article')}"


def unmentioned(names: Sequence[str]) -> str:
    """Said first when the question takes for granted what the sources do not mention."""
    return f"Nothing that was found mentions {' or '.join(f'“{name}”' for name in names)}."


def contradicted(said: str, asked: str) -> str:
    """Said first when the sources say the contrary of what the question takes for granted."""
    return f"The sources do not say “{asked}”, but “{said}”:"


def unanswered(parts: Sequence[str]) -> str:
    """How an answer names the parts of the question that it leaves open."""
    return f"The sources at hand do not answer: {' '.join(f'“{part}”' for part in parts)}"


def did_you_mean(question: str) -> str:
    """What a decline asks when a word of the question looks misspelt."""
    return f"Did you mean “{question}”?"


def nearest_thing(quote: str) -> str:
    """How a decline names the nearest thing that the sources do say."""
    return f"The nearest they come: {quote}"


def stale_sources(newest: str) -> str:
    """Said before everything else when the sources are older than the time asked about."""
    return f"The newest that was found on this is of {newest}, before the time you ask about."


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
