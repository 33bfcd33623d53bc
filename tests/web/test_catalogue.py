"""What people are told is in the catalogue, `rag/messages/`, and not in the code and templates of the web front."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import messages
from tests.conftest import ROOT

WEB = ROOT / "web"
FOR_PROGRAMS = ("web/api/", "web/security/")
"""Their errors are seen only by those who write a program or start the server."""
FOR_DEVELOPERS = {"ValueError", "TypeError", "RuntimeError"}
SENTENCE = re.compile(r"(?:\b[A-Za-z]['’a-z]*[,;:]? ){3}[a-z]+")
"""Four words in a row."""
LABEL = re.compile(r"[A-Za-z]{2,} [a-z]{2,}|[A-Z][a-z]{2,}")
"""Two words, or one that begins as a sentence does."""
PROPER_NAMES = {"Dateline"}
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
UNSEEN = re.compile(r"<!doctype[^>]*>|<(script|style)\b.*?</\1>", re.DOTALL)
READ_ALOUD = re.compile(r'\b(?:aria-label|alt|title|placeholder)="([^"]*)"')


def literals(module: Path) -> Iterator[str]:
    """The strings of a module but for docstrings, log lines, errors of the program itself and API descriptions."""
    tree = ast.parse(module.read_text("utf-8"))
    skipped = {part for node in ast.walk(tree) for root in unseen(node) for part in ast.walk(root)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in skipped:
            yield node.value


def unseen(node: ast.AST) -> list[ast.AST]:
    """The parts of a node whose strings readers do not see."""
    match node:
        case ast.Expr(value=ast.Constant() as docstring):
            return [docstring]
        case ast.keyword(arg="summary" | "description"):
            return [node]
        case ast.Dict(keys=keys, values=values):
            named = zip(keys, values, strict=True)
            return [value for key, value in named if isinstance(key, ast.Constant) and key.value == "description"]
        case ast.Call(func=function) if ast.unparse(function).startswith("log."):
            return [node]
        case ast.Call(func=ast.Name(id=name)) if name in FOR_DEVELOPERS:
            return [node]
        case ast.FunctionDef(name="_described"):
            return [node]
    return []


def shown(template: str) -> Iterator[str]:
    """The texts of a template that people see or hear: between tags, and in attributes that are read aloud."""
    markup = UNSEEN.sub("", JINJA.sub("", template))
    yield from READ_ALOUD.findall(markup)
    yield from (text.strip() for text in re.split(r"<[^>]*>", markup))


def modules() -> list[str]:
    paths = [path.relative_to(ROOT).as_posix() for path in sorted(WEB.rglob("*.py"))]
    return [path for path in paths if not path.startswith(FOR_PROGRAMS)]


@pytest.mark.parametrize("module", modules())
def test_no_sentence_stands_in_the_code(module: str) -> None:
    assert [text for text in literals(ROOT / module) if SENTENCE.search(text)] == []


@pytest.mark.parametrize("template", sorted(path.relative_to(WEB).as_posix() for path in WEB.rglob("*.html")))
def test_no_words_stand_in_a_template(template: str) -> None:
    texts = shown((WEB / template).read_text("utf-8"))
    assert [text for text in texts if LABEL.search(text) and text.strip(" ·") not in PROPER_NAMES] == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("this version is not kept", True),
        ("default-src 'self'; style-src 'self'", False),
        ("public, max-age=300", False),
    ],
)
def test_a_sentence_is_told_from_a_header(text: str, is_found: bool) -> None:
    assert bool(SENTENCE.search(text)) == is_found


def test_a_label_in_a_template_is_found() -> None:
    texts = list(shown('<th aria-label="Last success">{{ x }}</th><td>{% if y %}well{% endif %}</td><p>Outlet</p>'))
    assert [text for text in texts if LABEL.search(text)] == ["Last success", "Outlet"]


def test_each_sentence_has_one_name() -> None:
    names: Counter[str] = Counter()
    for module in (ROOT / "rag" / "messages").glob("*.py"):
        for node in ast.parse(module.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                names[node.name] += 1
            elif isinstance(node, ast.Assign):
                names.update(
                    part.id for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name)
                )
    names = Counter({name: count for name, count in names.items() if not name.startswith("_")})
    assert names
    assert all(hasattr(messages, name) for name in names)
    assert [name for name, count in names.items() if count > 1] == []
