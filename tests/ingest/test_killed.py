"""Commands that are killed at any moment: the next one finishes them, and readers never see what is half gone."""

import json
import math
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rag.indexes.embedding import LocalEmbedding
from rag.indexes.embedding_cache import VectorCache
from tests.ingest.conftest import SECRET, on_disk
from tests.ingest.killing import Commands, Ended, commands
from tests.ingest.test_pipeline import write

ADDRESS = "https://a.example/secret"
WORDS = ("Quembley", "Xylothrace", "a.example/secret")
_FEW, _MANY = 2, 25


@pytest.fixture(scope="module")
def children() -> Iterator[Commands]:
    with commands() as running:
        yield running


@dataclass(frozen=True)
class Place:
    """Folders of one attempt: a library with its cache, and files beside them."""

    folder: Path
    children: Commands

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    def run(self, *arguments: str | Path, kill_at: int = 0, data: str = "data") -> Ended:
        return self.children.run(*arguments, "--data", self.folder / data, kill_at=kill_at, cache=self.cache)

    def assert_whole(self, *, passages: int, data: str = "data") -> None:
        checked = self.run("whole", data=data)
        assert checked.code == 0, checked.out
        findings = json.loads(checked.out)
        assert findings.pop("passages") == passages
        assert not any(findings.values())

    def passages(self) -> list[str]:
        with sqlite3.connect(self.data / "record.sqlite") as record:
            found = record.execute("SELECT id FROM passages WHERE current ORDER BY id").fetchall()
        record.close()
        return [one for (one,) in found]

    def records(self) -> list[dict[str, Any]]:
        with sqlite3.connect(self.data / "record.sqlite") as record:
            rows = record.execute("SELECT id, version, current, text FROM articles ORDER BY id, version").fetchall()
        record.close()
        return [dict(zip(("id", "version", "current", "text"), row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def made(made_data: Path, children: Commands) -> Place:
    """Three articles, one of them a secret, and a backup."""
    return Place(made_data, children)


def for_each_moment(
    made: Place, folder: Path, attempt: Callable[[Place, int], Ended], then: Callable[[Place], None], *, at_most: int
) -> None:
    """Makes the attempt anew, killed at so many of its moments at most, and sees that what follows holds."""

    def fresh(name: str) -> Place:
        shutil.copytree(made.folder, folder / name)
        return Place(folder / name, made.children)

    whole = attempt(fresh("whole"), 0)
    assert whole.code == 0, whole.out
    step = math.ceil(whole.moments / at_most)
    for moment in range(1, whole.moments + 1, step):
        place = fresh(str(moment))
        killed = attempt(place, moment)
        # How many moments a run has depends on its threads: one that would come last may not come at all.
        assert killed.code is None or killed.moments < moment, f"not killed at {moment}: {killed.out}"
        then(place)
        shutil.rmtree(place.folder)


_IF_SLOW = pytest.param(_MANY, marks=[pytest.mark.slow, pytest.mark.timeout(1800)], id="many")
_MOMENTS = pytest.mark.parametrize("at_most", [pytest.param(_FEW, id="few"), _IF_SLOW])
_MOMENTS_IF_SLOW = pytest.mark.parametrize("at_most", [_IF_SLOW])


@_MOMENTS
def test_forgetting(made: Place, tmp_path: Path, embedding: LocalEmbedding, at_most: int) -> None:
    (key,) = VectorCache(tmp_path / "unused", embedding).digests([f"Xylothrace\n{SECRET}"])

    def then(place: Place) -> None:
        gone = len(place.records()) == 2
        found = place.run("search", "Xylothrace Quembley confessed", "--json")
        assert found.code == 0, found.out
        assert (SECRET in found.out) is not gone
        if not gone:
            assert on_disk(place.data, "Quembley")
            assert place.run("forget", ADDRESS).code == 0
        again = place.run("forget", ADDRESS)
        assert (again.code, again.out) == (0, "0 articles forgotten\n")
        for words in WORDS:
            assert on_disk(place.data, words) + on_disk(place.cache, words) == []
        assert not any(bytes.fromhex(key) in file.read_bytes() for file in place.cache.iterdir())
        place.assert_whole(passages=2)

    assert any(bytes.fromhex(key) in file.read_bytes() for file in made.cache.iterdir())
    for_each_moment(
        made, tmp_path, lambda place, moment: place.run("forget", ADDRESS, kill_at=moment), then, at_most=at_most
    )


def test_checking_finishes_what_was_killed(made: Place, tmp_path: Path) -> None:
    """Not to be called whole as it is, for one."""
    shutil.copytree(made.folder, tmp_path / "counted")
    shutil.copytree(made.folder, tmp_path / "killed")
    moments = Place(tmp_path / "counted", made.children).run("forget", ADDRESS).moments
    place = Place(tmp_path / "killed", made.children)
    assert place.run("forget", ADDRESS, kill_at=moments // 3).code is None
    assert len(place.records()) == 2
    assert place.run("check").code == 0
    assert [word for word in WORDS if on_disk(place.folder, word)] == []
    place.assert_whole(passages=2)


@_MOMENTS_IF_SLOW
def test_withdrawing(made: Place, tmp_path: Path, at_most: int) -> None:
    def then(place: Place) -> None:
        (secret,) = (one for one in place.records() if one["text"] == SECRET)
        found = place.run("search", "Xylothrace Quembley confessed", "--json")
        assert (SECRET in found.out) is bool(secret["current"])
        assert place.run("withdraw", ADDRESS).code == 0
        place.assert_whole(passages=2)

    for_each_moment(
        made, tmp_path, lambda place, moment: place.run("withdraw", ADDRESS, kill_at=moment), then, at_most=at_most
    )


@_MOMENTS_IF_SLOW
def test_rebuilding(made: Place, tmp_path: Path, at_most: int) -> None:
    def then(place: Place) -> None:
        assert place.run("search", "rain").code == 0
        assert place.run("withdraw", ADDRESS).code == 0
        place.assert_whole(passages=2)

    for_each_moment(made, tmp_path, lambda place, moment: place.run("rebuild", kill_at=moment), then, at_most=at_most)


@_MOMENTS
def test_restoring(made: Place, tmp_path: Path, at_most: int) -> None:
    def attempt(place: Place, moment: int = 0) -> Ended:
        return place.run("restore", place.folder / "backup.tar.gz", kill_at=moment, data="restored")

    def then(place: Place) -> None:
        again = attempt(place)
        assert again.code == 0, again.out
        place.assert_whole(passages=3, data="restored")
        assert not (place.folder / "restored" / "restoring").exists()
        assert attempt(place).code == 2  # now it holds a library

    for_each_moment(made, tmp_path, attempt, then, at_most=at_most)


@_MOMENTS_IF_SLOW
def test_backing_up(made: Place, tmp_path: Path, at_most: int) -> None:
    good = (made.folder / "backup.tar.gz").read_bytes()

    def attempt(place: Place, moment: int = 0) -> Ended:
        return place.run("backup", place.folder / "backup.tar.gz", kill_at=moment)

    def then(place: Place) -> None:
        backup = place.folder / "backup.tar.gz"
        if backup.read_bytes() != good:
            assert place.run("restore", backup, data="restored").code == 0
            place.assert_whole(passages=3, data="restored")
            shutil.rmtree(place.folder / "restored")
        assert attempt(place).code == 0
        assert {one.name for one in place.folder.iterdir()} == {"data", "cache", "backup.tar.gz"}

    for_each_moment(made, tmp_path, attempt, then, at_most=at_most)


PROMPT = "Sign up to our newsletter and never miss the news from the valley again."


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory, children: Commands) -> Place:
    """Long articles, and a file that changes one of them and by which a paragraph of all turns out to recur."""
    place = Place(tmp_path_factory.mktemp("crowded"), children)

    def story(i: int, *, more: str = "") -> dict[str, Any]:
        text = "\n\n".join(" ".join(f"w{i}x{j}x{k}" for k in range(60)) + "." for j in range(6))
        return {
            "url": f"https://a.example/{i}",
            "title": f"Story {i}",
            "text": f"{text}\n\n{PROMPT}{more}",
            "source": "Gazette",
        }

    assert place.run(write(place.folder / "first.jsonl", *(story(i) for i in range(2)))).code == 0
    write(place.folder / "second.jsonl", story(0, more="\n\nIt was changed."), *(story(i) for i in range(2, 6)))
    return place


@_MOMENTS_IF_SLOW
def test_taking_in(crowded: Place, tmp_path: Path, at_most: int) -> None:
    def attempt(place: Place, moment: int = 0) -> Ended:
        return place.run(place.folder / "second.jsonl", "--json", kill_at=moment)

    undisturbed = Place(tmp_path / "whole", crowded.children)

    def then(place: Place) -> None:
        assert attempt(place).code == 0
        assert place.records() == undisturbed.records()
        assert place.passages() == undisturbed.passages()
        place.assert_whole(passages=len(undisturbed.passages()))

    for_each_moment(crowded, tmp_path, attempt, then, at_most=at_most)
    assert any(not one["current"] for one in undisturbed.records())
