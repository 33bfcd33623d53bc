"""What an outlet puts under every article goes, and nothing of what an article says does."""

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.dedup.boilerplate import paragraph_keys, without_boilerplate
from ingest.pipeline import ingest
from ingest.report import Report
from rag.library.library import Library
from rag.models import Passage
from tests.conftest import MakeLibrary

PROMPT = "Sign up and never miss the news from the valley again."
STORIES = [
    (
        "Harbour shut by storm",
        "Ouldan harbour was shut on Monday when a storm broke two mooring chains. Fishing crews moved their boats "
        "inland before dusk, and the pilot station lost its radio mast. Repairs begin once divers have looked at "
        "the sea wall, the harbour master said.",
    ),
    (
        "School kitchen wins prize",
        "Cooks at Tanning grammar school won a national prize for lunches made from local vegetables. Judges praised "
        "a lentil pie and the price of it. Pupils voted on each recipe, and parents grew pumpkins on a disused "
        "tennis court behind the gymnasium.",
    ),
    (
        "Museum buys lost map",
        "A museum in Corrand paid eighty thousand crowns for a hand-drawn map from 1702 that was thought burned. "
        "Curators found it listed at a country auction under a wrong name. Visitors can see the parchment from "
        "April, in a dark room, behind glass.",
    ),
    (
        "Tram drivers agree pay deal",
        "Tram drivers accepted a rise of four per cent after nine weeks of talks. Union negotiators had asked for "
        "six. Night services resume on Friday, and an independent panel will study rosters that staff call "
        "exhausting; its findings are due next summer.",
    ),
    (
        "Beavers return to river",
        "Three beavers were released upstream of Harrowmere, where none had lived since the 1860s. Ecologists expect "
        "ponds to slow floods. Farmers along the meadows want compensation for felled willows, which the ministry "
        "has promised in writing.",
    ),
    (
        "Chess club loses its roof",
        "Snow brought down part of a roof above the chess club in Skerrin Head. Nobody was playing. Insurance covers "
        "the beams but not forty antique boards, treasurer Ida Moll explained, so members will hold a simultaneous "
        "exhibition to raise money.",
    ),
]


def write(file: Path, *records: dict[str, Any]) -> Path:
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return file


def passages(library: Library) -> list[Passage]:
    return [passage for one in library.record.articles() for passage in library.record.passages_of(one.id)]


def texts(library: Library) -> dict[str, str]:
    return {one.title: one.text for one in library.record.articles()}


def named(report: Report) -> dict[str, str]:
    return {remark.origin: remark.reason for remark in report.warnings if "boilerplate" in remark.reason}


def test_what_recurs_across_stories_is_taken_out_of_earlier_articles_too_and_named(
    make_library: MakeLibrary, tmp_path: Path
) -> None:
    records = [{"title": title, "source": "Courier", "text": f"{text}\n\n{PROMPT}"} for title, text in STORIES]
    other = {"title": "Other", "source": "Register", "text": f"{STORIES[0][1]} One's prompt is no other's.\n\n{PROMPT}"}
    library = make_library()
    ingest([write(tmp_path / "1.jsonl", *records[:3], other)], library)
    report = ingest([write(tmp_path / "2.jsonl", *records[3:])], library)
    assert [passage.article.title for passage in passages(library) if PROMPT in passage.text] == ["Other"]
    assert texts(library) == {**dict(STORIES), "Other": other["text"]}
    assert named(report) == {"Courier": f"left out of 6 articles as boilerplate: “{PROMPT}”"}
    assert library.lexical.passage_count() == len(passages(library))


BACKGROUND = "The strike began when the shipping line cut the night crews' pay by a tenth in the spring."
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def follow_ups() -> list[dict[str, str]]:
    """Reports of one strike, each of a day, with a paragraph in common."""
    news = (
        "Crews of the Skerrin ferry stayed ashore for a first day and the union put up tents on the quay.",
        "The Skerrin ferry strike went into its second day; the union refused an offer of the shipping line.",
        "Islanders on Skerrin ran short of diesel as the ferry strike went on and crews stayed ashore.",
        "A mediator met the ferry union and the shipping line in Skerrin, and the strike went on regardless.",
        "Hotel owners on Skerrin asked the ferry crews' union to end the strike before the regatta.",
        "The ferry strike is over: crews and the shipping line agreed in Skerrin, the union told reporters.",
    )
    return [
        {
            "title": f"Ferry strike, {day}",
            "text": f"{one} Talks between union and line had failed before.\n\n{BACKGROUND}",
        }
        for day, one in zip(DAYS, news, strict=True)
    ]


def write_throughs() -> list[dict[str, str]]:
    """One story that grows: each has all the paragraphs of the one before."""
    body = "\n\n".join(text for _, text in STORIES[:3])
    return [{"title": f"Storm, update {day}", "text": f"By {day} more was known of it.\n\n{body}"} for day in DAYS]


def copies() -> list[dict[str, str]]:
    """One story at six addresses."""
    title, text = STORIES[0]
    return [{"title": title, "text": f"{text}\n\n{BACKGROUND}", "url": f"https://{day}.example/a"} for day in DAYS]


def round_ups() -> list[dict[str, str]]:
    """Most of each text is shared with the others: it is what they are made of."""
    return [
        {
            "title": title,
            "text": f"{text[:90].strip()}\n\n{BACKGROUND}\n\n{PROMPT}\n\nVote for us in the poll of polls, please.",
        }
        for title, text in STORIES
    ]


def forms() -> list[dict[str, str]]:
    """Nothing but what recurs."""
    return [{"title": title, "text": PROMPT} for title, _ in STORIES]


@pytest.mark.parametrize("source", ["Courier", None])
@pytest.mark.parametrize("made", [follow_ups, write_throughs, copies, round_ups, forms])
def test_what_articles_of_one_story_share_is_their_content(
    made: Any, source: str | None, make_library: MakeLibrary, tmp_path: Path
) -> None:
    records = [{**one, "source": source} for one in made()]
    library = make_library()
    report = ingest([write(tmp_path / f"{n}.jsonl", one) for n, one in enumerate(records)], library)
    assert sorted(one.text for one in library.record.articles()) == sorted(one["text"] for one in records)
    assert not named(report)
    assert not any(one.headline_only for one in library.record.articles())


QUOTES = [
    "“We will rebuild the sea wall, whatever it costs us,” the mayor said.",
    'The mayor said again that "nobody in the valley will be left behind".',
    "‘You cannot eat promises, and our children have tried,’ said the union’s leader.",
]
SENTENCE = "The county has closed eleven branch libraries since the spring of last year."


@pytest.mark.parametrize(
    ("recurring", "place"), [*((quote, place) for quote in QUOTES for place in (0, 3, 6)), (SENTENCE, 3)]
)
def test_what_somebody_said_and_a_sentence_in_the_middle_stay(recurring: str, place: int) -> None:
    paragraphs = [f"{text} It was reported by number {n}." for n, (_, text) in enumerate(STORIES)]
    text = "\n".join((*paragraphs[:place], recurring, *paragraphs[place:]))
    assert without_boilerplate(text, paragraph_keys(recurring), whole=len(text)).text == text


@pytest.mark.parametrize(
    "recurring",
    [
        PROMPT,
        'You can get "Five Things From the Valley" each morning in the post.',
        "Here are some of the top headlines:",
        "The mayor's desk: who is out and who is in",
    ],
)
def test_what_speaks_to_the_reader_or_is_no_sentence_goes_from_the_middle_too(recurring: str) -> None:
    paragraphs = [text for _, text in STORIES]
    text = "\n".join((*paragraphs[:3], recurring, *paragraphs[3:]))
    assert without_boilerplate(text, paragraph_keys(recurring), whole=len(text)).removed == (recurring,)


def test_a_sentence_goes_from_the_end_of_each_story() -> None:
    text = "\n".join((*(text for _, text in STORIES), SENTENCE))
    assert without_boilerplate(text, paragraph_keys(SENTENCE), whole=len(text)).removed == (SENTENCE,)


def test_articles_without_an_outlet_share_no_boilerplate(make_library: MakeLibrary, tmp_path: Path) -> None:
    library = make_library()
    records = [{"title": title, "text": f"{text}\n\n{PROMPT}"} for title, text in STORIES]
    ingest([write(tmp_path / "1.jsonl", *records)], library)
    assert all(PROMPT in text for text in texts(library).values())


def test_at_most_a_fifth_of_a_text_is_taken_out() -> None:
    text = "\n".join((STORIES[0][1][:120], PROMPT))
    keys = paragraph_keys(PROMPT)
    assert without_boilerplate(text, keys, whole=len(text)).removed == ()
    longer = "\n".join((text, STORIES[1][1], STORIES[2][1]))
    assert without_boilerplate(longer, keys, whole=len(longer)).removed == (PROMPT,)
    # What was taken out before counts, too.
    assert without_boilerplate(longer, keys, whole=len(longer) * 5 // 4).removed == ()


def test_pages_of_another_site_do_not_tell_what_is_boilerplate(make_library: MakeLibrary, tmp_path: Path) -> None:
    library = make_library()
    records = [
        {"title": title, "source": "Courier", "text": f"{text}\n\n{PROMPT}", "url": f"https://{site}.example/{number}"}
        for number, (title, text) in enumerate(STORIES)
        for site in (("courier",) if number == 0 else ("mallory",))
    ]
    ingest([write(tmp_path / "1.jsonl", *records)], library)
    assert PROMPT in texts(library)[STORIES[0][0]]


@pytest.mark.parametrize(
    "lines", [["Read more: The ferry strike begins on Monday."] * 3, ["Meyer 8/10", "8/10", "250/7"]]
)
def test_scores_and_headlines_that_are_all_of_a_text_stay(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert without_boilerplate(text, (), whole=len(text)).text == text


@pytest.mark.parametrize(
    "text",
    [
        "Click here to vote out the mayor",
        "Sign up for our lives, say the volunteers who print the village newsletters by hand.\n\n* * *",
    ],
)
def test_a_sentence_that_reads_like_a_prompt_stays_where_it_is_all_of_a_text(text: str) -> None:
    assert without_boilerplate(text, (), whole=len(text)).text == text
    assert without_boilerplate(f"{STORIES[0][1]}\n{text}", (), whole=500).removed == (text.split("\n")[0],)


def test_a_sentence_about_newsletters_is_no_prompt() -> None:
    line = "Subscribe to the view that newsletters have killed the village pub, or do not."
    text = f"{STORIES[0][1]}\n{line}"
    assert without_boilerplate(text, (), whole=len(text)).text == text
