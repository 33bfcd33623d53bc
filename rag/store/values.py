"""Values that go into the article store and come out of it, besides articles and passages."""

from dataclasses import dataclass
from datetime import datetime

from rag.dates import NewsDate
from rag.models import Article, Passage


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article to be stored.

    Attributes:
        article: Cleaned.
        passages: Passages of its cleaned text.
        original: Its text before cleaning.
        raw_digest: SHA-256 of the input's bytes.
        signature: MinHash values by which near-duplicates are compared; `None` for a text that is too short.
        bands: Keys by which near-duplicates are looked up.
    """

    article: Article
    passages: tuple[Passage, ...]
    original: str
    raw_digest: str
    signature: bytes | None = None
    bands: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """The newest version that is stored under an id."""

    version: int
    digest: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class PassageMetadata:
    """What candidates are filtered and ranked by: publication in epoch seconds, outlet and kind of the article."""

    published: int | None
    outlet: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class OutletCount:
    """Articles of one outlet; `name` is `None` for articles without one, the dates are if no article is dated."""

    name: str | None
    articles: int
    oldest: NewsDate | None
    newest: NewsDate | None
