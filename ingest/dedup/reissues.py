"""Stories that are printed again: corrected re-issues, and reports that one template makes of many stories. Pure."""

import re

from ingest.dedup.resemblance import differ_in_figures, is_nearly_same
from rag.models import Article
from rag.text import content_words, names_in, words_of
from rag.urls import is_same_host

_CORRECTED = re.compile(
    r"^\W{0,3}(?:(?:update|wrapup|rpt)\s?\d{0,2}\s?[-–—:]\s?)?(?:correct(?:ed|ion|s)|refil(?:e|ed|ing)|clarified|clarification|amended|"
    r"(?:korrigiert|berichtigt)(?:e fassung)?|korrektur|berichtigung|richtigstellung|rectifi(?:é|cation|catif)|erratum|"
    r"correg(?:ido|ida)|corrección|rectificación|fe de errat(?:as|a)|correzione|errata corrige|gecorrigeerd|"
    r"rectificatie|rättelse|sprostowanie|исправлено|更正|訂正)\W{0,2}(?:[:：|–—-]\s?|\]\s?|\)\s?|(?=update))|"
    r"\s?[(\[](?:corrected|korrigiert|berichtigt|corrigé|corregido|更正|訂正)[)\]]$|\s[-–—|]\s(?:corrected|correction)$",
    re.IGNORECASE,
)
"""At either end of the headline of an article that is issued again with its errors put right."""
_CORRECTS = re.compile(
    r"\A\W{0,3}\([^\n()]{0,200}\b(?:correct(?:s|ed|ing|ion)|refiles?|clarif(?:ies|ied)|korrigiert|berichtigt|corrige|"
    r"rectifie)\b[^\n()]{0,200}\)"
    r"|\Ain an? (?:story|article|report)\b[^\n]{0,300}\b(?:erroneous|incorrect|wrong|corrected version)",
    re.IGNORECASE,
)
"""How a text begins that agencies issue again: "(Corrects the figure in paragraph 2)"."""
_OPENING = 400
"""Characters at the beginning of a text in which a notice speaks of the whole of it."""


def corrects(article: Article, other: Article) -> bool:
    """Whether an article is another of its outlet, issued again with an error put right, so that the other is void."""
    if article.id == other.id or not _is_corrected(article) or _is_corrected(other):
        return False
    if article.published_at and other.published_at and article.published_at.latest < other.published_at.at:
        return False
    if not _is_of_same_outlet(article, other):
        return False
    return _headline(article) == _headline(other) or is_nearly_same(article, other)


def fill_one_template(article: Article, other: Article) -> bool:
    """Whether two like texts tell two stories: nearly all figures differ, or each headline names something else.

    Each names a person, company, place or day that its own text has and the other article has not.
    """
    if differ_in_figures(article.text, other.text):
        return True
    return bool(_named_apart(article, other)) and bool(_named_apart(other, article))


def _named_apart(article: Article, other: Article) -> set[str]:
    headline = {_bare(word) for word in content_words(article.title)}
    if not headline - _words(other):
        return set()
    named = {_bare(word) for name in names_in(article.text) for word in name.split()}
    return (headline & named) - _words(other)


def _words(article: Article) -> set[str]:
    return {_bare(word) for word in words_of(f"{article.title} {article.text}")}


def _bare(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s")


def _is_corrected(article: Article) -> bool:
    notice = article.correction
    begins = _CORRECTED.search(article.title) or _CORRECTS.search(article.text)
    return bool(begins or (notice and notice in article.text[: _OPENING + len(notice)]))


def _headline(article: Article) -> list[str]:
    return content_words(_CORRECTED.sub("", article.title).lower())


def _is_of_same_outlet(article: Article, other: Article) -> bool:
    if article.source or other.source:
        return article.source == other.source
    return bool(article.url and other.url) and is_same_host(article.url or "", other.url or "")
