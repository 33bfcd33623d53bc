"""No pattern of ours, and nothing that strangers' articles go through, takes a time that grows faster than the text."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import ingest
import rag
from ingest.formats.charset import decoded_text
from ingest.normalize.corrections import correction_notice, notice_date
from ingest.normalize.dates import news_date
from ingest.normalize.genre import kind_of
from ingest.normalize.language import language_of
from ingest.normalize.records import read_record
from ingest.normalize.text import clean_text
from rag.errors import RefusedArticle
from rag.indexes.chunking import passages_of
from tests.conftest import article
from tests.pumping import attacks, grows_too_fast

STRINGS = {
    "rag.query.outlet_mentions": ("_ASKS_FOR",),
}
"""Patterns that are kept as text."""
EXAMPLES = {
    "name": "Anna Berg",
    "value": "5,000",
    "text": "anna berg",
    "said": "5",
    "words": "hours?",
    "last": "Berg",
    "outlet": "(?:[Tt]he )?Courier",
    "brand": "Courier",
    "ends": r"^\W*(?:shorter)\b[\s,:;-]*(?=\w)|(?<![\s,;-])[\s,;-]+(?:shorter)(?:,? please)?(?=\W*$)",
}
"""What a pattern that is made where it is used is made of."""
KEPT = {"pattern"}
"""How patterns of `STRINGS` are named where they are used."""
WRITTEN_ELSEWHERE = {"says", "_written(outlet, name)", "pattern.format(name=f'(?-i:{name})')"}
"""Patterns that a function writes; each is a name between word boundaries, as those of `EXAMPLES` are."""


def modules() -> Iterator[ModuleType]:
    for package in (rag, ingest):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            # Training reads its own data sets, never what strangers write, and needs torch.
            if not found.name.endswith("__main__") and not found.name.startswith("rag.reading.training"):
                yield importlib.import_module(found.name)


def held(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from held(inner, f"{name}[{key!r}]")
    elif isinstance(value, tuple | list):
        for number, inner in enumerate(value):
            yield from held(inner, f"{name}[{number}]")
    else:
        yield name, value


def kept_patterns(module: ModuleType) -> Iterator[tuple[str, re.Pattern[Any]]]:
    for name, value in vars(module).items():
        for inner, pattern in held(value, f"{module.__name__}.{name}"):
            if isinstance(pattern, re.Pattern):
                yield inner, pattern
            elif isinstance(pattern, str) and name in STRINGS.get(module.__name__, ()):
                yield inner, re.compile(pattern.replace("{name}", "Courier"), re.IGNORECASE)


def made_patterns(module: ModuleType) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Patterns that are made in functions; one of a new form fails here until `EXAMPLES` says what it is made of."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    for call in (node for function in functions(tree) for node in ast.walk(function) if isinstance(node, ast.Call)):
        name = ast.unparse(call.func)  # `re.sub`, and not `re.search(...).group`
        if re.fullmatch(r"re\.[a-z]+", name) and name != "re.escape":
            made = ast.unparse(call.args[0])
            if made not in KEPT | WRITTEN_ELSEWHERE:
                text = eval(made, vars(module) | EXAMPLES)
                yield f"{module.__name__}: {made}", text if isinstance(text, re.Pattern) else re.compile(text)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def only_matched(name: str) -> bool:
    """A pattern that is never looked for further on in a text is tried at its beginning alone."""
    module, _, variable = name.partition("[")[0].rpartition(".")
    file = Path(str(importlib.import_module(module).__file__)) if not name.count(":") else None
    uses = set(re.findall(rf"\b{variable}\.(\w+)\(", file.read_text(encoding="utf-8"))) if file else set()
    return bool(uses) and uses <= {"match", "fullmatch"}


PATTERNS = dict(pair for module in modules() for pair in (*kept_patterns(module), *made_patterns(module)))


def searched(name: str, pattern: re.Pattern[Any]) -> Callable[[str], object]:
    def work(text: str) -> object:
        given: Any = text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text
        return pattern.match(given) if only else sum(1 for _ in pattern.finditer(given))

    only = only_matched(name)
    return work


@pytest.mark.parametrize(
    "every",
    [
        pytest.param(7, id="some"),
        pytest.param(1, id="all", marks=[pytest.mark.slow, pytest.mark.timeout(1200)]),
    ],
)
def test_no_pattern_grows_faster_than_its_text(every: int) -> None:
    assert len(PATTERNS) > 130
    slow = [
        (name, beginning, piece)
        for name, pattern in PATTERNS.items()
        for beginning, piece in list(attacks(pattern))[::every]
        if grows_too_fast(searched(name, pattern), piece, beginning)
    ]
    assert not slow


def test_a_pattern_that_grows_too_fast_is_found() -> None:
    for bad in (r"\s*(?:,|\band\b)\s*", r"<[^>]*>", r"\w+@", r"x\s*\s*y"):
        pattern = re.compile(bad)
        assert any(grows_too_fast(searched(":", pattern), piece, before) for before, piece in attacks(pattern)), bad


PIECES = (
    *(" ", "\n", "a", "A ", "A. ", "U.S.", "&", "&amp;", "&#1", "&#0", "<", "<b", "< ", "<b>", "b>", "<p ", "1", "1,"),
    *(
        "-",
        "'",
        '"',
        "“",
        "“a” ",
        "é",
        "â€™",
        "中。",
        "and ",
        "by ",
        "? ",
        "\u0301",
        "\u0316\u0301",
        "\uac00",
        "\ud800",
    ),
    *("(a) ", "[1]", "http://a/", "Correction: ", "\u200d", "\u202e", "p >", "Mr. ", "2026 ", "Anna Berg ", "May 1 "),
)
FUNCTIONS: dict[str, Callable[[str], object]] = {
    "clean_text": clean_text,
    "correction": lambda text: notice_date(correction_notice(text) or f"Correction: {text}"),
    "kind": lambda text: kind_of(stated=None, title=text, section=text, url=f"https://a.example/{text}"),
    "language": lambda text: language_of(text, text),
    "passages": lambda text: passages_of(article(f"a{text}")),
    "date": news_date,
    "decoding": lambda text: decoded_text(text.encode("utf-8", "replace") + b"\xff\xe9", text),
    "title and authors": lambda text: read_record(
        {"text": "It rained.", "title": text, "author": text, "source": text, "section": text}, origin="test"
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_reading_of_an_article_grows_faster_than_its_text(name: str) -> None:
    def work(text: str) -> None:
        try:
            FUNCTIONS[name](text)
        except (RefusedArticle, ValueError):
            return

    assert not [piece for piece in PIECES if grows_too_fast(work, piece, suffix="")]


@pytest.mark.parametrize(
    "text",
    ["\u0316\u0301" * 250_000, "“" * 400_000, "<" * 100_000 + "b>" * 100_000, "&#" + "1" * 500_000, " a" * 250_000],
    ids=["accents", "quotes", "nested tags", "a long number", "words"],
)
def test_half_a_megabyte_of_what_once_took_minutes_are_read_at_once(text: str) -> None:
    """The suite's own time limit is what fails this."""
    reading = read_record({"title": "A title", "text": f"It rained. {text}"}, origin="test")
    assert passages_of(reading.article)[0].text.startswith("It rained.")
    assert clean_text(reading.article.text) == reading.article.text
