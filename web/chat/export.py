"""A conversation for export: Markdown to read, JSON for programs. Pure."""

import base64
import json
import re
from collections.abc import Sequence
from typing import Any, Literal

from rag.messages import Catalogue
from rag.models import Answer
from rag.schemas import answer_json, written_by

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|!~])")

ExportFormat = Literal["copy", "markdown", "json"]
"""`copy` is the last answer as Markdown; the others hold the whole conversation."""


def export_record(answer: Answer) -> dict[str, Any]:
    """What of an answer is kept for exports: its JSON without hits and timings."""
    return {key: value for key, value in answer_json(answer).items() if key not in ("hits", "timings_ms")}


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


def _answer_markdown(record: dict[str, Any], words: Catalogue) -> str:
    citations = [_citation_markdown(citation, words) for citation in record["citations"]]
    notes = [words("exported_note", note=_plain(note)) for note in record["notes"]]
    newest = (record.get("newest_source") or "")[:10] or None
    model = _plain(written_by(record["model"]))
    parts = (
        words("as_of", date=record["as_of"][:10]),
        words("newest", date=newest) if newest else "",
        words("written", model=model) if model else "",
    )
    as_of = f"{'; '.join(filter(None, parts))}."
    question = f"**{_plain(record['question'])}**"
    paragraphs = "\n\n".join(_plain(part) for part in record["answer"].split("\n\n"))
    # Markers stay as they are: they point to the numbered citations below.
    answer = re.sub(r"\\\[(\d+)\\\]", r"[\1]", paragraphs)
    return "\n\n".join([question, answer, *(["\n".join(citations)] if citations else []), *notes, as_of])


def _citation_markdown(citation: dict[str, Any], words: Catalogue) -> str:
    article = citation["article"]
    date = article["published_at"][:10] if article["published_at"] else words("undated")
    outlet = article["source"] or words.capitalized("unknown_outlet")
    title = article["title"] or words("untitled")
    heading = f"{_plain(outlet)}, {date}, {_plain(title)}"
    link = f" <{citation['link']}>" if citation["link"] else ""
    return f"{citation['marker']}. {heading}: “{_plain(citation['quote'])}”{link}"


def _plain(text: str) -> str:
    """The text on one line, with Markdown's characters escaped."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
