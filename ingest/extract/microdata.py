"""What a page says of itself in microdata (HTML standard) and RDFa Lite, in the shape of JSON-LD."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml.html import HtmlElement

from ingest.extract.json_ld import Described, local_name

_MOST_ITEMS = 200
_LONGEST_VALUE = 100_000
_ADDRESSES = {"url", "mainEntityOfPage", "sameAs", "image"}
_VALUE_ATTRIBUTES = ("content", "datetime", "href", "src")


class _Syntax(NamedTuple):
    """Names of the attributes of an item's type and of its properties."""

    type: str
    property: str


_SYNTAXES = (_Syntax("itemtype", "itemprop"), _Syntax("typeof", "property"))


def microdata_objects(tree: HtmlElement) -> tuple[Described, ...]:
    """The items that a page marks up and that are no property of another, in their order."""
    return tuple(described for syntax in _SYNTAXES for described in _top_items(tree, syntax))


def _top_items(tree: HtmlElement, syntax: _Syntax) -> Iterator[Described]:
    # Those within others are looked at too: a page's item may hold the article's without naming it a property.
    items = tree.xpath(f"//*[@{syntax.type}][not(@{syntax.property})]")
    for element in items[:_MOST_ITEMS]:
        yield _described(element, syntax, 0)


def _described(item: HtmlElement, syntax: _Syntax, depth: int) -> Described:
    fields: dict[str, Any] = {"@type": (item.get(syntax.type) or "").split()}
    waiting = list(item)[::-1]
    while waiting:
        element = waiting.pop()
        if not isinstance(element.tag, str):
            continue
        is_item = element.get(syntax.type) is not None
        for stated in (element.get(syntax.property) or "").split():
            name = local_name(stated)
            value = _described(element, syntax, depth + 1) if is_item and depth < 5 else _value(element, name)
            fields[name] = [*fields[name], value] if name in fields else [value]
        if not is_item:
            waiting += list(element)[::-1]
    return fields


def _value(element: HtmlElement, name: str) -> str:
    attributes = _VALUE_ATTRIBUTES if name in _ADDRESSES else _VALUE_ATTRIBUTES[:2]  # a headline is often a link
    stated = next((element.get(attribute) for attribute in attributes if element.get(attribute)), None)
    value: str = stated or element.text_content()
    return value[:_LONGEST_VALUE].strip()
