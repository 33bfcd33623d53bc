"""What the library holds under an article's id, as the article page and `/api/articles` show it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from rag.dates import NewsDate
from rag.library.library import Library
from rag.models import Article, Passage, Span

Cited = tuple[int, Span]
"""The version of an article and the stretch of its text that a link opens."""


@dataclass(frozen=True, slots=True)
class Holding:
    """An article as it is held.

    Attributes:
        versions: Oldest first; never empty.
        current: The version that answers quote; `None` once the article is withdrawn.
        copies: Current articles that tell the same story, itself left out.
    """

    versions: tuple[Article, ...]
    current: Article | None
    copies: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A correction notice of an article.

    Attributes:
        dated: By itself, or by the update of the version with which it appeared.
        seen_on: When that version was taken in, if an earlier one did not have the notice.
    """

    text: str
    dated: NewsDate | None
    seen_on: datetime | None


@dataclass(frozen=True, slots=True)
class Extract:
    """What of an article's text a reader may see.

    Attributes:
        spans: Stretches of the text, in order.
        quote: The quoted sentence, where a link opens one.
        whole: The spans are the whole text.
        lost: The link opens a sentence of another version than the current one.
        strange: The link is none that was made here.
    """

    spans: tuple[Span, ...]
    quote: Span | None = None
    whole: bool = False
    lost: bool = False
    strange: bool = False


def holding(library: Library, article_id: str) -> Holding | None:
    """What is held under an id; `None` for nothing."""
    versions = library.record.versions(article_id)
    if not versions:
        return None
    current = library.record.current(article_id)
    cluster = library.record.fingerprints.cluster(current.cluster_id) if current and current.cluster_id else ()
    return Holding(versions, current, tuple(one for one in cluster if one.id != article_id))


def notices(versions: Sequence[Article]) -> tuple[Notice, ...]:
    """The correction notices of an article, in the order in which they appeared.

    Args:
        versions: Oldest first.
    """
    found: dict[str, Notice] = {}
    for number, one in enumerate(versions):
        if one.correction and one.correction not in found:
            appeared = number > 0
            dated = one.corrected_at or (one.updated_at if appeared else None)
            found[one.correction] = Notice(one.correction, dated, one.fetched_at if appeared else None)
    return tuple(found.values())


def story(library: Library, reference: str) -> tuple[Article, ...]:
    """The current article of this id or at this address, then its copies; empty if it is not held."""
    current = library.record.current
    article = current(reference)
    if article is None:
        try:
            ids = library.record.ids_at(reference)
        except ValueError:  # neither an id nor an address
            ids = []
        article = next((found for one in ids if (found := current(one))), None)
    if article is None:
        return ()
    copies = library.record.fingerprints.cluster(article.cluster_id) if article.cluster_id else ()
    return article, *(one for one in copies if one.id != article.id)


def extract(
    article: Article,
    cut: Sequence[Passage],
    *,
    cited: Cited | None,
    full_text: Collection[str],
    strange: bool = False,
) -> Extract:
    """What of an article may be shown: all for an outlet that allows it, else the passage that a link opens.

    Args:
        article: The current version.
        cut: Its passages, in order.
        cited: What the link opens; `None` where it opens nothing.
        full_text: Outlets whose articles may be shown whole.
        strange: The link is none that was made here.
    """
    quote = cited[1] if cited and cited[0] == article.version else None
    lost = cited is not None and quote is None
    if article.source in full_text:
        return Extract((Span(0, len(article.text)),), quote, whole=True, lost=lost, strange=strange)
    shown = [Span(one.start, one.end) for one in cut if quote and one.start < quote.end and quote.start < one.end]
    return Extract(tuple(shown), quote, lost=lost, strange=strange)
