"""`python -m evals run`, `describe`, `import`, `compare`, `gate` and `score`."""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from evals.evaluation import Options, Run, Selection, evaluate
from evals.suites import load_suite
from evals.terminal import metrics_table
from rag.errors import DatelineError
from rag.settings import load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit code: 0 done, 1 the gate is red, 2 misuse."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        code: int = options.command(options)
    except DatelineError as error:
        print(f"evals: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except KeyboardInterrupt:
        print("evals: interrupted; run the same command with the same --out to go on", file=sys.stderr)  # noqa: T201
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals", description="Evaluates question answering over news.")
    commands = parser.add_subparsers(required=True)
    _add_run(commands.add_parser("run", help="ask a suite's questions and score the answers"))
    return parser


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("suite", type=Path, metavar="SUITE_DIR")
    parser.add_argument("--data", type=Path, help="directory of the libraries (default: ./data)")
    parser.add_argument("--out", type=Path, help="folder of the run (default: runs/NAME-TIME)")
    parser.add_argument("--limit", type=int, help="only the first N questions")
    parser.add_argument("--tag", action="append", default=[], help="only questions with this tag; may be repeated")
    parser.add_argument("--only", action="append", default=[], metavar="ID", help="only this question; may be repeated")
    parser.add_argument("--retrieval-only", action="store_true", help="search, and make no answers")
    parser.add_argument("--time-travel", type=int, metavar="DAYS", help="ask each question DAYS earlier as well")
    parser.add_argument("--workers", type=int, help="questions asked at the same time")
    parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    suite = load_suite(options.suite)
    settings = load_settings(options.data)
    out = options.out or Path("runs") / f"{suite.name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    selection = Selection(options.limit, tuple(options.tag), tuple(options.only), options.time_travel)
    run = evaluate(
        suite,
        settings,
        Options(out, selection, retrieval_only=options.retrieval_only, workers=options.workers),
    )
    _print(run, out, as_json=options.json)
    return 0


def _print(run: Run, out: Path, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(run.summary.as_json(), ensure_ascii=False))  # noqa: T201
        return
    print(metrics_table(run.summary.metrics))  # noqa: T201
    print(f"\n{len(run.records)} cases in {out}")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
