"""`sites.toml`: the sites whose pages may show the widget, and what it may answer there from."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from rag.engine import MAX_QUESTION_CHARACTERS
from rag.errors import QuestionError, SettingsError
from rag.models import Article, Filters
from rag.settings import Settings
from rag.toml_files import load_toml

SITES_FILE = "sites.toml"
"""Beside the library, unless `DATELINE_SITES` names another."""
_ORIGIN = re.compile(r"https?://(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::[1-9]\d{0,4})?")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_COLOUR = r"^#[0-9a-fA-F]{6}$"


def _origin(given: str) -> str:
    """The origin as browsers spell it: a frame policy and a message compare it letter by letter."""
    origin = given.lower()
    if not _ORIGIN.fullmatch(origin):
        raise ValueError(f"{given!r} is no origin; write scheme, host and port alone, e.g. https://news.example")
    return origin.removesuffix(_DEFAULT_PORTS[origin.partition(":")[0]])


class Accent(BaseModel):
    """The site's colour on a light and on a dark ground; `None` for the widget's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    light: Annotated[str | None, Field(pattern=_COLOUR)] = None
    dark: Annotated[str | None, Field(pattern=_COLOUR)] = None


class Site(BaseModel):
    """One site. Everything here may be read by its readers: nothing of it is secret.

    Attributes:
        id: Names it in the page: `data-site`.
        title: Stands above the conversation.
        origins: Whose pages may frame the widget, exactly; none means that the site is closed.
        outlets: It answers from these alone; none means all.
        sections: It answers from these alone, as the outlets spell them; none means all.
        greeting: What it says first; empty for the widget's own.
        starters: Questions that it offers.
        accent: Its colours.
        language: Of the interface.
        links: Where links open: in a new tab, or in place of the whole page.
        requests_per_minute: Of one reader of this site; unset means as of any client, 0 any number.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    title: Annotated[str, Field(min_length=1, max_length=100)]
    origins: tuple[Annotated[str, AfterValidator(_origin)], ...] = ()
    outlets: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    greeting: Annotated[str, Field(max_length=500)] = ""
    starters: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=MAX_QUESTION_CHARACTERS)], ...], Field(max_length=6)
    ] = ()
    accent: Accent = Accent()
    language: str = "en"
    links: Literal["_blank", "_top"] = "_blank"
    requests_per_minute: Annotated[int | None, Field(ge=0)] = None

    def covers(self, article: Article) -> bool:
        """It may answer from this article."""
        return (not self.outlets or article.source in self.outlets) and (
            not self.sections or article.section in self.sections
        )

    def bounded(self, asked: Filters) -> Filters:
        """What a reader asks for, as far as the site allows it.

        Raises:
            QuestionError: It allows none of the outlets that are asked for.
        """
        outlets = tuple(one for one in asked.sources or self.outlets if not self.outlets or one in self.outlets)
        if asked.sources and not outlets:
            raise QuestionError(f"{self.title} does not answer from {', '.join(asked.sources)}")
        return replace(asked, sources=outlets, sections=self.sections)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    site: tuple[Site, ...] = ()


def load_sites(file: Path) -> tuple[Site, ...]:
    """The sites of a `sites.toml`.

    Raises:
        SettingsError: It is not there, or something in it is wrong.
    """
    sites = load_toml(file, _File, error=SettingsError).site
    ids = [site.id for site in sites]
    twice = {one for one in ids if ids.count(one) > 1}
    if twice:
        raise SettingsError(f"{file}: {', '.join(sorted(twice))} stands there twice; give each site an id of its own")
    return sites


def sites_from(settings: Settings, *, languages: Collection[str]) -> tuple[Site, ...]:
    """The sites of the file that the settings name, or of the one beside the library if there is one.

    Args:
        settings: Name the file.
        languages: Those that the widget's interface speaks.

    Raises:
        SettingsError: The named file is not there, or something in it is wrong.
    """
    file = settings.sites or settings.data / SITES_FILE
    sites = load_sites(file) if settings.sites or file.exists() else ()
    for site in sites:
        if site.language not in languages:
            raise SettingsError(
                f"{file}: {site.id}: the widget does not speak {site.language!r}; it speaks {', '.join(languages)}"
            )
    return sites


def doubts(sites: Sequence[Site], *, outlets: Collection[str], sections: Collection[str]) -> list[str]:
    """What may be misspelled: outlets and sections that a site names and the library does not hold."""
    return [
        f"sites.toml: {site.id}: the library holds nothing of the {kind} {name!r}"
        for site in sites
        for kind, named, held in (("outlet", site.outlets, outlets), ("section", site.sections, sections))
        for name in named
        if name not in held
    ]
