"""Plain files with one article: text, Markdown with front matter, RTF, and HTML under another name."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

import yaml
from striprtf.striprtf import rtf_to_text

_RTF = "{\\rtf"
_PAGE = re.compile(
    r"\s{0,1000}(?:<\?xml[^>]{0,200}>\s{0,100})?(?:<!--.{0,1000}?-->\s{0,100})?"
    r"<(?:!doctype html|html|head|body|article|main|section|div|h1|p)(?=[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_FRONT_MATTER = re.compile(r"(---|\+\+\+)[ \t]{0,9}\n(.{0,20000}?)\n\1[ \t]{0,9}(?:\n|$)", re.DOTALL)
_LINE_OF_FIELD = re.compile(r"([A-Za-z]\w{0,30}):[ \t]{1,9}(\S.{0,2000})")
"""A field in front matter that is no YAML because of a colon or a quote in it: `title: Torvik: a crane topples`."""
_HEADLINE_CHARACTERS = 200
_HEADLINES = ("title", "headline")
_HEADING = re.compile(r"#{1,6}\s{1,9}|[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}$")


def is_page(text: str) -> bool:
    """Whether a text is an HTML page, or a piece of one."""
    return bool(_PAGE.match(text))


def document_fields(text: str) -> Mapping[str, Any]:
    """The fields of an article in a file of text, whose first line is its headline. For the bounded process.

    Front matter (YAML between lines of `---`, TOML between `+++`) states fields under the names that records use.
    """
    text = text.replace("\r\n", "\n")
    if text.startswith(_RTF):
        text = rtf_to_text(text, encoding="cp1252", errors="replace").strip()  # type: ignore[no-untyped-call]
    stated, body = _front_matter(text)
    first = _HEADING.sub("", body.strip().partition("\n")[0].strip())
    named = any(name.lower() in _HEADLINES for name in stated)
    return {**({} if named else {"title": first[:_HEADLINE_CHARACTERS]}), **stated, "text": body.strip()}


def _front_matter(text: str) -> tuple[Mapping[str, Any], str]:
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    try:
        # Texts only, so that dates are read in one place.
        stated = yaml.load(match[2], Loader=yaml.BaseLoader) if match[1] == "---" else tomllib.loads(match[2])
    except (yaml.YAMLError, tomllib.TOMLDecodeError, RecursionError):
        lines = [_LINE_OF_FIELD.fullmatch(line) for line in match[2].split("\n")]
        stated = {line[1]: line[2] for line in lines if line} if all(lines) else None
    if not isinstance(stated, dict):
        return {}, text
    named = {str(name): value if isinstance(value, str | list | dict) else str(value) for name, value in stated.items()}
    return {name: value for name, value in named.items() if value}, text[match.end() :]
