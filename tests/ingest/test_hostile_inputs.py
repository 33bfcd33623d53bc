"""What one input does costs itself only: it is refused with its reason, within bounds, and the rest goes in."""

import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli
import pytest

from ingest.__main__ import main
from ingest.extract.html import page_records
from ingest.extract.page_metadata import Evidence
from ingest.formats.charset import page_text
from ingest.formats.files import raw_inputs
from ingest.http.compression import decoded, unzipped
from ingest.models import RawPage, RawRecord, Unreadable
from ingest.pipeline import ingest, ingest_inputs
from ingest.report import Remark, Report
from ingest.sandbox import BoundedReader
from rag.errors import FetchError, RefusedArticle
from rag.store.repositories.visits import Visit
from tests.conftest import ROOT, MakeLibrary
from tests.ingest.formats.test_warc import PAGE, plain_record, record
from tests.ingest.test_pipeline import assert_whole, write

# warcio's writer leaves its spool files to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
GOOD = [
    {"id": "first", "title": "Ferry strike", "text": "The ferry strike begins on Monday, said the union in Ouldan."},
    {"id": "last", "title": "Granary", "text": "The granary will cost 8.6 million crowns, the council said."},
]


def between_good_ones(file: Path, line: str) -> Path:
    file.write_text("\n".join([json.dumps(GOOD[0]), line, json.dumps(GOOD[1])]), encoding="utf-8")
    return file


# One record


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": "\ud800"}, "its id holds half of a character"),
        ({"url": "https://a.example/\udfff"}, "its url holds half of a character"),
        ({"url": "https://a.example/\x1b[2J"}, "its url holds a control character"),
        ({"id": "17\u202e\0"}, "its id holds a control character"),
        ({"title": "T" * 20_000}, "its title has 20,000 characters"),
        ({"id": "i" * 20_000}, "its id has"),
        ({"authors": ["Lotte Merriden"] * 501}, "501 authors"),
        ({"authors": ["Lotte Merriden" * 1000]}, "its author has"),
        ({"text": {"a": 1}}, "not a string"),
    ],
)
def test_a_record_that_cannot_be_kept_is_refused_and_the_rest_goes_in(
    make_library: MakeLibrary, tmp_path: Path, fields: dict[str, Any], reason: str
) -> None:
    bad = {"title": "Rain", "text": "It rained on Harrowmere."} | fields
    library = make_library()
    report = ingest([between_good_ones(tmp_path / "in.jsonl", json.dumps(bad))], library)
    assert (report.seen, report.added, report.refused) == (3, 2, 1)
    assert reason in report.refusals[0].reason
    assert report.refusals[0].origin.endswith("line 2")
    assert_whole(library)


def test_a_report_sends_no_commands_to_the_terminal() -> None:
    report = Report()
    report.warn("\x1b[2Jcleared.txt", "its title is \u202etxt.exe\r")
    report.refuse("\x9b1m", "\n")
    assert report.warnings == [Remark("\\x1b[2Jcleared.txt", "its title is \\u202etxt.exe\\r")]
    assert report.refusals == [Remark("\\x9b1m", "\\n")]


@pytest.mark.parametrize(
    "fields",
    [
        {"published_at": 10**400},
        {"published_at": 1e308},
        {"published_at": float("nan")},
        {"published_at": {"$date": {"$numberLong": "1"}}},
        {"published_at": [[]]},
        {"published_at": True},
        {"published_at": "0001-01-01T00:00:00+14:00"},
        {"published_at": "May " * 5000},
        {"authors": [1, {"name": None}, None, [], {"name": {"name": ["Lotte Merriden"]}}]},
        {"authors": " " * 9000 + "x"},
        {"source": [{"@type": "Organization", "name": "The Courier"}]},
        {"section": ["World", "Transport"]},
        {"title": {"rendered": "x"}},
        {"title": "\ud800 Rain"},
        {"text": "It rained. &#" + "1" * 5000},
        {"text": "It rained. \ud800"},
        {"updated_at": "9999-12-31T23:59:59-12:00"},
        {"url": "https://[SITE_URL]/pier"},
        {"correction": {"text": 1}, "corrected_at": {}},
        {"kind": [], "language": {"a": 1}, "paywalled": []},
    ],
    ids=str,
)
def test_a_record_with_nonsense_in_it_goes_in_without_the_nonsense(
    make_library: MakeLibrary, tmp_path: Path, fields: dict[str, Any]
) -> None:
    odd = {"id": "odd", "title": "Rain", "text": "It rained on Harrowmere."} | fields
    library = make_library()
    report = ingest([between_good_ones(tmp_path / "in.jsonl", json.dumps(odd))], library)
    assert (report.seen, report.added, report.refused) == (3, 3, 0)
    article = library.record.current("odd")
    assert article
    assert article.text.startswith("It rained")
    assert "{" not in f"{article.title}{article.source}{article.section}{article.authors}"
    assert set(article.authors) <= {"1", "Lotte Merriden", "x"}


@pytest.mark.parametrize(
    "line",
    [
        '{"text": ' + "[" * 100_000,
        '{"published_at": ' + "9" * 5000 + ', "text": "a"}',
        "{",
        "[]",
        "null",
        "\x00",
        '"a"',
    ],
    ids=["deep", "digits", "cut", "list", "null", "nul", "text"],
)
def test_a_line_that_is_no_record_costs_itself_only(make_library: MakeLibrary, tmp_path: Path, line: str) -> None:
    report = ingest([between_good_ones(tmp_path / "in.jsonl", line)], make_library())
    assert (report.added, report.refused) == (2, 1), report.as_json()


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[..., RawPage]:
    """Makes inputs that come to be as a test says."""

    def records(raw: RawPage) -> Iterator[RawRecord]:
        if raw.page == "unforeseen":
            raise ZeroDivisionError("a fault that nobody foresaw")
        fields = {"id": raw.origin, "title": raw.origin, "text": f"It rained on {raw.origin} again."}
        yield RawRecord(raw.origin, fields, raw.page, page=True)

    monkeypatch.setattr("ingest.normalize.inputs.records_of", records)
    return RawPage


def test_a_fault_that_nobody_foresaw_refuses_its_input_only(
    make_library: MakeLibrary, caplog: pytest.LogCaptureFixture, given: Callable[..., RawPage]
) -> None:
    library = make_library()
    report = ingest_inputs([given(one, one, one) for one in ("first", "unforeseen", "last")], library)
    assert (report.seen, report.added, report.refused) == (3, 2, 1)
    assert "ZeroDivisionError" in report.refusals[0].reason
    assert "Traceback" in caplog.text
    assert_whole(library)


def test_an_article_that_the_record_cannot_hold_is_refused_alone(
    make_library: MakeLibrary, given: Callable[..., RawPage]
) -> None:
    library = make_library()
    # What is kept as the digest of its bytes is no text that SQLite takes.
    inputs = [given("first", "1", "1"), given("bad", "\ud800", "2"), given("last", "3", "3")]
    report = ingest_inputs(inputs, library)
    assert (report.seen, report.added, report.refused) == (3, 2, 1)
    assert report.refusals[0].origin == "bad"
    assert "UnicodeEncodeError" in report.refusals[0].reason
    assert [one.id for one in library.record.articles()] == ["first", "last"]
    assert_whole(library)


# Files and folders


def reasons(file: Path) -> list[str]:
    return [one.reason for one in raw_inputs(file) if isinstance(one, Unreadable)]


@pytest.mark.parametrize("suffix", [".json", ".jsonl", ".html", ".txt", ".warc"])
@pytest.mark.parametrize("what", ["a bomb", "empty members"])
def test_a_gzip_bomb_is_refused_at_once_and_takes_no_memory(tmp_path: Path, suffix: str, what: str) -> None:
    file = tmp_path / f"a{suffix}.gz"
    empty = gzip.compress(b"", mtime=0)
    file.write_bytes(gzip.compress(b"\0" * 300_000_000, 1) if what == "a bomb" else empty * 30_000)
    tracemalloc.start()
    try:
        found = reasons(file)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(found) >= 1
    assert peak < 150_000_000


def test_lines_that_are_too_long_are_named_and_the_next_are_read(tmp_path: Path) -> None:
    file = between_good_ones(tmp_path / "in.jsonl", '{"text": "' + "a" * 11_000_000 + '"}')
    found = list(raw_inputs(file))
    assert [type(one) for one in found] == [RawRecord, Unreadable, RawRecord]
    file.write_bytes(json.dumps(GOOD[0]).encode() + b"\n" + b"a" * 70_000_000)
    assert "the rest is not read" in reasons(file)[-1]


def test_a_large_file_of_one_piece_is_refused_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "all.json"
    file.write_bytes(b"[" + b" " * 51_000_000 + b"]")
    assert "one record a line" in reasons(file)[0]


def test_a_gzip_file_that_is_cut_gives_what_stands_before(make_library: MakeLibrary, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl.gz"
    lines = [gzip.compress(json.dumps(one).encode() + b"\n") for one in GOOD]
    file.write_bytes(lines[0] + lines[1][:-20])
    report = ingest([file], make_library())
    assert (report.added, report.refused) == (1, 1)
    assert "cut off" in report.refusals[0].reason
    file.write_bytes(lines[0] + b"rubbish" + lines[1])
    assert "any further" in reasons(file)[0]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.jsonl", b"\n\n", "no records"),
        ("empty.json", b"[]", "no records"),
        ("articles.json", b'{"articles": []}', "no records"),
        ("empty.html", b"", "not an HTML page"),
        ("empty.txt", b"", "no text"),
        ("empty.warc", b"", "no HTML page"),
        ("deep.json", b'[{"text": "It rained.", "x": ' + b"[" * 900 + b"]" * 900 + b"}]", ""),
    ],
)
def test_a_file_that_holds_no_article_is_named(
    make_library: MakeLibrary, tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(content)
    report = ingest([tmp_path / name], make_library())
    assert report.seen == 1
    assert report.complete or reason in report.refusals[0].reason
    assert report.complete == (not reason)


def test_what_a_folder_holds_besides_files_is_named_and_the_files_are_read(tmp_path: Path) -> None:
    write(tmp_path / "z.jsonl", *GOOD)
    os.mkfifo(tmp_path / "pipe.jsonl")
    (tmp_path / "loop.jsonl").symlink_to("loop.jsonl")
    (tmp_path / "gone.json").symlink_to("nowhere")
    deep = tmp_path
    for _ in range(300):
        deep /= "d"
    deep.mkdir(parents=True)
    write(deep / "deep.jsonl", GOOD[0])
    found = list(raw_inputs(tmp_path))
    assert sum(isinstance(one, RawRecord) for one in found) == 3
    assert sorted(Path(one.origin).name for one in found if isinstance(one, Unreadable)) == [
        "gone.json",
        "loop.jsonl",
        "pipe.jsonl",
    ]


def test_names_that_are_not_utf8_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / os.fsdecode(b"caf\xe9.jsonl")).write_text("{\n", encoding="utf-8")
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("It rained.", encoding="utf-8")
    assert main([str(folder), "--data", str(tmp_path / "data"), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["added"], report["refused"]) == (1, 1)
    assert r"caf\udce9.jsonl" in report["refusals"][0]["source"]


# Pages


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<p " + " ".join(f"a{n}=1" for n in range(20_000)) + ">It rained.", "attributes"),
        ("<article>" + "<b>x</b>" * 201_000, "elements"),
    ],
    ids=["attributes", "elements"],
)
def test_a_page_of_more_markup_than_an_article_has_is_refused(
    make_library: MakeLibrary, tmp_path: Path, page: str, reason: str
) -> None:
    bad, good = tmp_path / "a.html", tmp_path / "b.html"
    bad.write_text(f"<html><body>{page}</body></html>", encoding="utf-8")
    good.write_text(PAGE.format("bridge", 1), encoding="utf-8")
    report = ingest([bad, good], make_library())
    assert (report.added, report.refused) == (1, 1)
    assert reason in report.refusals[0].reason


@pytest.mark.parametrize(
    "data",
    [
        {"@graph": "x"},
        {"@graph": {"@type": "NewsArticle", "headline": 7, "publisher": [{"name": ["The Courier"]}]}},
        {"@type": ["NewsArticle", {}, None, 3], "author": {"@id": "#a"}, "publisher": 3, "datePublished": [1]},
        {"@type": "NewsArticle", "correction": [{"text": "Corrected.", "datePublished": {"x": []}}, 3, None]},
        {"@type": "LiveBlogPosting", "liveBlogUpdate": [{"articleBody": {"x": 1}}, {"articleBody": "It rained."}, "x"]},
        {"@type": "NewsArticle", "mainEntityOfPage": "https://[SITE_URL]/x", "articleSection": [[["World"]]]},
    ],
    ids=str,
)
def test_structured_data_of_any_shape_leaves_the_page_an_article(
    make_library: MakeLibrary, tmp_path: Path, data: dict[str, Any]
) -> None:
    block = f"<script type='application/ld+json'>{json.dumps(data)}</script>"
    file = tmp_path / "a.html"
    file.write_text(PAGE.format("bridge", 1).replace("</head>", f"{block}</head>"), encoding="utf-8")
    report = ingest([file], make_library())
    assert (report.seen, report.added) == (1, 1), report.as_json()


# The process that reads pages and listings


@pytest.fixture
def reader() -> Iterator[BoundedReader]:
    made = BoundedReader(seconds=1.0, memory=1_000_000_000)
    yield made
    made.close()


def test_a_call_that_takes_too_long_or_too_much_or_crashes_is_refused_and_the_next_is_served(
    reader: BoundedReader,
) -> None:
    with pytest.raises(RefusedArticle, match="takes too long to read"):
        reader.read(pow, 7, 10**9)
    with pytest.raises(RefusedArticle, match="needs too much memory"):
        reader.read(bytes, 10**10)
    with pytest.raises(RefusedArticle, match="ended with -6"):
        reader.read(os.abort)
    with pytest.raises(RefusedArticle, match="ValueError"):
        reader.read(int, "seven")
    with pytest.raises(RefusedArticle, match="not an HTML page"):
        reader.read(page_records, "")
    with pytest.raises(FetchError, match="damaged") as failed:
        reader.read(unzipped, b"\x1f\x8b\x08 nothing", limit=10)
    assert failed.value.transient
    assert reader.read(page_records, PAGE.format("bridge", 1))[0].fields["title"] == "bridge"


def test_signals_that_end_a_run_leave_the_reading_process_to_the_run(reader: BoundedReader) -> None:
    child = reader.read(os.getpid)
    for number in (signal.SIGINT, signal.SIGTERM):
        os.kill(child, number)
    assert reader.read(os.getpid) == child


def test_the_reading_process_ends_with_the_one_that_started_it() -> None:
    program = (
        "import os, time\nfrom ingest.sandbox import reader\nprint(reader.read(os.getpid), flush=True)\ntime.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    ended = time.monotonic()
    while is_running(child):
        assert time.monotonic() < ended + 60
        time.sleep(0.05)


def is_running(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False


# Archives


def archive(*records: bytes) -> bytes:
    return b"".join(records)


def response(body: bytes, *headers: str, type: str = "response", number: int = 1) -> bytes:
    """A record as it stands in an uncompressed file."""
    answer = "\r\n".join(["HTTP/1.1 200 OK", *headers, "", ""]).encode() if type == "response" else b""
    kind = "application/http; msgtype=response" if type == "response" else headers[0]
    head = (
        f"WARC/1.0\r\nWARC-Type: {type}\r\nWARC-Target-URI: https://courier.example/{number}\r\n"
        f"WARC-Date: 2026-09-09T08:00:00Z\r\nContent-Type: {kind}\r\nContent-Length: {len(answer + body)}\r\n\r\n"
    )
    return head.encode() + answer + body + b"\r\n\r\n"


HTML = PAGE.format("harbour bridge", 2).encode()


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (response(brotli.compress(HTML), "Content-Type: text/html", "Content-Encoding: br"), ""),
        (response(gzip.compress(HTML), "Content-Type: text/html", "Content-Encoding: gzip"), ""),
        (response(HTML, "Content-Type: text/html", "Content-Encoding: gzip"), ""),
        (response(HTML, "Content-Type: text/html", "Content-Encoding: none"), ""),
        (response(HTML, "Content-Type: text/html", "Content-Encoding: UTF-8"), ""),
        (response(HTML, "Content-Type: text/html", "Content-Encoding: zstd"), "'zstd' is not read here"),
        (response(HTML, "Content-Type: text/html", "Content-Encoding: br"), "damaged"),
        (response(brotli.compress(HTML)[:-9], "Content-Type: text/html", "Content-Encoding: br"), "cut short"),
        (
            response(
                b"%x\r\n%s\r\n0\r\n\r\n" % (len(HTML), HTML), "Content-Type: text/html", "Transfer-Encoding: chunked"
            ),
            "",
        ),
        (response(HTML), ""),
        (response(b"\xef\xbb\xbf<!DOCTYPE html>" + HTML), ""),
        (response(b"%PDF-1.4"), "without a content type 1"),
        (response(HTML, "text/html", type="resource"), ""),
        (response(b"Tram line approved", "text/plain", type="conversion"), "conversion 1"),
        (response(b"x", "image/png", type="resource"), "image/png 1"),
        (response(HTML).replace(b"WARC-Target-URI", b"WARC-Other"), "without a web address 1"),
        (response(HTML).replace(b"Content-Length", b"Content-Size"), "no record begins here"),
        (response(HTML, "Content-Type: text/html")[:-60], "cut off"),
    ],
)
@pytest.mark.parametrize("with_page", [False, True])
def test_what_an_archive_holds_is_read_or_named(
    make_library: MakeLibrary, tmp_path: Path, one: bytes, reason: str, with_page: bool
) -> None:
    file = tmp_path / "a.warc"
    file.write_bytes(archive(plain_record("tram depot", 9), one) if with_page else one)
    report = ingest([file], make_library())
    assert report.added == with_page + (not reason)
    said = [*report.refusals, *report.warnings]
    assert [reason in remark.reason for remark in said] == ([True] if reason else [])
    # Beside pages, records of another kind are nothing unusual.
    assert report.complete == (not reason or (with_page and not report.refusals))


@pytest.mark.parametrize("length", [b"0", b"7", b"999999999", b"-1", b"99999999999999999999999"])
def test_a_wrong_length_costs_its_record_only(make_library: MakeLibrary, tmp_path: Path, length: bytes) -> None:
    first, second, third = (plain_record(subject, number) for number, subject in enumerate("abc", 1))
    head, _, body = second.partition(b"Content-Length: ")
    damaged = head + b"Content-Length: " + length + b"\r\n" + body.partition(b"\r\n")[2]
    file = tmp_path / "a.warc"
    file.write_bytes(first + damaged + third)
    report = ingest([file], make_library())
    assert report.added == 2
    assert report.refused >= 1


def test_an_archive_of_nothing_but_damage_is_given_up(tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(b"\x1f\x8b\x08" * 100_000)
    found = reasons(file)
    assert len(found) == 201
    assert "the rest is not read" in found[-1]


def test_a_date_at_the_end_of_the_calendar_ends_nothing(make_library: MakeLibrary, tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(record("bridge", 1, captured="0001-01-01T00:00:00+14:00"))
    library = make_library()
    assert ingest([file], library).added == 1
    (article,) = library.record.articles()
    assert article.fetched_at
    assert article.fetched_at <= datetime.now(UTC)


def test_a_body_of_many_gzip_members_is_undone_in_one_pass_or_refused() -> None:
    members = [gzip.compress(b"%d " % number) for number in range(5000)]
    assert unzipped(b"".join(members), limit=100_000).split()[-1] == b"4999"
    with pytest.raises(FetchError, match="gzip members"):
        unzipped(gzip.compress(b"", mtime=0) * 100_000, limit=50_000_000)
    assert unzipped(gzip.compress(b"a") + b"\0" * 20_000_000, limit=10) == b"a"
    with pytest.raises(FetchError, match="once decompressed"):
        decoded(brotli.compress(b"\0" * 100_000_000), "br", limit=1_000_000)


# Small files that hold much of nothing


@pytest.mark.parametrize(
    ("name", "line"),
    [("a.jsonl.gz", b"\n"), ("a.jsonl.gz", b"{}\n"), ("a.jsonl.gz", b"x\n"), ("a.jsonl", b"\n"), ("a.ndjson", b"{}\n")],
)
def test_a_file_of_more_lines_than_its_size_has_articles_is_read_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, line: bytes
) -> None:
    monkeypatch.setattr("ingest.formats.file_content._ANY_RECORDS", 1_000)
    file = tmp_path / name
    content = json.dumps(GOOD[0]).encode() + b"\n" + line * 100_000
    file.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    found = list(raw_inputs(file))
    assert isinstance(found[0], RawRecord)
    assert len(found) < 1_000 + file.stat().st_size // 4 + 3
    assert isinstance(found[-1], Unreadable)
    assert "lines for its size; the rest is not read" in found[-1].reason


def test_a_list_of_more_records_than_its_size_has_articles_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.formats.file_content._ANY_RECORDS", 1_000)
    file = tmp_path / "a.json.gz"
    file.write_bytes(gzip.compress(json.dumps([GOOD[0]] * 5_000).encode()))
    assert "5,000 records, more than a file of its size has articles" in reasons(file)[0]


@pytest.mark.parametrize("content", [b'{"":{}},', b"[[]],"])
@pytest.mark.parametrize("name", ["a.json.gz", "a.jsonl.gz"])
def test_very_many_empty_values_are_refused_before_they_are_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, name: str
) -> None:
    file = tmp_path / name
    monkeypatch.setattr("ingest.formats.files.json.loads", lambda _: pytest.fail("was parsed"))
    file.write_bytes(gzip.compress(b"[" + content * 1_100_000 + b"{}]"))
    assert "2,200,002 objects and lists, more than 2,000,000" in reasons(file)[0]


def test_very_many_strings_are_refused_before_they_are_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.json"
    monkeypatch.setattr("ingest.formats.files.json.loads", lambda _: pytest.fail("was parsed"))
    file.write_bytes(b'["' + b'","'.join([b"aa"] * 4_000_001) + b'"]')
    assert "4,000,001 strings, more than 4,000,000" in reasons(file)[0]


def test_an_export_with_many_nested_objects_is_read(tmp_path: Path) -> None:
    file, record = tmp_path / "a.json.gz", {"title": "Pier", "text": "It opened.", "tags": [{"name": "pier"}] * 40}
    file.write_bytes(gzip.compress(json.dumps([record] * 10_000).encode()))
    assert len(list(raw_inputs(file))) == 10_000
    assert not reasons(file)


def test_articles_with_an_empty_line_behind_each_are_read_however_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.formats.file_content._ANY_RECORDS", 0)
    file = tmp_path / "a.jsonl.gz"
    texts = [hashlib.sha256(b"%d" % number).hexdigest() for number in range(2_000)]
    lines = "".join(f"{json.dumps({'text': text})}\n\n" for text in texts)
    file.write_bytes(gzip.compress(lines.encode()))
    assert [type(one) for one in raw_inputs(file)] == [RawRecord] * 2_000


def test_a_line_file_that_grows_as_only_repetitions_do_is_read_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.formats.file_content._ANY_CONTENT", 1_000_000)
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(gzip.compress((b" " * 100_000 + b"\n") * 200))
    assert "grows more than 200 times" in reasons(file)[0]


@pytest.mark.parametrize("kind", ["empty members", "empty records", "compressed"])
def test_an_archive_of_more_records_than_its_size_holds_is_read_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("ingest.formats.file_content._ANY_RECORDS", 1_000)
    empty = b"WARC/1.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n"
    file = tmp_path / ("a.warc" if kind == "empty records" else "a.warc.gz")
    content = {
        "empty members": gzip.compress(b"", mtime=0) * 5_000,
        "empty records": empty * 20_000,
        "compressed": gzip.compress(empty * 20_000),
    }
    file.write_bytes(content[kind])
    first, second = reasons(file)
    assert "records for its size; the rest is not read" in first
    assert "(without a type" in second


def test_empty_records_of_an_archive_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(gzip.compress(b"", mtime=0) * 7)
    assert reasons(file) == ["7 records are no HTML pages that were answered with 200 (without a type 7)"]


def test_a_report_counts_every_remark_and_keeps_the_first() -> None:
    inputs = (Unreadable(f"line {number}", "invalid JSON") for number in range(5_000))
    report = Report()
    for one in inputs:
        report.refuse(one.origin, one.reason)
        report.warn(one.origin, "odd")
    assert (report.refused, report.seen, report.warned) == (5_000, 5_000, 5_000)
    assert [len(report.refusals), len(report.warnings)] == [1_000, 1_000]
    assert report.as_json()["refusals"][-1]["source"] == "line 999"


def test_a_page_that_is_refused_late_is_remembered_with_its_own_reason(make_library: MakeLibrary) -> None:
    library = make_library()
    visit = Visit("https://a.example/page", "https://a.example/", datetime.now(UTC), "C", modified=True)
    early = (Unreadable(f"line {number}", "invalid JSON") for number in range(1_001))
    page = RawPage(visit.address, "<html></html>", "d", Evidence(visit.address), visit)
    report = ingest_inputs([*early, page], library)
    assert report.refused == 1_002
    (refused,) = library.record.crawl_state.of_all([visit.address]).values()
    assert "invalid JSON" not in (refused.refusal or "invalid JSON")


def test_a_record_that_takes_too_long_to_read_is_refused(
    make_library: MakeLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = BoundedReader(seconds=0.05)  # less than the model takes to load that tells languages
    monkeypatch.setattr("ingest.normalize.records.reader", made)
    report = ingest([write(tmp_path / "in.jsonl", GOOD[0])], make_library())
    made.close()
    assert (report.added, report.refused) == (0, 1)
    assert "takes too long to read" in report.refusals[0].reason


def test_a_call_with_what_is_nested_too_deeply_is_refused_without_a_new_process(reader: BoundedReader) -> None:
    child, deep = reader.read(os.getpid), []
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(RefusedArticle, match="nested too deeply"):
        reader.read(len, deep)
    with pytest.raises(RefusedArticle, match="nested too deeply"):
        reader.read(eval, "__import__('functools').reduce(lambda deep, _: [deep], range(5_000), [])")
    assert reader.read(os.getpid) == child


def test_an_encoding_is_guessed_in_the_bounded_process(monkeypatch: pytest.MonkeyPatch) -> None:
    made = BoundedReader()
    monkeypatch.setattr("ingest.formats.charset.reader", made)
    assert page_text("Der Rat beschloß, die Brücke für Fußgänger zu öffnen.".encode("latin-1") * 20)
    assert made._child is not None
    made.close()
