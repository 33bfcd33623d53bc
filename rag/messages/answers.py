"""What an answer says that takes more than one message of the catalogue. Pure."""

from rag.messages.catalogue import LANGUAGES, Catalogue, in_language

__all__ = [
    "DECLINES",
    "NOT_FOUND",
    "UNDATED",
    "UNKNOWN_OUTLET",
    "UNTITLED",
    "is_decline",
    "left_out",
    "model_failed",
]

NOT_FOUND = in_language()("not_found")
"""What every decline says: one sentence, which a language model is told to write exactly so."""
DECLINES = (*(in_language(language)("not_found") for language in LANGUAGES), "The sources at hand do not answer this.")
"""The same in each language, and its earlier wordings, which stored feedback and predictions hold."""
UNDATED, UNTITLED, UNKNOWN_OUTLET = map(in_language(), ("undated", "untitled", "unknown_outlet"))
"""As models and commands are told."""


def is_decline(answer: str) -> bool:
    """Return whether an answer of Dateline's declines; a remark on how the question was read may stand before."""
    return any(paragraph.startswith(DECLINES) for paragraph in answer.split("\n\n"))


def model_failed(words: Catalogue, fault: str, *, midway: bool) -> str:
    """Return the note that tells why a language model gave no whole answer, and what the reader has instead.

    Args:
        words: In the reader's language.
        fault: Why, a `rag.errors.ModelFault`.
        midway: A part of the answer had been written; else quotes answer.
    """
    return words("model_incomplete" if midway else "model_quoted", fault=words(f"fault_{fault}"))


def left_out(words: Catalogue, sentences: int) -> str:
    """Return the note that some of a model's sentences are not shown, as the operator wants it; empty for none."""
    return words("left_out", sentences=sentences) if sentences else ""
