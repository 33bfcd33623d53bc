"""Items of news agencies: what their management metadata (status, version, embargo) lets us do with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ingest.models import RawRecord, Recalled, Skipped, Unreadable
from rag.dates import parse_iso

_RECALLED = {
    **dict.fromkeys(("canceled", "cancelled", "kill", "killed", "withdrawn", "deleted"), True),
    "withheld": False,
}
"""IPTC's publication statuses that forbid use, as agencies write them, and whether for good (pubstatusg2)."""


@dataclass(frozen=True, slots=True)
class AgencyItem:
    """One version of an item.

    Attributes:
        id: The agency's name for it, the same for all its versions.
        kind: What it holds: `text`, `picture`, `event` ...
        fields: Of the article, for `ingest.normalize.records.read_record`; without `text` if it holds none.
        issued: When this version was made (ISO 8601), as stated.
        status: As stated; empty for usable.
        embargoed: Until when it must not be used, as stated, empty for "until further notice"; `None` for no embargo.
    """

    id: str
    kind: str
    fields: Mapping[str, Any]
    issued: str | None = None
    status: str = ""
    embargoed: str | None = None


def agency_input(item: AgencyItem, origin: str, digest: str) -> RawRecord | Recalled | Skipped | Unreadable:
    """What becomes of an item: an article, the recall of one, or nothing, with the reason."""
    now = datetime.now(UTC)
    issued = min(_moment(item.issued) or now, now)
    status = item.status.rpartition(":")[2].strip().lower()
    if status in _RECALLED:
        return Recalled(origin, item.id, issued, for_good=_RECALLED[status])
    if status not in ("", "usable"):
        return Unreadable(origin, f"its status is {status[:40]!r}, not usable")
    if item.embargoed is not None:
        until = _moment(item.embargoed)
        if until is None or until > now:
            return Unreadable(
                origin, f"is under embargo until {item.embargoed or 'further notice'}; take it in again then"
            )
    if not item.fields.get("text"):
        return Skipped(origin, f"holds no text{'' if item.kind == 'text' else f' but {item.kind[:40]}'}")
    return RawRecord(origin, {"id": item.id} | dict(item.fields), digest, captured_at=issued, item=True)


def _moment(stated: str | None) -> datetime | None:
    try:
        return parse_iso(stated).at if stated else None
    except ValueError:
        return None
