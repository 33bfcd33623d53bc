"""`sites.toml`, the tokens, and what a site's readers may ask; the rest in `test_embed.py`."""

from pathlib import Path
from typing import Any

import pytest

from rag.errors import QuestionError, SettingsError
from rag.models import Filters
from rag.settings import Settings
from tests.conftest import SAMPLE, article
from web.security.tokens import SiteTokens
from web.sites import Site, load_sites, sites_from, unknown_names

ALL = """
[[site]]
id = "courier"
title = "Ask the Courier"
origins = ["https://Courier.example:443", "http://127.0.0.1:8000"]
outlets = ["The Ouldan Courier"]
sections = ["Weather"]
greeting = "Ask me."
starters = ["How high was the river?"]
accent = { light = "#7f1d1d", dark = "#fca5a5" }
language = "uk"
links = "_top"
requests_per_minute = 5

[[site]]
id = "closed"
title = "Nobody's"
"""


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "sites.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_site_is_what_the_file_says_and_closed_where_it_says_nothing(tmp_path: Path) -> None:
    courier, closed = load_sites(written(tmp_path, ALL))
    assert courier.origins == ("https://courier.example", "http://127.0.0.1:8000")
    assert (courier.links, courier.accent.dark, courier.requests_per_minute) == ("_top", "#fca5a5", 5)
    assert closed.origins == ()
    assert (closed.links, closed.language, closed.requests_per_minute) == ("_blank", "", None)


def test_an_origin_in_any_script_is_what_browsers_send(tmp_path: Path) -> None:
    (site,) = load_sites(written(tmp_path, '[[site]]\nid = "a"\ntitle = "A"\norigins = ["https://Zürich.example"]'))
    assert site.origins == ("https://xn--zrich-kva.example",)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('orgins = ["https://a.example"]', "site.0.orgins"),
        ('secret = "x"', "site.0.secret"),
        ('origins = ["*"]', "not an origin"),
        ('origins = ["https://*.a.example"]', "not an origin"),
        ('origins = ["https://a.example/page"]', "not an origin"),
        ("origins = [\"https://a.example; script-src 'unsafe-inline'\"]", "not an origin"),
        ('origins = ["https://a.example\\n"]', "not an origin"),
        ('origins = ["javascript:alert(1)"]', "not an origin"),
        ('origins = ["null"]', "not an origin"),
        ('accent = { light = "red;}" }', "accent.light"),
        ('links = "_parent"', "site.0.links"),
        ("requests_per_minute = -1", "requests_per_minute"),
        ('[[site]]\nid = "a"\ntitle = "Twice"', "a is listed twice"),
        ('[[site]]\nid = "A.b"\ntitle = "Bad id"', "site.1.id"),
        ("colours =", "not TOML"),
    ],
)
def test_what_is_wrong_in_it_is_named(tmp_path: Path, line: str, named: str) -> None:
    file = written(tmp_path, f'[[site]]\nid = "a"\ntitle = "A"\n{line}\n')
    with pytest.raises(SettingsError, match=r"sites\.toml") as caught:
        load_sites(file)
    assert named in str(caught.value)


def test_the_file_lies_beside_the_library_unless_another_is_named(tmp_path: Path) -> None:
    assert sites_from(Settings(data=tmp_path)) == ()
    written(tmp_path, ALL)
    assert [site.id for site in sites_from(Settings(data=tmp_path))] == ["courier", "closed"]
    written(tmp_path, ALL.replace('"uk"', '"xx"'))
    with pytest.raises(SettingsError, match="does not speak 'xx'; it speaks en"):
        sites_from(Settings(data=tmp_path))
    with pytest.raises(SettingsError, match=r"elsewhere\.toml: No such file"):
        sites_from(Settings(data=tmp_path, sites=tmp_path / "elsewhere.toml"))


def test_the_sample_names_one_open_site() -> None:
    (site,) = load_sites(SAMPLE / "sites.toml")
    assert site.origins
    assert site.starters


def test_names_that_the_library_does_not_hold_are_told(tmp_path: Path) -> None:
    sites = load_sites(written(tmp_path, ALL))
    told = unknown_names(sites, outlets=["The Ouldan Courier"], sections=["weather"])
    assert told == ["sites.toml: courier: the library holds nothing of the section 'Weather'; 'weather' may be meant"]
    (misspelt,) = unknown_names(
        [Site(id="a", title="A", outlets=("Ouldan Courier",))], outlets=["The Ouldan Courier", "Wire"], sections=[]
    )
    assert misspelt.endswith("of the outlet 'Ouldan Courier'; 'The Ouldan Courier' may be meant")
    (unheard,) = unknown_names([Site(id="a", title="A", outlets=("Zephyr",))], outlets=["Wire"], sections=[])
    assert unheard.endswith("nothing of the outlet 'Zephyr'")


def site(**values: Any) -> Site:
    return Site(id="a", title="A", **values)


def test_a_reader_can_narrow_what_a_site_answers_from_and_never_widen_it() -> None:
    bounded = site(outlets=("Courier", "Weekly"), sections=("Weather",)).bounded
    assert bounded(Filters()) == Filters(sources=("Courier", "Weekly"), sections=("Weather",))
    assert bounded(Filters(sources=("Weekly", "Register"))).sources == ("Weekly",)
    assert bounded(Filters(sections=("Sport",))).sections == ("Weather",)
    assert bounded(Filters(kinds=("news",), articles=("x",))).articles == ("x",)
    with pytest.raises(QuestionError, match="does not answer from Register"):
        bounded(Filters(sources=("Register",)))
    assert site().bounded(Filters(sources=("Register",))).sources == ("Register",)


@pytest.mark.parametrize(
    ("source", "section", "covered"),
    [("Courier", "Weather", True), ("Courier", None, False), ("Register", "Weather", False)],
)
def test_a_site_covers_articles_of_its_outlets_and_sections(source: str, section: str | None, covered: bool) -> None:
    story = article("It rained.", source=source, section=section)
    assert site(outlets=("Courier",), sections=("Weather",)).covers(story) is covered
    assert site().covers(story)


def test_a_token_holds_for_ten_minutes_its_site_and_its_process() -> None:
    now = 1000.0
    tokens = SiteTokens(b"secret", clock=lambda: now)
    token = tokens.issue("courier")
    assert token.expires == 1600
    assert tokens.site_of(token.text) == "courier"
    name, issued, signature = token.text.split(".")
    later = SiteTokens(b"another secret", clock=lambda: now + 1).issue("courier").text.split(".")[1]
    forged = [
        f"other.{issued}.{signature}",
        f"{name}.{later}.{signature}",
        f"{name}.{issued}.",
        "",
        "é.1.x",
    ]
    assert [tokens.site_of(text) for text in forged] == [None] * 5
    assert SiteTokens(clock=lambda: now).site_of(token.text) is None
    now = 1599.9
    assert tokens.site_of(token.text) == "courier"
    now = 1600.0
    assert tokens.site_of(token.text) is None
