"""Fetching, from a server on loopback that misbehaves in every way that is known of servers."""

import gzip
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpcore
import pytest

from ingest.http.addresses import checked_addresses, is_public, literal_address, web_address
from ingest.http.fetcher import Fetcher, Limits, Validators
from ingest.http.throttle import Pace
from rag.errors import FetchError, RefusedAddress
from tests.conftest import SHARED
from tests.ingest.web_server import Answer, Site, serving

VARIANTS = SHARED / "corpora" / "ssrf-variants.txt"


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


class Clock:
    """Seconds that pass only when someone sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Recorder(httpcore.NetworkBackend):
    """Takes the place of the network: notes what is resolved and connected to, and connects to nothing."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.resolved: list[str] = []
        self.connected: list[str] = []

    def resolve(self, host: str, port: int) -> list[str]:
        self.resolved.append(host)
        return list(self.addresses)

    def connect_tcp(self, host: str, port: int, *rest: object, **more: object) -> httpcore.NetworkStream:
        self.connected.append(host)
        raise httpcore.ConnectError("nothing leaves this machine")


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with_limits = Limits(tries=1, idle_seconds=5, total_seconds=20)
    made = Fetcher(allow_private=True, limits=with_limits)
    yield made
    made.close()


def small(**limits: float) -> Fetcher:
    return Fetcher(allow_private=True, limits=Limits(**{"tries": 1} | limits))  # type: ignore[arg-type]


# Which addresses


@pytest.mark.skipif(not VARIANTS.exists(), reason="the collection of local addresses is not on this machine")
@pytest.mark.parametrize("answer", ["127.0.0.1", "93.184.216.34"])
def test_no_spelling_of_a_local_address_is_connected_to(answer: str) -> None:
    variants = VARIANTS.read_text(encoding="utf-8").splitlines()
    assert len(variants) == 252
    recorder = Recorder(answer)
    fetcher = Fetcher(resolve=recorder.resolve, connector=recorder, limits=Limits(tries=1), delay=0)
    for address in variants:
        with pytest.raises(FetchError):
            fetcher.fetch(address)
    # Real names are asked for, and only they: numbers in whatever spelling are never handed to a resolver.
    assert {host.rpartition(".")[2] for host in recorder.resolved} <= {"pw"}
    assert set(recorder.connected) <= ({answer} - {"127.0.0.1"})


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 192.0.0.9 192.88.99.1 198.18.0.1
    224.0.0.1 240.0.0.1 255.255.255.255 203.0.113.5 ::1 :: ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 fe80::1
    fc00::1 fd00:ec2::254 ff02::1 2002:7f00:1:: 2002:a00:1:: 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1
    2001:0:4136:e378:8000:63bf:80ff:fffe 2001:db8::1 3fff::1 5f00::1 ::ffff:0:127.0.0.1 fec0::1 100::1""".split(),
)
def test_an_address_that_is_not_of_the_public_internet_is_told(address: str) -> None:
    literal = literal_address(address)
    assert literal is not None
    assert not is_public(literal)


@pytest.mark.parametrize("address", "93.184.216.34 8.8.8.8 2606:2800:220:1::1 ::ffff:8.8.8.8 64:ff9b::808:808".split())
def test_a_public_address_is_told(address: str) -> None:
    literal = literal_address(address)
    assert literal is not None
    assert is_public(literal)


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://example.com/",
        "javascript:alert(1)",
        "gopher://example.com/",
        "//example.com/",
        "example.com",
        "",
        "http://",
        "http://user@example.com/",
        "http://user:secret@example.com/",
        "http://@example.com/",
        "http://example.com\\@127.0.0.1/",
        "http://exa mple.com/",
        "http://example.com/a\r\nHost: b",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://1.2.3.4.5/",
        "http://127.0.0.1.:80/",
        "http://[::1%25eth0]/",
        "http://example.com:99999/",
        "http://ex%61mple.com/",
        "http://" + "a" * 5000,
    ],
)
def test_what_is_no_plain_web_address_is_refused(address: str) -> None:
    with pytest.raises(RefusedAddress):
        web_address(address)


def test_one_private_address_among_public_ones_refuses_the_host() -> None:
    with pytest.raises(RefusedAddress, match="not a public address"):
        checked_addresses("a.example", 80, resolve=lambda *_: ["8.8.8.8", "10.0.0.1"], allow_private=False)


def test_the_address_that_was_checked_is_connected_to_whatever_the_name_resolves_to_later() -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"]])
    recorder = Recorder()
    fetcher = Fetcher(resolve=lambda *_: next(answers), connector=recorder, limits=Limits(tries=1), delay=0)
    for _ in range(2):
        with pytest.raises(FetchError):
            fetcher.fetch("http://rebinding.example/")
    assert recorder.connected == ["8.8.8.8"]


def test_a_name_keeps_its_host_header(site: Site) -> None:
    port = site.url.rpartition(":")[2]
    site.put("/page", "found")
    fetcher = Fetcher(allow_private=True, resolve=lambda *_: ["127.0.0.1"], delay=0)
    assert fetcher.fetch(f"http://courier.example:{port}/page").body == b"found"
    assert site.requests[-1][1]["host"] == f"courier.example:{port}"
    fetcher.close()


def test_by_default_nothing_is_fetched_from_this_machine(site: Site) -> None:
    fetcher = Fetcher(limits=Limits(tries=1))
    with pytest.raises(RefusedAddress, match="--allow-private"):
        fetcher.fetch(site.put("/page", "secret"))
    assert site.requests == []


def test_proxies_of_the_environment_are_not_used(site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetcher.fetch(site.put("/page", "found")).body == b"found"


# Redirects


def test_redirects_are_followed_and_the_last_address_is_told(site: Site, fetcher: Fetcher) -> None:
    target = site.put("/new", "found")
    site.put("/old", status=301, location="/newer")
    site.put("/newer", status=302, location=target)
    found = fetcher.fetch(f"{site.url}/old")
    assert (found.url, found.body) == (target, b"found")


def test_a_redirect_loop_ends(site: Site, fetcher: Fetcher) -> None:
    site.put("/a", status=302, location="/a")
    with pytest.raises(FetchError, match="more than 5 times"):
        fetcher.fetch(f"{site.url}/a")
    assert site.paths().count("/a") == 6


@pytest.mark.parametrize(
    "location",
    ["http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest", "file:///etc/passwd", "http://0/"],
)
def test_every_redirect_is_checked_again(site: Site, location: str) -> None:
    port = site.url.rpartition(":")[2]
    site.put("/go", status=302, location=location)

    class Loopback(Recorder):
        """The real network for the site, which stands in for a public one; a record for the rest."""

        def connect_tcp(self, host: str, port: int, *rest: object, **more: object) -> httpcore.NetworkStream:
            self.connected.append(host)
            return httpcore.SyncBackend().connect_tcp("127.0.0.1", port)

    network = Loopback("93.184.216.34")
    fetcher = Fetcher(resolve=network.resolve, connector=network, limits=Limits(tries=1), delay=0)
    with pytest.raises(RefusedAddress):
        fetcher.fetch(f"http://courier.example:{port}/go")
    assert set(network.connected) == {"93.184.216.34"}
    assert site.paths() == ["/robots.txt", "/go"]
    fetcher.close()


# Size and time


def test_an_endless_body_ends_at_the_cap(site: Site) -> None:
    def endless() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n\r\n"
        while True:
            yield b"x" * 65_536

    site.pages["/endless"] = Answer(raw=endless)
    with pytest.raises(FetchError, match="larger than 1 MB"):
        small(wire_bytes=1_000_000).fetch(f"{site.url}/endless")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_decompression_bomb_ends_at_the_cap(site: Site, fetcher: Fetcher, encoding: str) -> None:
    zeros = bytes(30_000_000)
    bomb = gzip.compress(zeros) if encoding == "gzip" else zlib.compress(zeros)
    with pytest.raises(FetchError, match="larger than 20 MB once decompressed"):
        fetcher.fetch(site.put("/bomb", bomb, content_encoding=encoding))


def test_compressed_bodies_are_decompressed_whole(site: Site, fetcher: Fetcher) -> None:
    page = os.urandom(3_000_000)
    assert fetcher.fetch(site.put("/zip", gzip.compress(page), content_encoding="gzip")).body == page
    two = gzip.compress(b"one ") + gzip.compress(b"two")
    assert fetcher.fetch(site.put("/two", two, content_encoding="gzip")).body == b"one two"


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (gzip.compress(b"a" * 9000, mtime=0)[:-12], {"content_encoding": "gzip"}, "cut short"),
        (b"not compressed", {"content_encoding": "gzip"}, "compression is damaged"),
        (b"?", {"content_encoding": "br"}, "not asked for"),
        (b"?", {"content_encoding": "gzip, gzip"}, "not asked for"),
    ],
)
def test_a_damaged_body_is_refused(
    site: Site, fetcher: Fetcher, body: bytes, headers: dict[str, str], reason: str
) -> None:
    with pytest.raises(FetchError, match=reason):
        fetcher.fetch(site.put("/page", body, **headers))


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\ntoo short",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\nabc\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\nabc",
        b"\x00\x01\x02\x03 garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000 + b"\r\n\r\n",
        b"",
    ],
)
def test_a_broken_answer_is_a_failure(site: Site, fetcher: Fetcher, answer: bytes) -> None:
    site.pages["/broken"] = Answer(raw=lambda: iter([answer]))
    with pytest.raises(FetchError, match="HTTP properly|cannot be reached"):
        fetcher.fetch(f"{site.url}/broken")


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nx: ", b"HTTP/1.1 200 OK\r\n\r\nbegun"])
def test_a_server_that_falls_silent_is_left(site: Site, start: bytes) -> None:
    done = threading.Event()

    def silent() -> Iterator[bytes]:
        yield start
        done.wait(20)

    site.pages["/silent"] = Answer(raw=silent)
    with pytest.raises(FetchError, match="does not answer within"):
        small(idle_seconds=0.3).fetch(f"{site.url}/silent")
    done.set()


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\nx: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_server_that_drips_is_left_when_the_total_time_is_over(site: Site, start: bytes) -> None:
    done = threading.Event()

    def drip() -> Iterator[bytes]:
        yield start
        while not done.wait(0.02):
            yield b"x"

    site.pages["/drip"] = Answer(raw=drip)
    with pytest.raises(FetchError, match="too long altogether|does not answer"):
        small(total_seconds=0.6, idle_seconds=10).fetch(f"{site.url}/drip")
    done.set()


# Trying again


def scripted(*answers: Answer) -> Callable[[], Answer]:
    remaining = iter(answers)
    return lambda: next(remaining)


def test_what_is_transient_is_tried_again_with_growing_jittered_pauses(site: Site) -> None:
    clock = Clock()
    fetcher = Fetcher(allow_private=True, clock=clock, sleep=clock.sleep, jitter=lambda: 0.5)
    site.pages["/page"] = scripted(Answer(status=503), Answer(status=500), Answer("found"))
    assert fetcher.fetch(f"{site.url}/page").body == b"found"
    assert clock.slept == [0.75, 1.5]
    fetcher.close()


def test_what_is_permanent_is_not_tried_again(site: Site) -> None:
    clock = Clock()
    fetcher = Fetcher(allow_private=True, clock=clock, sleep=clock.sleep)
    for status in (403, 404, 410):
        with pytest.raises(FetchError, match=str(status)) as failure:
            fetcher.fetch(site.put(f"/{status}", status=status))
        assert failure.value.status == status
        assert not failure.value.transient
    assert clock.slept == []
    assert site.paths() == ["/robots.txt", "/403", "/404", "/410"]
    fetcher.close()


def test_retry_after_is_honoured_in_seconds_and_as_a_date(site: Site) -> None:
    clock = Clock()
    fetcher = Fetcher(allow_private=True, clock=clock, sleep=clock.sleep)
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    site.pages["/page"] = scripted(
        Answer(status=429, headers={"retry-after": "7"}),
        Answer(status=503, headers={"retry-after": soon}),
        Answer("found"),
    )
    assert fetcher.fetch(f"{site.url}/page").body == b"found"
    assert clock.slept[0] == 7
    assert 20 < clock.slept[1] <= 30
    fetcher.close()


def test_a_host_that_asks_for_a_long_rest_gets_it(site: Site) -> None:
    clock = Clock()
    fetcher = Fetcher(allow_private=True, clock=clock, sleep=clock.sleep)
    site.pages["/busy"] = Answer(status=429, headers={"retry-after": "3600"})
    other = site.put("/other", "found")
    for address in (f"{site.url}/busy", other):
        with pytest.raises(FetchError):
            fetcher.fetch(address)
    assert site.paths() == ["/robots.txt", "/busy"]
    clock.now += 3601
    assert fetcher.fetch(other).body == b"found"
    fetcher.close()


def test_a_server_that_is_not_there_is_a_transient_failure() -> None:
    with serving() as gone:
        address = gone.url
    with pytest.raises(FetchError, match="cannot be reached") as failure:
        small().fetch(f"{address}/")
    assert failure.value.transient


# Politeness


def test_an_unchanged_page_is_not_sent_again(site: Site, fetcher: Fetcher) -> None:
    address = site.put("/page", "found", etag='"1"')
    first = fetcher.fetch(address)
    again = fetcher.fetch(address, first.validators)
    assert (again.modified, again.body) == (False, b"")
    site.put("/page", "changed", etag='"2"', last_modified="Tue, 24 Nov 2026 08:00:00 GMT")
    third = fetcher.fetch(address, first.validators)
    assert third.body == b"changed"
    assert third.validators == Validators('"2"', "Tue, 24 Nov 2026 08:00:00 GMT", address)


def test_a_connection_is_kept_when_nothing_was_modified(site: Site) -> None:
    connections: list[str] = []

    class Counting(httpcore.SyncBackend):
        def connect_tcp(self, host: str, *rest: object, **more: object) -> httpcore.NetworkStream:
            connections.append(host)
            return super().connect_tcp(host, *rest, **more)  # type: ignore[arg-type]

    fetcher = Fetcher(allow_private=True, connector=Counting())
    address = site.put("/page", "found", etag='"1"')
    for _ in range(3):
        assert not fetcher.fetch(address, Validators('"1"')).modified
    fetcher.close()
    # One each for robots.txt and tdmrep.json, which are not there, one for all else.
    assert connections == ["127.0.0.1"] * 3


def test_a_condition_is_sent_only_to_the_address_that_it_is_about(site: Site, fetcher: Fetcher) -> None:
    site.put("/old", status=302, location="/first")
    site.put("/first", "first", etag='"1"')
    site.put("/second", "second", etag='"1"')
    found = fetcher.fetch(f"{site.url}/old")
    assert not fetcher.fetch(f"{site.url}/old", found.validators).modified
    site.put("/old", status=302, location="/second")
    assert fetcher.fetch(f"{site.url}/old", found.validators).body == b"second"


def test_a_server_that_says_not_modified_unasked_has_given_nothing(site: Site, fetcher: Fetcher) -> None:
    with pytest.raises(FetchError, match="without a condition"):
        fetcher.fetch(site.put("/page", status=304))


@pytest.mark.parametrize("etag", ['"caf\xe9"', f'"{"x" * 1000}"', '"a\tb"'])
def test_a_version_whose_name_cannot_be_sent_back_is_fetched_whole(site: Site, fetcher: Fetcher, etag: str) -> None:
    address = site.put("/page", "found", ETag=etag)
    first = fetcher.fetch(address)
    assert fetcher.fetch(address, first.validators).body == b"found"


def test_robots_txt_is_obeyed_and_asked_for_once(site: Site, fetcher: Fetcher) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /\n\nUser-agent: Dateline\nDisallow: /private\n")
    assert fetcher.fetch(site.put("/page", "found")).body == b"found"
    with pytest.raises(RefusedAddress, match=r"robots\.txt"):
        fetcher.fetch(site.put("/private/page", "secret"))
    site.put("/sly", status=302, location="/private/page")
    with pytest.raises(RefusedAddress, match=r"robots\.txt"):
        fetcher.fetch(f"{site.url}/sly")
    assert site.paths() == ["/robots.txt", "/page", "/.well-known/tdmrep.json", "/sly"]


def test_a_robots_txt_that_cannot_be_had_keeps_everything_out_for_a_while(site: Site) -> None:
    clock = Clock()
    fetcher = Fetcher(allow_private=True, clock=clock, sleep=clock.sleep, limits=Limits(tries=2))
    site.put("/robots.txt", status=503)
    page = site.put("/page", "found")
    with pytest.raises(FetchError, match=r"waits for the robots\.txt of 127\.0\.0\.1: answers 503") as failure:
        fetcher.fetch(page)
    assert failure.value.status is None
    assert site.paths() == ["/robots.txt"]
    clock.now += 301
    site.put("/robots.txt", "", 404)
    assert fetcher.fetch(page).body == b"found"
    fetcher.close()


def test_the_user_agent_says_who_asks_and_whom_to_ask(site: Site) -> None:
    fetcher = Fetcher(allow_private=True, contact="https://operator.example/bot")
    fetcher.fetch(site.put("/page", "found"))
    agents = {headers["user-agent"] for _, headers in site.requests}
    assert agents == {"Dateline/0.1 (news question answering; +https://operator.example/bot)"}
    assert "cookie" not in site.requests[-1][1]
    fetcher.close()


def test_two_requests_to_one_host_are_apart_and_a_crawl_delay_counts() -> None:
    clock = Clock()
    pace = Pace(1.0, clock=clock, sleep=clock.sleep)
    for host in ("a.example", "b.example", "a.example"):
        pace.wait(host)
    assert clock.slept == [1.0]
    pace.wait("b.example", at_least=5.0)
    pace.wait("b.example")
    assert clock.slept == [1.0, 5.0]
    pace.wait("c.example", at_least=100_000)
    pace.wait("c.example")
    assert clock.slept[-1] == 60.0
