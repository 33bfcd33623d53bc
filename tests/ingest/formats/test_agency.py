"""Agency formats: NewsML-G2, NITF and ninjs; versions, kills, embargoes and statuses are obeyed."""

import json
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.formats.agency_xml import xml_items
from ingest.formats.files import raw_inputs
from ingest.models import RawRecord, Recalled, Skipped, Unreadable
from ingest.pipeline import ingest
from ingest.report import Report
from rag.errors import RefusedArticle
from tests.conftest import SHARED, MakeLibrary

LATER = (datetime.now(UTC) + timedelta(days=3)).isoformat(timespec="seconds")
Write = Callable[..., str]


def newsml(*, version: int = 1, status: str = "usable", cost: str = "3", embargo: str = "", kind: str = "text") -> str:
    embargoed = f"<embargoed>{embargo}</embargoed>" if embargo else ""
    return f"""<?xml version="1.0"?>
<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:newsml:ouldan.example:pier" version="{version}">
 <itemMeta><itemClass qcode="ninat:{kind}"/><provider literal="OPA"><name>Ouldan Press Agency</name></provider>
  <versionCreated>2026-07-03T0{version}:00:00Z</versionCreated><firstCreated>2026-07-03T01:00:00Z</firstCreated>
  {embargoed}<pubStatus qcode="stat:{status}"/></itemMeta>
 <contentMeta><by>Mara Quill</by><language tag="en-GB"/><headline>Pier to be rebuilt</headline></contentMeta>
 <contentSet><inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body>
  <body.content><p>The board of <location>Vellmar</location> voted.</p><hl2>Cost</hl2>
  <p>It costs {cost} m crowns &amp; p &gt; 0.05.</p><media><media-caption>A pier.</media-caption></media>
  </body.content></body></nitf></inlineXML></contentSet></newsItem>"""


def ninjs(*, version: int = 1, status: str = "usable", cost: str = "3", embargo: str | None = None) -> str:
    item = {
        "uri": "urn:newsml:ouldan.example:pier",
        "type": "text",
        "version": str(version),
        "firstcreated": "2026-07-03T01:00:00Z",
        "versioncreated": f"2026-07-03T0{version}:00:00Z",
        "pubstatus": status,
        "language": "en-GB",
        "copyrightholder": "Ouldan Press Agency",
        "byline": "By Mara Quill",
        "headline": "Pier to be rebuilt",
        "body_xhtml": "<p>The board of Vellmar voted.</p><h2>Cost</h2>"
        f"<p>It costs {cost} m crowns &amp; p &gt; 0.05.</p>",
    }
    return json.dumps(item | ({"embargoed": embargo} if embargo else {}))


def nitf(*, version: int = 1, status: str = "usable", cost: str = "3", embargo: str = "") -> str:
    release = f'<date.release norm="{embargo}"/>' if embargo else ""
    return f"""<nitf xml:lang="en-GB"><head><title>Slug</title><docdata management-status="{status}">
 <doc-id id-string="urn:newsml:ouldan.example:pier"/><date.issue norm="20260703T0{version}0000Z"/>{release}
 <doc.copyright holder="Ouldan Press Agency"/></docdata></head>
 <body><body.head><hedline><hl1>Pier to be rebuilt</hl1></hedline>
 <byline>By <person>Mara Quill</person><byttl>Harbour correspondent</byttl></byline></body.head>
 <body.content><block><p>The board of Vellmar voted.</p></block><hl2>Cost</hl2>
 <p>It costs {cost} m crowns &amp; p &gt; 0.05.</p></body.content></body></nitf>"""


FORMATS = pytest.mark.parametrize(("written", "suffix"), [(newsml, "xml"), (nitf, "nitf"), (ninjs, "json")])


def put(folder: Path, *files: tuple[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files:
        (folder / name).write_text(content, encoding="utf-8")
    return folder


@FORMATS
def test_an_item_becomes_an_article(tmp_path: Path, make_library: MakeLibrary, written: Write, suffix: str) -> None:
    library = make_library()
    ingest([put(tmp_path / "in", (f"a.{suffix}", written()))], library)
    (article,) = library.record.articles()
    assert article.text == "The board of Vellmar voted.\n\nCost\n\nIt costs 3 m crowns & p > 0.05."
    assert (article.title, article.source, article.authors) == (
        "Pier to be rebuilt",
        "Ouldan Press Agency",
        ("Mara Quill",),
    )
    assert (article.id, article.language) == ("urn:newsml:ouldan.example:pier", "en")
    assert str(article.published_at) == "2026-07-03T01:00:00Z"


def costs(library: MakeLibrary, *steps: Path) -> tuple[list[str], list[Report]]:
    opened = library()
    reports = [ingest([step], opened) for step in steps]
    return [article.text.rpartition("costs ")[2].split()[0] for article in opened.record.articles()], reports


@FORMATS
@pytest.mark.parametrize("together", [True, False])
def test_the_newest_version_stands_whatever_comes_last(
    tmp_path: Path, make_library: MakeLibrary, written: Write, suffix: str, together: bool
) -> None:
    versions = [(f"a.{suffix}", written(version=3, cost="9")), (f"b.{suffix}", written(version=2, cost="5"))]
    folders = [tmp_path / "in"] * 2 if together else [tmp_path / "one", tmp_path / "two"]
    for folder, version in zip(folders, versions, strict=True):
        put(folder, version)
    stand, _ = costs(make_library, *dict.fromkeys(folders))
    assert stand == ["9"]


@FORMATS
@pytest.mark.parametrize(("names", "status"), [(("a", "b"), "canceled"), (("b", "a"), "Killed")])
def test_a_kill_withdraws_the_item_in_whichever_order_both_are_read(
    tmp_path: Path, make_library: MakeLibrary, written: Write, suffix: str, names: tuple[str, str], status: str
) -> None:
    first, second = names
    kill = written(version=2, status=status)
    folder = put(tmp_path / "in", (f"{first}.{suffix}", written()), (f"{second}.{suffix}", kill))
    stand, (report,) = costs(make_library, folder)
    assert stand == []
    assert "cancelled “Pier to be rebuilt”" in report.warnings[-1].reason
    assert report.seen == 1


def test_what_was_withheld_comes_back_with_a_usable_version(tmp_path: Path, make_library: MakeLibrary) -> None:
    files = [newsml(), newsml(version=2, status="withheld"), newsml(version=3, cost="8")]
    steps = [put(tmp_path / str(number), ("a.xml", file)) for number, file in enumerate(files)]
    assert costs(make_library, *steps[:2])[0] == []
    assert costs(make_library, *steps[2:])[0] == ["8"]


@FORMATS
def test_an_embargo_is_respected_until_it_ends(
    tmp_path: Path, make_library: MakeLibrary, written: Write, suffix: str
) -> None:
    held = put(tmp_path / "held", (f"a.{suffix}", written(embargo=LATER)))
    stand, (report,) = costs(make_library, held)
    assert stand == []
    assert f"under embargo until {LATER}" in report.refusals[0].reason
    freed = put(tmp_path / "freed", (f"a.{suffix}", written(embargo="2026-07-03T02:00:00Z")))
    assert costs(make_library, freed)[0] == ["3"]


def test_pictures_packages_and_other_xml_are_named(tmp_path: Path) -> None:
    package = '<packageItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="p"/>'
    put(tmp_path, ("a.xml", newsml(kind="picture")), ("b.xml", package), ("c.xml", "<rss/>"), ("d.xml", "<p"))
    found = [(type(raw), getattr(raw, "reason", "")) for raw in raw_inputs(tmp_path)]
    assert [kind for kind, _ in found] == [Skipped, Skipped, Unreadable, Unreadable]
    assert [
        part in reason for (_, reason), part in zip(found, ("picture", "packageItem", "(rss)", "no XML"), strict=True)
    ]


def test_a_message_of_several_items_is_read_one_by_one(tmp_path: Path) -> None:
    items = [newsml().partition("?>")[2], newsml(status="canceled").partition("?>")[2]]
    message = (
        f'<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>{"".join(items)}</itemSet></newsMessage>'
    )
    put(tmp_path, ("a.xml", message))
    assert [type(raw) for raw in raw_inputs(tmp_path / "a.xml")] == [RawRecord, Recalled]


@pytest.mark.parametrize(
    "inline",
    [
        "<p>The board voted.</p><p>It costs 3.</p>",
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Slug</title></head>'
        "<body><p>The board voted.</p><p>It costs 3.</p></body></html>",
    ],
)
def test_inline_html_is_read_with_and_without_a_page_around_it(inline: str) -> None:
    item = newsml()
    begin, end = item.index("<nitf"), item.index("</inlineXML>")
    (read,) = xml_items((item[:begin] + inline + item[end:]).encode())
    assert "<p>The board voted.</p><p>It costs 3.</p>" in read.fields["text"]
    assert "Slug" not in read.fields["text"]


def test_entities_of_a_document_are_not_followed(tmp_path: Path) -> None:
    secret = put(tmp_path, ("secret.txt", "xylophone")) / "secret.txt"
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    head = f'<!DOCTYPE nitf [<!ENTITY e0 "lol"><!ENTITY f SYSTEM "file://{secret}">{bomb}]>'
    try:
        items = xml_items((head + nitf(cost="&f; &e8;")).encode())
    except RefusedArticle:
        return
    assert "xylophone" not in items[0].fields["text"]
    assert "lol" not in items[0].fields["text"]


def test_the_examples_of_the_iptc_are_read(tmp_path: Path) -> None:
    archive = SHARED / "corpora" / "iptc-examples.tar.gz"
    if not archive.exists():
        pytest.skip("the public collections are not on this machine (../shared/corpora)")
    with tarfile.open(archive) as examples:
        examples.extractall(tmp_path, filter="data")
    read = [raw for kind in ("newsml-g2", "ninjs") for raw in raw_inputs(tmp_path / kind)]
    items = [raw for raw in read if isinstance(raw, RawRecord) and raw.item]
    assert len(items) >= 30
    assert all(raw.fields["text"] for raw in items)
    assert not [raw for raw in read if isinstance(raw, Unreadable) and "report it" in raw.reason]
