"""Upgrades of formats 1 and 2, which are older than the use of Alembic, to format 3."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from sqlalchemy import Connection, text

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
_FROM_2 = (
    "ALTER TABLE articles ADD COLUMN corrected_at VARCHAR",
    """CREATE TABLE IF NOT EXISTS visits (
        address VARCHAR NOT NULL PRIMARY KEY, source VARCHAR NOT NULL, outlet VARCHAR, url VARCHAR, etag VARCHAR,
        last_modified VARCHAR, digest VARCHAR, stamp VARCHAR, title TEXT, published_at VARCHAR, publication TEXT,
        articles TEXT NOT NULL, first_at FLOAT NOT NULL, asked_at FLOAT NOT NULL, succeeded_at FLOAT, added_at FLOAT,
        changed_at FLOAT, failing_since FLOAT, failures INTEGER NOT NULL, missing INTEGER NOT NULL, failure TEXT,
        refusal TEXT, withdrawn BOOLEAN NOT NULL, listing BLOB
    )""",
    "CREATE INDEX IF NOT EXISTS ix_visits_source ON visits (source)",
)


def _run(statements: Sequence[str], connection: Connection) -> None:
    for statement in statements:
        connection.execute(text(statement))


TO_FORMAT_3: Mapping[str, Callable[[Connection], None]] = {
    "1": partial(_run, (*_FROM_1, *_FROM_2)),
    "2": partial(_run, _FROM_2),
}
"""By the format of the database. Format 2 repeats date, outlet and kind of an article in its passages; format 3 has the
date of a correction notice, and visits."""
