"""Paragraphs that an outlet puts under article after article: newsletter prompts, notices, player messages.

A short paragraph is boilerplate if it stands word for word in articles of at least five *different* stories of one
outlet. Copies, write-throughs and follow-ups of one story share paragraphs, too, and those are its content: articles
tell different stories if what is their own in them has little in common, neither runs of words nor words. Lines of
under five words are structure as often as not (the names of states in a list), so of those only well-known prompts
are taken out. What recurs must look like boilerplate, too: it speaks to the reader, is no sentence, or stands at the
beginning or end. Somebody's words and a sentence in the middle are content wherever they recur.

What was measured: docs/adr/0007-identity.md.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from rag.models import Article
from rag.store.repositories.fingerprints import Fingerprints
from rag.text import content_words

STORIES = 5
"""Different stories of one outlet from which on a paragraph is boilerplate."""
_LEAST_WORDS = 5
_MOST_WORDS = 60
_MOST_SHARE = 0.2
"""Of an article's characters that may be taken out; where more of them recur, they are what the article is made of."""
_LEAST_OWN_SHARE = 0.5
"""Of an article's characters that must be its own for it to show that a paragraph recurs in another story."""
_SAME_RUNS = 0.3
_SAME_WORDS = 0.35
_RUN = 4
_STEM = 6
_MOST_RECURRING = 100
"""Paragraphs of one article; where more of them recur, the article is made of them."""
_LOOKED_AT = 60
"""Articles with a paragraph that are compared, at most."""
_PROMPT_CHARACTERS = 150
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{3,}")
"""Runs of Chinese and Japanese, which set no spaces between words."""

_PROMPT = re.compile(
    r"read more(?: here)?|see also|related(?: stories| articles)?|advertisement|sponsored(?: content)?|"
    r"(?:story|article) continues below(?: advertisement)?|continue reading|share this article|sign up(?: here| now)?|"
    r"subscribe(?: now)?|click here(?: to .{0,40})?|watch(?: now| live)|loading|most read|ad slot.{0,20}|"
    r"(?:sign up|subscribe) (?:for|to) (?:our|the) .{0,60}newsletters?(?: .{0,20})?"
)
"""Of a line's words alone, in lower case."""
_TO_READER = re.compile(
    r"\b(?:you|your|yours|our|sign up|subscribe|subscriber|newsletters?|podcasts?|inbox|click|download|listen|follow|"
    r"hit play|check out)\b|@\w",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“”„«»][^\"“”„«»]{1,1000}[\"“”„«»]|(?<!\w)[‘'].{1,300}?[’'](?!\w)")
_SENTENCE_END = (".", "!", "?", "…", "。", "！", "？", ")", "؟", "।")
_AT_EDGE = 2
"""Paragraphs at the beginning of a text, and at its end, among which outlets put what belongs to no article."""
_NOT_WORD = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without its boilerplate, and what was taken out of it."""

    text: str
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Own:
    """What is an article's own: runs of words and stems of content words of what recurs nowhere."""

    runs: frozenset[str]
    words: frozenset[str]


class Boilerplate:
    """Tells what of an outlet's paragraphs is boilerplate.

    Args:
        fingerprints: Which articles hold which paragraphs.
        article: The newest version under an id.
    """

    def __init__(self, fingerprints: Fingerprints, article: Callable[[str], Article | None]) -> None:
        self._fingerprints = fingerprints
        self._article = article
        self._by_outlet: dict[str, set[int]] = {}
        self._own: dict[str, _Own | None] = {}
        self._one_story: dict[tuple[str, str], bool] = {}

    @property
    def by_outlet(self) -> dict[str, set[int]]:
        """Keys of the paragraphs that are boilerplate, by outlet."""
        return self._by_outlet

    def among(self, article: Article) -> frozenset[int]:
        """Keys of the paragraphs of an article that are boilerplate; an article without an outlet shares nothing."""
        outlet = outlet_of(article)
        if not outlet:
            return frozenset()
        of_outlet = self._by_outlet.setdefault(outlet, set())
        recurring = self._fingerprints.recurring(outlet, paragraph_keys(article.text), at_least=STORIES)
        if len(recurring) > _MOST_RECURRING:
            return frozenset()
        of_outlet.update(key for key in recurring - of_outlet if self._is_in_stories(outlet, key))
        return recurring & of_outlet

    def forget_articles(self) -> None:
        """Compare articles again from here on, since others were added."""
        self._own.clear()
        self._one_story.clear()

    def _is_in_stories(self, outlet: str, key: int) -> bool:
        stories: list[str] = []
        for article_id in self._fingerprints.holders(outlet, [key], limit=_LOOKED_AT):
            if self._own_of(article_id) and not any(self._tell_one_story(article_id, other_id) for other_id in stories):
                stories.append(article_id)
            if len(stories) == STORIES:
                return True
        return False

    def _tell_one_story(self, article_id: str, other_id: str) -> bool:
        pair = (min(article_id, other_id), max(article_id, other_id))
        if pair not in self._one_story:
            own, others = self._own_of(article_id), self._own_of(other_id)
            self._one_story[pair] = bool(own and others and _is_one_story(own, others))
        return self._one_story[pair]

    def _own_of(self, article_id: str) -> _Own | None:
        if article_id not in self._own:
            article = self._article(article_id)
            self._own[article_id] = self._own_part(article) if article else None
        return self._own[article_id]

    def _own_part(self, article: Article) -> _Own | None:
        """What is an article's own; `None` where that is less than half of it."""
        keys = paragraph_keys(article.text)
        recurring = self._fingerprints.recurring(outlet_of(article) or "", keys, at_least=STORIES)
        own = " ".join(paragraph for paragraph in _paragraphs(article.text) if _key(paragraph) not in recurring)
        if len(own) < _LEAST_OWN_SHARE * len(article.text):
            return None
        words = _plain_words(own)
        runs = {" ".join(words[place : place + _RUN]) for place in range(max(1, len(words) - _RUN + 1))}
        return _Own(frozenset(runs), frozenset(_stems(f"{article.title}. {own}")))


def outlet_of(article: Article) -> str | None:
    """Whose articles it may share boilerplate with: those of its outlet on its own host.

    A page says itself whose it is, and one on another host must not speak for the outlet.
    """
    if not article.source:
        return None
    return f"{article.source} {urlsplit(article.canonical_url or '').netloc}".strip()


def paragraph_keys(text: str) -> frozenset[int]:
    """Keys of the text's paragraphs that could be boilerplate; equal paragraphs have equal keys."""
    return frozenset(key for key in map(_key, _paragraphs(text)) if key is not None)


def without_boilerplate(text: str, keys: Collection[int], *, whole: int) -> Cleaned:
    """The text without the paragraphs of these keys and without well-known prompts.

    Those that look like content stay. So do all if they are more than a small share of the text, and everything where
    nothing else would be left.

    Args:
        text: From which boilerplate may have been taken before.
        keys: Of paragraphs.
        whole: Characters of the text before that.
    """
    paragraphs = list(_paragraphs(text))
    prompts = set(filter(_is_prompt, paragraphs))
    recurring = {
        paragraph
        for place, paragraph in enumerate(paragraphs)
        if _is_link(paragraph)
        or (_key(paragraph) in keys and _looks_added(paragraph, at_edge=_is_at_edge(place, len(paragraphs))))
    } - prompts
    taken_out = max(0, whole - len(text)) + sum(len(paragraph) for paragraph in paragraphs if paragraph in recurring)
    if taken_out > _MOST_SHARE * whole:
        recurring = set()
    removed = prompts | recurring
    kept = [line for line in text.split("\n") if line.strip() not in removed]
    if not any(map(str.isalnum, "".join(kept))):
        return Cleaned(text, ())
    return Cleaned(
        re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip(),
        tuple(dict.fromkeys(paragraph for paragraph in paragraphs if paragraph in removed)),
    )


def _is_prompt(line: str) -> bool:
    return len(line) <= _PROMPT_CHARACTERS and bool(_PROMPT.fullmatch(" ".join(_plain_words(line))))


def _is_link(line: str) -> bool:
    """A link to another story, with its headline."""
    return len(line) <= _PROMPT_CHARACTERS and line.lower().startswith("read more:")


def _is_at_edge(place: int, paragraphs: int) -> bool:
    return place < _AT_EDGE or place >= paragraphs - _AT_EDGE


def _looks_added(paragraph: str, *, at_edge: bool) -> bool:
    """It speaks to the reader outside what it quotes, or quotes nobody and is at an edge or no sentence."""
    unquoted = _QUOTED.sub(" ", paragraph)
    if _TO_READER.search(unquoted):
        return True
    return unquoted == paragraph and (at_edge or not paragraph.endswith(_SENTENCE_END))


def _is_one_story(own: _Own, others: _Own) -> bool:
    return _overlap(own.runs, others.runs) >= _SAME_RUNS or _overlap(own.words, others.words) >= _SAME_WORDS


def _overlap(own: frozenset[str], others: frozenset[str]) -> float:
    """Overlap coefficient: the share of the smaller set that is in the other, too."""
    return len(own & others) / max(1, min(len(own), len(others)))


def _stems(text: str) -> Iterator[str]:
    """Beginnings of content words, and pairs of characters where no spaces tell the words."""
    for word in content_words(text):
        if _UNSPACED.search(word):
            yield from (word[place : place + 2] for place in range(len(word) - 1))
        else:
            yield word.lower()[:_STEM]


def _paragraphs(text: str) -> Iterator[str]:
    return (line.strip() for line in text.split("\n") if line.strip())


def _key(paragraph: str) -> int | None:
    words = _plain_words(paragraph)
    if not _LEAST_WORDS <= len(words) <= _MOST_WORDS:
        return None
    return int.from_bytes(hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest(), "big", signed=True)


def _plain_words(text: str) -> list[str]:
    return _NOT_WORD.sub(" ", text.lower()).split()
