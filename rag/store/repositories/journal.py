"""The journal: what is to be done to the other stores, written into this one before it is done.

An intention is written in the transaction that changes the articles, and deleted when the other stores have
followed. If the process is killed in between it remains, and the next writer of the library carries it out
(`LibraryWriter`). Each intention can be carried out twice without harm. None holds anything of an article that is
forgotten.
"""

from collections.abc import Iterable
from typing import Literal

from sqlalchemy import Connection, delete, insert, select

from rag.store.sql.database import Repository
from rag.store.sql.schema import intentions

Intention = Literal["drop", "erase", "empty", "derive"]
"""What is to be done, and to what:

- `drop`: remove a passage, by its id, from both indexes.
- `erase`: remove a vector, by its digest, from the cache.
- `empty`: empty both indexes, and leave nothing of what they and the article store held on the disk.
- `derive`: derive both indexes from the article store; the subject is the digest of the backup that it was restored
  from, if it was.
"""


class Journal(Repository):
    """The intentions of one library that were not carried out yet."""

    def subjects(self, intention: Intention) -> list[str]:
        """Return what an intention is still to be carried out on; empty if it does not stand."""
        return self._column(
            select(intentions.c.subject).where(intentions.c.intention == intention).order_by(intentions.c.row)
        )

    def stands(self) -> bool:
        """Return whether anything is still to be carried out."""
        return bool(self._column(select(intentions.c.row).limit(1)))

    def strike(self, *done: Intention, then: Intention | None = None) -> None:
        """Delete intentions that were carried out, and write down one that follows from it."""
        with self._engine.begin() as connection:
            strike(connection, *done)
            if then:
                intend(connection, then)


def intend(connection: Connection, intention: Intention, subjects: Iterable[str] = ("",)) -> None:
    """Write down what is to be done, within the transaction that makes it necessary."""
    rows = [{"intention": intention, "subject": subject} for subject in subjects]
    if rows:
        connection.execute(insert(intentions), rows)


def strike(connection: Connection, *done: Intention) -> None:
    """Delete intentions within a transaction."""
    connection.execute(delete(intentions).where(intentions.c.intention.in_(done)))
