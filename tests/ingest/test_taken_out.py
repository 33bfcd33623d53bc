"""What was withdrawn or forgotten stays out, under whatever name it comes again, until the operator says --again."""

import gzip
import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingest.__main__ import main
from ingest.formats.files import raw_inputs
from ingest.pipeline import ingest, ingest_inputs
from ingest.report import Report
from rag.library.library import Library
from rag.store.record import SqlArticleStore
from tests.conftest import MakeLibrary
from tests.ingest.conftest import on_disk
from tests.ingest.test_pipeline import assert_whole, write
from tests.rag.store.test_migrations import written_by

TEXT = "The mayor of Quembley was seen at the Obsidian Tearoom with two ferrymen."
RECORD = {"id": "17", "url": "https://a.example/tearoom", "title": "Tearoom", "text": TEXT, "source": "Gazette"}


LEFT_OUT = "left out: it was withdrawn or forgotten; give --again to take it in again"


@dataclass
class Run:
    """Takes files into one library, one run for each."""

    folder: Path
    library: Library

    def __call__(self, *records: Mapping[str, Any], again: bool = False) -> Report:
        source = write(self.folder / "in.jsonl", *map(dict, records))
        return ingest_inputs(raw_inputs(source), self.library, again=again)

    def forget(self, *ids: str) -> None:
        with self.library.writing() as writer:
            writer.forget(ids)

    def withdraw(self, *ids: str) -> None:
        with self.library.writing() as writer:
            writer.withdraw(ids, for_good=True)


@pytest.fixture
def run(make_library: MakeLibrary, tmp_path: Path) -> Run:
    return Run(tmp_path, make_library())


def page(canonical: str) -> str:
    return (
        f'<html><head><title>Tearoom</title><link rel="canonical" href="{canonical}"></head><body><article>'
        f"<h1>Tearoom</h1><p>{TEXT}</p><p>{TEXT.replace('two', 'three')}</p></article></body></html>"
    )


COMES_AGAIN: dict[str, Mapping[str, str | None]] = {
    "as it was": {},
    "changed": {"text": TEXT + " They left together."},
    "under another id": {"id": "9917", "text": TEXT + " They left together."},
    "without its id": {"id": None},
    "under a longer address": {"id": "9917", "url": "http://www.a.example/tearoom/?utm_source=mail#top"},
    "without its address": {"url": None, "title": "Renamed"},
    "with neither id nor address": {"id": None, "url": None},
}


@pytest.mark.parametrize("taken_out", [Run.forget, Run.withdraw])
@pytest.mark.parametrize("how", COMES_AGAIN)
def test_an_article_that_was_taken_out_stays_out(how: str, taken_out: Callable[[Run, str], None], run: Run) -> None:
    assert run(RECORD).added == 1
    taken_out(run, "17")
    again = {name: value for name, value in (RECORD | COMES_AGAIN[how]).items() if value is not None}
    report = run(again)
    assert (report.seen, report.unchanged, report.complete) == (1, 1, True)
    assert [one.reason for one in report.warnings] == [LEFT_OUT]
    assert run.library.record.article_count() == 0
    let_in = run(again, again=True)
    assert (let_in.seen, let_in.added + let_in.updated) == (1, 1)
    assert run(again | {"text": TEXT + " It rained."}).warnings == []
    assert run.library.record.article_count() == 1
    assert_whole(run.library)


def test_again_brings_back_the_newest_version_that_was_withdrawn(run: Run) -> None:
    newer = RECORD | {"text": TEXT + " They left together."}
    run(RECORD)
    run(newer)
    run.withdraw("17")
    report = run(RECORD, newer, again=True)
    assert (report.unchanged, report.updated, report.seen) == (1, 1, 2)
    (article,) = run.library.record.articles()
    assert (article.version, article.text) == (3, newer["text"])


@pytest.mark.parametrize(
    ("name", "content"), [("a.txt", f"Tearoom\n\n{TEXT}"), ("b.html", page("https://a.example/tearoom"))]
)
def test_a_file_without_names_stays_out_as_a_copy_too(name: str, content: str, run: Run) -> None:
    file = run.folder / name
    file.write_text(content, encoding="utf-8")
    assert ingest([file], run.library).added == 1
    run.forget(*run.library.record.current_ids())
    report = ingest([file.rename(run.folder / f"copy-of-{name}")], run.library)
    assert (report.unchanged, report.added) == (1, 0)


def test_the_commands_keep_it_out_after_a_rebuild_and_of_a_restored_backup(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = {"url": "https://a.example/secret", "title": "Renamed", "text": "Quembley confessed after all."}
    source, backup = str(write(tmp_path / "in.jsonl", record)), str(tmp_path / "new.tar.gz")
    at, restored = ["--data", str(data)], ["--data", str(tmp_path / "restored")]
    for command in (["forget", record["url"], *at], ["rebuild", *at], ["backup", backup, *at]):
        assert main(command) == 0
    assert main(["restore", backup, *restored]) == 0
    capsys.readouterr()
    assert main([source, "--json", *restored]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["seen"], printed["unchanged"]) == (1, 1)
    assert [one["reason"] for one in printed["warnings"]] == [LEFT_OUT]
    assert on_disk(tmp_path / "restored", "Quembley") == []
    assert main([source, "--again", *restored]) == 0
    assert on_disk(tmp_path / "restored", "Quembley")


def test_again_is_for_one_run(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--watch", "--again", "--sources", "sources.toml"])
    assert "--again" in capsys.readouterr().err


def test_what_shares_an_address_with_it_comes_in(run: Run) -> None:
    """As the entries of a live blog do."""
    entry = {"url": "https://a.example/live", "title": "Entry", "source": "Gazette"}
    one, two = entry | {"id": "one", "text": TEXT}, entry | {"id": "two", "text": "The ferry came back empty."}
    run(one, two)
    run.forget("one")
    report = run(one, two | {"text": "The ferry came back at nine, and empty."})
    assert (report.unchanged, report.updated) == (1, 1)


def test_another_outlets_copy_of_it_comes_in(run: Run) -> None:
    run(RECORD)
    run.forget("17")
    assert run({"url": "https://b.example/tea", "title": "Tearoom", "text": TEXT, "source": "Mail"}).added == 1


def test_copies_of_a_forgotten_story_are_one_story_still(run: Run) -> None:
    text = " ".join(f"Line {i} of the story has its own words, {i * i} of them." for i in range(20))
    run(*({"id": f"https://{one}.example/", "title": "Story", "text": text, "source": one} for one in "abc"))
    named_after = next(iter({one.cluster_id for one in run.library.record.articles()}))
    assert named_after
    run.forget(named_after)
    run({"id": "x", "text": "It rained."})
    clusters = {one.cluster_id for one in run.library.record.articles() if one.title == "Story"}
    assert len(clusters) == 1
    assert named_after not in clusters
    assert_whole(run.library)


# Too wide: what else bears such a name comes in


def paths(run: Run) -> list[str]:
    return sorted(one.title for one in run.library.record.articles())


OTHER = "Tanning's public library opened a second reading room above the old printing works this week."


@pytest.mark.parametrize("taken_out", [Run.forget, Run.withdraw])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"id": 1, "source": "Courier"}, {"id": 1, "source": "Register"}),
        ({"id": 1, "url": "https://a.example/1"}, {"id": 1, "url": "https://b.example/1"}),
        ({"url": "https://a.example/read?ref=1"}, {"url": "https://a.example/read?ref=2"}),
        ({"url": "https://a.example/read?id=1"}, {"url": "https://a.example/read?id=2"}),
        ({"url": "https://a.example/week#story-1"}, {"url": "https://a.example/week#story-2"}),
        ({"url": "https://a.example/#!/1"}, {"url": "https://a.example/#!/2"}),
        ({"url": "https://a.example/?p=1"}, {"url": "https://a.example/?p=2"}),
        ({"id": "x", "url": "https://a.example/"}, {"id": "y", "url": "https://a.example/?p=2"}),
        ({"source": "Courier", "published_at": "2026-09-01"}, {"source": "Courier", "published_at": "2026-09-02"}),
        ({"source": "Courier"}, {"source": "Courier"}),
    ],
)
def test_what_bears_a_like_name_comes_in(
    one: Mapping[str, Any], other: Mapping[str, Any], taken_out: Callable[[Run, str], None], run: Run
) -> None:
    run({"title": "Weather report", "text": TEXT, **one})
    taken_out(run, *run.library.record.current_ids())
    second = {"title": "Weather report", "text": OTHER, **other}
    source = write(run.folder / "other.jsonl", second)
    assert ingest([source], run.library).added == 1
    changed = write(run.folder / "other.jsonl", second | {"text": OTHER + " It rained."})
    report = ingest([changed], run.library)
    assert (report.updated, report.warnings) == (1, [])


def test_to_let_one_in_again_lets_in_no_other_of_its_id(run: Run) -> None:
    one, other = {"id": 1, "source": "Courier", "text": TEXT}, {"id": 1, "source": "Register", "text": OTHER}
    run(one, other)
    run.forget(*run.library.record.current_ids())
    assert run(other, again=True).added == 1
    report = run(one, other)
    assert (report.added, report.unchanged, len(report.warnings)) == (0, 2, 1)


def test_the_article_of_the_same_outlet_and_id_stays_in(run: Run) -> None:
    run({"id": 1, "source": "Courier", "title": "Tearoom", "text": TEXT})
    other = {"id": 1, "source": "Courier", "title": "Library", "text": OTHER}
    run(other)
    run.forget("1")
    assert run(other | {"text": OTHER + " It rained."}).updated == 1


def test_another_article_at_the_address_with_a_parameter_stays_in(run: Run) -> None:
    index = {"url": "https://a.example/story.php", "title": "Tearoom", "text": TEXT}
    other = {"url": "https://a.example/story.php?id=5", "title": "Library", "text": OTHER}
    run(index, other)
    (going,) = run.library.record.ids_at(index["url"])
    run.forget(going)
    third = {"url": "https://a.example/story.php?id=6", "title": "Ferry", "text": "The ferry came back empty."}
    assert run(third).added == 1


# Too narrow: it comes back under no other name


@pytest.mark.parametrize("taken_out", [Run.forget, Run.withdraw])
@pytest.mark.parametrize(
    "address",
    [
        "https://x.example//7",
        "https://x.example/%37",
        "https://x.example./7",
        "https://x.example/x/../7",
        "https://x.example/%2e%2e/7",
        "https://x.example/./7",
        "https://x.example/7?",
        "https://x.example/7#top",
        "https://x.example/7?share=mail",
        "https://x.example/7?share=mail&nb=1#top",
        "https://x.example/7/index.html?",
        "https://m.x.example:443/7/amp/",
    ],
)
def test_no_spelling_of_its_address_lets_it_in(address: str, taken_out: Callable[[Run, str], None], run: Run) -> None:
    run({"url": "https://x.example/7", "title": "Tearoom", "text": TEXT})
    taken_out(run, *run.library.record.current_ids())
    report = run({"url": address, "title": "Library", "text": OTHER})
    assert [one.reason for one in report.warnings] == [LEFT_OUT]
    assert run.library.record.article_count() == 0


def test_an_address_in_another_alphabet_is_the_same(run: Run) -> None:
    run({"url": "https://bücher.example/größe", "title": "Tearoom", "text": TEXT})
    run.forget(*run.library.record.current_ids())
    report = run({"url": "https://xn--bcher-kva.example/gr%c3%b6%C3%9Fe", "title": "Library", "text": OTHER})
    assert [one.reason for one in report.warnings] == [LEFT_OUT]


def test_the_address_without_what_told_how_one_came_lets_it_in_no_more(run: Run) -> None:
    text = f"{TEXT} They had come by the evening boat."
    run({"url": "https://x.example/7?ref=home", "title": "Tearoom", "text": text})
    run.forget(*run.library.record.current_ids())
    report = run({"url": "https://x.example/7", "title": "Two ferrymen", "text": f"{text} The boat was late."})
    assert [one.reason for one in report.warnings] == [LEFT_OUT]


@pytest.mark.parametrize("taken_out", [Run.forget, Run.withdraw])
def test_a_record_of_its_id_and_outlet_stays_out_whatever_it_says(
    taken_out: Callable[[Run, str], None], run: Run
) -> None:
    record = {"id": "17", "source": "Gazette", "title": "Tearoom", "text": TEXT}
    run(record)
    taken_out(run, "17")
    rewritten = record | {"title": "Library", "text": OTHER}
    assert run(rewritten).unchanged == 1
    assert run(rewritten, again=True).seen == 1
    assert paths(run) == ["Library"]


@pytest.mark.parametrize("taken_out", [Run.forget, Run.withdraw])
@pytest.mark.parametrize("changed", [f"Tearoom\n\n{OTHER}", f"Library\n\n{TEXT}", f"Library\n\n{OTHER}"])
def test_what_a_file_holds_stays_out_when_the_file_changes(
    changed: str, taken_out: Callable[[Run, str], None], run: Run
) -> None:
    file = run.folder / "a.txt"
    file.write_text(f"Tearoom\n\n{TEXT}", encoding="utf-8")
    assert ingest([file], run.library).added == 1
    taken_out(run, *run.library.record.current_ids())
    file.write_text(changed, encoding="utf-8")
    assert ingest([file], run.library).unchanged == 1
    assert ingest_inputs(raw_inputs(file), run.library, again=True).seen == 1
    assert run.library.record.article_count() == 1


@pytest.mark.parametrize("taken_out", [Run.forget, Run.withdraw])
@pytest.mark.parametrize("changed", [{"text": OTHER}, {"title": "Two ferrymen"}])
def test_a_line_without_names_stays_out_when_its_headline_or_text_changes(
    changed: Mapping[str, str], taken_out: Callable[[Run, str], None], run: Run
) -> None:
    record = {"source": "Gazette", "title": "Tearoom", "text": TEXT, "published_at": "2026-09-01"}
    run(record)
    taken_out(run, *run.library.record.current_ids())
    report = run(
        {"source": "Gazette", "title": "Library", "text": OTHER, "published_at": "2026-08-31"}, record | changed
    )
    assert (report.added, report.unchanged) == (1, 1)


BARE = {"title": "Tearoom", "text": TEXT}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (RECORD, BARE),
        (BARE, {**BARE, "source": "Gazette"}),
        ({**BARE, "source": "Gazette"}, {**BARE, "source": "GAZETTE"}),
        (RECORD, {**BARE, "url": "https://a.example/another-slug"}),
        ({"id": "17", **BARE}, {"id": "17", **BARE, "text": OTHER, "source": "Gazette"}),
        ({"id": "17", **BARE, "source": "Gazette"}, {"id": "17", **BARE, "text": OTHER}),
        ({"id": "17", **BARE, "source": "Gazette"}, {"id": "17", "title": "Library", "text": f"{TEXT} It rained."}),
    ],
)
def test_it_stays_out_whether_or_not_its_outlet_is_named(
    one: Mapping[str, Any], other: Mapping[str, Any], run: Run
) -> None:
    run(one)
    run.forget(*run.library.record.current_ids())
    report = ingest([write(run.folder / "other.jsonl", dict(other))], run.library)
    assert (report.added, report.unchanged) == (0, 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"id": "17", **BARE}, {"id": "17", "title": "Library", "text": OTHER, "source": "Gazette"}),
        ({"id": "17", **BARE, "source": "Gazette"}, {"id": "17", "title": "Library", "text": OTHER}),
        (RECORD, {**BARE, "text": OTHER}),
        (BARE, {"title": "Library", "text": OTHER}),
    ],
)
def test_another_story_comes_in_whether_or_not_its_outlet_is_named(
    one: Mapping[str, Any], other: Mapping[str, Any], run: Run
) -> None:
    run(one)
    run.forget(*run.library.record.current_ids())
    assert ingest([write(run.folder / "other.jsonl", dict(other))], run.library).added == 1


def test_a_line_without_a_date_stays_out_when_it_moves_and_changes(run: Run) -> None:
    run(BARE)
    run.forget(*run.library.record.current_ids())
    report = run({"title": "Library", "text": OTHER}, {**BARE, "text": TEXT.replace("two", "three")})
    assert (report.added, report.unchanged) == (1, 1)


def test_another_line_without_a_date_comes_in_under_the_same_headline(run: Run) -> None:
    run(BARE)
    run.forget(*run.library.record.current_ids())
    assert run({**BARE, "text": OTHER}).added == 1


LONG = (
    "The harbour board of Quembley voted on Tuesday to close the old fish market for two winters, after divers found "
    "that its piles had rotted below the waterline. Stallholders were promised a covered place on the coal quay, with "
    "water and light, until the new hall opens. Three of them said that they would rather retire."
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"text": TEXT, "title": "Mayor at tearoom"}, {"text": TEXT.replace("mayor", "chairman")}),
        ({"text": TEXT, "title": "Mayor at tearoom"}, {"text": f"Quembley, Friday. {TEXT}"}),
        ({"text": LONG}, {"text": LONG.replace("two", "three").replace("Tuesday", "Monday").replace("light", "power")}),
        ({"text": LONG}, {"text": LONG[: len(LONG) * 2 // 3]}),
        ({"text": LONG}, {"text": f"{LONG} {OTHER} {TEXT}"}),
        ({"text": LONG}, {"text": "\u200b".join(LONG)}),
        ({"text": LONG}, {"text": "".join(f"<p>{word} </p>" for word in LONG.split())}),
        ({"text": LONG}, {"text": LONG.upper().replace("FI", "\ufb01")}),
        (
            {"text": LONG, "url": "https://news.gazette.com/market"},
            {"text": LONG, "url": "https://www2.gazette.com/hall", "source": None},
        ),
        ({"text": LONG}, {"text": LONG, "source": "GAZETTE ", "url": "https://gazette.example/hall"}),
        ({"text": LONG, "id": "17", "source": None}, {"text": f"On Tuesday the{LONG[3:]}", "id": "17"}),
        ({"text": LONG, "id": "17"}, {"text": f"On Tuesday the{LONG[3:]}", "id": "17", "source": None}),
        (
            {"text": "市議会は火曜日、老朽化した魚市場を二年間閉鎖することを決めた。", "title": "魚市場を閉鎖"},
            {"text": "市議会は火曜日、老朽化した魚市場を三年間閉鎖することを決めた。"},
        ),
    ],
)
def test_a_changed_text_stays_out_under_another_headline_at_another_address(
    one: Mapping[str, str | None], other: Mapping[str, str | None], run: Run
) -> None:
    outlet = {"source": "Gazette", "url": "https://a.example/market"}
    run({**outlet, "title": "Market to close", **one})
    run.withdraw(*run.library.record.current_ids())
    again = {**outlet, "url": "https://a.example/hall", "title": "Stallholders move", **other}
    report = ingest([write(run.folder / "other.jsonl", again)], run.library)
    assert [remark.reason for remark in report.warnings] == [LEFT_OUT]
    assert run.library.record.article_count() == 0
    let_in = ingest_inputs(raw_inputs(run.folder / "other.jsonl"), run.library, again=True)
    assert let_in.added + let_in.updated == 1


def filled(company: str, share: str) -> dict[str, str]:
    """A report that differs from others of its template in two places only."""
    text = LONG.replace("The harbour board", f"The board of {company}").replace("two winters", f"{share} winters")
    return {"source": "Gazette", "url": f"https://a.example/{company}", "title": f"{company} reports", "text": text}


def test_the_next_filling_of_a_template_comes_in(run: Run) -> None:
    run(filled("Brennick", "4"), filled("Haldane", "5"), filled("Orrin", "7"))
    run.forget(*(one.id for one in run.library.record.articles() if "Brennick" in one.title))
    withdrawn = filled("Brennick", "4") | {"url": "https://a.example/again", "title": "Board votes"}
    report = run(filled("Tolland", "9"), withdrawn)
    assert (report.added, report.unchanged) == (1, 1)


NOTICE = "This article is for subscribers only. Please log in, or take out a subscription, to read on."


def noticed(notice: str, *titles: str) -> list[dict[str, str]]:
    """Pages that say the same under different headlines."""
    return [
        {"source": "Gazette", "url": f"https://a.example/{place}", "title": title, "text": notice}
        for place, title in enumerate(titles)
    ]


@pytest.mark.parametrize(
    "notice",
    [LONG, NOTICE, NOTICE * 2, "この記事は有料会員限定です。続きを読むにはログインするか、会員登録をしてください。"],
)
def test_a_notice_that_stands_for_many_articles_keeps_out_only_that_which_was_forgotten(notice: str, run: Run) -> None:
    pages = noticed(notice, "Tearoom", "Library", "Ferry")
    run(*pages[:2])
    run.forget(*(one.id for one in run.library.record.articles() if one.title == "Tearoom"))
    report = run(*pages)
    assert (report.added, report.unchanged) == (1, 2)


@pytest.mark.parametrize(
    ("notice", "titles"),
    [
        (NOTICE, ("Obsidian Tearoom closes", "Ferry sinks off Quembley", "Mayor resigns")),
        ("Please enable JavaScript in your browser to see what you came for.", ("Tearoom closes", "Ferry", "Mayor")),
        (
            "この記事は有料会員限定です。続きを読むには登録してください。",
            ("市長の辞任は四月に", "魚市場を閉鎖", "大雪"),
        ),
    ],
)
def test_a_short_notice_keeps_no_other_article_out_though_no_other_is_stored(
    notice: str, titles: tuple[str, ...], run: Run
) -> None:
    pages = noticed(notice, *titles)
    run(pages[0])
    run.forget(*run.library.record.current_ids())
    assert (run(*pages).added, run(*pages).unchanged) == (2, 3)


def test_the_next_filling_of_a_short_template_comes_in(run: Run) -> None:
    def forecast(day: str, degrees: str) -> dict[str, str]:
        text = (
            f"The weather in the valley on {day}: cloudy in the morning, sunny after noon, {degrees} degrees at most."
        )
        return {"source": "Gazette", "url": f"https://a.example/{day}", "title": f"Weather on {day}", "text": text}

    run(forecast("Monday", "12"), forecast("Tuesday", "14"))
    run.forget(*(one.id for one in run.library.record.articles() if "Monday" in one.title))
    again = forecast("Monday", "12") | {"url": "https://a.example/again", "title": "Clouds"}
    report = run(forecast("Wednesday", "17"), again)
    assert (report.added, report.unchanged) == (1, 1)


def test_lines_without_a_date_under_one_headline_stay_apart(run: Run) -> None:
    run(BARE, {**BARE, "text": OTHER})
    (going,) = (one.id for one in run.library.record.articles() if one.text == TEXT)
    run.forget(going)
    assert run(BARE, {**BARE, "text": OTHER + " It rained."}).updated == 1


def test_a_dated_line_stays_out_when_its_file_is_packed(run: Run) -> None:
    record = {**BARE, "published_at": "2026-09-01"}
    run(record)
    run.forget(*run.library.record.current_ids())
    packed = run.folder / "in.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps({**record, "text": OTHER}).encode()))
    assert ingest([packed], run.library).unchanged == 1


def test_an_entry_of_a_live_blog_stays_out_when_its_end_changes(run: Run) -> None:
    entry = {"url": "https://a.example/live", "title": "Entry", "source": "Gazette"}
    text = f"{TEXT} They had come by the evening boat."
    run(entry | {"id": "one", "text": text}, entry | {"id": "two", "text": "The ferry came back empty."})
    run.forget("one")
    assert run(entry | {"id": "three", "title": "Update", "text": f"{text} The boat was late."}).unchanged == 1


def test_what_an_older_dateline_blocked_stays_out(make_library: MakeLibrary, tmp_path: Path) -> None:
    names = {"id": "17", "address": "https://a.example/tearoom", "article": "17"}
    digests = {name: hashlib.sha256(value.encode()).hexdigest() for name, value in names.items()}
    file = written_by("4", tmp_path / "data")
    with sqlite3.connect(file) as record:
        record.execute("INSERT INTO barred VALUES (?)", (digests["article"],))
        record.execute("INSERT INTO barred_names VALUES (?, ?)", (digests["address"], digests["article"]))
    record.close()
    store = SqlArticleStore(file)
    store.reset_indexes(embedding_model="hash")
    store.close()
    run = Run(tmp_path, make_library())
    records = ({"id": "17", "text": TEXT}, {"url": "http://www.a.example/tearoom/", "text": OTHER})
    assert (run(*records).added, run(*records, again=True).added) == (0, 2)
