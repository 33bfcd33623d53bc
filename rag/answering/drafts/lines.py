"""Lines of a draft: text, items of a list, headings, and lists of sources. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

_PREFIX = re.compile(r"\s*(?:>\s?){0,3}(?P<item>(?:[-*+•‣◦·–—]|\(?\d{1,2}[.)]|[a-z]\))\s+(?=\S))?")
_RULE = re.compile(r"[-=*_~`]{3,}\w{0,12}|\|?[\s:|-]{3,}\|?")
_HEADING = re.compile(r"#{1,6}\s|(\*\*|__)[^*_]{1,120}\1:?$")
_EMPHASIS = re.compile(r"(?<![\w*_])(\*{1,3}|_{1,3})(?=\S)([^*_\n]{1,300}?)(?<=\S)\1(?![\w*_])")
_CODE = re.compile(r"(?<!`)`([^`\n]{1,200})`(?!`)")
_TAG = re.compile(r"</?(?!sup\b)[a-z]{1,10}(?:\s[^<>\n]{0,200})?/?>", re.IGNORECASE)
_LABEL = re.compile(r"[\s*_#]{0,9}([^\W\d_]{2,20}(?:\s[^\W\d_]{1,20})?)[\s*_]{0,4}[:：][\s*_]{0,4}")
_SOURCES = frozenset(
    """
    sources source references reference citations citation cited bibliography footnotes notes quellen quelle
    quellenangaben belege fuentes fuente referencias referencia références référence fonti fonte riferimenti fontes
    referências bronnen bron bronvermelding källor källa kilder kilde źródła źródło lähteet források источники
    ссылки 来源 参考 出典 参考文献 來源
    """.split()
)
_ANSWER = frozenset(
    "answer response reply assistant antwort réponse respuesta risposta resposta antwoord svar ответ 回答".split()
) | {"final answer", "short answer"}
_LINK = re.compile(r"\b(?:https?://|www\.)\S{1,500}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a draft.

    Attributes:
        kind: `text`; `heading`, which claims nothing; `sources`, after which no claims come but under a heading;
            `rule`, which is no words at all.
        item: What begins an item of a list, e.g. `- ` or `2. `; empty for other lines.
        text: The rest, without emphasis.
    """

    kind: Literal["text", "heading", "sources", "rule"]
    item: str
    text: str


def line_of(raw: str, *, is_whole: bool = True) -> Line:
    """Return what a line is.

    Args:
        raw: Without its line break.
        is_whole: Nothing comes behind it any more.
    """
    stripped = raw.strip()
    if not stripped or _RULE.fullmatch(stripped):
        return Line("rule", "", "")
    prefix = _PREFIX.match(raw)
    item = (prefix["item"] or "").strip() if prefix else ""
    rest = raw[prefix.end() :] if prefix else raw
    text = _plain(rest.strip() if is_whole else rest.lstrip())
    label = _LABEL.match(stripped)
    named = (label[1] if label else stripped.strip("#*_ ")).lower()
    if named in _SOURCES:
        return Line("sources", "", "")
    if label and named in _ANSWER:
        return line_of(stripped[label.end() :], is_whole=is_whole)
    if text.startswith("|"):
        return Line("text", "- ", ", ".join(cell.strip() for cell in text.strip("|").split("|") if cell.strip()))
    if _HEADING.match(stripped) or (is_whole and text.endswith((":", "："))):
        return Line("heading", "", text)
    return Line("text", f"{item} " if item else "", text)


def refers_only(text: str, headings: list[str]) -> bool:
    """Return whether a line that begins with a marker only names the articles it refers to, or links to them."""
    words = _words(_LINK.sub(" ", text))
    return any(words <= _words(heading) for heading in headings) if words else bool(_LINK.search(text))


def _plain(text: str) -> str:
    """A text without Markdown's emphasis and tags."""
    for pattern, kept in ((_TAG, ""), (_EMPHASIS, r"\2"), (_EMPHASIS, r"\2"), (_CODE, r"\1")):
        text = pattern.sub(kept, text)
    return text


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if not word.isdigit() or len(word) > 2}
