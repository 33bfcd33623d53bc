"""Format 5: the names of blocked articles, the journal, addresses in one spelling, and no hearsay of other owners."""

import sqlalchemy as sa
from alembic import op

from rag.urls import exact_url, is_same_owner

revision = "5"
down_revision = "4"


def upgrade() -> None:
    """Add tables, which some libraries of formats 3 and 4 have already, and revise addresses and visits."""
    op.create_table(
        "barred_names",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("article", sa.String, primary_key=True),
        if_not_exists=True,
    )
    op.create_table(
        "intentions",
        sa.Column("row", sa.Integer, primary_key=True),
        sa.Column("intention", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        if_not_exists=True,
    )
    op.execute(
        "INSERT INTO barred_names (name, article) SELECT digest, digest FROM barred WHERE NOT EXISTS "
        "(SELECT 1 FROM barred_names WHERE barred_names.name = barred.digest AND article = barred.digest)"
    )
    _respell_addresses(op.get_bind())
    _drop_hearsay(op.get_bind())


def _respell_addresses(connection: sa.Connection) -> None:
    """Spell addresses as `rag.urls` does, so that articles are found at them."""
    query = sa.text("SELECT DISTINCT canonical_url FROM articles WHERE canonical_url IS NOT NULL")
    for old in connection.execute(query).scalars().all():
        try:
            new = exact_url(old)
        except ValueError:
            continue  # the article is found by its id only, as before
        if new != old:
            change = sa.text("UPDATE articles SET canonical_url = :new WHERE canonical_url = :old")
            connection.execute(change, {"new": new, "old": old})


def _drop_hearsay(connection: sa.Connection) -> None:
    """Delete what the listing of another owner stated about a page."""
    for address, source in connection.execute(sa.text("SELECT address, source FROM visits")).all():
        if not _is_owners(source, address):
            change = "UPDATE visits SET title = NULL, published_at = NULL, publication = NULL WHERE address = :at"
            connection.execute(sa.text(change), {"at": address})


def _is_owners(source: str, address: str) -> bool:
    try:
        return is_same_owner(source, address)
    except ValueError:
        return False
