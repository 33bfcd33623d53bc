"""`python -m tests.clients.table --data DIR`: tries other people's clients, and writes the table in `docs/api.md`.

`make test-clients` makes their environments, which are no part of the project's own, and calls it.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.web.conftest import serving

HERE = Path(__file__).parent
PAGE = ROOT / "docs" / "api.md"
BEGIN, END = "<!-- written by make test-clients -->\n", "<!-- end of the table -->\n"
FEATURES = {
    "plain": "plain",
    "stream": "stream",
    "helper": "stream helper",
    "history": "conversation",
    "errors": "errors",
    "annotations": "annotations",
    "structured": "structured output",
}
_OWN_CLIENTS = ("openai-python, chat", "openai-python, responses")
"""Those that the project's own environment has, in another version."""
Row = dict[str, Any]


def tried(url: str, *, python: Path, node: str = "node") -> Iterable[Row]:
    """What every client made of every feature.

    Args:
        url: Of the server.
        python: Interpreter of the environment that has the Python clients.
        node: The JavaScript interpreter.
    """
    commands: Sequence[Sequence[str]] = (
        (sys.executable, str(HERE / "clients.py"), url, *_OWN_CLIENTS),
        (str(python), str(HERE / "clients.py"), url),
        (node, str(HERE / "clients.mjs"), url),
    )
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=True)
        yield from (json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"client"'))


def written(rows: Iterable[Row]) -> str:
    """The table in Markdown: `yes`, `refused` (as it should be), `no`, or nothing where a client has no such thing."""
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        right = "refused" if row["feature"] == "structured" else "yes"
        of_client = cells.setdefault((row["client"], row["version"]), {})
        of_client[row["feature"]] = "**no**" if row["error"] else right
    lines = [f"| client | version | {' | '.join(FEATURES.values())} |", f"|---|---|{'---|' * len(FEATURES)}"]
    for (client, version), of_client in sorted(cells.items()):
        lines.append(f"| {client} | {version} | {' | '.join(of_client.get(name, '') for name in FEATURES)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Writes the table; returns 1 if a cell is `no`, with the errors on stderr."""
    parser = argparse.ArgumentParser(description="Tries other people's clients.")
    parser.add_argument("--data", type=Path, required=True, help="library of the sample articles")
    parser.add_argument("--python", type=Path, default=ROOT / ".clients" / "bin" / "python")
    options = parser.parse_args()
    with serving(options.data) as server:
        rows = list(tried(server.url, python=options.python))
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}{written(rows)}{END}{rest.partition(END)[2]}", encoding="utf-8")
    failed = [row for row in rows if row["error"]]
    for row in failed:
        print(f"{row['client']} {row['version']}, {row['feature']}: {row['error'][:500]}", file=sys.stderr)  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
