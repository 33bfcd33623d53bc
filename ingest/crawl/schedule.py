"""When an address is asked again: new articles often, older ones rarely, what fails ever more rarely. Pure."""

from datetime import datetime, timedelta

from rag.store.visits import AddressState

RAREST = timedelta(days=30)
_SOURCE_RAREST = timedelta(days=1)
_SHARE_OF_AGE = 10
_MOST_DOUBLINGS = 12


def is_due(known: AddressState | None, *, refresh: timedelta, now: datetime, stamp: str | None = None) -> bool:
    """Whether an article, or a sitemap of an index, is asked again.

    Args:
        known: What is remembered of it; `None` if it was never asked.
        refresh: The outlet's shortest time between two requests for one address.
        now: Aware.
        stamp: What its listing says of its last change; another one than before makes it due.
    """
    if known is None or (stamp is not None and stamp != known.stamp and not known.failures):
        return True
    return now - known.asked_at >= _pause(known, refresh, now)


def is_source_due(known: AddressState | None, *, refresh: timedelta, now: datetime) -> bool:
    """Whether a feed or sitemap that the operator named is asked again; one that fails within a day at the latest."""
    if known is None:
        return True
    pause = min(_doubled(refresh, known.failures), max(refresh, _SOURCE_RAREST))
    return now - known.asked_at >= pause


def _pause(known: AddressState, refresh: timedelta, now: datetime) -> timedelta:
    """A tenth of the time for which the article has stood as it is, between the outlet's interval and a month."""
    if known.failures or known.refusal:
        wanted = _doubled(refresh, known.failures + bool(known.refusal))
    else:
        wanted = (now - (known.changed_at or known.first_at)) / _SHARE_OF_AGE
    return max(refresh, min(wanted, RAREST))


def _doubled(pause: timedelta, times: int) -> timedelta:
    return pause * (1 << min(times, _MOST_DOUBLINGS))
