"""`python -m docs.drawing`: draws the packages and who imports whom, from the code, into `docs/architecture.md`.

An arrow points from a package to what it imports; an arrow that follows from others is left out
(transitive reduction, Aho, Garey and Ullman 1972).
"""

from pathlib import Path

import grimp

ROOTS = ("web", "evals", "ingest", "rag")
PAGE = Path(__file__).with_name("architecture.md")
_BEGIN, _END = "<!-- drawn by docs/drawing.py -->\n", "<!-- end of the drawing -->\n"
_SMALL = (
    "errors",
    "dates",
    "models",
    "settings",
    "text",
    "urls",
    "markers",
    "messages",
    "schemas",
    "outlets",
    "deadlines",
)
"""Modules of `rag` that nearly everything imports; arrows to them would hide the others."""


def drawing() -> str:
    """The packages as a Mermaid flowchart."""
    edges = _reduced(_imports())
    lines = ["flowchart TD"]
    for root in ROOTS:
        lines.append(f"  subgraph {root}")
        lines += [f"    {_id(name)}[{name.partition('.')[2]}]" for name in sorted(edges) if name.startswith(f"{root}.")]
        lines.append("  end")
    lines += [f"  {_id(name)} --> {_id(other)}" for name in sorted(edges) for other in sorted(edges[name])]
    return "```mermaid\n" + "\n".join(lines) + "\n```\n"


def drawn_page() -> str:
    """`architecture.md` with the drawing of today's code."""
    before, _, rest = PAGE.read_text("utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return before + _BEGIN + drawing() + _END + after


def _imports() -> dict[str, set[str]]:
    """Each package or module directly under a root, and those that it imports."""
    graph = grimp.build_graph(*ROOTS)
    edges: dict[str, set[str]] = {}
    for module in graph.modules:
        part = _part(module)
        for imported in graph.find_modules_directly_imported_by(module) if part else ():
            other = _part(imported)
            if other and other != part:
                edges.setdefault(part, set()).add(other)
                edges.setdefault(other, set())
    return edges


def _part(module: str) -> str:
    """The package under a root that a module belongs to; empty for the small ones and for the commands."""
    part = ".".join(module.split(".")[:2])
    name = part.partition(".")[2]
    return "" if not name or name == "__main__" or part in {f"rag.{small}" for small in _SMALL} else part


def _reduced(edges: dict[str, set[str]]) -> dict[str, set[str]]:
    def reached(name: str) -> set[str]:
        return set().union(*(({other} | reached(other)) for other in edges[name]))

    return {name: others - set().union(*(reached(other) for other in others)) for name, others in edges.items()}


def _id(name: str) -> str:
    return name.replace(".", "_")


if __name__ == "__main__":
    PAGE.write_text(drawn_page(), "utf-8")
