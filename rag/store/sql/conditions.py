"""Filters as conditions of queries."""

from sqlalchemy import ColumnElement, and_, or_

from rag.models import Filters
from rag.store.sql.schema import articles, passages


def published_between(start: int | None, end: int) -> ColumnElement[bool]:
    """Return the condition that a passage is current and was published in a stretch of time.

    Args:
        start: Epoch seconds, included; without it, undated passages satisfy the condition too.
        end: Epoch seconds, included.
    """
    published = passages.c.published_epoch
    if start is None:
        return and_(passages.c.current, or_(published.is_(None), published <= end))
    return and_(passages.c.current, published.between(start, end))


def current_in_sections(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the conditions that an article is current, in the sections and among the articles of the filters."""
    wanted = ((articles.c.section, filters.sections), (articles.c.id, filters.articles))
    return [articles.c.current, *(column.in_(values) for column, values in wanted if values)]


def current_matching(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the conditions that an article is current and matches the filters; their dates are not considered."""
    wanted = ((articles.c.source, filters.sources), (articles.c.kind, filters.kinds))
    return [*current_in_sections(filters), *(column.in_(values) for column, values in wanted if values)]
