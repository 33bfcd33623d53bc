"""Doors for records: JSON Lines under another name, answers of services, tables, and documents of one article."""

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.formats.files import raw_inputs
from ingest.models import RawPage, RawRecord, Unreadable
from ingest.normalize.inputs import parsed_records
from rag.errors import RefusedArticle
from rag.models import Article

TEXT = "The board of Vellmar voted on Friday to rebuild the pier."
QUOTED = f'{TEXT}\n\nIt cost 3, said ""Ode"".'


def articles(path: Path, content: str | bytes) -> list[Article]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    raws = list(raw_inputs(path))
    assert all(isinstance(raw, RawRecord | RawPage) for raw in raws), raws
    read = [one for raw in raws if isinstance(raw, RawRecord | RawPage) for one in parsed_records(raw)]
    assert not [one for one in read if isinstance(one, RefusedArticle)], read
    return [one[1].article for one in read if not isinstance(one, RefusedArticle)]


def post(**fields: Any) -> dict[str, Any]:
    return {
        "id": 7,
        "date": "2026-07-03T10:05:00",
        "date_gmt": "2026-07-03T08:05:00",
        "modified_gmt": "2026-07-04T08:05:00",
        "status": "publish",
        "link": "https://courier.example/pier/",
        "guid": {"rendered": "https://courier.example/?p=7"},
        "title": {"rendered": "Pier &#8211; rebuilt"},
        "content": {"rendered": f"<p>{TEXT}</p>\n<p>It costs 3&nbsp;m.</p>", "protected": False},
        "author": 3,
        "categories": [4],
        "_embedded": {"author": [{"name": "Mara Quill"}], "wp:term": [[{"taxonomy": "category", "name": "Harbour"}]]},
    } | fields


GUARDIAN: dict[str, Any] = {
    "response": {
        "status": "ok",
        "results": [
            {
                "id": "town/2026/jul/03/pier",
                "type": "article",
                "sectionName": "Harbour",
                "webPublicationDate": "2026-07-03T08:05:00Z",
                "webTitle": "Pier – rebuilt | Mara Quill",
                "webUrl": "https://courier.example/pier",
                "fields": {
                    "headline": "Pier – rebuilt",
                    "byline": "Mara Quill",
                    "body": f"<p>{TEXT}</p><p>It costs 3 m.</p>",
                },
            }
        ],
    }
}
NEWSAPI = {
    "status": "ok",
    "totalResults": 1,
    "articles": [
        {
            "source": {"id": None, "name": "The Courier"},
            "author": "Mara Quill",
            "title": "Pier – rebuilt",
            "url": "https://courier.example/pier",
            "publishedAt": "2026-07-03T08:05:00Z",
            "content": f"{TEXT}\n\nIt costs 3 m.",
        }
    ],
}
ELASTIC = {"took": 3, "hits": {"total": 1, "hits": [{"_id": "x", "_source": NEWSAPI["articles"][0]}]}}  # type: ignore[index]
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "The Courier",
    "items": [
        {
            "id": "1",
            "url": "https://courier.example/pier",
            "title": "Pier – rebuilt",
            "content_html": f"<p>{TEXT}</p><p>It costs 3 m.</p>",
            "date_published": "2026-07-03T10:05:00+02:00",
            "authors": [{"name": "Mara Quill"}],
        }
    ],
}


@pytest.mark.parametrize(
    "answer",
    [[post()], post(), GUARDIAN, NEWSAPI, ELASTIC, JSON_FEED],
    ids=["wordpress", "one post", "guardian", "newsapi", "elasticsearch", "json feed"],
)
def test_answers_of_services_are_read(tmp_path: Path, answer: Any) -> None:
    (article,) = articles(tmp_path / "a.json", json.dumps(answer))
    assert (article.title, article.text) == ("Pier – rebuilt", f"{TEXT}\n\nIt costs 3 m.")
    assert (article.authors, article.canonical_url) == (("Mara Quill",), "https://courier.example/pier")
    assert str(article.published_at) == "2026-07-03T08:05:00Z"


def test_what_a_service_does_not_give_is_no_text(tmp_path: Path) -> None:
    removed = {"title": "[Removed]", "content": "[Removed]", "description": "[Removed]"}
    unpaid = {"title": "Pier", "content": "ONLY AVAILABLE IN PAID PLANS", "description": TEXT}
    (tmp_path / "a.json").write_text(json.dumps({"articles": [removed, unpaid]}), encoding="utf-8")
    raws = [raw for raw in raw_inputs(tmp_path / "a.json") if isinstance(raw, RawRecord)]
    refusal, (_, parsed) = (next(parsed_records(raw)) for raw in raws)  # type: ignore[misc]
    assert isinstance(refusal, RefusedArticle)
    assert parsed.article.text == TEXT


def test_a_single_article_in_an_answer_is_found(tmp_path: Path) -> None:
    item = GUARDIAN["response"]["results"][0]
    (article,) = articles(tmp_path / "a.json", json.dumps({"response": {"status": "ok", "content": item}}))
    assert article.title == "Pier – rebuilt"


RECORDS = [{"title": f"Pier {number}", "text": f"{TEXT} It took {number} hours."} for number in range(2)]


@pytest.mark.parametrize(
    "answer",
    [
        {"meta": {"took": 3, "tags": ["a", "b", "c"]}, "payload": {"found": RECORDS}},
        {"uri": "/v1/news", "related": [{"label": "more"}] * 3, "news_items": RECORDS, "next": None},
        {"content": RECORDS, "totalElements": 2},
        {"_embedded": {"stories": RECORDS}, "_links": {"self": {"href": "https://courier.example/api"}}},
        {"data": {"articles": {"edges": [{"cursor": "x", "node": record} for record in RECORDS]}}},
        {"data": [{"type": "articles", "id": str(n), "attributes": record} for n, record in enumerate(RECORDS)]},
        [{"article": record, "score": 0.5} for record in RECORDS],
        {"2026-07-03-a": RECORDS[0], "2026-07-03-b": RECORDS[1]},
        {"title": {"0": "Pier 0", "1": "Pier 1"}, "text": {str(n): record["text"] for n, record in enumerate(RECORDS)}},
        {"columns": ["title", "text"], "index": [0, 1], "data": [list(record.values()) for record in RECORDS]},
    ],
)
def test_articles_are_found_whatever_stands_around_them(tmp_path: Path, answer: Any) -> None:
    found = articles(tmp_path / "a.json", json.dumps(answer))
    assert [(article.title, article.text) for article in found] == [(one["title"], one["text"]) for one in RECORDS]


def test_an_article_beside_which_others_are_named_is_one_article(tmp_path: Path) -> None:
    record = {
        **RECORDS[0],
        "related": [{"title": "Mill", "url": "https://courier.example/mill"}] * 2,
        "item": RECORDS[1],
    }
    (article,) = articles(tmp_path / "a.json", json.dumps(record))
    assert article.title == "Pier 0"


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(RECORDS, indent=2),
        "\n".join(json.dumps(record, indent=2) for record in RECORDS),
        "[" + ",\n".join(map(json.dumps, RECORDS)) + "]",
        ",\n".join(map(json.dumps, RECORDS)),
        "".join(f"\x1e{json.dumps(record)}\n" for record in RECORDS),
        json.dumps({"articles": RECORDS}) + "\n",
        "\ufeff" + "\r\n\r\n".join(map(json.dumps, RECORDS)),
    ],
    ids=["array", "objects", "lines of an array", "commas", "sequence", "answer", "blank lines"],
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_json_is_read_however_it_stands_on_lines(tmp_path: Path, name: str, content: str) -> None:
    found = articles(tmp_path / name, content)
    assert [article.title for article in found] == ["Pier 0", "Pier 1"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": "draft"}, "not publish"),
        ({"status": "future"}, "not publish"),
        ({"content": {"rendered": "", "protected": True}}, "password"),
    ],
)
def test_what_a_site_does_not_publish_is_refused(tmp_path: Path, fields: dict[str, Any], reason: str) -> None:
    (tmp_path / "a.json").write_text(json.dumps([post(**fields)]), encoding="utf-8")
    (refusal,) = raw_inputs(tmp_path / "a.json")
    assert isinstance(refusal, Unreadable)
    assert reason in refusal.reason


def test_posts_of_two_sites_that_count_alike_are_two_articles(tmp_path: Path) -> None:
    posts = [post(), post(link="https://register.example/mill/", title={"rendered": "Mill"})]
    one, other = articles(tmp_path / "a.json", json.dumps(posts))
    assert one.id != other.id


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_json_lines_are_read_under_either_name_and_a_bad_line_is_named(tmp_path: Path, name: str) -> None:
    lines = [json.dumps({"title": f"Pier {number}", "text": TEXT}) for number in range(3)]
    (tmp_path / name).write_text("\n".join([*lines[:2], "{oops", lines[2]]), encoding="utf-8")
    found = list(raw_inputs(tmp_path / name))
    assert [type(raw) for raw in found] == [RawRecord, RawRecord, Unreadable, RawRecord]
    assert found[2].origin.endswith("line 3")


@pytest.mark.parametrize(
    "content",
    [
        'title,published_at,text,authors\nPier,2026-07-03,"{text}",Mara Quill; Jonas Areld\n',
        '\ufeffHeadline;Publish Date;Body;Byline\r\nPier;03.07.2026;"{text}";Mara Quill, Jonas Areld\r\n',
        "sep=|\ntitle|date|content|authors\nPier|20260703|\"{text}\"|['Mara Quill', 'Jonas Areld']\n",
        '\ttitle\tdate\ttext\tauthor\n0\tPier\t2026-07-03\t"{text}"\tMara Quill and Jonas Areld\n\n',
    ],
    ids=["comma", "semicolon", "stated", "tab"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_tables_are_read(tmp_path: Path, content: str, encoding: str) -> None:
    (article,) = articles(tmp_path / "a.csv", content.replace("{text}", QUOTED).encode(encoding))
    assert article.text == f'{TEXT}\n\nIt cost 3, said "Ode".'
    assert (article.title, article.authors) == ("Pier", ("Mara Quill", "Jonas Areld"))
    assert str(article.published_at) == "2026-07-03"


@pytest.mark.parametrize(
    "content",
    ["title,text\r{0},{1}\r", 'title, text\n\n{0}, "{1}"\n', "id,title,text,title\n1,{0},{1},\n"],
    ids=["returns alone", "spaces", "a name twice"],
)
def test_tables_that_are_written_carelessly_are_read(tmp_path: Path, content: str) -> None:
    (article,) = articles(tmp_path / "a.csv", content.format("Pier", TEXT))
    assert (article.title, article.text) == ("Pier", TEXT)


def test_a_table_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.csv").write_text(f"title,text\nPier,{TEXT}, and more\nMill,It burnt.\n", encoding="utf-8")
    headless, unquoted, good = raw_inputs(tmp_path)
    assert isinstance(headless, Unreadable)
    assert "has no header" in headless.reason
    assert isinstance(unquoted, Unreadable)
    assert "row 1" in unquoted.origin
    assert isinstance(good, RawRecord)


WESTERN = [{"title": f"Café {number}", "text": f"{TEXT} Zürich naïve – {number}."} for number in range(2)]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "b.json"])
def test_records_are_read_in_the_encodings_of_exports(tmp_path: Path, name: str, encoding: str) -> None:
    lines = [json.dumps(record, ensure_ascii=False) for record in WESTERN]
    content = f"[{','.join(lines)}]" if name == "a.json" else "\n".join(lines)
    found = articles(tmp_path / name, content.encode(encoding))
    assert [(article.title, article.text) for article in found] == [(one["title"], one["text"]) for one in WESTERN]


def test_a_file_in_another_encoding_is_refused_and_not_garbled(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(
        json.dumps({"text": "Паром продан музею в понедельник."}, ensure_ascii=False).encode("cp1251")
    )
    (raw,) = raw_inputs(tmp_path / "a.json")
    assert isinstance(raw, Unreadable)
    assert "UTF-8" in raw.reason


def test_a_text_in_any_kind_of_pieces_keeps_its_lists(tmp_path: Path) -> None:
    blocks = [{"type": "paragraph", "data": {"text": TEXT}}, {"type": "list", "data": {"items": ["First", "Second"]}}]
    (article,) = articles(tmp_path / "a.json", json.dumps({"title": "Pier", "content": {"blocks": blocks}}))
    assert article.text == f"{TEXT}\n\nFirst\n\nSecond"


def test_what_trafilatura_calls_the_source_is_the_article(tmp_path: Path) -> None:
    record = {"title": "Pier", "text": TEXT, "source": "https://courier.example/pier", "source-hostname": "Courier"}
    (article,) = articles(tmp_path / "a.json", json.dumps(record))
    assert (article.url, article.source) == ("https://courier.example/pier", "Courier")


def test_one_stray_byte_in_a_table_does_not_change_the_other_letters(tmp_path: Path) -> None:
    (article,) = articles(tmp_path / "a.csv", "title,text\nKraków,".encode() + b"Caf\xe9 owners in Krak\xc3\xb3w.\n")
    assert (article.title, article.text) == ("Kraków", "Café owners in Kraków.")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.md", f"---\ntitle: Pier\ndate: 2026-07-03\ntags: [a, b]\nauthor: Mara Quill\n---\n\n{TEXT}\n"),
        ("a.md", f'+++\ntitle = "Pier"\ndate = 2026-07-03\nauthors = ["Mara Quill"]\n+++\n{TEXT}'),
        ("a.md", f"---\r\ntitle: Pier\r\ndate: 2026-07-03\r\nauthor: Mara Quill\r\n---\r\n\r\n{TEXT}\r\n"),
        ("a.txt", f"---\nheadline: 'Pier'\npublished: '3 July 2026'\nbyline: By Mara Quill\n---\n{TEXT}"),
    ],
)
def test_front_matter_states_fields(tmp_path: Path, name: str, content: str) -> None:
    (article,) = articles(tmp_path / name, content)
    assert (article.title, article.text, article.authors) == ("Pier", TEXT, ("Mara Quill",))
    assert str(article.published_at) == "2026-07-03"


def test_front_matter_may_hold_a_colon_that_yaml_forbids(tmp_path: Path) -> None:
    (article,) = articles(tmp_path / "a.md", f"---\ntitle: Pier: a history\ndate: 2026-07-03\n---\n{TEXT}")
    assert (article.title, article.text, str(article.published_at)) == ("Pier: a history", TEXT, "2026-07-03")


@pytest.mark.parametrize(
    ("label", "encoding", "text"),
    [
        ("iso-8859-1", "cp1252", "The board’s “pier” – rebuilt at last – was opened on Friday."),
        ("gb2312", "gb18030", "朱镕基说，码头将于星期五重建。"),
        ("Shift_JIS", "cp932", "①金曜日、髙橋さんは桟橋が再建されると述べた。"),
        ("euc-kr", "cp949", "금요일 부두가 뷁하고 무너졌다."),
    ],
)
def test_pages_name_an_encoding_with_fewer_letters_than_they_have(
    tmp_path: Path, label: str, encoding: str, text: str
) -> None:
    html = (
        f'<html><head><meta charset="{label}"></head><body><article><h1>Pier</h1><p>{text}</p></article></body></html>'
    )
    (article,) = articles(tmp_path / "a.html", html.encode(encoding))
    assert article.text == text


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-16-le"])
def test_a_text_that_does_not_name_its_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    text = "Паром продан музею в понедельник, и порт был закрыт до утра, сообщил его представитель."
    (article,) = articles(tmp_path / "a.txt", f"Паром\n\n{text}".encode(encoding))
    assert text in article.text


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("a.md", "# Pier\n\nIt [is][1] **new** [2].\n\n[1]: https://courier.example", "Pier\n\nIt is new [2]."),
        ("a.md", f"# Pier\n\n{TEXT}\n\n- It costs **3 m**.", f"Pier\n\n{TEXT}\n\nIt costs 3 m."),
        ("a.txt", "Pier\n\n---\n\nIt rained.", "Pier\n\n---\n\nIt rained."),
        (
            "a.txt",
            "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}\\f0 Pier\\par Caf\\'e9 owners voted.\\par}",
            "Pier\nCafé owners voted.",
        ),
        ("a.rtf", "{\\rtf1\\ansi Pier\\par {\\b It} rained in Krak\\u243?w.\\par}", "Pier\nIt rained in Kraków."),
    ],
)
def test_documents_are_read(tmp_path: Path, name: str, content: str, text: str) -> None:
    (article,) = articles(tmp_path / name, content)
    assert (article.title, article.text) == ("Pier", text)


@pytest.mark.parametrize("start", ["<!DOCTYPE html><html>", "<html>", "<!-- saved --><html>"])
def test_a_page_under_the_name_of_a_text_is_read_as_a_page(tmp_path: Path, start: str) -> None:
    body = (
        "<head><title>Pier</title><style>p{margin:0}</style></head><body><nav>Home</nav>"
        f"<article><h1>Pier</h1><p>{TEXT}</p></article>"
    )
    (article,) = articles(tmp_path / "a.txt", f"{start}{body}<script>track('x')</script></body></html>")
    assert TEXT in article.text
    assert "track" not in article.text
    assert article.title == "Pier"


def test_a_list_of_addresses_is_no_article(tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_text("https://courier.example/a\n\nhttps://courier.example/b\n", encoding="utf-8")
    (raw,) = raw_inputs(tmp_path / "urls.txt")
    assert isinstance(raw, Unreadable)
    assert "sources.toml" in raw.reason
