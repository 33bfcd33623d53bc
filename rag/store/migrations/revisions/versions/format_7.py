"""Format 7: signatures of the texts of blocked articles; articles blocked before have none."""

import sqlalchemy as sa
from alembic import op

revision = "7"
down_revision = "6"


def upgrade() -> None:
    """Add a table."""
    op.create_table(
        "barred_texts",
        sa.Column("article", sa.String, primary_key=True),
        sa.Column("outlet", sa.String, primary_key=True),
        sa.Column("signature", sa.LargeBinary, primary_key=True),
    )
    op.create_index("ix_barred_texts_outlet", "barred_texts", ["outlet"])
