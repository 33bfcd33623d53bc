"""Backups: what is written is whole, what is no backup is refused and leaves nothing behind."""

import io
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ingest.__main__ import main
from tests.ingest.conftest import on_disk
from tests.rag.store.test_migrations import written_by


@pytest.fixture
def backup(made_data: Path, data: Path) -> Path:
    return Path(shutil.copy(made_data / "backup.tar.gz", data.parent))


def record_in(backup: Path) -> bytes:
    with tarfile.open(backup) as archive:
        held = archive.extractfile("record.sqlite")
        assert held
        return held.read()


def archive_of(file: Path, *members: tuple[tarfile.TarInfo, bytes]) -> None:
    with tarfile.open(file, "w:gz") as archive:
        for member, content in members:
            member.size = member.size or len(content)
            archive.addfile(member, io.BytesIO(content) if content else None)


def named(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, link
    return member


def changed_record(*statements: str) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        record = file.with_name("changed.sqlite")
        record.write_bytes(record_in(file))
        with closing(sqlite3.connect(record)) as connection:
            connection.execute("PRAGMA foreign_keys=OFF")
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        archive_of(file, (named("record.sqlite"), record.read_bytes()))
        record.unlink()

    return change


def other_bytes(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    return lambda file: file.write_bytes(change(file.read_bytes())) and None


def members(*made: Callable[[bytes], tuple[tarfile.TarInfo, bytes]]) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        record = record_in(file)
        archive_of(file, *(one(record) for one in made))

    return change


def huge(_record: bytes) -> tuple[tarfile.TarInfo, bytes]:
    member = named("record.sqlite")
    member.size = 1 << 50
    return member, b""


def with_long_header(record: bytes) -> tuple[tarfile.TarInfo, bytes]:
    member = named("record.sqlite")
    member.pax_headers = {"comment": "x" * 20_000_000}
    return member, record


def damaged(record: bytes) -> tuple[tarfile.TarInfo, bytes]:
    half = len(record) // 2
    return named("record.sqlite"), record[:half] + bytes(byte ^ 0xFF for byte in record[half:])


NO_BACKUPS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "cut in the middle": ("backup", other_bytes(lambda given: given[: len(given) // 2])),
    "cut at the end": ("backup", other_bytes(lambda given: given[:-300])),
    "empty": ("backup", other_bytes(lambda _given: b"")),
    "text": ("backup", other_bytes(lambda _given: b"no backup at all " * 100)),
    "flipped": (
        "backup",
        other_bytes(lambda given: given[:200] + bytes(b ^ 0xFF for b in given[200:260]) + given[260:]),
    ),
    "another name": ("one file record.sqlite", members(lambda record: (named("data.sqlite"), record))),
    "a path": ("one file record.sqlite", members(lambda record: (named("../record.sqlite"), record))),
    "an absolute path": ("one file record.sqlite", members(lambda record: (named("/tmp/record.sqlite"), record))),
    "a symbolic link": (
        "one file record.sqlite",
        members(lambda _record: (named("record.sqlite", tarfile.SYMTYPE, "/etc/passwd"), b"")),
    ),
    "a hard link": (
        "one file record.sqlite",
        members(lambda _record: (named("record.sqlite", tarfile.LNKTYPE, "/etc/passwd"), b"")),
    ),
    "a device": ("one file record.sqlite", members(lambda _record: (named("record.sqlite", tarfile.CHRTYPE), b""))),
    "a folder": ("one file record.sqlite", members(lambda _record: (named("record.sqlite", tarfile.DIRTYPE), b""))),
    "nothing": ("one file record.sqlite", members()),
    "two files": (
        "more than record.sqlite",
        members(lambda record: (named("record.sqlite"), record), lambda record: (named("more"), record)),
    ),
    "a huge file": ("MB are free", members(huge)),
    "a long header": ("overlong header", members(with_long_header)),
    "no SQLite": ("no SQLite file", members(lambda _record: (named("record.sqlite"), b"no record" * 1000))),
    "damage": ("no backup of a library", members(damaged)),
    "a later format": ("has format 99", changed_record("UPDATE facts SET value = '99' WHERE name = 'schema_version'")),
    "no format": ("has format unknown", changed_record("DELETE FROM facts")),
    "no articles": ("lacks articles", changed_record("DROP TABLE articles")),
    "no column": ("lacks articles.correction", changed_record("ALTER TABLE articles DROP COLUMN correction")),
    "a trigger": (
        "has a t",
        changed_record("CREATE TRIGGER t AFTER INSERT ON facts BEGIN DELETE FROM articles; END"),
    ),
}


@pytest.mark.parametrize("what", NO_BACKUPS)
def test_what_is_no_backup_is_refused_and_nothing_is_made(
    what: str, backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reason, change = NO_BACKUPS[what]
    change(backup)
    for folder in (tmp_path / "new" / "data", tmp_path / "there"):
        if folder.name == "there":
            folder.mkdir()
            (folder / "examples.txt").write_text("What happened?\n", encoding="utf-8")
        capsys.readouterr()
        assert main(["restore", str(backup), "--data", str(folder)]) == 2
        assert reason in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
    assert [one.name for one in (tmp_path / "there").iterdir()] == ["examples.txt"]


@pytest.mark.parametrize("name", ["1", "4"])
def test_a_backup_of_an_older_dateline_is_restored(name: str, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tar.gz"
    with tarfile.open(backup, "w:gz", format=tarfile.GNU_FORMAT) as archive:
        archive.add(written_by(name, tmp_path), "record.sqlite")
    restored = ["--data", str(tmp_path / "deep" / "restored")]
    assert main(["restore", str(backup), *restored]) == 0
    assert main(["check", *restored]) == 0


def test_a_log_that_an_older_record_left_is_not_played_into_the_restored_one(backup: Path, tmp_path: Path) -> None:
    folder = tmp_path / "restored"
    (folder / "lexical").mkdir(parents=True)
    (folder / "record.sqlite-wal").write_bytes(b"an old log" * 1000)
    assert main(["restore", str(backup), "--data", str(folder)]) == 0
    assert main(["check", "--data", str(folder)]) == 0
    assert on_disk(folder, "Quembley")


def test_another_backup_does_not_take_the_place_of_one_that_is_being_restored(
    backup: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, other = tmp_path / "restored", tmp_path / "other.tar.gz"
    assert main(["forget", "https://b.example/snow", "--data", str(data)]) == 0
    assert main(["backup", str(other), "--data", str(data)]) == 0
    assert main(["restore", str(backup), "--data", str(folder)]) == 0
    for file in (backup, other):
        capsys.readouterr()
        assert main(["restore", str(file), "--data", str(folder)]) == 2
        assert "holds a library" in capsys.readouterr().err
    assert on_disk(folder, "Skerrin")


def test_a_backup_that_cannot_be_written_leaves_the_one_that_is_there(
    backup: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = backup.read_bytes()
    (tmp_path / "folder.tar.gz").mkdir()
    for target in (tmp_path / "none" / "backup.tar.gz", tmp_path / "folder.tar.gz", backup / "inside.tar.gz"):
        capsys.readouterr()
        assert main(["backup", str(target), "--data", str(data)]) == 2
        assert "could not be written" in capsys.readouterr().err
    assert backup.read_bytes() == before
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".")]


def test_what_is_restored_may_get_vectors_of_another_model(
    backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed_record("UPDATE facts SET value = 'another' WHERE name = 'embedding_model'")(backup)
    assert main(["restore", str(backup), "--data", str(tmp_path / "restored")]) == 0
    assert main(["check", "--data", str(tmp_path / "restored")]) == 0
    shutil.rmtree(tmp_path / "restored")
