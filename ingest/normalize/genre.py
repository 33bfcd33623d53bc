"""What kind of article it is, as its marks say."""

import re
from collections.abc import Mapping
from typing import get_args

from rag.models import Kind

_MARKS: Mapping[Kind, re.Pattern[str]] = {
    "correction": re.compile(r"^\s*(?:corrections?|clarifications?|erratum)\b", re.IGNORECASE),
    "live": re.compile(
        r"^\s*live\s*(?:[:|–—-]|updates?\b|blog\b)|\b(?:live updates|live blog|as it happened)\b", re.IGNORECASE
    ),
    "opinion": re.compile(
        r"^\s*(?:opinion|op-ed|editorial|comment|column|letters?(?: to the editor)?|perspective)\s*(?:[:|–—-]|$)",
        re.IGNORECASE,
    ),
    "analysis": re.compile(r"^\s*(?:news )?analysis\s*(?:[:|–—-]|$)|\|\s*analysis\s*$", re.IGNORECASE),
}
_SECTIONS: Mapping[str, Kind] = {
    "opinion": "opinion",
    "opinions": "opinion",
    "commentary": "opinion",
    "comment": "opinion",
    "comment is free": "opinion",
    "commentisfree": "opinion",
    "editorial": "opinion",
    "editorials": "opinion",
    "op-ed": "opinion",
    "letters": "opinion",
    "columnists": "opinion",
    "analysis": "analysis",
    "corrections": "correction",
    "corrections and clarifications": "correction",
    "live": "live",
    "live-news": "live",
    "live-updates": "live",
}


def kind_of(*, stated: str | None, title: str, section: str | None, url: str | None) -> Kind:
    """The article's kind: as the record or page states it, else by headline, section and address."""
    kinds: tuple[Kind, ...] = get_args(Kind)
    for kind in kinds:
        if kind == (stated or "").lower() and kind != "news":
            return kind
    for kind, mark in _MARKS.items():
        if mark.search(title):
            return kind
    places = [place.strip().lower() for place in (section or "", *(url or "").split("/")[3:-1])]
    return next((_SECTIONS[place] for place in places if place in _SECTIONS), "news")
