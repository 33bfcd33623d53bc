"""Bringing the record of an older Dateline up to this one's format."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from sqlalchemy import Connection, Engine, text

from rag.urls import exact_url, is_same_owner

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
_FROM_4 = ("INSERT OR IGNORE INTO barred_names (name, article) SELECT digest, digest FROM barred",)


def _run(statements: Sequence[str], engine: Engine) -> None:
    """All or nothing."""
    with engine.begin() as connection:
        for statement in (*statements, *_FROM_4):
            connection.execute(text(statement))
        _respell(connection)
        _disbelieve(connection)


def _respell(connection: Connection) -> None:
    """Addresses are spelled as `rag.urls` spells them now, so that articles are found at them."""
    query = text("SELECT DISTINCT canonical_url FROM articles WHERE canonical_url IS NOT NULL")
    for old in connection.execute(query).scalars().all():
        try:
            new = exact_url(old)
        except ValueError:
            continue  # it is found by its id only, as it was
        if new != old:
            change = text("UPDATE articles SET canonical_url = :new WHERE canonical_url = :old")
            connection.execute(change, {"new": new, "old": old})


def _disbelieve(connection: Connection) -> None:
    """What another owner's listing said of a page is no evidence any more."""
    for address, source in connection.execute(text("SELECT address, source FROM visits")).all():
        if not _is_owners(source, address):
            change = text("UPDATE visits SET title = NULL, published_at = NULL, publication = NULL WHERE address = :at")
            connection.execute(change, {"at": address})


def _is_owners(source: str, address: str) -> bool:
    try:
        return is_same_owner(source, address)
    except ValueError:
        return False


UPGRADES: Mapping[str, Callable[[Engine], None]] = {
    "1": partial(_run, (*_FROM_1, *_FROM_2, *_FROM_3)),
    "2": partial(_run, (*_FROM_2, *_FROM_3)),
    "3": partial(_run, _FROM_3),
    "4": partial(_run, ()),
}
"""By the format that is found. Format 2 repeats an article's date, outlet and kind beside its passages, format 3
knows the date of a correction notice, format 4 where an article was read, format 5 which of its
names keep an article out and whose listing is believed; tables that are new in a format are made by
themselves."""
