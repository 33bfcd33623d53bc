"""Telling what came in place of an article: notices of errors, of consent, of a check, and pages that only lead on.

A notice is told by its headline, every word of which is one that such notices use, where the page states nothing that
articles state. So a report about them is none: it has other words in its headline, or a date.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from lxml.html import HtmlElement

from ingest.extract.addresses import names_front_page, spelled

_SOONEST_RELOAD = 30.0
"""Seconds; pages that stay reload themselves no sooner."""
_REFRESH = re.compile(
    r"\s*+(\d{0,6}(?:\.\d{0,3})?)\s*+[;,]\s*+(?:url\s*+=)?\s*+[\"']?\s*+([^\"'\s][^\"']{0,2000})", re.IGNORECASE
)
_WORD = re.compile(r"(?:[^\W_]++|[\u0900-\u0e7f]++)++(?:['’][^\W_]++)*")
"""The vowels of Indic scripts and of Thai are marks, and no letters to `re`."""
_SEPARATOR = re.compile(r"(?<!\s)(?:\s++[|–—·•»-]\s+|\s*+[|·•»]\s*)")
_MOST_WORDS = 12
_DIRECTORY = re.compile(r"index of /", re.IGNORECASE)
"""How web servers head the list of a folder's files."""
_LONGEST_TOLD = 600
"""Characters of a page that shows hardly more than a notice."""
_LONGEST_NAME = 4
"""Words of a site's name."""
_LONGEST_PHRASE = 8
"""Characters of words that a script without spaces joins."""
_CHECK_MARKS = (
    "/cdn-cgi/challenge-platform",
    "cf-browser-verification",
    "cf-turnstile",
    "captcha-delivery.com",
    "_incapsula_resource",
    "px-captcha",
    "h-captcha",
    "g-recaptcha",
    "awswafintegration",
)
"""What the services that check browsers leave in their pages."""
_GONE_MARKS = (
    "//body[contains(concat(' ', @class, ' '), ' error404 ')]"
    " | //meta[@name='prerender-status-code'][@content='404' or @content='410']"
)
"""How WordPress and pages that a script draws say themselves that there is no such page."""
_LONGEST_CHECK = 1_500
"""Characters of text of a page that is nothing but a check."""
_WORDS_FOR_EACH = 12
"""Words of a short text that speaks of consent, for each that does."""
_LONGEST_NOTICE = 3_000
"""Characters of a text that asks for consent."""
_EDITION = re.compile(r"(?:amp|print|mobile|m|index\.\w{1,5}|\d{1,2})(?:/.{0,20})?", re.IGNORECASE)
"""What stands behind an article's own address in that of its page for another screen, or of a part of it."""
_LEAST_GATE_PATH = 2
"""Characters of a path that is looked for in the address of a gate; `/` stands in all."""


class _Notice(NamedTuple):
    """A kind of notice.

    Attributes:
        reason: Why it is refused.
        phrases: One of them stands in its headline.
        words: What else may stand there, those of the other phrases among them, beside the site's name.
        texts: One of them stands in a page that shows hardly more.
    """

    reason: str
    phrases: tuple[str, ...]
    words: frozenset[str]
    texts: tuple[str, ...]


_TABLES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("notices.toml").read_text(encoding="utf-8"))
_FILLING = frozenset(_TABLES.pop("filling").split())
_CONSENT_WORDS = frozenset(_TABLES.pop("consent_words").split())
_NOTICES: dict[str, _Notice] = {
    kind: _Notice(
        table["reason"],
        tuple(table["phrases"]),
        frozenset(_WORD.findall(" ".join((table["words"], *table["phrases"])))) | _FILLING,
        tuple(table.get("texts", ())),
    )
    for kind, table in _TABLES.items()
}
SAYS_GONE: str = _NOTICES["gone"].reason


def why_no_article(tree: HtmlElement, *, text: str, states_article: bool) -> str | None:
    """Why a page is none of an article; `None` if it may be one.

    Args:
        tree: The page.
        text: All that it shows.
        states_article: The page states what only articles state: a date, or that it is one.
    """
    if states_article:
        return None
    if len(text) <= _LONGEST_CHECK and any(mark in _marks(tree) for mark in _CHECK_MARKS):
        return _NOTICES["check"].reason
    if tree.xpath(_GONE_MARKS):
        return SAYS_GONE
    own = frozenset(_WORD.findall(" ".join(_site_names(tree)).casefold()))
    notices: Iterator[str | None] = (_notice(headline, own) for headline in _headlines(tree))
    consent = _NOTICES["consent"].reason if _is_about_consent(text) else None
    if any(_DIRECTORY.match(headline) for headline in _headlines(tree)):
        return "lists the files of a folder"
    return next((reason for reason in notices if reason is not None), consent or _told_by_text(text))


def target_of_refresh(tree: HtmlElement, address: str | None) -> str | None:
    """Where a page sends its readers at once; `None` if it lets them read, or only reloads itself."""
    for tag in tree.xpath("//meta[not(ancestor::noscript)][@http-equiv][@content]"):
        refresh = _REFRESH.match(tag.get("content")) if tag.get("http-equiv").strip().lower() == "refresh" else None
        if refresh is None or float(refresh[1].rstrip(".") or 0) >= _SOONEST_RELOAD:
            continue
        target: str = urljoin(address or "", refresh[2].strip())
        if spelled(target) != spelled(address) or not address:
            return target
    return None


def why_led_astray(asked: str, got: str) -> str | None:
    """Why what a redirect led to is not what was asked for; `None` if it may be."""
    if spelled(asked) == spelled(got):
        return None
    if names_front_page(got) and not names_front_page(asked):
        return "redirects to the front page: the article is gone"
    path, query = urlsplit(asked).path.rstrip("/"), unquote(unquote(urlsplit(got).query))
    if len(path) > _LEAST_GATE_PATH and (asked in query or query.endswith(path) or f"{path}&" in query):
        return f"redirects to a page that asks for consent or a login: {got[:200]}"
    if any(_notice(re.sub(r"[-_.]+", " ", part.removesuffix(".html"))) for part in urlsplit(got).path.split("/")[-2:]):
        return f"redirects to a notice: {got[:200]}"
    return None


def is_above(address: str, asked: str) -> bool:
    """An address is that of a section or folder in which the one asked for would stand."""
    above, path = urlsplit(address).path.rstrip("/"), urlsplit(asked).path.rstrip("/")
    return bool(above) and path.startswith(f"{above}/") and not _EDITION.fullmatch(path.removeprefix(f"{above}/"))


def _marks(tree: HtmlElement) -> str:
    places = "//script/@src | //iframe/@src | //script/text() | //@class | //@id | //form/@action"
    return " ".join(tree.xpath(places)).lower()


def _site_names(tree: HtmlElement) -> list[str]:
    names: list[str] = tree.xpath("//meta[@property='og:site_name' or @name='application-name']/@content")
    return [*names, *_SEPARATOR.split(tree.findtext(".//title") or "")[1:]]


def _headlines(tree: HtmlElement) -> list[str]:
    headings = tree.xpath("//h1") or tree.xpath("//h2")
    title = tree.findtext(".//title") or ""
    # What stands beside a headline is a site's name only if it is as short as one.
    parts = [part for part in _SEPARATOR.split(title) if len(_WORD.findall(title.replace(part, ""))) <= _LONGEST_NAME]
    texts = [*(element.text_content() for element in headings[:2]), title, *parts]
    return [text.strip() for text in texts if text.strip()]


def _notice(headline: str, own: frozenset[str] = frozenset()) -> str | None:
    """The reason to refuse a page with a headline; `None` for one that may be an article's.

    Args:
        headline: As it stands.
        own: Words of the site's name.
    """
    said = " ".join(headline.replace("’", "'").casefold().split())
    words = frozenset(_WORD.findall(said))
    if len(words) > _MOST_WORDS:
        return None
    for notice in _NOTICES.values():
        allowed = notice.words | own
        for phrase in notice.phrases:
            # Words are told apart by spaces in some scripts only.
            stands = f" {phrase} " in f" {' '.join(_WORD.findall(said))} " if phrase.isascii() else phrase in said
            rest = _WORD.findall(said.replace(phrase, " "))
            if stands and all(word in allowed or _is_joined(word, notice.words) for word in rest):
                return notice.reason
    return None


def _told_by_text(text: str) -> str | None:
    """The reason to refuse a page that shows hardly more than a notice."""
    shown = " ".join(text.replace("’", "'").casefold().split()) if len(text) <= _LONGEST_TOLD else ""
    return next((notice.reason for notice in _NOTICES.values() if any(told in shown for told in notice.texts)), None)


def _is_joined(word: str, parts: frozenset[str]) -> bool:
    """A word of a script without spaces holds one of the parts, as 'ページが' holds 'ページ'."""
    return not word.isascii() and len(word) <= _LONGEST_PHRASE and any(p in word for p in parts if not p.isascii())


def _is_about_consent(text: str) -> bool:
    """A short text that hardly speaks of anything but cookies and consent."""
    words = _WORD.findall(text[: _LONGEST_NOTICE + 1].casefold())
    told = [word for word in words if word in _CONSENT_WORDS]
    return len(text) <= _LONGEST_NOTICE and len(set(told)) >= 2 and len(told) * _WORDS_FOR_EACH >= len(words)
