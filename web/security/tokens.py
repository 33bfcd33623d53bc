"""Tokens that let the widget's own page ask without a key: signed, short-lived, for one site."""

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from itsdangerous import BadSignature, TimestampSigner

_SECONDS = 600


@dataclass(frozen=True, slots=True)
class SiteToken:
    """What the page sends with each question.

    Attributes:
        text: `SITE.ISSUED.SIGNATURE`.
        expires: Seconds since 1970.
    """

    text: str
    expires: int


class SiteTokens:
    """Issues and reads tokens, signed with HMAC-SHA256 (RFC 2104) under a secret that ends with the process.

    Args:
        secret: By default a new random one.
        seconds: How long a token is valid.
        clock: Seconds since 1970.
    """

    def __init__(
        self, secret: bytes | None = None, *, seconds: int = _SECONDS, clock: Callable[[], float] = time.time
    ) -> None:
        self._signer = _ClockSigner(secret or secrets.token_bytes(32), clock)
        self._seconds = seconds

    def issue(self, site: str) -> SiteToken:
        """A new token for the site with this id."""
        expires = self._signer.get_timestamp() + self._seconds
        return SiteToken(self._signer.sign(site).decode(), expires)

    def site_of(self, text: str) -> str | None:
        """The id of the site that a token was issued for; `None` if it is not ours or has expired."""
        try:
            # Its age is counted in whole seconds begun.
            return self._signer.unsign(text, max_age=self._seconds - 1).decode()
        except BadSignature:
            return None


class _ClockSigner(TimestampSigner):
    """Takes the time from a clock of our own."""

    def __init__(self, secret: bytes, clock: Callable[[], float]) -> None:
        super().__init__(secret, salt="dateline.site", key_derivation="hmac", digest_method=hashlib.sha256)
        self._clock = clock

    def get_timestamp(self) -> int:
        """Seconds since 1970."""
        return int(self._clock())
