"""From a piece of HTML, escaped or not, to the paragraphs of its text."""

import re
from html import unescape

from lxml import html as lxml_html
from lxml.etree import ParserError

from ingest.extract.visibility import drop_hidden

_MARKUP = re.compile(
    r"<(?:/?(?:p|pre|br|div|li|ul|ol|h[1-6]|blockquote|figure|span|a|em|strong|b|i|img|section)\b)[^<>]{0,2000}>"
)
_ESCAPED = re.compile(r"&lt;/?(?:p|br|div|li|ul|ol|h[1-6]|blockquote|figure|span|a|em|strong|section)\b", re.IGNORECASE)
_BLOCKS = (
    "address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main ol p"
    " pre section table td th tr ul"
).split()
_SILENT = "//script | //style | //iframe | //object | //form"
_BREAKS = re.compile(r"(?<![^\S\n])[^\S\n]*+\n\s*")


def plain_text(piece: str) -> str:
    """The text of a piece of HTML, a line for each paragraph; a text that holds no markup stays as it is."""
    if _ESCAPED.search(piece):
        piece = unescape(piece)
    if not _MARKUP.search(piece):
        return piece.strip()
    try:
        tree = lxml_html.fragment_fromstring(piece.encode("utf-8", "replace").decode(), create_parent="div")
    except (ParserError, ValueError):
        return piece.strip()
    drop_hidden(tree)
    for element in tree.xpath(_SILENT):
        element.drop_tree()
    for element in tree.iter(*_BLOCKS):
        element.text = f"\n{element.text or ''}"
        element.tail = f"\n{element.tail or ''}"
    return _BREAKS.sub("\n", tree.text_content()).strip()
