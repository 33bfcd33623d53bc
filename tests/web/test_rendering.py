import re

from web.rendering import answer_html, escaped


def test_every_character_of_markup_is_written_as_an_entity() -> None:
    shown = escaped('<a href="x">*_`[]()#!${}|~\\\'-+:/.@</a>')
    assert not set(re.sub(r"&#\d+;", "", shown)) - set("ahrefx ")


def test_letters_of_other_scripts_stay() -> None:
    assert escaped("Київ قال 東京 “ß”") == "Київ قال 東京 “ß”"


def test_only_markers_with_a_source_become_links() -> None:
    shown = answer_html("It rained [1] and [7].", turn=3, known=[1])
    assert 'href="#cite-3-1"' in shown
    assert "cite-3-7" not in shown
    assert "&#91;7&#93;" in shown
