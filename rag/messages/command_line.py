"""What is told on the command line, and by the server when it starts. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime


def as_of_line(as_of: datetime, newest: str | None) -> str:
    """Return the line that says up to when articles were considered.

    Args:
        as_of: Aware UTC.
        newest: Date of the newest cited article, if any.
    """
    source = f"; newest source {newest}" if newest else ""
    return f"As of {as_of:%Y-%m-%d %H:%M} UTC{source}."


# Options


def not_an_origin(given: str) -> str:
    """Return the error for an `--allow-origin` that is none."""
    return (
        f"--allow-origin {given}: an origin is scheme and host alone, e.g. https://news.example, or app://notes of an "
        "application"
    )


def not_a_root_path(given: str) -> str:
    """Return the error for a `--root-path` that is none."""
    return f"--root-path {given}: it is the path under which a proxy serves this server, e.g. /news"


def root_path_taken(given: str) -> str:
    """Return the error for a `--root-path` under which the server has paths of its own."""
    return f"--root-path {given}: the server has paths of its own there; choose another, e.g. /news"


# `sites.toml`

NOT_TYPED = "a secret has letters, digits and signs of ASCII only, without spaces"


def no_origin(given: str) -> str:
    """Return the error for an origin of a site that is none."""
    return f"{given!r} is not an origin; write scheme, host and port alone, e.g. https://news.example"


def sites_listed_twice(file: str, ids: Iterable[str]) -> str:
    """Return the error for ids that several sites have."""
    return f"{file}: {', '.join(sorted(ids))} is listed twice; give each site an id of its own"


def unknown_language(file: str, site: str, language: str, languages: Iterable[str]) -> str:
    """Return the error for a site in a language that the widget does not speak."""
    return f"{file}: {site}: the widget does not speak {language!r}; it speaks {', '.join(languages)}"


def nothing_held_of(site: str, kind: str, name: str, similar: Sequence[str]) -> str:
    """Return the warning about an outlet or section of a site that the library does not hold.

    Args:
        site: The site's id.
        kind: `outlet` or `section`.
        name: As `sites.toml` has it.
        similar: Names in the library that may be meant.
    """
    return f"sites.toml: {site}: the library holds nothing of the {kind} {name!r}{meant(similar)}"


def meant(similar: Sequence[str]) -> str:
    """Return the end of a sentence about an unknown name, with the names that may be meant."""
    return f"; {' or '.join(map(repr, similar))} may be meant" if similar else ""


def site_unknown(site: str, known: Sequence[str]) -> str:
    """Return what a publisher's page is told that names a site which `sites.toml` does not list.

    Args:
        site: As the page names it.
        known: Similar ones.
    """
    return f"data-site {site!r} is not in sites.toml{meant(known)}."


def site_not_open(site: str, origin: str) -> str:
    """Return what a publisher's page is told that may not show a site."""
    return f"{origin} is not among the origins that sites.toml allows for {site!r}."
