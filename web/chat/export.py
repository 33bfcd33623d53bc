"""A conversation as a reader takes it along: Markdown to read, JSON for programs. Pure."""

import base64
import json
import re
from collections.abc import Sequence
from typing import Any, Literal

from rag.models import Answer
from rag.schemas import answer_json

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|!~])")

What = Literal["copy", "markdown", "json"]


def export_record(answer: Answer) -> dict[str, Any]:
    """What of an answer is kept for an export: all but the passages that were only looked at."""
    return {key: value for key, value in answer_json(answer).items() if key not in ("hits", "timings_ms")}


def markdown_of(conversation: Sequence[dict[str, Any]]) -> str:
    """Questions, answers and their numbered sources."""
    return "\n\n---\n\n".join(_turn(answer) for answer in conversation) + "\n"


def export_payload(what: What, conversation: Sequence[dict[str, Any]], once: str) -> str:
    """What the page's script copies or saves: `what:once:base64`; `once`, hexadecimal, makes each one new.

    It goes through a hidden Markdown component: the page's policy lets no handler be made of text.
    """
    some = conversation[-1:] if what == "copy" else conversation
    text = json.dumps(list(some), ensure_ascii=False, indent=1) if what == "json" else markdown_of(some)
    return f"{what}:{once}:{base64.b64encode(text.encode()).decode()}"


def _turn(answer: dict[str, Any]) -> str:
    sources = [_source(one) for one in answer["citations"]]
    notes = [f"Note: {_plain(note)}" for note in answer["notes"]]
    newest = f"; newest source {answer['newest_source'][:10]}" if answer.get("newest_source") else ""
    as_of = f"As of {answer['as_of'][:10]}{newest}."
    asked = f"**{_plain(answer['question'])}**"
    # Markers stay as they are: they point to the numbered sources below.
    said = re.sub(r"\\\[(\d+)\\\]", r"[\1]", "\n\n".join(_plain(part) for part in answer["answer"].split("\n\n")))
    return "\n\n".join([asked, said, *(["\n".join(sources)] if sources else []), *notes, as_of])


def _source(citation: dict[str, Any]) -> str:
    article = citation["article"]
    date = (article["published_at"] or "undated")[:10]
    named = f"{_plain(article['source'] or 'Unknown outlet')}, {date}, {_plain(article['title'] or 'untitled')}"
    link = f" <{citation['link']}>" if citation["link"] else ""
    return f"{citation['marker']}. {named}: “{_plain(citation['quote'])}”{link}"


def _plain(text: str) -> str:
    """The text on one line, nothing in it Markdown."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))
