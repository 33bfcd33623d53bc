"""What the two environments make of text that HTML or Markdown could read as its own."""

import re

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from web.jinja import CHAT, PAGES, escape_markdown

HOSTILE = "<b>*a*</b> [x](y) {{ 7 * 7 }}"


def test_every_character_of_markup_is_written_as_an_entity() -> None:
    shown = escape_markdown('<a href="x">*_`[]()#!${}|~\\\'-+:/.@</a>\x00')
    assert not set(re.sub(r"&#\d+;", "", shown)) - set("ahrefx ")


def test_letters_of_other_scripts_stay() -> None:
    assert escape_markdown("Київ قال 東京 “ß”") == "Київ قال 東京 “ß”"


def test_text_for_markdown_is_on_one_line() -> None:
    assert escape_markdown("a\n\n    b\t c") == "a b c"


def test_values_are_escaped_as_html_in_pages_and_also_as_markdown_in_the_chat() -> None:
    page = PAGES.from_string("<p>{{ text }}</p>").render(text=HOSTILE)
    assert page == "<p>&lt;b&gt;*a*&lt;/b&gt; [x](y) {{ 7 * 7 }}</p>"
    chat = CHAT.from_string("<p>{{ text }}</p>").render(text=HOSTILE)
    assert not set("<*[({") & set(chat.removeprefix("<p>").removesuffix("</p>"))
    assert CHAT.from_string("{{ text }}").render(text=Markup("<b>&#42;</b>")) == "<b>&#42;</b>"


def test_line_breaks_of_a_template_do_not_reach_markdown() -> None:
    template = "<ul>\n\n    {% for item in items %}\n    <li>{{ item }}\n    again</li>\n    {% endfor %}\n</ul>\n"
    assert CHAT.from_string(template).render(items="ab") == "<ul><li>a again</li><li>b again</li></ul>"


@pytest.mark.parametrize("environment", [PAGES, CHAT])
def test_a_value_that_is_not_given_is_an_error(environment: object) -> None:
    with pytest.raises(UndefinedError):
        environment.from_string("{{ missing }}").render()  # type: ignore[attr-defined]
