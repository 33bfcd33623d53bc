"""Format 6: the addresses of an article in a table of their own."""

import sqlalchemy as sa
from alembic import op

revision = "6"
down_revision = "5"

_COLUMNS = {"url": "url", "canonical_url": "canonical", "came_from": "fetched_from"}
"""Columns of format 5, and the roles that their addresses have now."""


def upgrade() -> None:
    """Move three columns into a table, and add an index that some libraries of format 5 lack."""
    op.create_table(
        "article_addresses",
        sa.Column("article_row", sa.Integer, sa.ForeignKey("articles.row"), primary_key=True),
        sa.Column("role", sa.String, primary_key=True),
        sa.Column("address", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    articles = sa.table("articles", sa.column("row"), *map(sa.column, _COLUMNS))
    addresses = sa.table("article_addresses", *map(sa.column, ("article_row", "role", "address")))
    for column, role in _COLUMNS.items():
        stated = articles.c[column]
        rows = sa.select(articles.c.row, sa.literal(role), stated).where(stated.is_not(None), stated != "")
        op.execute(addresses.insert().from_select(["article_row", "role", "address"], rows))
    op.create_index("articles_by_address", "article_addresses", ["role", "address"])
    op.drop_index("by_address", "articles", if_exists=True)
    for column in _COLUMNS:
        op.drop_column("articles", column)
    op.create_index("by_section", "articles", ["section", "current"], if_not_exists=True)
