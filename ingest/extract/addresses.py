"""Which of the addresses that a page states can be its article's own."""

import re
from typing import Any

from rag.urls import canonical_url, is_front_page

_UNFILLED = re.compile(
    r"[{}<>]|%(?![0-9a-f]{2})|\[[A-Za-z_]|/:[a-z_]|/(?:undefined|null|nan)(?=[/?#]|\Z)", re.IGNORECASE
)
"""Signs of a template that was not filled in: `{slug}`, `%URL%`, `[SITE_URL]`, `/:id`, `/undefined`."""
_NO_ADDRESS = {"", "null", "undefined", "none", "nan"}


def article_address(*stated: Any) -> str | None:
    """The first address that can be an article's own, unlike a front page or an unfilled template."""
    return next((address for address in stated if spelled(address) and not names_front_page(address)), None)


def names_front_page(address: Any) -> bool:
    """An address names a site, not an article on it."""
    canonical = spelled(address)
    return canonical is not None and is_front_page(canonical)


def spelled(address: Any) -> str | None:
    """An address in its canonical spelling; `None` for what is none."""
    try:
        return canonical_url(address) if isinstance(address, str) and is_filled(address) else None
    except ValueError:
        return None


def is_filled(address: str) -> bool:
    """The template of a page was filled in where it states this address."""
    return address.strip().lower() not in _NO_ADDRESS and not _UNFILLED.search(address)
