"""Tokens that let the widget's own page ask without a key: signed, short-lived, for one site."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

_SECONDS = 600


@dataclass(frozen=True, slots=True)
class SiteToken:
    """What the page sends with each question.

    Attributes:
        text: `SITE.EXPIRES.SIGNATURE`.
        expires: Seconds since 1970.
    """

    text: str
    expires: int


class SiteTokens:
    """Signs with HMAC-SHA256 (RFC 2104) under a secret that dies with the process.

    Args:
        secret: By default a new random one.
        seconds: How long a token holds.
        clock: Seconds since 1970.
    """

    def __init__(
        self, secret: bytes | None = None, *, seconds: int = _SECONDS, clock: Callable[[], float] = time.time
    ) -> None:
        self._secret = secret or secrets.token_bytes(32)
        self._seconds = seconds
        self._clock = clock

    def issue(self, site: str) -> SiteToken:
        """A new one for the site of this id, which holds no dot."""
        expires = int(self._clock()) + self._seconds
        signed = f"{site}.{expires}"
        return SiteToken(f"{signed}.{self._signature(signed)}", expires)

    def site_of(self, text: str) -> str | None:
        """The id of the site that a token was issued for; `None` if it is not ours or its time is over."""
        signed, _, signature = text.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(signed).encode()):
            return None
        site, _, expires = signed.partition(".")
        return site if self._clock() < int(expires) else None

    def _signature(self, signed: str) -> str:
        return hmac.new(self._secret, signed.encode(), hashlib.sha256).hexdigest()
