"""`sources.toml`: the outlets that an operator configures, with their addresses and rules."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from rag.errors import SourcesError
from rag.settings import load_toml


def _web_address(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{address!r} is no http or https address")
    return address


def _interval(text: object) -> timedelta:
    match = _INTERVAL.fullmatch(text) if isinstance(text, str) else None
    if match is None or not int(match[1]):
        raise ValueError(f"{text!r} is no interval; write for example 15m, 2h or 1d")
    return int(match[1]) * _UNITS[match[2]]


Address = Annotated[str, AfterValidator(_web_address)]
DEFAULT_REFRESH = timedelta(minutes=15)
_INTERVAL = re.compile(r"(\d{1,6}) ?([smhd])")
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class Outlet(BaseModel):
    """One outlet.

    Attributes:
        name: Becomes the outlet of its articles, whatever their pages say.
        feeds: Addresses of RSS, Atom or JSON feeds.
        sitemaps: Addresses of sitemaps or indexes of them.
        pages: Addresses of single articles.
        tier: 1 ranks before, 3 behind all others.
        full_text: Its articles may be shown whole.
        include: Prefixes of the paths that are fetched; empty for all.
        exclude: Prefixes of the paths that are not.
        refresh: Shortest time between two requests for one of its addresses; `15m` in the file.
        sections: Prefix of a path -> section of the articles there; the longest match counts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    feeds: tuple[Address, ...] = ()
    sitemaps: tuple[Address, ...] = ()
    pages: tuple[Address, ...] = ()
    tier: Annotated[int, Field(ge=1, le=3)] = 2
    full_text: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    refresh: Annotated[timedelta, BeforeValidator(_interval)] = DEFAULT_REFRESH
    sections: dict[str, str] = {}

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses to fetch: feeds, then sitemaps, then pages."""
        return (*self.feeds, *self.sitemaps, *self.pages)

    def takes(self, address: str) -> bool:
        """Return whether the rules `include` and `exclude` let an address in."""
        path = urlsplit(address).path or "/"
        return (not self.include or path.startswith(self.include)) and not path.startswith(self.exclude or ("\0",))

    def section_of(self, address: str) -> str | None:
        """Return the section that the rules give to an address; `None` where none does."""
        path = urlsplit(address).path
        fitting = [beginning for beginning in self.sections if path.startswith(beginning)]
        return self.sections[max(fitting, key=len)] if fitting else None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    outlet: tuple[Outlet, ...] = ()


def load_outlets(file: Path) -> tuple[Outlet, ...]:
    """Read the outlets of a `sources.toml`.

    Raises:
        SourcesError: The file does not exist, or something in it is wrong.
    """
    outlets = load_toml(file, _File, error=SourcesError).outlet
    names = [outlet.name for outlet in outlets]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise SourcesError(f"{file}: {', '.join(sorted(twice))} stands there twice; put its addresses together")
    return outlets


def outlets_of(file: Path | None) -> tuple[Outlet, ...]:
    """Read the outlets of a `sources.toml`; none where no file is named or the file does not exist.

    Raises:
        SourcesError: Something in the file is wrong.
    """
    return load_outlets(file) if file and file.exists() else ()
