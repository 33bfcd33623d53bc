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
    "without_notices",
]

NOT_FOUND = in_language()("not_found")
"""What every decline says: one sentence, which a language model is told to write exactly so."""
DECLINES = (*(in_language(language)("not_found") for language in LANGUAGES), "The sources at hand do not answer this.")
"""The same in each language, and its earlier wordings, which stored feedback and predictions hold."""
UNDATED, UNTITLED, UNKNOWN_OUTLET = map(in_language(), ("undated", "untitled", "unknown_outlet"))
"""As models and commands are told."""


_ANY = "\0"
_HEADING_KEYS = (
    *("sources_differ", "others_differ", "differences", "no_differences", "figures_over_time"),
    *("summary", "news", "article", "course", "source_of_answer", "corrections", "untranslated"),
)
_ALL = tuple(map(in_language, LANGUAGES))
_HEADINGS = frozenset(words(key) for words in _ALL for key in _HEADING_KEYS)
_PARAGRAPHS = tuple(
    tuple(notice.split(_ANY))
    for words in _ALL
    for notice in (
        words("taken_as", question=_ANY),
        words("stale_sources", date=_ANY),
        words("unmentioned", names=words.any_of((_ANY,))),
        words("unanswered", parts=words.quoted(_ANY)),
    )
)
"""Beginning and end of notices that are a paragraph each."""
_WITHIN = tuple(
    notice for words in _ALL for notice in (f" ({words('not_verified')})", words("closest_match", quote=""))
)
_ASKS_BACK = tuple(words("did_you_mean", readings=words.quoted(_ANY)).partition(_ANY)[0] for words in _ALL)


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


def without_notices(answer: str) -> str:
    """Return an answer without what stands in it about itself: how it was read, how old it is, what is not verified."""
    paragraphs = [_without_notices(paragraph) for paragraph in answer.split("\n\n")]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _without_notices(paragraph: str) -> str:
    if paragraph in _HEADINGS or any(
        paragraph.startswith(begin) and paragraph.endswith(end) for begin, end in _PARAGRAPHS
    ):
        return ""
    for notice in _WITHIN:
        paragraph = paragraph.replace(notice, "")
    for question in _ASKS_BACK:
        paragraph = paragraph.partition(question)[0]
    return paragraph.strip()
