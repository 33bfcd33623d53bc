"""Readers' feedback: kept for its time, and gone when it should be, from the disk too."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rag.errors import FeedbackError
from rag.store.feedback import Feedback, FeedbackStore

GIVEN = Feedback("When did it lift off?", "At 04:12. [1]", "down", "zebrafish is wrong")


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 10, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[FeedbackStore]:
    store = FeedbackStore(tmp_path / "feedback.sqlite", days=90, clock=clock)
    yield store
    store.close()


def on_disk(folder: Path) -> bool:
    return any(b"zebrafish" in file.read_bytes() for file in folder.iterdir())


def test_a_receipt_erases_what_was_kept(store: FeedbackStore, tmp_path: Path) -> None:
    receipt = store.keep(GIVEN)
    assert receipt.until == datetime(2026, 12, 30, tzinfo=UTC)
    assert store.all() == (GIVEN,)
    assert on_disk(tmp_path)
    assert not store.erase("another")
    assert store.erase(receipt.id)
    assert not store.erase(receipt.id)
    assert store.all() == ()
    assert not on_disk(tmp_path)


def test_after_its_time_it_is_deleted(store: FeedbackStore, clock: Clock, tmp_path: Path) -> None:
    store.keep(GIVEN)
    clock.now += timedelta(days=89)
    later = Feedback("Who?", "Osric. [1]", "up")
    store.keep(later)
    assert store.erase_old() == 0
    clock.now += timedelta(days=1)
    assert store.erase_old() == 1
    assert store.all() == (later,)
    assert not on_disk(tmp_path)


def test_a_file_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "feedback.sqlite").write_text("not a database, but long enough to be looked at " * 40, "utf-8")
    with pytest.raises(FeedbackError, match="move it away"):
        FeedbackStore(tmp_path / "feedback.sqlite", days=90)
