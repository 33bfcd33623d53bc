"""Where annotations say that markers stand, in the unit that the client counts in."""

import pytest

from rag.dates import parse_as_of
from rag.models import Answer, Citation, Claim, Passage
from tests.conftest import article
from web.api.annotations import counts_utf16, marker_places

QUOTE = "The 🚀 rocket flew for 40 seconds [2], then fell 😀."
WRITTEN = f"Alder Post: “{QUOTE}”"
TEXT = f"About [7] rockets:\n\n{WRITTEN} [1]\n\nIt fell. [1] [3]"


def answer() -> Answer:
    cited = article(QUOTE, url="https://alder.example/rocket", title="A rocket")
    unlinked = article(QUOTE, id="b", url=None)
    citations = tuple(
        Citation(marker, Passage("p", of, QUOTE, 0, len(QUOTE), ()), QUOTE, 0, len(QUOTE))
        for marker, of in ((1, cited), (3, unlinked))
    )
    claims = (Claim(WRITTEN, (1,), "verified"), Claim("It fell.", (1, 3), "verified"))
    return Answer("Q?", TEXT, "answered", claims, citations, (), parse_as_of("2026-10-01"), None, 1.0, "quotes")


def test_only_the_answers_own_markers_are_annotated() -> None:
    places = list(marker_places(answer(), utf16=False))
    assert [TEXT[place.start : place.end] for place in places] == ["[1]", "[1]"]
    assert places[0].start == TEXT.index("” [1]") + 2
    assert {place.title for place in places} == {"A rocket"}


def test_javascript_finds_them_after_an_emoji() -> None:
    halves = TEXT.encode("utf-16-le")
    places = list(marker_places(answer(), utf16=True))
    assert [halves[2 * place.start : 2 * place.end].decode("utf-16-le") for place in places] == ["[1]", "[1]"]


@pytest.mark.parametrize(
    ("headers", "javascript"),
    [({"sec-fetch-mode": "cors"}, True), ({"x-stainless-lang": "js"}, True), ({"x-stainless-lang": "python"}, False)],
)
def test_a_client_is_javascript_if_it_fetches(headers: dict[str, str], javascript: bool) -> None:
    scope = {"headers": [(name.encode(), value.encode()) for name, value in headers.items()]}
    assert counts_utf16(scope) is javascript
