"""Readers' conversations: kept for their time and for their owner, and gone when they should be, from the disk too."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rag.errors import ConversationError
from rag.store import conversations
from rag.store.conversations import CONVERSATIONS_FILE, ConversationStore, conversation_store
from tests.rag.store.test_feedback import Clock

TURN = {"question": "When did the zebrafish lift off?", "answer": "At 04:12. [1]"}
LATER = {"question": "From where?", "answer": "From Cape Orlan. [1]"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[ConversationStore]:
    store = ConversationStore(tmp_path / CONVERSATIONS_FILE, days=30, clock=clock)
    yield store
    store.close()


def on_disk(folder: Path, words: str = "zebrafish") -> bool:
    return any(words.encode() in file.read_bytes() for file in folder.iterdir())


def test_its_id_reads_a_conversation_and_its_secret_goes_on_with_it(store: ConversationStore, clock: Clock) -> None:
    key = store.keep([TURN])
    assert key.until == datetime(2026, 10, 31, tzinfo=UTC)
    shared = store.shared(key.id)
    assert shared
    assert (shared.turns, shared.made_at, shared.until) == ((TURN,), clock.now, key.until)
    clock.now += timedelta(days=2)
    later = store.replace(key, [TURN, LATER])
    assert later
    assert later.until - key.until == timedelta(days=2)
    owned = store.owned(key.secret)
    assert owned
    assert (owned[0], owned[1].turns) == (later, (TURN, LATER))
    assert len({store.keep([TURN]).id for _ in range(50)}) == 50


def test_neither_of_the_two_opens_what_the_other_does(store: ConversationStore, tmp_path: Path) -> None:
    key = store.keep([TURN])
    assert store.owned(key.id) is None
    assert store.shared(key.secret) is None
    assert not store.erase(key.id)
    assert on_disk(tmp_path, key.id)
    assert not on_disk(tmp_path, key.secret), "who reads the file could go on with every conversation"


def test_its_owner_deletes_it(store: ConversationStore, tmp_path: Path) -> None:
    key = store.keep([TURN])
    assert on_disk(tmp_path)
    assert store.erase(key.secret)
    assert not store.erase(key.secret)
    assert store.shared(key.id) is None
    assert store.owned(key.secret) is None
    assert store.replace(key, [TURN]) is None
    assert not on_disk(tmp_path)


def test_what_was_taken_back_leaves_the_disk(store: ConversationStore, tmp_path: Path) -> None:
    key = store.keep([TURN, LATER])
    store.replace(key, [LATER])
    assert not on_disk(tmp_path)


def test_after_its_time_it_is_gone_unless_its_owner_used_it(
    store: ConversationStore, clock: Clock, tmp_path: Path
) -> None:
    key, other = store.keep([TURN]), store.keep([LATER])
    clock.now += timedelta(days=29)
    assert store.owned(other.secret)
    assert store.shared(key.id), "reading is no use of it"
    assert store.erase_old() == 0
    clock.now += timedelta(days=1)
    assert store.shared(key.id) is None
    assert store.owned(key.secret) is None
    assert store.replace(key, [TURN]) is None
    assert store.erase_old() == 1
    assert not on_disk(tmp_path)
    assert store.shared(other.id)


def test_what_is_too_long_is_refused_and_what_was_kept_stays(
    store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = store.keep([TURN])
    long = {"question": "?" * conversations.MOST_CHARACTERS}
    for keeping in (lambda: store.keep([long]), lambda: store.replace(key, [TURN, long])):
        with pytest.raises(ConversationError, match="too long to be kept"):
            keeping()
    kept = store.shared(key.id)
    assert kept
    assert kept.turns == (TURN,)
    monkeypatch.setattr(conversations, "MOST_KEPT", 1)
    with pytest.raises(ConversationError, match="no more can be"):
        store.keep([TURN])


def test_all_are_rewritten(store: ConversationStore, tmp_path: Path) -> None:
    first, second = store.keep([TURN, LATER]), store.keep([LATER])

    def change(turn: dict[str, Any]) -> dict[str, Any]:
        return turn | {"question": turn["question"].replace("zebrafish", "fish")}

    assert store.rewrite(change) == 1
    assert store.rewrite(change) == 0
    kept = store.shared(first.id)
    assert kept
    assert [turn["question"] for turn in kept.turns] == ["When did the fish lift off?", "From where?"]
    assert store.shared(second.id)
    assert not on_disk(tmp_path)


def test_an_operator_who_wants_none_keeps_none(tmp_path: Path) -> None:
    assert conversation_store(tmp_path, days=0) is None
    assert list(tmp_path.iterdir()) == []
    store = conversation_store(tmp_path, days=30)
    assert store
    store.keep([TURN])
    store.close()
    assert conversation_store(tmp_path, days=0) is None
    assert not on_disk(tmp_path)


def test_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / CONVERSATIONS_FILE).write_text("not a database, but long enough to be looked at " * 40, "utf-8")
    with pytest.raises(ConversationError, match="move it away"):
        ConversationStore(tmp_path / CONVERSATIONS_FILE, days=30)
