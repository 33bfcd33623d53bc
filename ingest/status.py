"""`python -m ingest status`: how each seed is doing, for an operator's eyes, for a program and for cron."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from rag.store.repositories.seed_status import SeedStatus
from rag.store.token_ledger import TokenSum

_SHOWN_REASONS = 5


def status_json(seeds: Sequence[SeedStatus], *, since: datetime, tokens: Sequence[TokenSum] = ()) -> dict[str, Any]:
    """The object that `status --json` prints."""
    return {
        "failing": sum(seed.failing_since is not None for seed in seeds),
        "since": since.isoformat(),
        "sources": [
            {
                "outlet": seed.outlet,
                "address": seed.address,
                "last_success": _iso(seed.last_success),
                "new": seed.new,
                "changed": seed.changed,
                "articles": seed.articles,
                "refused": [
                    {"address": refused.address, "reason": refused.reason, "since": _iso(refused.since)}
                    for refused in seed.refused
                ],
                "failing_since": _iso(seed.failing_since),
                "problem": seed.problem,
            }
            for seed in seeds
        ],
        "tokens": [
            {
                "day": spent.day.isoformat(),
                "site": spent.site or None,
                "requests": spent.requests,
                "prompt_tokens": spent.usage.prompt_tokens,
                "completion_tokens": spent.usage.completion_tokens,
            }
            for spent in tokens
        ],
    }


def status_text(seeds: Sequence[SeedStatus], *, tokens: Sequence[TokenSum] = ()) -> str:
    """What `status` prints."""
    lines = [line for seed in seeds for line in _lines(seed)] or ["no feed, sitemap or page was ingested yet"]
    return "\n".join((*lines, *map(_spent, tokens)))


def _spent(tokens: TokenSum) -> str:
    usage = tokens.usage
    return (
        f"language model, {tokens.day}, {tokens.site or 'no site'}: {usage.prompt_tokens:,} tokens read and "
        f"{usage.completion_tokens:,} written in {tokens.requests:,} requests"
    )


def _lines(seed: SeedStatus) -> Iterator[str]:
    yield f"{seed.outlet}: {seed.address}" if seed.outlet else seed.address
    if seed.failing_since:
        yield f"    FAILING since {_minute(seed.failing_since)}: {seed.problem}"
    yield (
        f"    last success {_minute(seed.last_success)}; in the last 24 hours {seed.new} new, "
        f"{seed.changed} changed; {seed.articles} articles, {len(seed.refused)} refused"
    )
    for refused in seed.refused[:_SHOWN_REASONS]:
        yield f"    refused: {refused.address}: {refused.reason} (since {_minute(refused.since)})"
    if len(seed.refused) > _SHOWN_REASONS:
        yield f"    ... and {len(seed.refused) - _SHOWN_REASONS} more; --json lists all"


def _minute(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else "never"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
