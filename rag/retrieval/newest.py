"""The newest articles of a time, for questions that ask for the news."""

from datetime import UTC, datetime

from rag.library.base import SearchableLibrary
from rag.models import Hit, Passage, Query, ScoreBreakdown, Window
from rag.retrieval.ranking import SHORTLIST, Weights, deduplicate


def newest_passages(library: SearchableLibrary, query: Query, *, k: int, weights: Weights) -> tuple[Hit, ...]:
    """Return the beginnings of the newest articles of the time asked about, newest first.

    Where that time has none, the newest before it are returned.

    Args:
        library: Open.
        query: Its `as_of`, filters and window count.
        k: Maximum number of passages.
        weights: How many passages of one story may be returned.
    """
    library.refresh()
    as_of, filters, window = query.as_of or datetime.now(UTC), query.filters, query.window
    before = int(min(as_of, filters.end or as_of, window.end if window else as_of).timestamp())
    newest = library.record.latest_openings(before, limit=k * SHORTLIST, filters=filters)
    within = [passage for passage in newest if window and _is_since(passage, window)]
    ranked = [(passage, 1.0 / rank, ScoreBreakdown()) for rank, passage in enumerate(within or newest, 1)]
    return deduplicate(ranked, k=k, weights=weights)


def _is_since(passage: Passage, window: Window) -> bool:
    published = passage.article.published_at
    return published is not None and published.at >= window.start
