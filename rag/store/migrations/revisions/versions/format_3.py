"""Format 3: the first that is a revision of Alembic."""

revision = "3"
down_revision = None


def upgrade() -> None:
    """Do nothing: `rag.store.migrations.before_3` leads here."""
