"""Shapes in which services give articles as JSON: what wraps the records, and records whose fields need translation.

Known are WordPress (REST API, posts), The Guardian (Content API), trafilatura and ninjs (IPTC, 1.x to 3.x); other
records are read by the names of their fields in `ingest.normalize.fields`, wherever in an answer they stand.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from ingest.formats.agency_items import AgencyItem
from ingest.formats.agency_xml import nitf_html
from ingest.formats.rich_text import paragraphs_in

_TEXTS = frozenset(
    "text content body articlebody articletext maintext fulltext contenthtml contenttext contentelements "
    "bodyhtml bodytext html plaintext storytext".split()
)
_TITLES = frozenset(("title", "headline", "name"))
_INNER = ("_source", "article", "attributes", "node", "document", "story", "post", "item", "fields", "doc", "record")
"""Entries that hold a record beside what a service says of it."""
_SEPARATORS = str.maketrans("", "", "_-.: ")
_MOST_NESTED = 5
_MOST_SEARCHED = 10_000
_SOME = 20
"""Records of a list that are looked at to tell whether it is one of articles."""


def records_in(data: Any) -> Any:
    """The list of records that an answer of a service wraps, or what was given, if it is a record itself.

    Whatever else stands around them, they are the longest list of objects with texts, or else a list at all.
    """
    if not isinstance(data, dict) or _is_record(data):
        return data
    if (rows := _rows(data)) is not None:
        return rows
    lists = list(_lists(data))
    return max(lists, key=lambda records: (any(map(_is_record, records[:_SOME])), len(records)), default=data)


def _lists(data: Mapping[str, Any]) -> Iterator[list[Any]]:
    """The lists of objects in an object that is no record, and as lists single records and records by their names."""
    waiting: list[tuple[Mapping[str, Any], int]] = [(data, 0)]
    for number, (holder, depth) in enumerate(waiting):
        values = list(holder.values())
        objects = [value for value in values if isinstance(value, dict)]
        if len(objects) == len(values) > 1 and all(map(_is_record, objects[:_SOME])):
            yield objects
            continue
        yield from ([value] for value in objects if _is_record(value))
        yield from (
            value for value in values if isinstance(value, list) and all(isinstance(one, dict) for one in value)
        )
        if depth < _MOST_NESTED and number < _MOST_SEARCHED:
            waiting += [(value, depth + 1) for value in objects if not _is_record(value)]


def _rows(data: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The records of a data frame that pandas wrote by columns, or as names and rows."""
    columns, rows = data.get("columns"), data.get("data")
    if isinstance(columns, list) and isinstance(rows, list) and all(isinstance(row, list) for row in rows):
        return [dict(zip(map(str, columns), row, strict=False)) for row in rows]
    texts = next((held for name, held in data.items() if _folded(name) in _TEXTS), None)
    if not isinstance(texts, dict) or not all(isinstance(held, dict) for held in data.values()):
        return None
    return [{name: held.get(key) for name, held in data.items()} for key in texts]


def _is_record(fields: Mapping[str, Any]) -> bool:
    return _holds_text(fields) or translated(fields) is not fields


def _holds_text(fields: Mapping[str, Any]) -> bool:
    """One of its fields is a text, whole or in pieces; under no title, a list of what has titles holds records."""
    held = (value for name, value in fields.items() if _folded(name) in _TEXTS)
    return any(paragraphs_in(value) and (_has_title(fields) or not _holds_titles(value)) for value in held)


def _has_title(fields: Mapping[str, Any]) -> bool:
    return any(_folded(name) in _TITLES and value for name, value in fields.items())


def _holds_titles(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(one, dict) and _has_title(one) for one in islice(inner, _SOME))


def _folded(name: str) -> str:
    return name.translate(_SEPARATORS).lower()


def translated(fields: Mapping[str, Any]) -> Mapping[str, Any] | AgencyItem | str:
    """A record with the names of fields that are read, an agency's item, or why it is no article."""
    if "date_gmt" in fields and isinstance(fields.get("content"), dict):
        return _wordpress(fields)
    if "webPublicationDate" in fields:
        return _guardian(fields)
    if "source-hostname" in fields and not fields.get("url"):  # trafilatura's, whose source is the article
        return {name: value for name, value in fields.items() if name != "source"} | {"url": fields.get("source")}
    if isinstance(fields.get("uri"), str) and _NINJS & {name.lower() for name in fields}:
        return _ninjs({name.lower(): value for name, value in fields.items()})
    if _holds_text(fields):
        return fields
    inner = next((name for name in _INNER if isinstance(fields.get(name), dict) and _is_record(fields[name])), None)
    if inner is None:
        return fields
    held = translated(fields[inner])
    if not isinstance(held, Mapping):
        return held
    return held if inner == "_source" else {name: value for name, value in fields.items() if name != inner} | dict(held)


def _wordpress(post: Mapping[str, Any]) -> Mapping[str, Any] | str:
    """Ids count from 1 at every site, and authors and categories are numbers unless they are embedded."""
    if post.get("status", "publish") != "publish":
        return f"its status is {str(post['status'])[:40]!r}, not publish"
    content = post["content"]
    if content.get("protected") and not content.get("rendered"):
        return "is protected by a password"
    embedded = _object(post.get("_embedded"))
    terms = [term for group in _list(embedded.get("wp:term")) for term in _list(group) if isinstance(term, dict)]
    return {
        "url": post.get("link"),
        "title": post.get("title"),
        "text": content,
        "published_at": [_utc(post.get("date_gmt")), post.get("date")],
        "updated_at": [_utc(post.get("modified_gmt")), post.get("modified")],
        "authors": [author for author in _list(embedded.get("author")) if isinstance(author, dict)]
        or _object(post.get("yoast_head_json")).get("author"),
        "section": next((term.get("name") for term in terms if term.get("taxonomy") == "category"), None),
        "source": _site_name(post),
        "language": post.get("lang"),
    }


def _utc(stated: Any) -> Any:
    return f"{stated}Z" if isinstance(stated, str) and stated and stated[-1:].isdigit() else stated


def _site_name(post: Mapping[str, Any]) -> Any:
    return _object(post.get("yoast_head_json")).get("og_site_name")


def _guardian(item: Mapping[str, Any]) -> Mapping[str, Any]:
    fields = _object(item.get("fields"))
    writers = [tag.get("webTitle") for tag in _list(item.get("tags")) if _is_contributor(tag)]
    blocks = _object(item.get("blocks"))
    body = [block.get("bodyHtml") for block in _list(blocks.get("body")) if isinstance(block, dict)]
    return {
        "url": item.get("webUrl"),
        "title": fields.get("headline") or item.get("webTitle"),
        "text": fields.get("body") or fields.get("bodyText") or body or None,
        "published_at": item.get("webPublicationDate"),
        "updated_at": fields.get("lastModified"),
        "source": fields.get("publication") or "The Guardian",
        "authors": fields.get("byline") or writers,
        "section": item.get("sectionName"),
        "language": fields.get("lang"),
    }


def _is_contributor(tag: Any) -> bool:
    return isinstance(tag, dict) and tag.get("type") == "contributor"


_NINJS = frozenset(
    "versioncreated firstcreated pubstatus bodies headlines body_text body_xhtml body_html description_text "
    "descriptions contentcreated representationtype".split()
)


def _ninjs(item: Mapping[str, Any]) -> AgencyItem:
    """An item whose names are in lower case, as versions of the standard write them differently."""
    issued, first = item.get("versioncreated"), item.get("firstcreated") or item.get("contentcreated")
    embargoed = item.get("embargoed", item.get("embargoeduntil"))
    kind = str(item.get("type") or "text").lower()
    subjects = [
        subject.get("name") for subject in _list(item.get("subjects") or item.get("subject")) if _is_named(subject)
    ]
    sources = _list(item.get("infosources") or item.get("infosource"))
    fields = {
        "title": item.get("headline") or _of_role(item.get("headlines"), "main"),
        "text": _ninjs_text(item) if kind == "text" else "",
        "published_at": [first, issued] if first else issued,
        "updated_at": issued if first and issued != first else None,
        "source": item.get("copyrightholder") or next((one.get("name") for one in sources if _is_named(one)), None),
        "authors": item.get("byline") or item.get("by"),
        "section": next(iter(subjects), None),
        "language": item.get("language"),
    }
    return AgencyItem(
        id=item["uri"],
        kind=kind,
        fields=fields,
        issued=issued if isinstance(issued, str) else None,
        status=str(item.get("pubstatus") or ""),
        embargoed=embargoed if isinstance(embargoed, str) else None,
    )


def _ninjs_text(item: Mapping[str, Any]) -> str:
    stated = (item.get(name) for name in ("body_xhtml", "body_html", "body_text"))
    others = (value for name, value in item.items() if name.startswith("body_"))
    flat = next((text for text in (*stated, *others) if isinstance(text, str) and text), "")
    return (
        flat
        or _of_type(item.get("bodies"))
        or _of_type(item.get("descriptions"))
        or str(item.get("description_text") or "")
    )


def _of_type(bodies: Any) -> str:
    """The value with markup, else the plain one: the one with markup knows its paragraphs."""
    lowered = [
        {name.lower(): value for name, value in body.items()} for body in _list(bodies) if isinstance(body, dict)
    ]
    for wanted in ("html", "nitf", "plain", ""):
        for body in lowered:
            kind, value = str(body.get("contenttype") or body.get("role") or ""), body.get("value")
            if wanted in kind and isinstance(value, str) and value:
                return nitf_html(value) if "nitf" in kind else value
    return ""


def _of_role(values: Any, role: str) -> Any:
    named = [value for value in _list(values) if isinstance(value, dict)]
    found = next((value for value in named if value.get("role") == role), next(iter(named), {}))
    return found.get("value")


def _is_named(value: Any) -> bool:
    return isinstance(value, dict) and bool(value.get("name"))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
