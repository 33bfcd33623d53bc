"""Fixed phrases that the prompt, the code and the tests share."""

SOURCES_DIFFER = "Outlets give different figures:"
NOT_FOUND = "The sources at hand do not answer this."

UNVERIFIED = "not verified: the cited sentence does not clearly say this"
MODEL_DOWN = "The language model could not be reached, so this answer quotes the sources instead."
MODEL_NOT_UNDERSTOOD = "The language model could not be asked what this follow-up refers to, so simple rules decided."
MODEL_CUT_SHORT = "The language model stopped in the middle; this answer is incomplete."
MODEL_UNCHECKABLE = "The language model gave no source for what it said, so this answer quotes the sources instead."


def nearest_thing(quote: str) -> str:
    """How a decline names the nearest thing that the sources do say."""
    return f"The nearest they come: {quote}"


def stale_sources(newest: str) -> str:
    """Said before everything else when the sources are older than the time asked about."""
    return f"The newest that was found on this is of {newest}, before the time you ask about."
