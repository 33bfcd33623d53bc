"""`sites.toml`: the sites whose pages may show the widget, and which articles answers there may use."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from rag import messages
from rag.errors import QuestionError, SettingsError
from rag.messages import LANGUAGES, Text
from rag.models import MAX_QUESTION_CHARACTERS, Article, Filters
from rag.settings import Settings, load_toml
from rag.urls import with_ascii_host

SITES_FILE = "sites.toml"
"""In the data directory, unless `DATELINE_SITES` names another file."""
_ORIGIN = re.compile(r"https?://(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::[1-9]\d{0,4})?")
_TYPED = re.compile(r"[!-~]+")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_SIMILAR = 0.7
"""Share of letters, in order, that a misspelt name has in common with the right one."""
_COLOUR = r"^#[0-9a-fA-F]{6}$"


def _origin(given: str) -> str:
    """The origin as browsers write it, since frame policies and messages compare it as text."""
    origin = with_ascii_host(given.lower())
    if not _ORIGIN.fullmatch(origin):
        raise ValueError(messages.no_origin(given))
    return origin.removesuffix(_DEFAULT_PORTS[origin.partition(":")[0]])


def _typed(secret: SecretStr) -> SecretStr:
    """The secret, if browsers send it as it is typed: HTTP leaves open how others are encoded."""
    if not _TYPED.fullmatch(secret.get_secret_value()):
        raise ValueError(messages.NOT_TYPED)
    return secret


class Accent(BaseModel):
    """The site's colour on light and on dark background; `None` means the widget's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    light: Annotated[str | None, Field(pattern=_COLOUR)] = None
    dark: Annotated[str | None, Field(pattern=_COLOUR)] = None


class Site(BaseModel):
    """One site. Its readers can read all of this but `usage_secret`.

    Attributes:
        id: Names it in the page: `data-site`.
        title: Above the conversation.
        origins: Of the pages that may frame the widget; empty means that the site is closed.
        outlets: It answers only from these; empty means all.
        sections: It answers only from these, as the outlets spell them; empty means all.
        greeting: Above the first question; empty means the widget's own.
        starters: Questions that it offers.
        accent: Its colours.
        language: Of the interface; empty means the one that the reader's browser asks for.
        links: Where links open: in a new tab, or in place of the whole page.
        requests_per_minute: Of one reader of this site; unset means as of any client, 0 no limit.
        daily_tokens: Of the language model, beyond which its answers are quotes until the next day, UTC; 0 no limit.
        usage_secret: Opens to the publisher how many questions were asked; unset means to nobody.
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
    language: str = ""
    links: Literal["_blank", "_top"] = "_blank"
    requests_per_minute: Annotated[int | None, Field(ge=0)] = None
    daily_tokens: Annotated[int, Field(ge=0)] = 0
    usage_secret: Annotated[SecretStr, Field(min_length=16, max_length=200), AfterValidator(_typed)] | None = None

    def covers(self, article: Article) -> bool:
        """Whether it may answer from this article."""
        return (not self.outlets or article.source in self.outlets) and (
            not self.sections or article.section in self.sections
        )

    def bounded(self, asked: Filters) -> Filters:
        """The filters that a reader set, within what the site allows.

        Raises:
            QuestionError: It allows none of the outlets that the filters name.
        """
        outlets = tuple(name for name in asked.sources or self.outlets if not self.outlets or name in self.outlets)
        if asked.sources and not outlets:
            raise QuestionError(Text("not_answered_from", {"site": self.title, "outlets": ", ".join(asked.sources)}))
        return replace(asked, sources=outlets, sections=self.sections)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    site: tuple[Site, ...] = ()


def load_sites(file: Path) -> tuple[Site, ...]:
    """The sites of a `sites.toml`.

    Raises:
        SettingsError: It is missing, or something in it is wrong.
    """
    sites = load_toml(file, _File, error=SettingsError).site
    ids = [site.id for site in sites]
    repeated = {site_id for site_id in ids if ids.count(site_id) > 1}
    if repeated:
        raise SettingsError(messages.sites_listed_twice(str(file), repeated))
    return sites


def sites_from(settings: Settings) -> tuple[Site, ...]:
    """The sites of the file that the settings name, or else of `sites.toml` in the data directory, if it exists.

    Args:
        settings: Name the file.

    Raises:
        SettingsError: The named file is missing, or something in it is wrong.
    """
    file = settings.sites or settings.data / SITES_FILE
    sites = load_sites(file) if settings.sites or file.exists() else ()
    for site in sites:
        if site.language and site.language not in LANGUAGES:
            raise SettingsError(messages.unknown_language(str(file), site.id, site.language, LANGUAGES))
    return sites


def similar_names(name: str, known: Collection[str]) -> list[str]:
    """Known names that are spelled much like this one, the most similar first."""
    spelled = {other.casefold(): other for other in known}
    return [spelled[match] for match in get_close_matches(name.casefold(), spelled, n=2, cutoff=_SIMILAR)]


def unknown_names(sites: Sequence[Site], *, outlets: Collection[str], sections: Collection[str]) -> list[str]:
    """Warnings about outlets and sections that a site names and the library does not hold; they may be misspelled."""
    return [
        messages.nothing_held_of(site.id, kind, name, similar_names(name, held))
        for site in sites
        for kind, named, held in (("outlet", site.outlets, outlets), ("section", site.sections, sections))
        for name in named
        if name not in held
    ]
