"""`python -m ingest status`: how each source is doing, for an operator's eyes, for a program and for cron."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from rag.store.repositories.source_status import SourceStatus

_SHOWN_REASONS = 5


def status_json(sources: Sequence[SourceStatus], *, since: datetime) -> dict[str, Any]:
    """The object that `status --json` prints."""
    return {
        "failing": sum(source.failing_since is not None for source in sources),
        "since": since.isoformat(),
        "sources": [
            {
                "outlet": source.outlet,
                "address": source.address,
                "last_success": _iso(source.last_success),
                "new": source.new,
                "changed": source.changed,
                "articles": source.articles,
                "refused": [
                    {"address": refused.address, "reason": refused.reason, "since": _iso(refused.since)}
                    for refused in source.refused
                ],
                "failing_since": _iso(source.failing_since),
                "problem": source.problem,
            }
            for source in sources
        ],
    }


def status_text(sources: Sequence[SourceStatus]) -> str:
    """What `status` prints."""
    if not sources:
        return "no feed, sitemap or page was taken in yet"
    return "\n".join(line for source in sources for line in _lines(source))


def _lines(source: SourceStatus) -> Iterator[str]:
    yield f"{source.outlet}: {source.address}" if source.outlet else source.address
    if source.failing_since:
        yield f"    FAILING since {_minute(source.failing_since)}: {source.problem}"
    yield (
        f"    last success {_minute(source.last_success)}; in the last 24 hours {source.new} new, "
        f"{source.changed} changed; {source.articles} articles, {len(source.refused)} refused"
    )
    for refused in source.refused[:_SHOWN_REASONS]:
        yield f"    refused: {refused.address}: {refused.reason} (since {_minute(refused.since)})"
    if len(source.refused) > _SHOWN_REASONS:
        yield f"    ... and {len(source.refused) - _SHOWN_REASONS} more; --json lists all"


def _minute(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else "never"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
