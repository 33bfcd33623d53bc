"""WARC files: good records are kept, whatever stands between them is counted and named."""

import gzip
import io
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.pipeline import ingest
from tests.conftest import MakeLibrary

PAGE = """<html lang="en"><head><title>{0}</title><meta property="og:site_name" content="The Courier">
<meta property="article:published_time" content="2026-09-0{1}T08:00:00Z"></head><body><article><h1>{0}</h1>
<p>The {0} was opened by the mayor on a cold morning, before some three hundred people who had waited since dawn.</p>
<p>It had taken four years and 12 million crowns to build, twice what the council had planned at first.</p>
</article></body></html>"""
# warcio's writer leaves its spool files to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
SUBJECTS = ["swimming bath", "harbour bridge", "town archive", "tram depot"]


def record(
    subject: str,
    number: int,
    *,
    status: str = "200 OK",
    kind: str = "text/html; charset=utf-8",
    captured: str = "2026-11-20T00:00:00Z",
) -> bytes:
    """One record as it stands in a `.warc.gz`: a gzip member of its own."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    headers = StatusAndHeaders(status, [("Content-Type", kind)], protocol="HTTP/1.1")
    body = io.BytesIO(PAGE.format(subject, number).encode())
    address = f"https://courier.example/{number}"
    made = writer.create_warc_record(address, "response", payload=body, http_headers=headers)
    made.rec_headers.replace_header("WARC-Date", captured)
    writer.write_record(made)
    return out.getvalue()


def plain_record(subject: str, number: int, **how: str) -> bytes:
    return gzip.decompress(record(subject, number, **how))


def records() -> list[bytes]:
    return [record(subject, number) for number, subject in enumerate(SUBJECTS, 1)]


def test_pages_of_an_archive_are_articles_dated_by_themselves(make_library: MakeLibrary, tmp_path: Path) -> None:
    file = tmp_path / "CC-NEWS.warc.gz"
    other = [record("notice", 8, kind="application/pdf"), record("lost page", 9, status="404 Not Found")]
    file.write_bytes(b"".join([*records(), *other]))
    library = make_library()
    report = ingest([file], library)
    assert (report.seen, report.added, report.refused) == (4, 4, 0)
    articles = {one.title: one for one in library.record.articles()}
    assert set(articles) == set(SUBJECTS)
    bridge = articles["harbour bridge"]
    assert bridge.url == "https://courier.example/2"
    assert bridge.source == "The Courier"
    assert str(bridge.published_at) == "2026-09-02T08:00:00Z"  # never the day on which it was archived
    assert ingest([file], library).unchanged == 4


def test_an_older_capture_does_not_take_the_place_of_a_newer_version(make_library: MakeLibrary, tmp_path: Path) -> None:
    library, titles = make_library(), []
    for subject, captured in (("new bath", "2026-11-20"), ("old bath", "2026-10-01"), ("newest bath", "2026-11-21")):
        file = tmp_path / f"{captured}.warc.gz"
        file.write_bytes(record(subject, 1, captured=f"{captured}T00:00:00Z"))
        report = ingest([file], library)
        assert report.seen == report.added + report.updated + report.unchanged == 1
        titles += [one.title for one in library.record.articles()]
    assert titles == ["new bath", "new bath", "newest bath"]


def test_an_uncompressed_archive_is_read_too(make_library: MakeLibrary, tmp_path: Path) -> None:
    file = tmp_path / "a.warc"
    file.write_bytes(b"".join(gzip.decompress(one) for one in records()))
    assert ingest([file], make_library()).added == 4


def test_the_scheme_of_an_address_may_be_in_capitals(make_library: MakeLibrary, tmp_path: Path) -> None:
    file = tmp_path / "a.warc"
    file.write_bytes(plain_record("harbour bridge", 2).replace(b"URI: https:", b"URI: HTTPS:"))
    library = make_library()
    assert ingest([file], library).added == 1
    assert library.record.ids_at("https://courier.example/2")


def flipped(data: bytes) -> bytes:
    return data[:60] + bytes(byte ^ 0xFF for byte in data[60:90]) + data[90:]


@pytest.mark.parametrize(
    ("damage", "added", "refused"),
    [
        (lambda some: [some[0], flipped(some[1]), some[2], some[3]], 3, 1),
        (lambda some: [*some[:3], some[3][:-40]], 3, 1),
        (lambda some: [some[0], gzip.compress(b"no record at all"), *some[2:]], 3, 1),
        (lambda some: [b"leading rubbish", *some], 4, 1),
        (lambda some: [*some, b"trailing rubbish"], 4, 0),
        (lambda _: [b""], 0, 1),
        (lambda _: [b"not an archive"], 0, 1),
    ],
)
def test_a_damaged_record_costs_itself_only(
    make_library: MakeLibrary, tmp_path: Path, damage: object, added: int, refused: int
) -> None:
    assert callable(damage)
    file = tmp_path / "damaged.warc.gz"
    file.write_bytes(b"".join(damage(records())))
    report = ingest([file], make_library())
    assert (report.added, report.refused) == (added, refused), report.as_json()
