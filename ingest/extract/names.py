"""The names of outlets, people and sections, which are given as texts, in objects and in lists."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_ADDRESS = re.compile(r"(?:https?:)?//|www\.|\S{1,100}@\S{1,100}\Z|urn:", re.IGNORECASE)
"""The beginning of an address, which is nobody's name."""
_LABEL = re.compile(
    r"(?:published|posted|updated|modified|written|author|authors|by|on|date|null|none|undefined|unknown|n/a)[\s:]*",
    re.IGNORECASE,
)
"""What stands before a name or in place of one."""
_BESIDE_MAIL = re.compile(r"\S{1,100}@\S{1,100}\s\(([^()]{1,200})\)|([^<>]{1,200}?)\s?<[^<>\s]{1,100}@[^<>\s]{1,100}>")
"""A name as RSS and e-mail write it, beside its address."""
_NAMED_BY = ("name", "fullname", "displayname", "title", "label", "original", "text", "#text", "$", "@value", "value")
"""Entries of an object that hold its name, the likeliest first; without case, `_` and `-`."""
_LESS_USUAL = (
    "main",
    "basic",
    "default",
    "legalname",
    "alternatename",
    "shortname",
    "sitefull",
    "term",
    "attributes",
    "data",
)
_PARTS = (("givenname", "firstname"), ("additionalname", "middlename"), ("familyname", "lastname"))
_SEPARATORS = str.maketrans("", "", "_- ")
_DEEPEST = 5
_BY = re.compile(
    r"(?:(?:written|words|story|text)\s)?by\s+(?=\S)|(?:von|par|por|di|door|av|af)\s+(?=(?-i:[A-ZÀ-Þ])\S*\s+\S)",
    re.IGNORECASE,
)
"""The label of a byline. In other languages than English only before two words: "Von Miller" is somebody's name."""
_AND = re.compile(r",\s(?:and\s)?|\s(?:and|und|et|y|&)\s")
_AND_WORD = re.compile(r"\s(?:and|und|et|y|&)\s")


def names(value: Any, depth: int = 0) -> Iterator[str]:
    """The names of people or outlets, which stand in objects and lists; an address is nobody's name."""
    if isinstance(value, list | tuple) and depth < _DEEPEST:
        for item in value:
            yield from names(item, depth + 1)
    elif isinstance(value, Mapping) and depth < _DEEPEST:
        held = {str(name).translate(_SEPARATORS).lower(): inner for name, inner in value.items()}
        yield from _first(held, _NAMED_BY, depth) or _in_parts(held) or _first(held, _LESS_USUAL, depth)
    elif (name := line(value)) and not _ADDRESS.match(name) and not _LABEL.fullmatch(name):
        beside = _BESIDE_MAIL.fullmatch(name)
        yield (beside[1] or beside[2]).strip(" \"'") if beside else name


def people(name: str) -> list[str]:
    """The people whom a byline names: "By A. Quill, B. Tarrow and C. Lund" are three, if each part has two words."""
    name = (_BY.sub("", name, count=1) if _BY.match(name) else name).strip()
    parts = [part.strip() for part in _AND.split(name)]
    return parts if len(parts) > 1 and _AND_WORD.search(name) and all(" " in part for part in parts) else [name]


def line(value: Any) -> str | None:
    """A text that says something, on one line; of a list the first."""
    for text in value if isinstance(value, list | tuple) else [value]:
        if isinstance(text, str) and any(letter.isalnum() for letter in text):
            return " ".join(text.split())
    return None


def _first(held: Mapping[str, Any], keys: tuple[str, ...], depth: int) -> list[str]:
    """What the first of some entries names that names anything; in an object of languages the first of them."""
    values = (held[key] for key in keys if key in held)
    in_one_language = (next(iter(value.values()), None) if _is_by_language(value) else value for value in values)
    return next((found for value in in_one_language if (found := list(names(value, depth + 1)))), [])


def _is_by_language(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(key, str) and len(key) in (2, 5) for key in value)


def _in_parts(person: Mapping[str, Any]) -> list[str]:
    parts = (next((found for key in keys if (found := line(person.get(key)))), None) for keys in _PARTS)
    whole = " ".join(filter(None, parts))
    return [whole] if whole else []
