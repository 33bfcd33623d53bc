"""Lines of a draft: text, items of a list, headings, and lists of sources. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Literal

_SIGN = "[\u2190-\u2bff\U0001f000-\U0001faff]\ufe0f?"
"""An arrow, a tick, a picture: what models like to put before an item."""
_PREFIX = re.compile(
    rf"\s*(?:>\s?){{0,3}}(?P<item>(?:[-*+•‣◦·–—]|\(?\d{{1,2}}[.)]|[a-z]\)|[ivx]{{1,4}}[.)]|{_SIGN})\s+(?=\S))?(?:{_SIGN}\s+(?=\S))?"
)
_RULE = re.compile(r"[-=*_~`]{3,}\w{0,12}|\|?[\s:|-]{3,}\|?")
_HEADING = re.compile(r"#{1,6}\s|(\*\*|__)[^*_]{0,119}[^*_.!]\1:?$")
_EMPHASIS = re.compile(r"(?<![\w*_])(\*{1,3}|_{1,3})(?=\S)([^*_\n]{1,300}?)(?<=\S)\1(?![\w*_])")
_CODE = re.compile(r"(?<!`)`([^`\n]{1,200})`(?!`)")
_STRUCK_OUT = re.compile(r"~~[^~\n]{1,300}~~\s?|\[cite_start\]|\ue200[^\ue201\n]{0,80}\ue201")
_CITING = "cite|ref|citation|source|passage|doc|document"
_CITING_TAG = re.compile(
    rf"<(?P<name>{_CITING})>\s?\[?(?P<inside>\d{{1,2}}(?:,\s?\d{{1,2}}){{0,4}})\]?\s?</(?P=name)>|"
    rf"<(?:{_CITING})\s[^<>\d\n]{{0,60}}(?P<named>\d{{1,2}})(?!\d)[^<>\n]{{0,60}}/?>",
    re.IGNORECASE,
)
_MATHS = (
    (re.compile(r"(?<![\w$])\$([^$\n]{0,40}[\\^_=][^$\n]{0,40})\$(?!\w)"), r"\1"),
    (re.compile(r"\\(?:boxed|text[a-z]{0,4}|mathrm|mathbf|emph)\{([^{}\n]{0,300})\}"), r"\1"),
    (re.compile(r"\\[()]|\\[,;]"), ""),
    (re.compile(r"\\([%$&#_])"), r"\1"),
)
"""What LaTeX puts around text and figures."""
_TAG = re.compile(r"</?(?!sup\b)[a-z]{1,10}(?:\s[^<>\n]{0,200})?/?>", re.IGNORECASE)
_LABEL = re.compile(r"[\s*_#]{0,9}([^\W\d_]{1,20}(?:\s[^\W\d_]{1,20})?)[\s*_]{0,4}[:：][\s*_]{0,4}")
SOURCES = frozenset(
    """
    sources source references reference citations citation cited bibliography footnotes notes quellen quelle
    quellenangaben belege fuentes fuente referencias referencia références référence fonti fonte riferimenti fontes
    referências bronnen bron bronvermelding källor källa kilder kilde źródła źródło lähteet források источники
    ссылки 来源 参考 出典 参考文献 來源
    """.split()
)
"""What stands before a list of sources."""
_ANSWER = frozenset(
    "a answer response reply assistant antwort réponse respuesta risposta resposta antwoord svar ответ 回答".split()
) | {"final answer", "short answer", "direct answer", "explanation", "summary"}
_ASIDES = frozenset("q question query q frage pregunta thought thoughts reasoning analysis confidence plan".split())
"""What models write down before or after an answer and is none."""
_TURNS = frozenset("user human usuario benutzer utilisateur".split())
VERDICTS = frozenset(
    """
    yes no true false correct incorrect right wrong neither both partly mostly unclear unknown ja nein wahr falsch sí
    si oui non vrai faux verdadero falso sì vero sim não nee waar nej sant tak nie да нет
    """.split()
)
_ARTICLES = frozenset("the a an of from via see per passage passages article articles document no".split())
_LINK = re.compile(r"\b(?:https?://|www\.)\S{1,500}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a draft.

    Attributes:
        kind: `text`; `heading` or `aside`, which claims nothing; `sources`, after which no claims come but under a
            heading; `turn`, with which somebody else would speak; `rule`, which is no words at all.
        item: What begins an item of a list, e.g. `- ` or `2. `; empty for other lines.
        text: The rest, without emphasis.
    """

    kind: Literal["text", "heading", "aside", "sources", "turn", "rule"]
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
    if named in SOURCES:
        return Line("sources", "", "")
    if label and named in _ANSWER:
        return line_of(stripped[label.end() :], is_whole=is_whole)
    if label and named in _ASIDES | _TURNS:
        return Line("turn" if named in _TURNS else "aside", "", "")
    if text.startswith("|"):
        return Line("text", "- ", ", ".join(cell.strip() for cell in text.strip("|").split("|") if cell.strip()))
    if _HEADING.match(stripped) and named not in VERDICTS:
        return Line("heading", "", text)
    return Line("text", f"{item} " if item else "", text)


def refers_only(text: str, headings: list[str]) -> bool:
    """Return whether a line with a marker only names the articles it refers to, or links to them."""
    words = _words(_LINK.sub(" ", text))
    return any(words <= _words(heading) for heading in headings) if words else bool(_LINK.search(text))


def _plain(text: str) -> str:
    """A text without the signs of Markdown, HTML and LaTeX; tags that cite are markers."""
    text = _CITING_TAG.sub(lambda tag: f"[{tag['inside'] or tag['named']}]", _STRUCK_OUT.sub("", unescape(text)))
    for pattern, kept in ((_TAG, ""), (_EMPHASIS, r"\2"), (_EMPHASIS, r"\2"), (_CODE, r"\1"), *_MATHS):
        text = pattern.sub(kept, text)
    return text


def named_in(text: str, headings: Sequence[str], outlets: Sequence[str]) -> tuple[int, ...]:
    """Return the numbers of the passages that a text names by outlet, headline, author or date, and nothing else."""
    words = _words(text) - SOURCES - _ARTICLES
    return tuple(
        number
        for number, (heading, outlet) in enumerate(zip(headings, outlets, strict=True), 1)
        if words <= _words(heading) and words & (_words(outlet) - _ARTICLES)
    )


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if not word.isdigit() or len(word) > 2}
