"""Deleting a folder so that whoever looks meanwhile sees all of it or nothing."""

import shutil
from pathlib import Path


def discard(folder: Path) -> None:
    """Deletes a folder if it is there, with what an earlier attempt that was killed left next to it."""
    discard_rest(folder)
    if folder.exists():
        aside = _aside(folder)
        folder.rename(aside)
        shutil.rmtree(aside)


def discard_rest(folder: Path) -> None:
    """Deletes what a killed `discard` of a folder left."""
    if _aside(folder).exists():
        shutil.rmtree(_aside(folder))


def _aside(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.discarded")
