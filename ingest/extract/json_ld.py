"""What a page says of itself in JSON-LD (schema.org), as outlets really write it.

Blocks are wrapped in CDATA or comments, end in semicolons, follow each other in one script, break lines inside strings
or forget to escape quotes; json-repair reads what `json` does not. Names of types and fields may be whole addresses.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Any

import json_repair
from lxml.html import HtmlElement

log = logging.getLogger(__name__)

Described = Mapping[str, Any]
"""An object of schema.org: `@type` and its fields, by their local names."""

_WRAPPING = re.compile(r"<!\[CDATA\[|\]\]>|<!--|-->")
_VALUE_BEGINS = re.compile(r"[{\[]")
_VOCABULARY = re.compile(r"^(?:https?://(?:www\.)?schema\.org/|schema:)", re.IGNORECASE)
_MOST_REPAIRED, _MOST_BRACKETS, _MOST_QUOTES = 200_000, 2_000, 20_000
"""Characters, brackets and quotes of a block that is repaired; the time that takes grows with their square."""
_MOST_BLOCKS = 100
_MOST_OBJECTS = 20_000
_DEEPEST = 30
_HOLDING = ("@graph", "mainEntity")
"""Fields whose objects the page is about; a related story stands in others (`itemListElement`, `mentions`)."""
_REFERENCE = {"@id", "@type"}


def json_ld_objects(tree: HtmlElement) -> tuple[Described, ...]:
    """The objects that a page's scripts describe, in their order; references by `@id` are followed."""
    scripts = [script for script in tree.iter("script") if "ld+json" in (script.get("type") or "").lower()]
    values = [_plain(value, 0) for script in scripts[:_MOST_BLOCKS] for value in lenient_json(script.text or "")]
    named: dict[str, Described] = {}
    for described in _objects(values, _DEEPEST):
        if isinstance(described.get("@id"), str) and described.keys() - _REFERENCE:
            named.setdefault(described["@id"], described)
    return tuple(_resolved(top, named) for top in _top_objects(values))


def lenient_json(text: str) -> list[Any]:
    """The values that a script holds, one after another; empty where it holds none that can be read."""
    if '"' not in text and "&quot;" in text:
        text = unescape(text)
    text = _WRAPPING.sub(" ", text)
    decoder, values = json.JSONDecoder(strict=False), list[Any]()
    begins = _VALUE_BEGINS.search(text)
    while begins:
        try:
            value, end = decoder.raw_decode(text, begins.start())
        except (ValueError, RecursionError) as error:
            return [*values, *_repaired(text[begins.start() :], error)]
        values.append(value)
        begins = _VALUE_BEGINS.search(text, end)
    return values


def types_of(described: Described) -> set[str]:
    """The local names of its types, e.g. `NewsArticle` of `http://schema.org/NewsArticle`."""
    return {local_name(name) for name in listed(described.get("@type")) if isinstance(name, str)}


def local_name(name: str) -> str:
    """The name of a type or field without the vocabulary that it stands in: `author` of `schema:author`."""
    return _VOCABULARY.sub("", name)


def listed(value: Any) -> Sequence[Any]:
    """A list as it is, without its nulls; anything else as a list of one, and nothing as an empty one."""
    if isinstance(value, list):
        return [item for item in value if item is not None]
    return [] if value is None else [value]


def _repaired(text: str, error: Exception) -> list[Any]:
    too_much = len(text) > _MOST_REPAIRED or text.count('"') > _MOST_QUOTES
    if too_much or text.count("{") + text.count("[") > _MOST_BRACKETS:
        log.info("a JSON-LD block is damaged and too large to be repaired: %s", error)
        return []
    try:
        value = json_repair.loads(text, skip_json_loads=True)
    except (ValueError, RecursionError):
        log.info("a JSON-LD block is damaged and cannot be repaired: %s", error)
        return []
    log.info("a JSON-LD block is damaged and was repaired: %s", error)
    return [value]


def _plain(value: Any, depth: int) -> Any:
    """A value whose objects name their fields locally, without the wrappers of expanded JSON-LD."""
    if isinstance(value, list) and depth < _DEEPEST:
        return [_plain(item, depth + 1) for item in value]
    if not isinstance(value, dict) or depth >= _DEEPEST:
        return None if isinstance(value, dict | list) else value
    for wrapper in ("@value", "@list", "@set"):
        if wrapper in value:
            return _plain(value[wrapper], depth + 1)
    return {local_name(name): _plain(held, depth + 1) for name, held in value.items()}


def _objects(values: Any, depth: int) -> Iterator[Described]:
    """All objects within values, at most as many as a page has."""
    waiting, number = [values], 0
    while waiting and number < _MOST_OBJECTS:
        value = waiting.pop()
        number += 1
        if isinstance(value, dict):
            yield value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value[:_MOST_OBJECTS]


def _top_objects(values: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for value in values:
        for described in listed(value):
            if isinstance(described, list):
                yield from _top_objects(described)
            elif isinstance(described, dict):
                yield described
                for name in _HOLDING:
                    yield from _top_objects([described.get(name)])


def _resolved(described: dict[str, Any], named: Mapping[str, Described]) -> Described:
    """An object whose fields hold, in place of references, what they refer to."""
    return {name: _followed(value, named) for name, value in described.items()}


def _followed(value: Any, named: Mapping[str, Described]) -> Any:
    if isinstance(value, list):
        return [_followed(item, named) for item in value]
    is_reference = isinstance(value, dict) and isinstance(value.get("@id"), str) and not value.keys() - _REFERENCE
    return named.get(value["@id"], value) if is_reference else value
