"""What a user is told if the files of a library cannot be read or written."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import StorageError

_FULL = 50_000_000
"""Free bytes below which a failure is put down to the disk; SQLite and Chroma do not always say that it is full."""
_FULL_ERRORS = (errno.ENOSPC, errno.EDQUOT)


def storage_error(folder: Path, cause: BaseException) -> StorageError:
    """Return the error to raise for a failure to read or write files of a data directory.

    Args:
        folder: The data directory.
        cause: What the operating system, SQLite or an index says.
    """
    message = f"{folder} could not be written ({cause}); what was recorded before is safe."
    free = _free_bytes(folder)
    if getattr(cause, "errno", None) in _FULL_ERRORS or (free is not None and free < _FULL):
        room = f", {free / 1e6:.0f} MB are free there," if free is not None else ","
        return StorageError(f"{message} Make room{room} then run this again")
    return StorageError(message)


@contextmanager
def storage_errors(folder: Path, *errors: type[Exception]) -> Iterator[None]:
    """Raise `StorageError` for failures of files inside the block, which holds calls of storage and nothing else.

    Args:
        folder: The data directory.
        errors: What a vendor's library raises besides `OSError`.

    Raises:
        StorageError: A file cannot be read or written.
    """
    try:
        yield
    except StorageError as error:
        if str(folder) in str(error):
            raise
        raise storage_error(folder, error) from error
    except (OSError, *errors) as error:  # type: ignore[misc]
        raise storage_error(folder, error) from error


def _free_bytes(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
