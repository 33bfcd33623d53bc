"""The one way to the network: bounded in size and time, polite, to public addresses only.

httpx builds and sends single requests over a `CheckedTransport`; redirects and decompression are done here, where
each step is checked, and tenacity repeats what may pass. There are no cookies, no proxies from the environment and no
credentials.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic, sleep

import httpcore
import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from ingest.http.addresses import Resolver, system_addresses, web_address
from ingest.http.compression import Decompressor
from ingest.http.opt_outs import of_headers
from ingest.http.robots import Robots
from ingest.http.throttle import LONGEST_PAUSE_SECONDS, Pace
from ingest.http.transport import CheckedBackend, CheckedTransport
from rag.deadlines import Deadline, DeadlinePassed
from rag.errors import FetchError, RefusedAddress

AGENT = "Dateline"
_VERSION = "0.1"
_LONGEST_VALIDATOR = 500
_REDIRECTS = {301, 302, 303, 307, 308}
_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of time and space one fetch may take.

    Attributes:
        wire_bytes: Of a body as it comes.
        decoded_bytes: Of a body once decompressed.
        total_seconds: From the start of a request to the end of its body; each redirect is another request.
        idle_seconds: Between two pieces of an answer, and to connect.
        redirects: Most of them.
        tries: Of a fetch that fails for a reason that may pass.
        backoff_seconds: Longest pause before the second try; it doubles with each.
    """

    wire_bytes: int = 10_000_000
    decoded_bytes: int = 20_000_000
    total_seconds: float = 60.0
    idle_seconds: float = 15.0
    redirects: int = 5
    tries: int = 3
    backoff_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of a version, by which it can say later that there is no newer one.

    Attributes:
        url: What it said this of, after redirects; nothing else is asked with it. `None` means whatever is asked.
    """

    etag: str | None = None
    last_modified: str | None = None
    url: str | None = None

    def headers(self, url: str) -> dict[str, str]:
        """The conditions of a conditional request for an address."""
        if self.url not in (None, url):
            return {}
        stated = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in stated.items() if value}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave.

    Attributes:
        url: Where it came from, after redirects.
        body: Decompressed; empty if not modified.
        content_type: As the server states it.
        modified: `False` if the server says that the version of the validators is still the newest.
        opt_outs: How its site says that machines shall not make use of it; see `ingest.http.opt_outs`.
    """

    url: str
    body: bytes
    content_type: str = ""
    validators: Validators = field(default_factory=Validators)
    modified: bool = True
    opt_outs: tuple[str, ...] = ()


class Fetcher:
    """Fetches addresses; may be used by several threads.

    Args:
        allow_private: Fetch from addresses that are not public, too.
        contact: Where an outlet can ask about us: an address or URL for the user agent.
        delay: Seconds between two requests to one host.
        limits: Of size and time.
        resolve: Resolves names.
        connector: Opens connections to IP addresses.
        clock: Monotonic seconds.
        sleep: Waits for a number of seconds.
        jitter: A number in [0, 1) by which pauses before another try are shortened.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        contact: str | None = None,
        delay: float = 1.0,
        limits: Limits | None = None,
        resolve: Resolver = system_addresses,
        connector: httpcore.NetworkBackend | None = None,
        clock: Callable[[], float] = monotonic,
        sleep: Callable[[float], None] = sleep,
        jitter: Callable[[], float] = random.random,
        connections: int = 20,
    ) -> None:
        self._limits = limits or Limits()
        self._agent = f"{AGENT}/{_VERSION} (news question answering{f'; +{contact}' if contact else ''})"
        self._sleep = sleep
        self._jitter = jitter
        self._deadline = Deadline(clock)
        backend = CheckedBackend(
            resolve=resolve,
            connector=connector or httpcore.SyncBackend(),
            deadline=self._deadline,
            allow_private=allow_private,
        )
        self._transport = CheckedTransport(backend, connections=connections)
        self._pace = Pace(delay, clock=clock, sleep=sleep)
        self._robots = Robots(AGENT, read=self._robots_file, clock=clock)

    def close(self) -> None:
        """Closes all connections."""
        self._transport.close()

    def fetch(self, address: str, validators: Validators | None = None) -> Fetched:
        """What is at an http or https address.

        Args:
            address: The URL.
            validators: Of the stored version; the answer may then be that it is not modified.

        Raises:
            RefusedAddress: It may not be fetched.
            FetchError: It cannot be fetched, after as many tries as are of use.
        """
        url = web_address(address)
        answer = self._tried(lambda: self._followed(url, validators or Validators(), self._allowed))
        by_site = self._robots.opt_outs(httpx.URL(answer.url))
        return replace(answer, opt_outs=(*by_site, *answer.opt_outs))

    def _robots_file(self, url: httpx.URL) -> bytes:
        return self._followed(url, Validators(), self._pace_only).body

    def _tried(self, fetch: Callable[[], Fetched]) -> Fetched:
        retrying = Retrying(
            stop=stop_after_attempt(self._limits.tries),
            wait=self._pause,
            retry=retry_if_exception(_may_pass),
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(fetch)

    def _pause(self, state: RetryCallState) -> float:
        """Seconds until the next try: what the server asks for, else twice as many with each, shortened by chance."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, FetchError) and error.retry_after:
            return error.retry_after
        return float(self._limits.backoff_seconds * 2 ** (state.attempt_number - 1) * (1 - self._jitter() / 2))

    def _followed(self, url: httpx.URL, validators: Validators, admit: Callable[[httpx.URL], None]) -> Fetched:
        for _ in range(self._limits.redirects + 1):
            admit(url)
            answer = self._answer(url, validators)
            if isinstance(answer, Fetched):
                return answer
            url = answer
        raise FetchError(f"redirects more than {self._limits.redirects} times")

    def _allowed(self, url: httpx.URL) -> None:
        self._pace.wait(url.host, at_least=self._robots.check(url))

    def _pace_only(self, url: httpx.URL) -> None:
        self._pace.wait(url.host)

    def _answer(self, url: httpx.URL, validators: Validators) -> Fetched | httpx.URL:
        """The content of an address, or where it redirects to."""
        self._deadline.set(self._limits.total_seconds)
        try:
            response = self._transport.handle_request(self._request(url, validators))
            try:
                if response.status_code == 304 and not validators.headers(str(url)):
                    raise FetchError("answers 304 not modified to a request without a condition", status=304)
                return self._read(url, response)
            finally:
                response.close()
        except DeadlinePassed as error:
            raise FetchError(str(error), transient=True) from error
        except httpcore.TimeoutException as error:
            raise FetchError(f"does not answer within {self._limits.idle_seconds:.0f} s", transient=True) from error
        except httpcore.NetworkError as error:
            raise FetchError(f"cannot be reached: {error}", transient=True) from error
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
            raise FetchError(f"does not speak HTTP properly: {error}", transient=True) from error

    def _request(self, url: httpx.URL, validators: Validators) -> httpx.Request:
        headers = {"User-Agent": self._agent, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
        idle = self._limits.idle_seconds
        return httpx.Request(
            "GET",
            url,
            headers=headers | validators.headers(str(url)),
            extensions={"timeout": {"connect": idle, "read": idle, "write": idle, "pool": idle}},
        )

    def _read(self, url: httpx.URL, response: httpx.Response) -> Fetched | httpx.URL:
        headers = response.headers
        if response.status_code in _REDIRECTS and "location" in headers:
            return _target(url, headers["location"])
        if response.status_code not in (200, 304):
            raise self._failure(url, response)
        return Fetched(
            url=str(url),
            body=self._body(response),  # of a 304 nothing, but reading it keeps the connection for the next request
            content_type=headers.get("content-type", ""),
            validators=Validators(_sendable(headers.get("etag")), _sendable(headers.get("last-modified")), str(url)),
            modified=response.status_code == 200,
            opt_outs=of_headers(headers),
        )

    def _body(self, response: httpx.Response) -> bytes:
        whole = Decompressor(response.headers.get("content-encoding", ""), limit=self._limits.decoded_bytes)
        came = 0
        assert isinstance(response.stream, httpx.SyncByteStream)
        for piece in response.stream:
            came += len(piece)
            if came > self._limits.wire_bytes:
                raise FetchError(f"is larger than {self._limits.wire_bytes // 1_000_000} MB")
            whole.feed(piece)
        return whole.end()

    def _failure(self, url: httpx.URL, response: httpx.Response) -> FetchError:
        status = response.status_code
        wait = _retry_after(response.headers.get("retry-after", "")) if status in (429, 503) else None
        if wait is not None and wait > LONGEST_PAUSE_SECONDS:
            self._pace.hold(url.host, wait)
        reason = response.reason_phrase.lower()
        return FetchError(
            f"answers {status} {reason}".strip(), status=status, transient=status in _TRANSIENT, retry_after=wait
        )


def _may_pass(error: BaseException) -> bool:
    """The reason of a failure may pass soon enough to be waited for."""
    return isinstance(error, FetchError) and error.transient and (error.retry_after or 0.0) <= LONGEST_PAUSE_SECONDS


def _target(url: httpx.URL, location: str) -> httpx.URL:
    try:
        return web_address(str(url.join(location)))
    except (httpx.InvalidURL, ValueError) as error:
        raise RefusedAddress("redirects to what is no address") from error


def _sendable(value: str | None) -> str | None:
    """A header's value, if a request of ours can hold it."""
    return value if value and len(value) <= _LONGEST_VALIDATOR and value.isascii() and value.isprintable() else None


def _retry_after(value: str) -> float | None:
    """Seconds to wait, from a number or a date; `None` if it is neither."""
    if value.strip().isdecimal():
        return min(float(value), 1e9)
    try:
        then = parsedate_to_datetime(value)
    except ValueError:
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (then - datetime.now(UTC)).total_seconds())
