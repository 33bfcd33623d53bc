"""Running Alembic's revisions; a module of its own, since Alembic takes a while to import and is rarely needed."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection, revision: str) -> None:
    """Bring a database from a revision to the newest, within the transaction of the caller.

    Args:
        connection: In a transaction.
        revision: The format of the database, 3 or later.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "revisions").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.stamp(config, revision, purge=True)
    command.upgrade(config, "head")
