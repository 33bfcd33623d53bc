"""What the library holds of an article, as its page and `/api/articles` show it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from rag.dates import NewsDate
from rag.library.base import ReadableLibrary
from rag.models import Article, Passage, Span

Cited = tuple[int, Span]
"""The version of an article and the span of its text that a link opens."""


@dataclass(frozen=True, slots=True)
class HeldArticle:
    """An article as the library holds it.

    Attributes:
        versions: Oldest first; never empty.
        current: The version that answers quote; `None` once the article is withdrawn.
        copies: Current articles that tell the same story, without this one.
    """

    versions: tuple[Article, ...]
    current: Article | None
    copies: tuple[Article, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A correction notice of an article.

    Attributes:
        text: As the outlet wrote it.
        dated: By the notice itself, or by the update of the version with which it appeared.
        first_seen: When that version was fetched, if an earlier version lacks the notice.
    """

    text: str
    dated: NewsDate | None
    first_seen: datetime | None


@dataclass(frozen=True, slots=True)
class Extract:
    """What of an article's text a reader may see.

    Attributes:
        spans: Of the text, in order.
        quote: The quoted sentence, where a link opens one.
        whole: The spans are the whole text.
        is_outdated: The link opens a sentence of another version than the current one.
        is_invalid: The link was not made by this server.
    """

    spans: tuple[Span, ...]
    quote: Span | None = None
    whole: bool = False
    is_outdated: bool = False
    is_invalid: bool = False


def held_article(library: ReadableLibrary, article_id: str) -> HeldArticle | None:
    """The article with this id; `None` if the library never held it."""
    versions = library.record.versions(article_id)
    if not versions:
        return None
    current = library.record.current(article_id)
    cluster = library.record.fingerprints.cluster(current.cluster_id) if current and current.cluster_id else ()
    return HeldArticle(versions, current, tuple(article for article in cluster if article.id != article_id))


def notices(versions: Sequence[Article]) -> tuple[Notice, ...]:
    """The correction notices of an article, in the order in which they appeared.

    Args:
        versions: Oldest first.
    """
    by_text: dict[str, Notice] = {}
    for number, version in enumerate(versions):
        if version.correction and version.correction not in by_text:
            is_added = number > 0
            dated = version.corrected_at or (version.updated_at if is_added else None)
            by_text[version.correction] = Notice(version.correction, dated, version.fetched_at if is_added else None)
    return tuple(by_text.values())


def story_articles(library: ReadableLibrary, reference: str) -> tuple[Article, ...]:
    """The current article with this id or address, then its copies; empty if the library does not hold it."""
    article = library.record.current(reference) or _article_at(library, reference)
    if article is None:
        return ()
    copies = library.record.fingerprints.cluster(article.cluster_id) if article.cluster_id else ()
    return article, *(copy for copy in copies if copy.id != article.id)


def _article_at(library: ReadableLibrary, address: str) -> Article | None:
    try:
        ids = library.record.ids_at(address)
    except ValueError:  # not an address
        return None
    return next((article for each in ids if (article := library.record.current(each))), None)


def extract(
    article: Article,
    passages: Sequence[Passage],
    *,
    cited: Cited | None,
    full_text: Collection[str],
    is_invalid: bool = False,
) -> Extract:
    """What of an article may be shown: all for an outlet that allows it, else the passage that a link opens.

    Args:
        article: The current version.
        passages: Of the article, in order.
        cited: What the link opens; `None` if nothing.
        full_text: Outlets whose articles may be shown whole.
        is_invalid: The link was not made by this server.
    """
    quote = cited[1] if cited and cited[0] == article.version else None
    is_outdated = cited is not None and quote is None
    if article.source in full_text:
        spans: tuple[Span, ...] = (Span(0, len(article.text)),)
    else:
        spans = tuple(Span(passage.start, passage.end) for passage in passages if quote and _overlap(passage, quote))
    return Extract(spans, quote, article.source in full_text, is_outdated, is_invalid)


def _overlap(passage: Passage, quote: Span) -> bool:
    return passage.start < quote.end and quote.start < passage.end
