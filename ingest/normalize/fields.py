"""The names and wrappings under which records hold what an article has.

Names of fields are compared without case, `_`, `-`, `.` and `:`. An object with a single text or number in it
(`{"$date": ...}`, `{"rendered": ...}`) and a list of one item stand for what they hold, written out in a table's text,
too.
"""

import ast
import json
from collections.abc import Iterator, Mapping
from typing import Any

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "guid", "uuid"),
    "url": (
        "url",
        "link",
        "href",
        "web_url",
        "article_url",
        "permalink",
        "canonical_url",
        "canonical_link",
        "canonical",
        "alternate",
        "effective_url",
        "requested_url",
        "page_url",
        "main_entity_of_page",
    ),
    "title": ("title", "headline", "name", "headlines", "web_title", "headline_main"),
    "text": (
        "text",
        "content",
        "body",
        "articleBody",
        "article_text",
        "maintext",
        "full_text",
        "content_html",
        "content_text",
        "content_elements",
        "body_html",
        "body_text",
        "html",
        "text_content",
        "plaintext",
        "raw_content",
        "raw_text",
        "story_text",
        "article",
        "story",
        "document",
    ),
    "summary": (
        "summary",
        "description",
        "abstract",
        "lead_paragraph",
        "snippet",
        "short_description",
        "excerpt",
        "dek",
        "standfirst",
        "teaser",
    ),
    "published_at": (
        "published_at",
        "publish_date",
        "published",
        "date_publish",
        "publishedAt",
        "datePublished",
        "pub_date",
        "pubDate",
        "date_published",
        "published_date",
        "publishing_date",
        "published_time",
        "published_on",
        "publication_date",
        "date_time_pub",
        "date_time",
        "post_date",
        "first_publish_date",
        "display_date",
        "time_published",
        "pub_time",
        "issued",
        "date",
        "created",
    ),
    "updated_at": (
        "updated_at",
        "updated",
        "date_modify",
        "dateModified",
        "date_modified",
        "modified",
        "modified_at",
        "modified_date",
        "last_modified",
        "last_updated",
        "last_updated_date",
        "updated_date",
        "update_date",
        "modified_time",
        "updated_time",
        "changed",
        "changed_at",
    ),
    "source": (
        "source",
        "outlet",
        "publisher",
        "sitename",
        "source_name",
        "source_hostname",
        "provider",
        "origin",
        "source_domain",
        "publication",
        "site_name",
        "media_name",
        "feed_title",
        "newspaper",
        "website",
        "site",
        "feed",
        "is_part_of",
        "hostname",
        "domain_name",
        "domain",
        "clean_url",
        "source_url",
        "media_url",
    ),
    "authors": (
        "authors",
        "author",
        "byline",
        "bylines",
        "authors_byline",
        "published_bylines",
        "published_by",
        "creator",
        "dc_creator",
        "author_name",
        "writer",
        "writers",
        "reporter",
        "primary_author",
    ),
    "section": ("section", "category", "articleSection", "section_name", "primary_section"),
    "kind": ("kind", "type"),
    "language": ("language", "lang", "inLanguage"),
    "correction": ("correction", "correction_notice"),
    "corrected_at": ("corrected_at", "correction_date"),
    "paywalled": ("paywalled",),
}
_KNOWN = frozenset(spelling for spellings in SPELLINGS.values() for spelling in spellings)
_SEPARATORS = str.maketrans("", "", "_-.: ")
_DESCRIBING = {"@type", "@id", "@context", "@language", "type", "lang"}
"""Entries of an object that tell what its value is."""
_NOTHING = {
    *("", "nan", "nat", "null", "none", "undefined", "nil", "n/a", "<na>", "-"),
    *("[removed]", "only available in paid plans", "only available in professional and corporate plans"),
}
"""What data frames write for nothing, and services for what they do not give."""


def is_read(name: str) -> bool:
    """Whether a field of this name is read at all."""
    return _folded(name) in _FOLDED


def has_text(fields: Mapping[str, Any]) -> bool:
    """Whether a record has a field for its text or for a summary of it, whatever that holds."""
    return any(_folded(name) in _TEXTS for name in fields)


def by_folded_name(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that say something; of two names that differ in case alone, the usual one counts."""
    named: dict[str, Any] = {}
    for name in sorted(fields, key=lambda name: name not in _KNOWN):
        value = _written_out(fields[name])
        if not is_nothing(value):
            named.setdefault(_folded(name), value)
    return named


def statements(named: Mapping[str, Any], spellings: tuple[str, ...]) -> Iterator[Any]:
    """What the fields of these names say, best first; names as `by_folded_name` has them."""
    return (named[name] for name in map(_folded, spellings) if name in named)


def unwrapped(value: Any) -> Any:
    """What an object or list holds that holds one thing; any other value as it is."""
    while isinstance(value, Mapping | list | tuple):
        items = (
            [held for name, held in value.items() if name not in _DESCRIBING] if isinstance(value, Mapping) else value
        )
        held = [item for item in items if isinstance(item, str | int | float | Mapping | list | tuple)]
        held = [item for item in held if not isinstance(item, bool)] if isinstance(value, Mapping) else held
        if len(held) != 1:
            return value
        value = held[0]
    return value


def is_nothing(value: Any) -> bool:
    """Null, empty, or a word or the NaN that stands for nothing in the tables of data frames."""
    if isinstance(value, str):
        return value.strip().lower() in _NOTHING
    return value in (None, []) or (isinstance(value, float) and value != value)


def _written_out(value: Any) -> Any:
    """The list or object that a table holds as text: `['A', 'B']` as Python writes it, or JSON; else as it is."""
    text = value.strip() if isinstance(value, str) else ""
    if (text[:1], text[-1:]) not in (("[", "]"), ("{", "}")):
        return value
    for read in (json.loads, ast.literal_eval):
        try:
            held = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if held and all(isinstance(item, str | dict) for item in (held if isinstance(held, list) else [held])):
            return held
    return value


def _folded(name: str) -> str:
    """The name of a field as names are compared."""
    return name.translate(_SEPARATORS).lower()


_FOLDED = frozenset(map(_folded, _KNOWN))
_TEXTS = frozenset(map(_folded, (*SPELLINGS["text"], *SPELLINGS["summary"])))
