"""Bringing the record of an older Dateline up to this one's format."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from sqlalchemy import Engine, text

_FROM_1 = (
    "ALTER TABLE passages ADD COLUMN current BOOLEAN NOT NULL DEFAULT 0",
    "ALTER TABLE passages ADD COLUMN published_epoch INTEGER",
    "ALTER TABLE passages ADD COLUMN source TEXT",
    "ALTER TABLE passages ADD COLUMN kind VARCHAR NOT NULL DEFAULT 'news'",
    "UPDATE passages SET (current, published_epoch, source, kind) = "
    "(SELECT current, published_epoch, source, kind FROM articles WHERE articles.row = passages.article_row)",
    "CREATE INDEX facts_of_passage ON passages (id, current, published_epoch, source, kind)",
    "CREATE INDEX passages_by_time ON passages (current, published_epoch)",
)
_FROM_2 = ("ALTER TABLE articles ADD COLUMN corrected_at VARCHAR",)
_FROM_3 = ("ALTER TABLE articles ADD COLUMN came_from TEXT",)


def _run(statements: Sequence[str], engine: Engine) -> None:
    """All or nothing."""
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


UPGRADES: Mapping[str, Callable[[Engine], None]] = {
    "1": partial(_run, (*_FROM_1, *_FROM_2, *_FROM_3)),
    "2": partial(_run, (*_FROM_2, *_FROM_3)),
    "3": partial(_run, _FROM_3),
}
"""By the format that is found. Format 2 repeats an article's date, outlet and kind beside its passages, format 3
knows the date of a correction notice, format 4 where an article was read; tables that are new in a format are made by
themselves."""
