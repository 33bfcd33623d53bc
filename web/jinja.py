"""The Jinja2 environments that make all HTML of the web front.

Both escape whatever is put into a template. They differ in where the result goes: a page of our own, or a Markdown
component of Gradio, which reads Markdown between the tags.
"""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from rag import messages
from rag.dates import NewsDate
from rag.messages import Catalogue

_FOLDER = Path(__file__).parent / "templates"
STYLE = Markup((Path(__file__).parent / "assets" / "page.css").read_text(encoding="utf-8"))
"""The style sheet inside of each page."""
_ASCII_PUNCTUATION = re.compile(r"[^\w\s\x80-\U0010ffff]|_", re.ASCII)
_BETWEEN_TAGS = re.compile(r"(?<=[>}])\s*\n\s*(?=[<{])|^\s+|\s+$")
_LINE_BREAK = re.compile(r"\s*\n\s*")


def escape_markdown(text: str) -> Markup:
    """The text on one line, safe both as HTML and as Markdown.

    Every ASCII punctuation mark becomes a numeric entity, so that neither language sees a character of its own.
    """
    one_line = re.sub(r"\s+", " ", text)
    return Markup(_ASCII_PUNCTUATION.sub(lambda match: f"&#{ord(match.group())};", one_line))


class _OneLine(Extension):
    """Takes the line breaks out of templates: in Markdown, an empty line or an indented one would end the HTML."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source with line breaks between tags dropped, and those in text as spaces."""
        return _LINE_BREAK.sub(" ", _BETWEEN_TAGS.sub("", source))


def _markdown_safe(value: Any) -> Any:
    return value if hasattr(value, "__html__") else escape_markdown(str(value))


def day(date: NewsDate | datetime | None, words: Catalogue) -> str:
    """The day of a date, e.g. `12 June 2022`; `undated` without one."""
    if date is None:
        return words("undated")
    return words.day(date.at if isinstance(date, NewsDate) else date)


def _environment(**options: Any) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    environment.filters["day"] = day
    environment.globals["messages"] = messages
    return environment


PAGES = _environment()
PAGES.globals["style"] = STYLE
"""For pages of our own: values are escaped as HTML."""
CHAT = _environment(extensions=[_OneLine], finalize=_markdown_safe)
"""For Gradio's Markdown components: values are escaped with `escape_markdown`."""
