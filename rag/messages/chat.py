"""What the readers of the chat are told. Pure."""

from rag.messages.answers import OLD_NEWS
from rag.messages.articles import counted

# The chat's page

CHAT_TITLE = "Dateline: ask the news"
CHAT_GREETING = "Ask the news. Every statement comes with the sentence that says so."
CONVERSATION = "Conversation"
NEW_CONVERSATION = "New conversation"
LOOKING = "looking through the articles"
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


def unknown_address(origin: str) -> str:
    """Return what the page says whose scripts the server refuses to send to readers at this origin."""
    return (
        f"This page cannot be shown: the server does not know that readers reach it at {origin}. If it is yours, "
        f"start it with --allow-origin {origin}, and let the proxy pass on the name that readers use (nginx: "
        "proxy_set_header Host $http_host)."
    )


def held(articles: int, outlets: int, until: str | None) -> str:
    """Return what the library holds.

    Args:
        articles: How many may be searched.
        outlets: How many published them.
        until: Day of the newest article, unless that is today.
    """
    end = f" These sources end on {until}." if until else ""
    return f"{counted(articles, 'article')} from {counted(outlets, 'outlet')}.{end}"


def how_answers_are_made(model: str) -> str:
    """Return whether a language model is on, and which; `model` is empty if none is."""
    return f"Answers are written by {model}, and checked." if model else "No language model: answers are quotes."


def exported_note(note: str) -> str:
    """Return how an export introduces a note of an answer."""
    return f"Note: {note}"


def exported_as_of(as_of: str, newest: str | None, model: str, *, is_old: bool = False) -> str:
    """Return how an export says up to when an answer holds, of when its newest source is, and which model wrote it.

    Args:
        as_of: Day up to which articles were considered.
        newest: Day of the newest cited article, if any.
        model: The language model that wrote the answer; empty if none did.
        is_old: The newest source's day is long before.
    """
    newest_source, written = newest and f"newest source {newest}", model and f"written by {model}"
    parts = (f"As of {as_of}", newest_source, OLD_NEWS if is_old else "", written)
    return f"{'; '.join(filter(None, parts))}."


# Kept conversations

KEEP_OR_SHARE = "Keep or share this conversation"
KEEP_CONVERSATION = "Keep this conversation"
DELETE_CONVERSATION = "Delete what is kept"
COPY_SHARED_ADDRESS = "Copy the address of the read-only page"
SHARED_PAGE = "Read-only page"
NOTHING_TO_KEEP = "There is no answer yet that could be kept."
KEEP_LATER = "An answer is being made; keep the conversation once it is there."
CONVERSATION_ERASED = "It is deleted here; neither address leads to it any more."
CONVERSATION_NOT_KEPT = (
    "This conversation is not kept any more: it was deleted, or its time is over. You can keep it again, under other "
    "addresses."
)
CONVERSATION_TOO_LONG = (
    "The conversation is too long to be kept as a whole; what was kept of it stays. Begin a new one."
)
NO_MORE_CONVERSATIONS = "So many conversations are kept here that no more can be; save yours as a file instead."


def keeping_consent(days: int) -> str:
    """Return what a reader agrees to who keeps a conversation."""
    return (
        "Nothing is stored on the server until you ask for it here. Then it keeps the questions, the answers and their "
        "sources of this conversation, those that follow too, and nothing else about you, until you delete them or for "
        f"{counted(days, 'day')} after you used them last. Where sources are withdrawn, their sentences go too."
    )


def conversation_kept(until: str) -> str:
    """Return what is said of a kept conversation, which is deleted on the day `until`."""
    return (
        f"Kept until {until}, and for longer if you go on. The address of this page leads back here: whoever has it "
        "can go on and delete. To let others only read, give them the read-only page:"
    )


# Long texts


def characters_used(length: str, most: str) -> str:
    """Return how many characters of those that may be sent a text has; the page puts in the numbers."""
    return f"{length} of {most} characters"


def characters_too_many(length: str, most: str, over: str) -> str:
    """Return that a text is too long to be sent; the page puts in the numbers."""
    return f"{length} of {most} characters, {over} too many. Nothing was cut off; shorten it, then send it."


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
