"""Facts about a library as a whole, by name: its embedding model, its format, its last ingest."""

from sqlalchemy import Connection, select

from rag.store.sql.database import Repository, insert_missing, insert_or_replace
from rag.store.sql.schema import facts

MODEL_FACT = "embedding_model"
SCHEMA_FACT = "schema_version"


class Facts(Repository):
    """Texts by name."""

    def get(self, name: str) -> str | None:
        """Return a fact; `None` if it was never set."""
        with self._engine.connect() as connection:
            return connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar()

    def set(self, name: str, value: str) -> None:
        """Set a fact, replacing its value."""
        with self._engine.begin() as connection:
            set_fact(connection, name, value)

    def get_or_set(self, name: str, default: str) -> str:
        """Return a fact; if it was never set, set it to `default` first."""
        with self._engine.begin() as connection:
            insert_missing(connection, facts, [{"name": name, "value": default}])
            value: str = connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar_one()
        return value


def set_fact(connection: Connection, name: str, value: str) -> None:
    """Set a fact within a transaction."""
    insert_or_replace(connection, facts, [{"name": name, "value": value}])
