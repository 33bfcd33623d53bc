"""The entries of a live blog, each its own record with its own time."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ingest.extract.json_ld import Described, listed
from ingest.extract.markup import plain_text
from ingest.extract.page_metadata import PageRecord

_MOST_ENTRIES = 2_000
"""Of a live blog."""
_OPENING = 100
"""Characters of an entry's text that name it where nothing else does."""


def entries(data: Described, blog: PageRecord) -> Iterator[PageRecord]:
    """The entries of a live blog, each its own record under the blog's address."""
    address, updates = blog.fields.get("url"), listed(data.get("liveBlogUpdate"))
    with_texts = [(entry, text) for entry in updates if isinstance(entry, dict) and (text := _entry_text(entry))]
    names = _names(with_texts, address)
    left_out = max(0, len(with_texts) - _MOST_ENTRIES)
    for (entry, text), name in list(zip(with_texts, names, strict=True))[:_MOST_ENTRIES]:
        fields = {
            **blog.fields,
            "id": f"{address}#{name}" if address else name,
            "url": entry.get("url") or address,
            "title": entry.get("headline") or blog.fields.get("title"),
            "text": text,
            "published_at": entry.get("datePublished"),
            "updated_at": entry.get("dateModified"),
            "kind": "live",
            "paywalled": False,
        }
        yield PageRecord(fields, "stated", address, name, left_out)


def remarks_on(data: Described) -> tuple[str, ...]:
    """What of a live blog is not read."""
    updates = listed(data.get("liveBlogUpdate"))
    empty = sum(not (isinstance(entry, dict) and _entry_text(entry)) for entry in updates)
    return (f"{empty:,} of {len(updates):,} entries of the live blog hold no text and are left out",) if empty else ()


def _entry_text(entry: Mapping[str, Any]) -> str:
    texts = (
        "\n\n".join(plain_text(part) for part in listed(entry.get(name)) if isinstance(part, str) and part.strip())
        for name in ("articleBody", "text", "description")
    )
    return next(filter(None, texts), "")


def _names(entries: list[tuple[dict[str, Any], str]], blog: str | None) -> list[str]:
    """What tells each entry from the others at every visit: its own id or address, else its time.

    Entries of one time are told apart by headline or beginning, and so are those without a time: the place of an entry
    moves with each new one.
    """
    stated = [_stated_name(entry, blog) for entry, _ in entries]
    times = Counter(stated)
    return [
        name if name and times[name] == 1 else " ".join(filter(None, (name, _headline(entry, text))))
        for name, (entry, text) in zip(stated, entries, strict=True)
    ]


def _stated_name(entry: Mapping[str, Any], blog: str | None) -> str | None:
    values = (entry.get("@id"), entry.get("url") if entry.get("url") != blog else None, entry.get("datePublished"))
    return next((value for value in values if value and isinstance(value, str)), None)


def _headline(entry: Mapping[str, Any], text: str) -> str:
    headline = entry.get("headline")
    return headline if headline and isinstance(headline, str) else text.strip()[:_OPENING]
