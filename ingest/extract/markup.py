"""From HTML and Markdown in a text to what a reader sees, and from wrapped lines to paragraphs.

Only what cannot be prose is markup: `p > 0.05`, `<redacted>`, `&section=7` and `f**k` stay as they are.
"""

import re
import sys
from collections.abc import Iterator
from functools import cache
from html import unescape
from itertools import pairwise

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ingest.extract.visibility import drop_hidden

_FORMATTING = (
    "p div span br hr h1 h2 h3 h4 h5 h6 li ul ol dl dt dd a strong em b i u s sub sup img tbody thead tfoot tr td th "
    "figcaption blockquote script style iframe"
).split()
"""Elements whose names in angle brackets are nothing else."""
_OTHERS = (
    "abbr acronym address article aside audio big body button caption center cite code col colgroup del details "
    "dfn fieldset figure font footer form frame head header html input ins kbd label legend link main mark meta nav "
    "noscript object option picture pre q rp rt ruby samp section select small source summary svg table template "
    "textarea time title tt var video wbr"
).split()
"""Elements whose names may be somebody's placeholders: `<address>`."""
_NAMES = "|".join(sorted((*_FORMATTING, *_OTHERS), key=len, reverse=True))
_ATTRIBUTE = r"""\s{1,9}[\w:@.-]{1,40}(?:\s?=\s?(?:"[^"]{0,100000}"|'[^']{0,100000}'|[^\s"'<>=]{1,500}))"""
_FLAG = r"\s{1,9}(?:async|defer|hidden|controls|checked|disabled|allowfullscreen|nowrap|reversed)(?=[\s/>])"
_TAG = re.compile(
    rf"<(?:(?P<name>{_NAMES})(?P<attributes>(?:{_ATTRIBUTE}|{_FLAG}){{0,40}})|/(?P<end>{_NAMES}))\s{{0,9}}/?>|"
    r"<!doctype html[^<>]{0,200}>",
    re.IGNORECASE,
)
_NO_TAG = re.compile(r"<!\[CDATA\[|\]\]>")
_ESCAPED = re.compile(r"&lt;/?(?:p|br|div|li|ul|ol|h[1-6]|blockquote|figure|span|a|em|strong|section)\b", re.IGNORECASE)
_BREAKS = re.compile(r"(?<![^\S\n])[^\S\n]*+\n\s*")
_ENTITY = re.compile(r"&(?!(?:[a-z][a-z0-9]{1,30}|#\d{1,7}|#x[0-9a-f]{1,6});)", re.IGNORECASE)
_NO_CHARACTER = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-f]{1,6})|(\d{1,7}));?", re.IGNORECASE)
_LINK_TARGET = re.compile(r"^[ ]{0,3}\[([^\[\]\n]{1,100})\]:[ \t]{1,9}<?https?://\S{1,2000}.{0,300}$\n?", re.MULTILINE)
"""Where Markdown's links by reference lead: `[1]: https://...`."""
_LINK_BY_REFERENCE = re.compile(r"\[([^\[\]\n]{1,500})\]\[([^\[\]\n]{1,100})\]")
_UNSEEN = ("script", "style", "noscript", "template", "iframe", "object", "svg", "head", "select", "textarea", "button")
_PARAGRAPHS = frozenset(
    "p h1 h2 h3 h4 h5 h6 blockquote figure figcaption pre ul ol dl table div section article aside header footer main "
    "nav hr li address details summary form fieldset".split()
)
_LINES = frozenset("br dt dd tr caption option legend".split())
_CELLS = frozenset(("td", "th"))
_BLANK = re.compile(r"\s{1,1000}")

_MARKDOWN = re.compile(
    r"!?\[[^\[\]\n]{0,500}\]\((?:https?://|mailto:|\.?/|#)(?:[^\s<>()]|\([^\s<>()]{0,200}\)){0,1000}(?:\s\"[^\"\n]{0,300}\")?\)|"
    r"(?<![\w*])\*\*(?=[^\s*])[^*\n]{1,500}(?<=[^\s*])\*\*(?![\w*])|"
    r"^#{1,6}[ ]{1,3}[^\s#]",
    re.MULTILINE,
)
"""What is hardly ever prose: links, bold words, headings. Lists, quotes and escapes alone prove nothing."""
_NARROWEST, _WIDEST = 40, 130
"""Characters of wrapped lines; others are lists and verses, or paragraphs."""
_MOSTLY = 0.8
_SENTENCE_GOES_ON = re.compile(r"^[^\W\d_A-ZÀ-Þ]|^[,;]")
_ITEM = re.compile(r"^\s*(?:[-*•–—>|]|\d{1,3}[.)]\s|\S{0,40}:$)|^\s{2}")
_ENDS = (".", "!", "?", "…", ":", '"', "”", "»", ")")


def plain_text(piece: str) -> str:
    """The text of a piece of HTML, escaped or not, a line for each paragraph; one without markup stays as it is."""
    html = unescape(piece) if _ESCAPED.search(piece) else piece
    text = without_html(html)
    return (text if text == html else _BREAKS.sub("\n", text)).strip()


def without_html(text: str) -> str:
    """A text in which there are HTML tags as its paragraphs, headings and items, without scripts and styles.

    A text without a tag is returned as it is, and so is a blank line of one that has some.
    """
    text = _without_comments(text)
    tags = _tags(text)
    if not tags:
        return text
    text = _NO_TAG.sub(lambda found: " " * len(found[0]), text)
    ended = {tag["end"].lower(): tag.start() for tag in tags if tag["end"]}
    pieces, place = [], 0
    for tag in tags:
        name = (tag["name"] or "").lower()
        hides_the_rest = name in _UNSEEN and ended.get(name, -1) < tag.end()
        pieces += [_escaped(text[place : tag.start()]), " " if hides_the_rest else tag[0]]
        place = tag.end()
    tree = _tree("".join([*pieces, _escaped(text[place:])]))
    drop_hidden(tree)
    for element in list(tree.iter(*_UNSEEN)):
        element.drop_tree()
    has_lines = any((tag["name"] or tag["end"] or "").lower() in _PARAGRAPHS | _LINES for tag in tags)
    return "".join(_seen(tree, newline=" " if has_lines else "\n"))


def _without_comments(text: str) -> str:
    kept, place = [], 0
    while (start := text.find("<!--", place)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept.append(text[place:start])
        place = end + 3
    return "".join([*kept, text[place:]])


def _tags(text: str) -> "list[re.Match[str]]":
    """A name alone between brackets may be prose, if it is not a formatting element's, unless it is ended, too."""
    found = list(_TAG.finditer(text)) if "<" in text else []
    begun = {match["name"].lower() for match in found if match["name"]}
    paired = begun & {match["end"].lower() for match in found if match["end"]}
    sure = paired.union(_FORMATTING)
    names = ((match, (match["name"] or match["end"] or "").lower()) for match in found)
    return [match for match, name in names if not name or name in sure or match["attributes"]]


def _escaped(text: str) -> str:
    return _ENTITY.sub("&amp;", text).replace("<", "&lt;")


def without_controls(page: str) -> str:
    """HTML without the characters that lxml reads but does not write, as where an element before them is taken out."""
    page = _NO_CHARACTER.sub(" ", page)
    return (
        _REFERENCE.sub(lambda found: " " if _NO_CHARACTER.match(_character(found)) else found[0], page)
        if "&#" in page
        else page
    )


def _character(reference: "re.Match[str]") -> str:
    number = int(reference[1], 16) if reference[1] else int(reference[2])
    return chr(number) if number <= sys.maxunicode else ""


def _tree(page: str) -> HtmlElement:
    return lxml_html.document_fromstring(
        f"<html><body>{without_controls(page)}</body></html>".encode("utf-8", "surrogatepass"),
        parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True),
    )


def _seen(tree: HtmlElement, *, newline: str) -> Iterator[str]:
    at_line = True
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        gap = _gap(element.tag)
        if gap and not (gap == "\n" and (event == "end" if element.tag == "br" else at_line)):
            yield gap
            at_line = gap != " "
        text = element.text if event == "start" else element.tail
        if text:
            yield text if element.tag == "pre" and event == "start" else _one_line(text, newline)
            at_line = at_line and not text.strip()


def _one_line(text: str, newline: str) -> str:
    """White space as a browser shows it; a blank line parts paragraphs where no tag does."""
    return _BLANK.sub(lambda space: "\n\n" if space[0].count("\n") > 1 else newline if "\n" in space[0] else " ", text)


def _gap(name: str) -> str:
    return "\n\n" if name in _PARAGRAPHS else "\n" if name in _LINES else " " if name in _CELLS else ""


def without_markdown(text: str) -> str:
    """A text in Markdown (CommonMark) as it reads, without links' addresses; one without its signs as it is."""
    if not any(sign in text for sign in ("](", "**", "# ")) or not _MARKDOWN.search(text):
        return text
    labels = set(_LINK_TARGET.findall(text))
    text = _LINK_TARGET.sub("", text)
    text = _LINK_BY_REFERENCE.sub(lambda link: link[1] if link[2] in labels else link[0], text)
    pieces: list[str] = []
    for token in _markdown().parse(text):
        if token.type == "list_item_open" and token.info:
            pieces.append(f"{token.info}{token.markup} ")
        elif token.type == "inline":
            pieces += [*map(_inline, token.children or ()), "\n\n"]
        elif token.type == "fence":
            pieces.append(f"{token.content}\n\n")
    return "".join(pieces)


@cache
def _markdown() -> MarkdownIt:
    # An indented line is a paragraph in news, and a bracketed number no reference.
    return MarkdownIt("commonmark").disable(["code", "html_block", "html_inline", "autolink", "reference"])


def _inline(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    return token.content if token.type in ("text", "text_special", "code_inline") else ""


def unwrapped(text: str) -> str:
    """A text whose lines were wrapped at a width, as e-mail and wire copy are, with its paragraphs on one line each.

    A line is wrapped if the first word of the next would not have fitted; one that could have held it ends on purpose.
    """
    lines = text.split("\n")
    width = max(map(len, lines))
    if not _NARROWEST <= width <= _WIDEST:
        return text
    pairs = [(line, after) for line, after in pairwise(lines) if line.strip() and after.strip()]
    wrapped = [(line, after) for line, after in pairs if _is_wrapped(line, after, width)]
    goes_on = sum(bool(_SENTENCE_GOES_ON.match(after)) and not line.endswith(_ENDS) for line, after in wrapped)
    if len(wrapped) < _MOSTLY * len(pairs) or goes_on < max(1, len(wrapped) // 4):
        return text
    joined = [lines[0]]
    for line, after in pairwise(lines):
        if line.strip() and after.strip() and _is_wrapped(line, after, width):
            joined[-1] += ("" if _is_cut(line) else " ") + after.strip()
        else:
            joined.append(after)
    return "\n".join(joined)


def _is_wrapped(line: str, after: str, width: int) -> bool:
    first_word = after.split(maxsplit=1)[0]
    return len(line.rstrip()) + 1 + len(first_word) > width and not _ITEM.match(after)


def _is_cut(line: str) -> bool:
    """It ends within a word that has a hyphen."""
    return len(line) > 1 and line[-1] == "-" and line[-2].isalpha()
