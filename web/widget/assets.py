"""The widget's files: read once, named, packed, and versioned by what is in them."""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

WIDGET = Path(__file__).parents[1] / "assets" / "widget"
LOADER = "widget.js"
MAJOR = 1
"""Of the loader: pages that load `/widget.js` keep working as long as this stands."""
_TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json"}
_PLACE = re.compile(r"\{\{(\w+)\}\}")
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent.

    Attributes:
        body: Its bytes.
        packed: The same, gzipped.
        media_type: With its character set.
    """

    body: bytes
    packed: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class WidgetFiles:
    """All that the widget is made of.

    Attributes:
        loader: What other people's pages load.
        version: Of the loader; another content is another version.
        integrity: Of the loader, as `integrity="..."` takes it.
        old: Loaders of older versions that are kept for pages that pinned them.
        assets: What the widget's own page loads, by name; nothing else is served.
        assets_version: Of those together.
        embed: The template of that page.
        demo: The template of the demo page.
        languages: Those that there are messages in.
    """

    loader: Asset
    version: str
    integrity: str
    old: Mapping[str, Asset]
    assets: Mapping[str, Asset]
    assets_version: str
    embed: str
    demo: str
    languages: tuple[str, ...]

    def pinned(self, version: str) -> Asset | None:
        """The loader of a version."""
        return self.loader if version == self.version else self.old.get(version)


def widget_files(folder: Path = WIDGET) -> WidgetFiles:
    """What is in the folder: pages, scripts, styles, `messages/*.json`, `old/VERSION.js`."""
    loader = _asset(folder / LOADER)
    messages = sorted((folder / "messages").glob("*.json"))
    parts = [*sorted(folder.glob("*.js")), *sorted(folder.glob("*.css")), *messages]
    assets = {one.relative_to(folder).as_posix(): _asset(one) for one in parts if one.name != LOADER}
    return WidgetFiles(
        loader=loader,
        version=f"{MAJOR}.{_digest([loader.body])}",
        integrity=f"sha384-{base64.b64encode(hashlib.sha384(loader.body).digest()).decode()}",
        old={one.stem: _asset(one) for one in (folder / "old").glob("*.js")},
        assets=assets,
        assets_version=_digest(one.body for one in assets.values()),
        embed=(folder / "embed.html").read_text(encoding="utf-8"),
        demo=(folder / "demo.html").read_text(encoding="utf-8"),
        languages=tuple(one.stem for one in messages),
    )


def filled(template: str, *, title: str, language: str, version: str, config: Mapping[str, Any]) -> str:
    """A page of its template; no value is looked through for places again."""
    values = {
        "title": escape(title),
        "lang": escape(language),
        "dir": "rtl" if language.partition("-")[0] in _RIGHT_TO_LEFT else "ltr",
        "version": escape(version),
        "config": script_json(config),
    }
    return _PLACE.sub(lambda place: values.get(place.group(1), place.group()), template)


def script_json(value: Mapping[str, Any]) -> str:
    """JSON that can stand inside a script element: nothing in it ends the element or begins a comment."""
    text = json.dumps(value)  # ASCII only, so the line separators of Unicode are escaped as well
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _asset(file: Path) -> Asset:
    body = file.read_bytes()
    return Asset(body, gzip.compress(body, mtime=0), f"{_TYPES[file.suffix]}; charset=utf-8")


def _digest(bodies: Iterable[bytes]) -> str:
    total = hashlib.sha256()
    for body in bodies:
        total.update(hashlib.sha256(body).digest())
    return total.hexdigest()[:8]
