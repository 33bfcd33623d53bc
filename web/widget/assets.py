"""The widget's files: read once, gzipped, and versioned by a digest of their content."""

import base64
import gzip
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

WIDGET = Path(__file__).parents[1] / "assets" / "widget"
LOADER = "widget.js"
MAJOR = 1
"""Of the loader: pages that load `/widget.js` keep working as long as this stands."""
_TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent.

    Attributes:
        body: Its bytes.
        gzipped: The same, compressed.
        media_type: With its character set.
    """

    body: bytes
    gzipped: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class WidgetFiles:
    """The files of the widget.

    Attributes:
        loader: What other people's pages load.
        version: Of the loader; it changes with the content.
        integrity: Of the loader, as `integrity="..."` takes it.
        old: Loaders of older versions, by version, for pages that pinned them.
        assets: What the widget's own page loads, by name; nothing else is served.
        assets_version: Of those together.
        languages: Codes of those that the interface has messages in.
    """

    loader: Asset
    version: str
    integrity: str
    old: Mapping[str, Asset]
    assets: Mapping[str, Asset]
    assets_version: str
    languages: tuple[str, ...]

    def pinned(self, version: str) -> Asset | None:
        """The loader of a version."""
        return self.loader if version == self.version else self.old.get(version)


def widget_files(folder: Path = WIDGET) -> WidgetFiles:
    """What is in the folder: scripts, styles, `messages/*.json`, `old/VERSION.js`."""
    loader = _asset(folder / LOADER)
    messages = sorted((folder / "messages").glob("*.json"))
    parts = [*sorted(folder.glob("*.js")), *sorted(folder.glob("*.css")), *messages]
    assets = {file.relative_to(folder).as_posix(): _asset(file) for file in parts if file.name != LOADER}
    return WidgetFiles(
        loader=loader,
        version=f"{MAJOR}.{_digest([loader.body])}",
        integrity=f"sha384-{base64.b64encode(hashlib.sha384(loader.body).digest()).decode()}",
        old={file.stem: _asset(file) for file in (folder / "old").glob("*.js")},
        assets=assets,
        assets_version=_digest(asset.body for asset in assets.values()),
        languages=tuple(file.stem for file in messages),
    )


def _asset(file: Path) -> Asset:
    body = file.read_bytes()
    return Asset(body, gzip.compress(body, mtime=0), f"{_TYPES[file.suffix]}; charset=utf-8")


def _digest(bodies: Iterable[bytes]) -> str:
    total = hashlib.sha256()
    for body in bodies:
        total.update(hashlib.sha256(body).digest())
    return total.hexdigest()[:8]
