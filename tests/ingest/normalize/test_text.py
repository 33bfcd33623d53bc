"""Texts: markup goes, words stay."""

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ingest.normalize.records import read_record
from ingest.normalize.text import clean_text

PROSE = (
    "The council of Ouldan voted p > 0.05 p < 0.01 <redacted> <Unknown> <name> <b and c> &section=7 &copy=2 R&D&not "
    "AT&T f**k 5 * 3 a*b [1] (x) “no” U.S. 3.5 Zürich 港口 → @me `code` ~ | \\ { } = ; 1. 3) – https://a.example/?a=1&b=2"
).split()


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PROSE), st.sampled_from([" ", " ", " ", "\n\n"])), max_size=30))
def test_no_word_of_prose_is_dropped_or_added(words: list[tuple[str, str]]) -> None:
    text = "".join(word + gap for word, gap in words)
    assume("<b >" not in text)  # which is a tag
    assert clean_text(text).split() == text.split()


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="<>/pbi&;=\"'[](#)*_`!a1.\n- \\~", max_size=40))
def test_cleaning_anything_twice_changes_nothing_more(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from("boats harbour pier storm council ferry 1987 west".split()), min_size=60, max_size=90))
def test_wrapping_a_paragraph_and_unwrapping_it_gives_the_paragraph(words: list[str]) -> None:
    paragraph, lines = f"The {' '.join(words)}.", [""]
    for word in paragraph.split():
        if len(lines[-1]) + 1 + len(word) > 72:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    assert clean_text("\n".join(lines)) == paragraph


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("<h2>Plan</h2><p>It passed</p><p>It costs 3&nbsp;m.</p>", "Plan\n\nIt passed\n\nIt costs 3 m."),
        ("<ul><li>First: pier</li><li>Last: market</li></ul>", "First: pier\n\nLast: market"),
        ("<p>It opens.<br>It costs.</p><script>var a = {b: 1};</script><style>.x{c:d}</style>", "It opens.\nIt costs."),
        ('<p>Seen.</p><p style="display:none">Hidden.</p><!-- note --><noscript>x</noscript>', "Seen."),
        ("<p>H<sub>2</sub>O in <span>T</span>essel</p>", "H2O in Tessel"),
        ("<p>from <redacted> to <name>, p < 0.05 & q > 3</p>", "from <redacted> to <name>, p < 0.05 & q > 3"),
        ("&lt;p&gt;One &amp;amp; two&lt;/p&gt;&lt;p&gt;Three&lt;/p&gt;", "One & two\n\nThree"),
        ("First.\n\nSecond <b>bold</b>.\n\nThird.", "First.\n\nSecond bold.\n\nThird."),
        ("<table><tr><td>Pier</td><td>3</td></tr><tr><td>Quay</td><td>4</td></tr></table>", "Pier 3\nQuay 4"),
        ('<div onclick="a > b"><![CDATA[In it.]]></div>', "In it."),
        (r"It opens.\n\nIt costs 3 m.\nIt closes.", "It opens.\n\nIt costs 3 m.\n\nIt closes."),
        (r"The log is in C:\new\notes.", r"The log is in C:\new\notes."),
        ('[caption id="a1" width="300"]<img src="x"/> The pier[/caption]\n\nIt opens.', "The pier\n\nIt opens."),
        ("It is [embed] in [video] prose.", "It is [embed] in [video] prose."),
    ],
)
def test_html_becomes_what_a_reader_sees(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("# Pier\n\n![Map](https://a.example/m.png)\n\nThe [board](/b) **voted**.", "Pier\n\nThe board voted."),
        ("**Plan**\n\n* Cost: 4\\.2 m\n* Start: May", "Plan\n\nCost: 4.2 m\n\nStart: May"),
        ("## Was\n\n3. Oktober 1990 was the day.\n\n1987. That year it began.", None),
        ("See [the plan](https://a.example/p_(x)).", "See the plan."),
        ("- No, he said.\n- Yes, she said.", "- No, he said.\n- Yes, she said."),
        ("snake_case and 2*3*4 and #pier and F**k", "snake_case and 2*3*4 and #pier and F**k"),
    ],
)
def test_markdown_becomes_what_a_reader_sees(raw: str, clean: str | None) -> None:
    cleaned = clean_text(raw)
    assert cleaned == clean if clean else re.findall(r"\w+", cleaned) == re.findall(r"\w+", raw)


@pytest.mark.parametrize(
    "lines",
    [
        "The boats went out at dawn\nand none came back again,\nand still the lamp is drawn\nacross the window pane",
        "Harbour Road\nQuay Street\nMarket Square and the lanes that lead from it to the pier",
        "NAME: Ines Tarrow, chair of the harbour board of the town of Vellmar\nAGE: 54\nPARTY: none",
        "1. the pier, which storms had damaged three winters in a row, is rebuilt\n2. the ferry leaves from a jetty",
    ],
)
def test_lines_that_end_on_purpose_stay(lines: str) -> None:
    assert clean_text(lines) == lines


def test_a_text_that_a_service_cut_is_marked_in_a_warning() -> None:
    reading = read_record({"text": "The board voted. It will cos… [+2204 chars]"}, origin="t")
    assert reading.article.text == "The board voted. It will cos…"
    assert "cut off" in reading.warnings[0]


def test_a_paywall_counts_words_where_no_spaces_part_them() -> None:
    whole = "港口委员会星期二投票决定重建东码头，工程将于十月开始。" * 20
    for text, kept in ((whole, True), (whole[:60], False)):
        article = read_record({"title": "东码头", "text": text, "paywalled": True}, origin="t", page=True).article
        assert bool(article.text) == kept
