"""Format 4: where an article was read, which articles are blocked, and what listings state of pages."""

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"


def upgrade() -> None:
    """Add columns and a table, some of which some libraries of format 3 have already."""
    op.add_column("articles", sa.Column("came_from", sa.Text))
    op.create_table("barred", sa.Column("digest", sa.String, primary_key=True), if_not_exists=True)
    held = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("visits")}
    for name in ("digest", "title", "published_at", "publication"):
        if name not in held:
            op.add_column("visits", sa.Column(name, sa.Text))
