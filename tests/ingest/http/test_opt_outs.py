"""Opt-outs that publishers state for machines."""

import json

import pytest
from protego import Protego

from ingest.http.opt_outs import of_headers, of_robots, of_tdm_file


@pytest.mark.parametrize(
    ("robots", "opted_out"),
    [
        ("User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\nUser-agent: *\nAllow: /", True),
        ("User-agent: ClaudeBot\nDisallow: /news/", True),
        ("User-agent: ClaudeBot\nDisallow: /shop/", False),
        ("User-agent: *\nContent-Signal: search=yes, ai-input=no, ai-train=no\nAllow: /", True),
        ("User-agent: *\nContent-Signal: search=yes, ai-input=yes\nAllow: /", False),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: SomeBot\nDisallow: /", False),
        ("", False),
    ],
)
def test_rules_of_a_robots_txt_for_language_models_are_an_opt_out(robots: str, opted_out: bool) -> None:
    assert bool(of_robots(Protego.parse(robots), robots, "https://register.example/news/locks")) is opted_out


@pytest.mark.parametrize(
    ("headers", "opted_out"),
    [
        ({"tdm-reservation": "1"}, True),
        ({"tdm-reservation": "0"}, False),
        ({"x-robots-tag": "noindex, noai"}, True),
        ({"x-robots-tag": "noimageai"}, False),
        ({}, False),
    ],
)
def test_headers_are_an_opt_out(headers: dict[str, str], opted_out: bool) -> None:
    assert bool(of_headers(headers)) is opted_out


def test_the_longest_location_of_a_tdm_file_counts() -> None:
    rules = [
        {"location": "/", "tdm-reservation": 0},
        {"location": "/news/", "tdm-reservation": 1},
        {"location": "/news/free/", "tdm-reservation": 0},
        {"location": "/*.pdf$", "tdm-reservation": 1},
    ]
    body = json.dumps(rules).encode()
    paths = {"/": False, "/news/locks": True, "/news/free/locks": False, "/plan.pdf": True, "/plan.pdf.html": False}
    assert {path: bool(of_tdm_file(body, path)) for path in paths} == paths
    for broken in (b"", b"{}", b"<html>", b"[3]", b"[" * 9000):
        assert of_tdm_file(broken, "/news/locks") == ()
