"""The journal: what is to be done to the stores beside the record, written down in the record before it is done.

An intention is written in the transaction that changes the record, and struck out when the other stores have
followed. A process that is killed in between leaves it standing; whoever writes to the library next carries it out
(`LibraryWriter`). Each is safe to carry out twice. None holds anything of an article that is forgotten.
"""

from collections.abc import Iterable
from typing import Literal

from sqlalchemy import Column, Connection, Engine, Integer, String, Table, delete, insert, select

from rag.store.schema import metadata

Intention = Literal["drop", "erase", "empty", "derive"]
"""What is meant, and of what:

- `drop`: a passage, by its id, leaves both indexes.
- `erase`: a vector, by its digest, leaves the cache.
- `empty`: both indexes are emptied, and nothing of what they and the record held stays on the disk.
- `derive`: both indexes are being derived from the record; of the backup with that digest, if there is one.
"""

intentions = Table(
    "intentions",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("intention", String, nullable=False),
    Column("subject", String, nullable=False),
)


def intend(connection: Connection, intention: Intention, subjects: Iterable[str] = ("",)) -> None:
    """Writes down what is to be done, within the transaction that makes it necessary."""
    rows = [{"intention": intention, "subject": one} for one in subjects]
    if rows:
        connection.execute(insert(intentions), rows)


def strike(connection: Connection, *done: Intention) -> None:
    """Strikes out what was done."""
    connection.execute(delete(intentions).where(intentions.c.intention.in_(done)))


class Journal:
    """The intentions of one library that were not carried out yet.

    Args:
        engine: The record's.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def subjects(self, intention: Intention) -> list[str]:
        """What an intention is still to be carried out on; empty if it does not stand."""
        query = select(intentions.c.subject).where(intentions.c.intention == intention).order_by(intentions.c.row)
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def stands(self) -> bool:
        """Whether anything is still to be carried out."""
        with self._engine.connect() as connection:
            return connection.execute(select(intentions.c.row).limit(1)).first() is not None

    def strike(self, *done: Intention, then: Intention | None = None) -> None:
        """Strikes out what was done, and writes down what follows from it."""
        with self._engine.begin() as connection:
            strike(connection, *done)
            if then:
                intend(connection, then)
