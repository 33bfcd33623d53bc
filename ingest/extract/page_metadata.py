"""What is known of a fetched page besides its content: where it came from, and what listed it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from ingest.extract.html import PageRecord, is_filled
from ingest.http.addresses import web_address
from rag.errors import RefusedAddress
from rag.models import DateConfidence
from rag.urls import is_front_page, is_same_host, user_folder


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
    """

    url: str
    title: str | None = None
    published_at: str | None = None
    publication: str | None = None
    section: str | None = None
    outlet: str | None = None
    captured_at: datetime | None = None


def with_evidence(record: PageRecord, evidence: Evidence) -> PageRecord:
    """The record, completed by the evidence."""
    fields = dict(record.fields)
    fields["url"] = _own_address(fields.get("url"), evidence.url)
    if record.entry:
        fields["id"] = f"{_own_address(record.blog, evidence.url)}#{record.entry}"
    dates: DateConfidence = record.dates
    if not fields.get("published_at") and evidence.published_at and not record.entry:
        fields["published_at"], dates = evidence.published_at, "derived"
    fields["title"] = fields.get("title") or evidence.title
    fields["source"] = evidence.outlet or _stated_outlet(fields) or evidence.publication
    fields["section"] = evidence.section or fields.get("section")
    return replace(record, fields=fields, dates=dates)


def _stated_outlet(fields: Mapping[str, Any]) -> Any:
    outlet = fields.get("source")
    return outlet.get("name") if isinstance(outlet, dict) else outlet


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
