"""`python -m rag search` and `python -m rag ask`."""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rag.dates import parse_as_of
from rag.engine import HITS, Dateline, open_dateline
from rag.errors import DatelineError
from rag.messages import UNDATED, UNKNOWN_OUTLET, UNTITLED, as_of_line
from rag.models import Answer, Article, Hit
from rag.schemas import answer_json, explained_json, search_json
from rag.settings import load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code: 0 done, 2 misuse or no usable library."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        as_of = parse_as_of(options.as_of) if options.as_of else None
        dateline = open_dateline(load_settings(options.data))
        if options.command == "search":
            _search(dateline, options, as_of)
        else:
            _ask(dateline, options, as_of)
    except DatelineError as error:
        print(f"rag: {error}", file=sys.stderr)  # noqa: T201
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rag", description="Searches and asks the library.")
    commands = parser.add_subparsers(dest="command", required=True)
    search = commands.add_parser("search", help="the best passages for a query")
    search.add_argument("question", metavar="QUERY")
    search.add_argument("-k", type=_positive, default=HITS, help=f"passages to print (default {HITS})")
    search.add_argument("--neighbours", action="store_true", help="print the passages before and after each one too")
    ask = commands.add_parser("ask", help="a cited answer to a question")
    ask.add_argument("question", metavar="QUESTION")
    for command in (search, ask):
        command.add_argument("--as-of", help="only articles published up to this ISO date or time, UTC")
        command.add_argument("--data", type=Path, help="directory of the library (default: ./data)")
        command.add_argument(
            "--explain", action="store_true", help="how the question was understood, and why each passage ranked"
        )
        command.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _search(dateline: Dateline, options: argparse.Namespace, as_of: datetime | None) -> None:
    hits = dateline.search(options.question, k=options.k, as_of=as_of)
    explained = _explained(dateline, options, as_of, hits)
    if options.json:
        print(json.dumps(search_json(hits) | explained, ensure_ascii=False))  # noqa: T201
        return
    for hit in hits:
        before, after = dateline.library.record.neighbours(hit.passage) if options.neighbours else ("", "")
        text = "\n   ".join(part for part in (before, hit.passage.text, after) if part)
        copies = f"\n   also: {'; '.join(map(_described, hit.copies))}" if hit.copies else ""
        print(f"{hit.rank}. {_described(hit.passage.article)}\n   {text}{copies}\n")  # noqa: T201
    if explained:
        print(json.dumps(explained, ensure_ascii=False, indent=1))  # noqa: T201


def _explained(
    dateline: Dateline, options: argparse.Namespace, as_of: datetime | None, hits: Sequence[Hit]
) -> dict[str, Any]:
    return explained_json(dateline.understand(options.question, as_of=as_of), hits) if options.explain else {}


def _ask(dateline: Dateline, options: argparse.Namespace, as_of: datetime | None) -> None:
    answer = dateline.ask(options.question, as_of=as_of)
    explained = _explained(dateline, options, as_of, answer.hits)
    if options.json:
        print(json.dumps(answer_json(answer) | explained, ensure_ascii=False))  # noqa: T201
        return
    print(_readable(answer))  # noqa: T201
    if explained:
        print(json.dumps(explained, ensure_ascii=False, indent=1))  # noqa: T201


def _readable(answer: Answer) -> str:
    citations = [
        f"[{citation.marker}] {_described(citation.passage.article)}\n    “{citation.quote}”"
        for citation in answer.citations
    ]
    newest = str(answer.newest_source) if answer.newest_source else None
    return "\n".join([answer.text, "", *citations, *answer.notes, as_of_line(answer.as_of, newest)])


def _described(article: Article) -> str:
    date = article.published_at or UNDATED
    return f"{article.source or UNKNOWN_OUTLET}, {date}: {article.title or UNTITLED} {article.url or ''}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
