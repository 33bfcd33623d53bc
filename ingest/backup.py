"""Writing the record into a file and making a library of such a file; killed at any point, all or nothing is there."""

import gzip
import hashlib
import os
import shutil
import sqlite3
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy.exc import DBAPIError

from ingest.maintenance import record_of
from rag.errors import LibraryBusyError, LibraryError, LibraryVersionError, StorageError
from rag.library.library import discard_index_files, holds_library, write_lock
from rag.library.writer import RESTORING
from rag.settings import Settings
from rag.store import article_store_from
from rag.store.factory import RECORD_FILE
from rag.store.migrations import KNOWN_FORMATS, SCHEMA_VERSION
from rag.store.record import SqlArticleStore

_SQLITE = b"SQLite format 3\0"
_CORE = {"facts", "articles", "passages"}
_CHUNK = 1 << 20


def back_up(settings: Settings, file: Path) -> None:
    """Writes the record, from which all else derives, into a `.tar.gz`; the one that is there stays until it is whole.

    Raises:
        LibraryError: There is no library, or the file cannot be written.
        LibraryBusyError: Another process is backing this library up.
    """
    if not file.parent.is_dir():
        raise LibraryError(f"{file} could not be written: there is no folder {file.parent}")
    with record_of(settings) as record, _alone(settings.data), _drafts(settings.data, file) as (copy, draft):
        record.copy_to(copy)
        with draft.open("wb") as written:
            with tarfile.open(fileobj=written, mode="w:gz", format=tarfile.GNU_FORMAT) as archive:
                archive.add(copy, RECORD_FILE)
            written.flush()
            os.fsync(written.fileno())
        draft.replace(file)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Others may write to the library meanwhile, but not back it up."""
    try:
        with FileLock(folder / "backup.lock", timeout=0):
            yield
    except Timeout as error:
        raise LibraryBusyError(f"another process is backing {folder} up; wait for it to end") from error


@contextmanager
def _drafts(folder: Path, file: Path) -> Iterator[tuple[Path, Path]]:
    """Yield two files next to the backup to make it in; their names depend on the library only, so none pile up."""
    mark = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
    copy, draft = file.with_name(f".dateline-{mark}.sqlite"), file.with_name(f".dateline-{mark}.tar.gz")
    try:
        _unlink_database(copy)
        yield copy, draft
    except (OSError, StorageError) as error:
        message = f"{file} could not be written ({_cause(error)}); what was there before is as it was"
        raise LibraryError(message) from error
    finally:
        _unlink_database(copy)
        draft.unlink(missing_ok=True)


def restore(settings: Settings, file: Path) -> None:
    """Makes a library of a backup in an empty data directory; its indexes are then to be derived.

    A restore that was killed is taken up. What is no backup leaves the directory as it was.

    Raises:
        LibraryError: The directory holds a library, or the file is no backup.
        LibraryVersionError: Another version of Dateline made the backup.
        LibraryBusyError: Another process is writing.
    """
    try:
        with file.open("rb") as backup:
            digest = hashlib.file_digest(backup, "sha256").hexdigest()
    except OSError as error:
        raise LibraryError(f"{file} cannot be read: {error.strerror}") from error
    with _draft(settings.data) as draft:
        if _was_begun(settings, digest):
            return
        _unpack(file, draft)
        _prepare(draft, file, settings.embedding_model, digest)
        with write_lock(settings.data):
            if _was_begun(settings, digest):
                return
            _unlink_database(settings.data / RECORD_FILE)  # a log without its record would be played into the new one
            discard_index_files(settings.data)
            draft.replace(settings.data / RECORD_FILE)


def _was_begun(settings: Settings, digest: str) -> bool:
    """Whether the directory holds what this very backup was restored to, with indexes still to be derived."""
    if not holds_library(settings.data):
        return False
    record = article_store_from(settings)
    try:
        if digest not in record.journal.subjects("derive"):
            raise LibraryError(f"{settings.data} holds a library; restore into another --data directory")
    finally:
        record.close()
    return True


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """A file within the data directory to unpack into; where that fails, no folder stays that was not there before."""
    absent = [absent_folder for absent_folder in (folder, *folder.parents) if not absent_folder.exists()]
    aside = folder / RESTORING
    try:
        aside.mkdir(parents=True, exist_ok=True)
        with FileLock(aside / "lock", timeout=0):
            try:
                _unlink_database(aside / RECORD_FILE)
                yield aside / RECORD_FILE
            finally:
                shutil.rmtree(aside)
    except Timeout as error:
        raise LibraryBusyError(f"another process is restoring into {folder}; wait for it to end") from error
    except OSError as error:
        raise LibraryError(f"data directory {folder} could not be written: {error}") from error
    finally:
        for absent_folder in absent:
            if absent_folder.is_dir() and not any(absent_folder.iterdir()):
                absent_folder.rmdir()


def _cause(error: Exception) -> object:
    """What the database, or the operating system, says of an error."""
    cause = error.__cause__ if isinstance(error, StorageError) else error
    return cause.orig if isinstance(cause, DBAPIError) else cause


def _unlink_database(file: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


class _Bounded(gzip.GzipFile):
    """Reads no more at once than a backup needs: the length of a header is whatever its file says."""

    def read(self, size: int | None = -1) -> bytes:
        if size is None or not 0 <= size <= _CHUNK:
            raise tarfile.ReadError("it has an overlong header")
        return super().read(size)


def _unpack(file: Path, draft: Path) -> None:
    """Copies the one member that a backup has, whatever else an archive may say."""
    try:
        with _Bounded(file) as packed, tarfile.open(fileobj=packed, mode="r:") as archive:
            member = archive.next()
            if member is None or member.name != RECORD_FILE or member.type != tarfile.REGTYPE or member.issparse():
                raise LibraryError(f"{file} is no backup of a library: it does not hold one file {RECORD_FILE}")
            _copy(archive, member, draft)
            if archive.next() is not None:
                raise LibraryError(f"{file} is no backup of a library: it holds more than {RECORD_FILE}")
    except (EOFError, OSError, RecursionError, ValueError, tarfile.TarError, zlib.error) as error:
        raise LibraryError(f"{file} is no backup of a library, or could not be unpacked: {error}") from error


def _copy(archive: tarfile.TarFile, member: tarfile.TarInfo, draft: Path) -> None:
    free = shutil.disk_usage(draft.parent).free
    if member.size > free:
        raise tarfile.ReadError(f"it unpacks to {member.size / 1e6:.0f} MB, and {free / 1e6:.0f} MB are free")
    packed = archive.extractfile(member)
    head = packed.read(len(_SQLITE)) if packed else b""
    if not packed or head != _SQLITE:
        raise tarfile.ReadError(f"its {RECORD_FILE} is no SQLite file")
    with draft.open("wb") as unpacked:
        unpacked.write(head)
        shutil.copyfileobj(packed, unpacked, _CHUNK)
    if draft.stat().st_size != member.size:
        raise tarfile.ReadError("it is cut short")


def _prepare(draft: Path, file: Path, embedding_model: str, digest: str) -> None:
    """Checks the record, brings it up to this format, and notes that its indexes are to be derived."""
    try:
        _check_before_opening(draft, file)
        record = SqlArticleStore(draft)
        try:
            missing = record.missing_columns()
            if missing:
                raise LibraryError(f"{file} is no backup of a library: its record lacks {', '.join(missing)}")
            record.reset_indexes(embedding_model=embedding_model, backup=digest)
            record.vacuum()
        finally:
            record.close()
    except (StorageError, DBAPIError, sqlite3.Error) as error:
        cause = _cause(error)
        raise LibraryError(f"{file} is no backup of a library: {cause}") from error


def _check_before_opening(draft: Path, file: Path) -> None:
    """What opening would change: it makes tables that are lacking."""
    with closing(sqlite3.connect(draft)) as connection:
        integrity = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if integrity != "ok":
            raise LibraryError(f"{file} is no backup of a library: its record is damaged ({integrity})")
        objects = connection.execute("SELECT type, name FROM sqlite_master").fetchall()
        strange = [name for kind, name in objects if kind in ("trigger", "view")]
        lacking = _CORE - {name for kind, name in objects if kind == "table"}
        if strange or lacking:
            problem = f"has a {strange[0]}" if strange else f"lacks {', '.join(sorted(lacking))}"
            raise LibraryError(f"{file} is no backup of a library: its record {problem}")
        version = connection.execute("SELECT value FROM facts WHERE name = 'schema_version'").fetchone()
    if version is None or version[0] not in KNOWN_FORMATS:
        raise LibraryVersionError(
            f"{file} has format {version[0] if version else 'unknown'}, this Dateline writes format {SCHEMA_VERSION}; "
            "restore it with the Dateline that made it"
        )
