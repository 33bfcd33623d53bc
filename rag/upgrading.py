"""Bringing the record of an older Dateline up to this one's format."""

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


def upgrade_from_1(engine: Engine) -> None:
    """Format 2 repeats an article's date, outlet and kind beside its passages; all or nothing."""
    with engine.begin() as connection:
        for statement in _FROM_1:
            connection.execute(text(statement))
