"""A conversation for export: Markdown to read, JSON for programs. Pure."""

import base64
import json
import re
from collections.abc import Sequence
from typing import Any, Literal

from rag.dates import parse_iso
from rag.messages import Catalogue
from rag.models import PHRASES
from rag.schemas import written_by
from web.answers import is_old_news, validity, verification_notes, warnings

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|!~])")

ExportFormat = Literal["copy", "markdown", "json"]
"""`copy` is the last answer as Markdown; the others hold the whole conversation."""


def markdown_of(records: Sequence[dict[str, Any]], words: Catalogue) -> str:
    """Questions, answers and their numbered citations."""
    return "\n\n---\n\n".join(_answer_markdown(record, words) for record in records) + "\n"


def export_payload(file_format: ExportFormat, records: Sequence[dict[str, Any]], words: Catalogue, nonce: str) -> str:
    """What the page's script copies or saves: `format:nonce:base64`; another nonce makes a repeated export a new one.

    It is sent through a hidden Markdown component, because the page's policy allows no handlers made of text.

    Args:
        file_format: Of the export.
        records: Of the answers, oldest first.
        words: In the reader's language.
        nonce: Hexadecimal.
    """
    selected = records[-1:] if file_format == "copy" else records
    is_json = file_format == "json"
    text = json.dumps(list(selected), ensure_ascii=False, indent=1) if is_json else markdown_of(selected, words)
    return f"{file_format}:{nonce}:{base64.b64encode(text.encode()).decode()}"


def address_payload(secret: str, nonce: str) -> str:
    """What the page's script puts into the page's address, in the same form: `address:nonce:base64`.

    Args:
        secret: Of the kept conversation's owner; empty if the address is to have none.
        nonce: Hexadecimal.
    """
    return f"address:{nonce}:{base64.b64encode(secret.encode()).decode()}"


def _answer_markdown(record: dict[str, Any], words: Catalogue) -> str:
    disputed = {marker for markers in record["conflicts"] for marker in markers}
    citations = [
        _citation_markdown(each, words, is_disputed=each["marker"] in disputed) for each in record["citations"]
    ]
    unverified = sum(claim["support"] == "unverified" for claim in record["claims"])
    flags = warnings(
        words,
        partial=record["status"] == "partial",
        stale=record["stale"],
        conflicts=record["conflicts"],
        unverified=unverified,
    )
    notes = [*verification_notes(words, unverified, len(record["claims"])), *record["notes"]]
    notes = [words("exported_note", note=_plain(note)) for note in notes]
    paragraphs = "\n\n".join(_plain(part) for part in record["answer"].split("\n\n"))
    # Markers stay as they are: they point to the numbered citations below.
    answer = re.sub(r"\\\[(\d+)\\\]", r"[\1]", paragraphs)
    return "\n\n".join(
        [
            f"**{_plain(record['question'])}**",
            *(f"**{_plain(flag)}**" for flag in flags),
            answer,
            *(["\n".join(citations)] if citations else []),
            *notes,
            *([] if record["model"] == PHRASES else [_as_of_markdown(record, words)]),
        ]
    )


def _as_of_markdown(record: dict[str, Any], words: Catalogue) -> str:
    newest = parse_iso(record["newest_source"]) if record["newest_source"] else None
    is_old = is_old_news(parse_iso(record["as_of"]).at, newest)
    day = record["newest_source"][:10] if newest else None
    model = _plain(written_by(record["model"]))
    return f"{'; '.join(validity(words, record['as_of'][:10], day, is_old=is_old, model=model))}."


def _citation_markdown(citation: dict[str, Any], words: Catalogue, *, is_disputed: bool) -> str:
    article = citation["article"]
    date = article["published_at"][:10] if article["published_at"] else words("undated")
    outlet = article["source"] or words.capitalized("unknown_outlet")
    title = article["title"] or words("untitled")
    heading = f"{_plain(outlet)}, {date}, {_plain(title)}"
    link = f" <{citation['link']}>" if citation["link"] else ""
    dispute = f" ({words('disputed_source')})" if is_disputed else ""
    correction = f" {_plain(article['correction'])}" if article["correction"] else ""
    return f"{citation['marker']}. {heading}: “{_plain(citation['quote'])}”{dispute}{link}{correction}"


def _plain(text: str) -> str:
    """The text on one line, with Markdown's characters escaped."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
