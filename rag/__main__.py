"""`python -m rag search` and `python -m rag ask`."""

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.answering.evidence_search import HITS
from rag.engine import Dateline, open_dateline
from rag.errors import DatelineError
from rag.messages import UNDATED, UNKNOWN_OUTLET, UNTITLED, as_of_line
from rag.models import Answer, Article, Hit
from rag.schemas import KINDS, Scope, answer_json, explained_json, read_scope, search_json
from rag.settings import at_least_one, load_settings, settings_help

if TYPE_CHECKING:
    from llama_index.core.base.llms.types import ChatMessage

_MORE = "may be repeated"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code: 0 done, 2 misuse or no usable library."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        scope = read_scope(
            outlets=options.outlets, kinds=options.kind, start=options.start, end=options.end, as_of=options.as_of
        )
        sent: list[Sequence[ChatMessage]] = []
        dateline = open_dateline(load_settings(options.data), sent=sent.append if options.explain else None)
        if options.command == "search":
            _search(dateline, options, scope)
        else:
            _ask(dateline, options, scope, sent)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has enough (`| head`); what is left is not to fail once more when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except DatelineError as error:
        print(f"rag: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except KeyboardInterrupt:
        print("rag: interrupted", file=sys.stderr)  # noqa: T201
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rag",
        description="Searches and asks the library.",
        epilog=settings_help(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    search = commands.add_parser("search", help="the best passages for a query")
    search.add_argument("question", metavar="QUERY")
    search.add_argument("-k", type=at_least_one, default=HITS, help=f"passages to print (default {HITS})")
    search.add_argument("--neighbours", action="store_true", help="print the passages before and after each one too")
    ask = commands.add_parser("ask", help="a cited answer to a question")
    ask.add_argument("question", metavar="QUESTION")
    for command in (search, ask):
        command.add_argument("--as-of", metavar="DATE", help="only articles published up to this ISO date or time, UTC")
        command.add_argument(
            "--source",
            dest="outlets",
            action="append",
            default=[],
            metavar="OUTLET",
            help=f"only this outlet; {_MORE}",
        )
        command.add_argument(
            "--kind", action="append", default=[], help=f"only articles of this kind ({', '.join(KINDS)}); {_MORE}"
        )
        command.add_argument("--start", metavar="DATE", help="only articles published then or later")
        command.add_argument("--end", metavar="DATE", help="only articles published then or earlier")
        command.add_argument("--data", type=Path, help="directory of the library (default: DATELINE_DATA, else ./data)")
        command.add_argument(
            "--explain",
            action="store_true",
            help="how the question was understood, why each passage ranked, and what a language model was sent",
        )
        command.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _search(dateline: Dateline, options: argparse.Namespace, scope: Scope) -> None:
    hits = dateline.search(options.question, k=options.k, as_of=scope.as_of, filters=scope.filters)
    explained = _explained(dateline, options, scope, hits)
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
    dateline: Dateline,
    options: argparse.Namespace,
    scope: Scope,
    hits: Sequence[Hit],
    sent: Sequence[Sequence["ChatMessage"]] = (),
) -> dict[str, Any]:
    if not options.explain:
        return {}
    query = dateline.understand(options.question, as_of=scope.as_of, filters=scope.filters)
    return explained_json(query, hits, _prompts(sent))


def _prompts(sent: Sequence[Sequence["ChatMessage"]]) -> dict[str, Any] | None:
    """The version of the prompts, and the messages of each request to the language model."""
    if not sent:
        return None
    from rag.answering.generative.prompts import VERSION  # noqa: PLC0415 - costs seconds

    requests = [[{"role": message.role.value, "content": message.content} for message in each] for each in sent]
    return {"version": VERSION, "requests": requests}


def _ask(
    dateline: Dateline, options: argparse.Namespace, scope: Scope, sent: Sequence[Sequence["ChatMessage"]]
) -> None:
    answer = dateline.ask(options.question, as_of=scope.as_of, filters=scope.filters)
    explained = _explained(dateline, options, scope, answer.hits, sent)
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
