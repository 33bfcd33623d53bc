"""What a page amounts to, and what is known of a fetched one besides: what listed it, and where it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from ingest.extract.addresses import is_filled
from ingest.http.addresses import web_address
from rag.errors import RefusedAddress
from rag.models import DateConfidence
from rag.urls import is_front_page, is_same_host, user_folder


@dataclass(frozen=True, slots=True)
class PageRecord:
    """Fields of one record that a page amounts to.

    Attributes:
        fields: For `ingest.normalize.records.read_record`.
        dates: Whether its publication date was stated or only derived.
        blog: The address of the live blog of which it is an entry, as the page states it.
        entry: What names it among the blog's entries; empty for an article.
        left_out: Entries of its blog that are too many to be read.
        remarks: What else of the page is not read, stated with the first of its records.
        further_dates: Under the name of a date's field, what else the page gives for it, and what each is worth; the
            next that can be read counts where that in `fields` cannot be.
        opt_outs: How the page says that machines shall not make use of it.
    """

    fields: Mapping[str, Any]
    dates: DateConfidence
    blog: str | None = None
    entry: str = ""
    left_out: int = 0
    remarks: tuple[str, ...] = ()
    further_dates: Mapping[str, tuple[tuple[Any, DateConfidence], ...]] = field(default_factory=dict)
    opt_outs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Stands in for what a page does not say of itself.

    Attributes:
        url: Where the page came from, after redirects.
        title: As a listing has it.
        published_at: As a listing states it; only ever a derived date.
        publication: The outlet's name, as a listing states it.
        section: By the operator's rules, which the page does not overrule.
        outlet: By the operator's `sources.toml`, which the page does not overrule either.
        captured_at: When an archive fetched it; `None` for now.
        asked: The address that was asked for; `None` where that is `url`.
        updated_at: As a listing states it.
        text: The whole text, as HTML, where a listing holds it.
        opt_outs: How the outlet says that machines shall not make use of the page; see `ingest.http.opt_outs`.
        authors: As a listing has them.
    """

    url: str
    title: str | None = None
    published_at: str | None = None
    publication: str | None = None
    section: str | None = None
    outlet: str | None = None
    captured_at: datetime | None = None
    asked: str | None = None
    updated_at: str | None = None
    text: str | None = None
    opt_outs: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


def with_evidence(record: PageRecord, evidence: Evidence) -> PageRecord:
    """The record, completed by the evidence."""
    fields = dict(record.fields)
    fields["url"] = _own_address(fields.get("url"), evidence.url)
    if record.entry:
        fields["id"] = f"{_own_address(record.blog, evidence.url)}#{record.entry}"
    dates: DateConfidence = record.dates
    if not fields.get("published_at") and evidence.published_at and not record.entry:
        fields["published_at"], dates = evidence.published_at, "derived"
    if not record.entry:
        fields["updated_at"] = fields.get("updated_at") or evidence.updated_at
        fields["title"] = _headline(fields, evidence)
        fields["authors"] = fields.get("authors") or list(evidence.authors)
    fields["source"] = evidence.outlet or fields.get("source") or evidence.publication
    fields["section"] = evidence.section or fields.get("section")
    return replace(record, fields=fields, dates=dates, opt_outs=(*evidence.opt_outs, *record.opt_outs))


def _headline(fields: Mapping[str, Any], evidence: Evidence) -> Any:
    """The headline that the page states, unless that is only the name of its outlet, or it shows nothing under it."""
    title = fields.get("title")
    if not evidence.title:
        return title
    outlets = {_plain(name) for name in (evidence.outlet, fields.get("source"), evidence.publication)} - {""}
    return title if title and fields.get("text") and _plain(title) not in outlets else evidence.title


def _plain(name: Any) -> str:
    return " ".join(name.split()).casefold() if isinstance(name, str) else ""


def _own_address(stated: Any, fetched: str) -> str:
    """The address that a page gives as its own, if it is one and can be believed: on its host, and not the front page.

    On a host that gives each user a folder, it must be in the same one. A page that names another's article would
    take that article's place in the library.
    """
    if not isinstance(stated, str) or not is_filled(stated):
        return fetched
    try:
        address = urljoin(fetched, stated)
        web_address(address)
        believed = is_same_host(address, fetched) and user_folder(address) == user_folder(fetched)
        believed = believed and is_front_page(address) <= is_front_page(fetched)
    except (ValueError, RefusedAddress):
        return fetched
    return address if believed else fetched
