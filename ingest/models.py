"""What the pipeline takes: raw records and pages, and what else files and addresses turn out to be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.extract.page_metadata import Evidence
from rag.models import DateConfidence
from rag.store.blocked.blocked_names import file_of
from rag.store.repositories.visits import Visit


@dataclass(frozen=True, slots=True)
class RawRecord:
    """The fields of an article as its input spells them.

    Attributes:
        origin: File and line.
        digest: SHA-256 of the input's bytes.
        dates: Whether its dates are stated or derived.
        page: Whether it was extracted from an HTML page.
        address: Where that page was fetched; `None` for a saved one.
        captured_at: When an archive fetched it, or an agency issued this version; `None` for now.
        remarks: What of its page is not read.
        opt_outs: How its outlet says that machines shall not make use of its page.
        item: Its id is an agency's own name for it, so that whatever comes under it is a version of it.
    """

    origin: str
    fields: Mapping[str, Any]
    digest: str
    dates: DateConfidence = "stated"
    page: bool = False
    address: str | None = None
    captured_at: datetime | None = None
    remarks: tuple[str, ...] = ()
    opt_outs: tuple[str, ...] = ()
    item: bool = False

    @property
    def file(self) -> str:
        """Absolute path of the file, without the line."""
        return file_of(self.origin)


@dataclass(frozen=True, slots=True)
class RawPage:
    """An HTML page; `ingest.normalize.inputs` extracts its records, unless its digest was stored before.

    Attributes:
        origin: File or address.
        page: The HTML, decoded.
        digest: SHA-256 of the page's bytes, which its records share.
        evidence: What is known about the page besides its content; `None` for a file.
        visit: The visit to its address; `None` for a file.
    """

    origin: str
    page: str
    digest: str
    evidence: Evidence | None = None
    visit: Visit | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An input, or a part of one, that holds no record.

    Attributes:
        origin: File and line, or address.
        reason: Why, and what to do.
        visit: The visit to the address, if it is one.
        unchanged: Whether the address holds the same as before, which is not accepted as an article.
    """

    origin: str
    reason: str
    visit: Visit | None = None
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class Unmodified:
    """A page that did not change since the last visit; these articles came from it then."""

    origin: str
    articles: tuple[str, ...]
    visit: Visit


@dataclass(frozen=True, slots=True)
class ListingRead:
    """A feed or sitemap that was read; what it lists follows."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file in a folder that is not read, or a listing that lists nothing; neither is counted."""

    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class Recalled:
    """An agency's word that an item of its is not to be used (any more); not counted.

    Attributes:
        origin: File and place in it.
        id: The agency's name for the item.
        issued_at: When it said so.
        for_good: It is cancelled (killed), and not only withheld until another version comes.
    """

    origin: str
    id: str
    issued_at: datetime
    for_good: bool


@dataclass(frozen=True, slots=True)
class Blocked:
    """An address that was not requested, because the operator withdrew or forgot its article."""

    origin: str


RawInput = RawRecord | RawPage | Unmodified | ListingRead | Unreadable | Skipped | Recalled | Blocked
