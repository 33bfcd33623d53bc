"""What a site's robots.txt allows (RFC 9309), and what it and `tdmrep.json` say of use by machines."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from protego import Protego

from ingest.http import opt_outs
from rag.errors import FetchError, RefusedAddress

log = logging.getLogger(__name__)

_READ_BYTES = 500_000
_KEPT_SECONDS = 86_400.0
_FAILURE_KEPT_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class _Rules:
    parsed: Protego | None
    until: float
    failure: str = ""
    text: str = ""


class Robots:
    """The rules of the sites asked about, each read once a day.

    Args:
        agent: Name that rules address, e.g. `Dateline`.
        read: Fetches a robots.txt; a `FetchError` with a 4xx status means that the site has no robots.txt.
        clock: Monotonic seconds.
    """

    def __init__(self, agent: str, *, read: Callable[[httpx.URL], bytes], clock: Callable[[], float]) -> None:
        self._agent = agent
        self._read = read
        self._clock = clock
        self._known: dict[tuple[str, str], _Rules] = {}
        self._tdm_files: dict[tuple[str, str], tuple[bytes, float]] = {}

    def check(self, url: httpx.URL) -> float | None:
        """The pause in seconds between requests that the site asks for, `None` if it does not.

        Raises:
            RefusedAddress: Its rules disallow the address.
            FetchError: Its robots.txt cannot be had now, which disallows everything for now.
        """
        rules = self._rules(url)
        if rules.failure:
            raise FetchError(f"waits for the robots.txt of {url.host}: {rules.failure}", transient=True)
        if rules.parsed is None:
            return None
        if not rules.parsed.can_fetch(str(url), self._agent):
            raise RefusedAddress(f"the robots.txt of {url.host} disallows it")
        return rules.parsed.crawl_delay(self._agent)

    def opt_outs(self, url: httpx.URL) -> tuple[str, ...]:
        """How the site says that machines shall not make use of an address that `check` allowed."""
        rules = self._rules(url)
        by_robots = opt_outs.of_robots(rules.parsed, rules.text, str(url)) if rules.parsed else ()
        return (*by_robots, *opt_outs.of_tdm_file(self._tdm_file(url), url.path))

    def _rules(self, url: httpx.URL) -> _Rules:
        site = (url.scheme, url.netloc.decode("ascii"))
        rules = self._known.get(site)
        if rules is None or rules.until < self._clock():
            rules = self._fetched(url)
            self._known[site] = rules
        return rules

    def _fetched(self, url: httpx.URL) -> _Rules:
        try:
            text = self._read(url.copy_with(raw_path=b"/robots.txt"))[:_READ_BYTES].decode("utf-8", "replace")
        except RefusedAddress:
            raise
        except FetchError as error:
            if error.status and 400 <= error.status < 500 and error.status != 429:
                return _Rules(None, self._clock() + _KEPT_SECONDS)
            return _Rules(None, self._clock() + _FAILURE_KEPT_SECONDS, failure=str(error))
        return _Rules(Protego.parse(text), self._clock() + _KEPT_SECONDS, text=text)

    def _tdm_file(self, url: httpx.URL) -> bytes:
        site = (url.scheme, url.netloc.decode("ascii"))
        body, until = self._tdm_files.get(site, (b"", 0.0))
        if until < self._clock():
            try:
                body = self._read(url.copy_with(raw_path=b"/.well-known/tdmrep.json"))[:_READ_BYTES]
            except FetchError as error:
                log.info("%s has no readable tdmrep.json: %s", url.host, error)
            self._tdm_files[site] = (body, self._clock() + _KEPT_SECONDS)
        return body
