"""How the sources are doing, as a table of the library page. Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from rag.store.source_status import SourceStatus

_SHOWN_REASONS = 5
_HEADS = ("Source", "Last success", "New", "Changed", "Refused", "State")


def sources_html(sources: Sequence[SourceStatus]) -> str:
    """The section that tells of each source; empty where there is none."""
    if not sources:
        return ""
    heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Sources"><table>'
        "<caption>Sources; new and changed in the last 24 hours</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(map(_row, sources))}</tbody></table></div>"
    )


def _row(source: SourceStatus) -> str:
    name = f"{source.outlet}: {source.address}" if source.outlet else source.address
    return (
        f'<tr><th scope="row">{escape(name)}</th><td>{_minute(source.last_success)}</td><td>{source.new:,}</td>'
        f"<td>{source.changed:,}</td><td>{_refused(source)}</td><td>{_state(source)}</td></tr>"
    )


def _refused(source: SourceStatus) -> str:
    """How many, and why, without their addresses."""
    reasons = Counter(one.reason for one in source.refused).most_common(_SHOWN_REASONS)
    said = "; ".join(f"{count:,} {escape(reason)}" for reason, count in reasons)
    return f"{len(source.refused):,}{f' ({said})' if said else ''}"


def _state(source: SourceStatus) -> str:
    if source.failing_since is None:
        return "well"
    return f"<strong>failing since {_minute(source.failing_since)}</strong>: {escape(source.problem or '')}"


def _minute(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else "never"
