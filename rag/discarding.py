"""Deleting a folder so that whoever looks meanwhile sees all of it or nothing."""

import shutil
from pathlib import Path


def discard(folder: Path) -> None:
    """Deletes a folder if it is there, with what an earlier, killed attempt left beside it."""
    aside = folder.with_name(f"{folder.name}.discarded")
    if aside.exists():
        shutil.rmtree(aside)
    if folder.exists():
        folder.rename(aside)
        shutil.rmtree(aside)
