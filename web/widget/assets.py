"""The widget's files: read once, gzipped, and versioned by a digest of their content."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.messages import LANGUAGES, in_language

WIDGET = Path(__file__).parents[1] / "assets" / "widget"
LOADER = "widget.js"
MAJOR = 1
"""Of the loader: pages that load `/widget.js` keep working as long as this stands."""
_LOADERS_WORDS = ("ask_the_news", "close", "not_loaded")
_UNSENT = re.compile(r"/\*\* .*? \*/ ?|^\s*// .*\n|^\s+", re.MULTILINE)
"""Of the loader: comments on types, indentation, and lines that are a comment."""
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
    """

    loader: Asset
    version: str
    integrity: str
    old: Mapping[str, Asset]
    assets: Mapping[str, Asset]
    assets_version: str

    def pinned(self, version: str) -> Asset | None:
        """The loader of a version."""
        return self.loader if version == self.version else self.old.get(version)


def widget_files(folder: Path = WIDGET) -> WidgetFiles:
    """What is in the folder: scripts, styles, `old/VERSION.js`; and the catalogue as `messages/LANGUAGE.json`."""
    loader = _asset_of(_loader(folder / LOADER), ".js")
    parts = [*sorted(folder.glob("*.js")), *sorted(folder.glob("*.css"))]
    assets = {file.name: _asset(file) for file in parts if file.name != LOADER}
    for language in LANGUAGES:
        messages = json.dumps(in_language(language).for_widget(), ensure_ascii=False)
        assets[f"messages/{language}.json"] = _asset_of(messages.encode(), ".json")
    return WidgetFiles(
        loader=loader,
        version=f"{MAJOR}.{_digest([loader.body])}",
        integrity=f"sha384-{base64.b64encode(hashlib.sha384(loader.body).digest()).decode()}",
        old={file.stem: _asset(file) for file in (folder / "old").glob("*.js")},
        assets=assets,
        assets_version=_digest(asset.body for asset in assets.values()),
    )


def _loader(file: Path) -> bytes:
    """The loader as it is sent: with its few words in each language, and without what browsers do not read."""
    words = {code: [in_language(code)(key) for key in _LOADERS_WORDS] for code in LANGUAGES}
    script = _UNSENT.sub("", file.read_text(encoding="utf-8"))
    return script.replace(
        "WORDS = {}", f"WORDS = {json.dumps(words, ensure_ascii=False, separators=(',', ':'))}", 1
    ).encode()


def _asset(file: Path) -> Asset:
    return _asset_of(file.read_bytes(), file.suffix)


def _asset_of(body: bytes, suffix: str) -> Asset:
    return Asset(body, gzip.compress(body, mtime=0), f"{_TYPES[suffix]}; charset=utf-8")


def _digest(bodies: Iterable[bytes]) -> str:
    total = hashlib.sha256()
    for body in bodies:
        total.update(hashlib.sha256(body).digest())
    return total.hexdigest()[:8]
