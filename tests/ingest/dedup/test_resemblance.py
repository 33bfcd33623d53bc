"""Which two contents that claim one id are versions of one article, and which are two articles."""

import pytest

from ingest.dedup.resemblance import is_nearly_same, is_same_article
from rag.dates import parse_iso
from rag.models import Article

Content = tuple[str, str, str | None]
"""Headline, text and date of publication."""

BRIDGE = (
    "The footbridge at Harrowmere will close for repairs in May, the county said on Thursday. Engineers found rust in "
    "two of the four bearings last autumn. Walkers will be led over the railway crossing until the end of July."
)
GROWN = (
    f"{BRIDGE} Shopkeepers on the north bank fear for the summer trade. The mayor promised a shuttle bus, and the "
    "council votes on its cost next week. A petition against the closure had been signed by 900 people."
)
CORRECTED = BRIDGE.replace("two of the four", "three of the four").replace("July", "August")
FLOOD = (
    "Rescuers moved 120 people out of Brackenford by noon. The river stood at 4.1 metres and was rising, the weather "
    "office said. Schools in the lower town are closed."
)
FLOOD_LATER = (
    "Rescuers moved 340 people out of Brackenford by noon. The river stood at 4.6 metres and was rising, the weather "
    "office said. Schools in the lower town are closed. The bridge at Tanning was shut in the evening, and two trains "
    "were stopped short of the station. The army has been asked for boats."
)
LETTERS = "Letters to the editor"
LETTER_1 = (
    "Your report on the library was unfair to its staff, who have had no rise in pay for six years. A. Moss, Tanning"
)
LETTER_2 = (
    "Why does nobody mend the lamp in Mill Lane? I have rung the council on each of the last nine Mondays. B. Reed"
)
BRIEFING = "Good morning. Here is what you need to know today. {} Thank you for reading, and see you tomorrow."
LOTTERY = (
    "The winning numbers in {}'s draw are {}. The jackpot was {} crowns. Tickets must be handed in within 90 days."
)
WEATHER = (
    "It will be dry in the {} with highs of {} degrees. Rain will reach the {} by the evening, and the wind picks up."
)
MATCH = "{} beat {} {} at {}. {} scored twice in the second half, and the coach spoke of the best evening of the year."

SAME: dict[str, tuple[Content, Content]] = {
    "as it was": (("Footbridge closes", BRIDGE, None), ("Footbridge closes", BRIDGE, None)),
    "corrected": (("Footbridge closes", BRIDGE, None), ("Footbridge closes", CORRECTED, None)),
    "corrected, dated": (("Footbridge closes", BRIDGE, "2026-09-01"), ("Footbridge closes", CORRECTED, "2026-09-01")),
    "grown": (("Footbridge closes", BRIDGE, None), ("Footbridge closes", GROWN, None)),
    "grown under a new headline": (("Footbridge closes", BRIDGE, None), ("Anger at closed crossing", GROWN, None)),
    "shortened": (("Anger at closed crossing", GROWN, None), ("Footbridge closes", BRIDGE, None)),
    "new headline": (("Footbridge closes", BRIDGE, None), ("County shuts crossing at Harrowmere", BRIDGE, None)),
    "new headline, corrected": (("Footbridge closes", BRIDGE, None), ("County shuts crossing", CORRECTED, None)),
    "live figures": (
        ("Flood in Brackenford", FLOOD, "2026-09-05"),
        ("Flood in Brackenford", FLOOD_LATER, "2026-09-05"),
    ),
    "live figures, undated": (("Flood in Brackenford", FLOOD, None), ("Flood in Brackenford", FLOOD_LATER, None)),
    "date moved": (("Footbridge closes", BRIDGE, "2026-09-01"), ("Footbridge closes", CORRECTED, "2026-09-02")),
    "grown, date moved": (("Footbridge closes", BRIDGE, "2026-09-01"), ("Crossing shut", GROWN, "2026-09-02")),
    "date found later": (("Footbridge closes", BRIDGE, None), ("Footbridge closes", CORRECTED, "2026-09-01")),
    "rewritten, same headline and time": (
        ("Minister resigns over ferry contract", "The minister has resigned.", "2026-09-01T10:00:00Z"),
        ("Minister resigns over ferry contract", f"Maud Arkwell left on Monday. {LETTER_2}", "2026-09-01T10:00:00Z"),
    ),
    "the text was behind a paywall": (
        ("Footbridge closes in May", "", None),
        ("Footbridge closes in May", BRIDGE, None),
    ),
    "one short sentence more": (
        ("Ferry", "The ferry runs again from the jetty.", None),
        ("Ferry", "The ferry runs again from the jetty. It is late.", None),
    ),
}
DIFFERENT: dict[str, tuple[Content, Content]] = {
    "letters": ((LETTERS, LETTER_1, None), (LETTERS, LETTER_2, None)),
    "letters, dated": ((LETTERS, LETTER_1, "2026-09-01"), (LETTERS, LETTER_2, "2026-09-02")),
    "briefings": (
        ("Morning briefing", BRIEFING.format(f"{BRIDGE} {LETTER_1}"), None),
        ("Morning briefing", BRIEFING.format(f"{FLOOD} {LETTER_2}"), None),
    ),
    "briefings, dated": (
        ("Morning briefing", BRIEFING.format("The county shuts a bridge."), "2026-09-01"),
        ("Morning briefing", BRIEFING.format("A river rises in the vale."), "2026-09-02"),
    ),
    "lottery": (
        ("Winning lottery numbers", LOTTERY.format("Saturday", "4, 8, 15, 16, 23 and 42", "1,200,000"), None),
        ("Winning lottery numbers", LOTTERY.format("Wednesday", "3, 9, 14, 20, 31 and 44", "2,500,000"), None),
    ),
    "lottery, dated": (
        ("Lottery", LOTTERY.format("Saturday", "4, 8 and 15", "900"), "2026-09-05"),
        ("Lottery", LOTTERY.format("Saturday", "3, 9 and 14", "700"), "2026-09-12"),
    ),
    "weather": (
        ("Weather", WEATHER.format("north", 20, "south"), "2026-09-01"),
        ("Weather", WEATHER.format("north", 14, "south"), "2026-09-02"),
    ),
    "weather, undated": (
        ("Weather", WEATHER.format("north and east", 20, "islands"), None),
        (
            "Weather",
            "Fog lies in the valleys until ten, then the sun comes out and stays for the rest of the day.",
            None,
        ),
    ),
    "very short": (("Harbour", "Read more in the paper.", None), ("Library", "Read more in the paper.", None)),
    "very short, one in the other": (("Rain", "It rained.", None), ("Snow", f"It rained. {LETTER_1}", None)),
    "matches": (
        ("Town win", MATCH.format("Town", "Rovers", "2-1", "Mill Road", "Smith"), "2026-09-05"),
        ("United lose", MATCH.format("Athletic", "United", "3-0", "the Vale", "Jones"), "2026-09-12"),
    ),
    "one subject": (
        ("Flood in Brackenford", FLOOD, None),
        (
            "Brackenford counts the cost",
            "The river is back in its bed. Insurers put the damage in the lower town at 9 "
            "million, and the weather office sees no more rain.",
            None,
        ),
    ),
    "nothing in common": (("Footbridge closes", BRIDGE, None), ("Letters", LETTER_1, None)),
    "headlines without text": (("Footbridge closes in May", "", None), ("Library gains a room", "", None)),
    "recurring headlines without text": ((LETTERS, "", "2026-09-01"), (LETTERS, LETTER_1, "2026-09-08")),
    "one word": (("Weather", "Sunny.", None), ("Sport", "Sunny.", None)),
}


def article(content: Content) -> Article:
    title, text, date = content
    return Article(id="1", title=title, text=text, published_at=parse_iso(date) if date else None)


@pytest.mark.parametrize("pair", SAME)
def test_versions_of_one_article(pair: str) -> None:
    one, other = map(article, SAME[pair])
    assert is_same_article(other, one)
    assert is_same_article(one, other)


@pytest.mark.parametrize("pair", DIFFERENT)
def test_two_articles(pair: str) -> None:
    one, other = map(article, DIFFERENT[pair])
    assert not is_same_article(other, one)
    assert not is_same_article(one, other)


def test_entries_of_a_live_blog_are_told_apart_by_time_and_figures() -> None:
    goal = "GOAL! {} Smith scores from the penalty spot after a long look at the monitor."
    first = article(("GOAL!", goal.format("1-0"), "2026-09-05T15:10:00Z"))
    second = article(("GOAL!", goal.format("2-0"), "2026-09-05T15:40:00Z"))
    corrected = article(("GOAL!", goal.format("1-0").replace("Smith", "Smyth"), "2026-09-05T15:10:00Z"))
    assert not is_nearly_same(second, first, entry=True)
    assert is_nearly_same(corrected, first, entry=True)
