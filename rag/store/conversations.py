"""Readers' conversations: kept only once they ask for it, for a stated time, and deleted on their word."""

import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Column, MetaData, Row, String, Table, delete, func, insert, select, text, update
from sqlalchemy import Text as LongString

from rag.errors import ConversationError, LibraryError
from rag.messages import Text
from rag.store.sql.database import open_engine

CONVERSATIONS_FILE = "conversations.sqlite"
"""In the data directory; no backup of the library holds it."""
MOST_KEPT = 5_000
MOST_CHARACTERS = 500_000
"""Of one conversation as JSON; 30 answers with ten citations each take about half of it."""

Turn = dict[str, Any]
"""A question with its answer, as `rag.schemas.turn_json` writes it."""

_metadata = MetaData()
_conversations = Table(
    "conversations",
    _metadata,
    Column("id", String, primary_key=True),
    Column("owner", String, nullable=False, unique=True),
    Column("made_at", String, nullable=False),
    Column("used_at", String, nullable=False, index=True),
    Column("turns", LongString, nullable=False),
)


@dataclass(frozen=True, slots=True)
class OwnerKey:
    """What the reader gets whose conversation is kept.

    Attributes:
        id: Whoever has it can read the conversation; nobody can guess it.
        secret: Whoever has it can go on with the conversation and delete it; the store holds its digest alone.
        until: When the conversation is deleted unless its owner uses it before.
    """

    id: str
    secret: str
    until: datetime


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A conversation as it is kept.

    Attributes:
        turns: Oldest first.
        made_at: When it was first kept.
        until: When it is deleted unless its owner uses it before.
    """

    turns: tuple[Turn, ...]
    made_at: datetime
    until: datetime


class ConversationStore:
    """A small SQLite file.

    Args:
        file: Made if absent.
        days: How long a conversation is kept after its owner used it last; 0 keeps none.
        clock: The time now, aware.

    Raises:
        ConversationError: The file is no database or cannot be written.
    """

    def __init__(self, file: Path, *, days: int, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._days = timedelta(days=days)
        self._clock = clock
        self._engine = open_engine(file)
        try:
            _metadata.create_all(self._engine)
        except LibraryError as error:
            message = f"{file} cannot hold conversations: {error}; move it away and start again"
            raise ConversationError(message) from error

    @property
    def days(self) -> int:
        """How long a conversation is kept after its owner used it last."""
        return self._days.days

    def close(self) -> None:
        """Releases the file."""
        self._engine.dispose()

    def keep(self, turns: Sequence[Turn]) -> OwnerKey:
        """Keeps a conversation whose reader asked for it.

        Raises:
            ConversationError: It is too long, or so many are kept already that no more is taken.
        """
        written, now = _written(turns), self._clock()
        key = OwnerKey(secrets.token_urlsafe(16), secrets.token_urlsafe(32), now + self._days)
        moment = now.isoformat()
        row = {"id": key.id, "owner": _digest(key.secret), "made_at": moment, "used_at": moment, "turns": written}
        with self._engine.begin() as connection:
            if connection.execute(select(func.count()).select_from(_conversations)).scalar_one() >= MOST_KEPT:
                raise ConversationError(Text("no_more_conversations"))
            connection.execute(insert(_conversations).values(row))
        return key

    def replace(self, key: OwnerKey, turns: Sequence[Turn]) -> OwnerKey | None:
        """Keeps other turns in the place of those that are kept; `None` if nothing is kept under the key any more.

        Raises:
            ConversationError: The conversation is too long; what was kept stays.
        """
        written = _written(turns)
        changed = update(_conversations).where(self._is_of(key.secret))
        now = self._clock()
        with self._engine.begin() as connection:
            was_kept = connection.execute(changed.values(turns=written, used_at=now.isoformat())).rowcount > 0
        self._clean_file()
        return OwnerKey(key.id, key.secret, now + self._days) if was_kept else None

    def owned(self, secret: str) -> tuple[OwnerKey, KeptConversation] | None:
        """Return the conversation that its owner goes on with; its time begins again. `None` if there is none."""
        now = self._clock()
        changed = update(_conversations).where(self._is_of(secret)).values(used_at=now.isoformat())
        with self._engine.begin() as connection:
            row = connection.execute(changed.returning(*_conversations.columns)).one_or_none()
        return (OwnerKey(row.id, secret, now + self._days), self._kept(row)) if row else None

    def shared(self, conversation_id: str) -> KeptConversation | None:
        """Return the conversation that somebody may read who has its id; `None` if there is none."""
        query = select(_conversations).where(_conversations.c.id == conversation_id, self._is_in_time())
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return self._kept(row) if row else None

    def erase(self, secret: str) -> bool:
        """Deletes the owner's conversation; False if there is none."""
        with self._engine.begin() as connection:
            statement = delete(_conversations).where(_conversations.c.owner == _digest(secret))
            erased = connection.execute(statement).rowcount > 0
        self._clean_file()
        return erased

    def erase_old(self) -> int:
        """Deletes what was kept for its time; returns how many."""
        with self._engine.begin() as connection:
            erased = connection.execute(delete(_conversations).where(~self._is_in_time())).rowcount
        self._clean_file()
        return erased

    def rewrite(self, change: Callable[[Turn], Turn]) -> int:
        """Replaces the turns of all conversations by what a function makes of each; returns how many it changed."""
        changed = 0
        with self._engine.begin() as connection:
            # One at a time: all together may be larger than the memory.
            for conversation_id in connection.execute(select(_conversations.c.id)).scalars().all():
                is_this = _conversations.c.id == conversation_id
                kept = connection.execute(select(_conversations.c.turns).where(is_this)).scalar_one_or_none()
                written = json.dumps(list(map(change, json.loads(kept or "[]"))), ensure_ascii=False)
                if kept and written != kept:
                    # Not over what its owner added meanwhile.
                    statement = update(_conversations).where(is_this, _conversations.c.turns == kept)
                    changed += connection.execute(statement.values(turns=written)).rowcount
        self._clean_file()
        return changed

    def _is_of(self, secret: str) -> Any:
        return (_conversations.c.owner == _digest(secret)) & self._is_in_time()

    def _is_in_time(self) -> Any:
        return _conversations.c.used_at > (self._clock() - self._days).isoformat()

    def _kept(self, row: Row[Any]) -> KeptConversation:
        made_at, used_at = map(datetime.fromisoformat, (row.made_at, row.used_at))
        return KeptConversation(tuple(json.loads(row.turns)), made_at, used_at + self._days)

    def _clean_file(self) -> None:
        # Deleted rows are overwritten (`secure_delete`), but their old pages remain in the log until then.
        with self._engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def conversation_store(folder: Path, *, days: int) -> ConversationStore | None:
    """Return the store of a data directory; `None` if no conversations are kept, and then none stay that were.

    Raises:
        ConversationError: The file is no database or cannot be written.
    """
    file = folder / CONVERSATIONS_FILE
    if not days and not file.exists():
        return None
    store = ConversationStore(file, days=days)
    if days:
        return store
    store.erase_old()
    store.close()
    return None


def _written(turns: Sequence[Turn]) -> str:
    written = json.dumps(list(turns), ensure_ascii=False)
    if len(written) > MOST_CHARACTERS:
        raise ConversationError(Text("conversation_too_long"))
    return written


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
