"""When an address is requested again: new articles often, older ones rarely, failing ones ever more rarely. Pure."""

from datetime import datetime, timedelta

from rag.store.repositories.visits import AddressState

RAREST = timedelta(days=30)
_SEED_RAREST = timedelta(days=1)
_SHARE_OF_AGE = 10
_MOST_DOUBLINGS = 12


def is_due(state: AddressState | None, *, refresh: timedelta, now: datetime, stamp: str | None = None) -> bool:
    """Return whether an article, or a sitemap of an index, is requested again.

    Args:
        state: What is stored about it; `None` if it was never requested.
        refresh: The outlet's shortest time between two requests for one address.
        now: Aware.
        stamp: What its listing says of its last change; another one than before makes it due.
    """
    if state is None or (stamp is not None and stamp != state.stamp and not state.failures):
        return True
    return now - state.asked_at >= _pause(state, refresh, now)


def is_seed_due(state: AddressState | None, *, refresh: timedelta, now: datetime) -> bool:
    """Return whether a configured feed or sitemap is requested again; a failing one is within a day."""
    if state is None:
        return True
    pause = min(_doubled(refresh, state.failures), max(refresh, _SEED_RAREST))
    return now - state.asked_at >= pause


def _pause(state: AddressState, refresh: timedelta, now: datetime) -> timedelta:
    """A tenth of the time for which the article has stood as it is, between the outlet's interval and a month."""
    if state.failures or state.refusal:
        wanted = _doubled(refresh, state.failures + bool(state.refusal))
    else:
        wanted = (now - (state.changed_at or state.first_at)) / _SHARE_OF_AGE
    return max(refresh, min(wanted, RAREST))


def _doubled(pause: timedelta, times: int) -> timedelta:
    return pause * (1 << min(times, _MOST_DOUBLINGS))
