"""`python -m ingest SOURCE...` and `python -m ingest rebuild`."""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from ingest.pipeline import Progress, ingest, resume
from ingest.report import Report
from rag.errors import DatelineError
from rag.library import discard_indexes, make_library
from rag.settings import load_settings

_SHOWN_REMARKS = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit code: 0 all in or known, 1 refused or pending, 2 misuse."""
    parser = _parser()
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    web = next((s for s in options.sources if s.startswith(("http://", "https://"))), None)
    if web:
        parser.error(f"{web}: web addresses are not fetched in this version; save the page and give the file")
    try:
        report = _run(options)
    except DatelineError as error:
        print(f"ingest: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except KeyboardInterrupt:
        print("ingest: interrupted; run the same command again to go on", file=sys.stderr)  # noqa: T201
        return 130
    _print(report, as_json=options.json)
    return 0 if report.complete else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingest",
        description="Brings articles into the library.",
        epilog="`python -m ingest rebuild` derives both indexes anew from the record, "
        "e.g. after a change of embedding model.",
    )
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help="file or folder; or the word `rebuild`")
    parser.add_argument("--data", type=Path, help="directory of the library (default: ./data)")
    parser.add_argument("--json", action="store_true", help="print the report as one JSON object")
    return parser


def _run(options: argparse.Namespace) -> Report:
    settings = load_settings(options.data)
    rebuilding = options.sources == ["rebuild"]
    if rebuilding:
        discard_indexes(settings)
    library = make_library(settings)
    try:
        with tqdm(unit="passage", desc="embedding", file=sys.stderr, disable=None, leave=False) as bar:
            if rebuilding:
                return resume(library, progress=_shown_on(bar))
            return ingest([Path(source) for source in options.sources], library, progress=_shown_on(bar))
    finally:
        library.close()


def _shown_on(bar: "tqdm[None]") -> Progress:
    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return show


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(report.as_json(), ensure_ascii=False))  # noqa: T201
        return
    for title, remarks in (("refused", report.refusals), ("warning", report.warnings)):
        for remark in remarks[:_SHOWN_REMARKS]:
            print(f"{title}: {remark.source}: {remark.reason}", file=sys.stderr)  # noqa: T201
        if len(remarks) > _SHOWN_REMARKS:
            print(f"... and {len(remarks) - _SHOWN_REMARKS} more; --json lists all", file=sys.stderr)  # noqa: T201
    print(  # noqa: T201
        f"{report.seen} seen: {report.added} added, {report.updated} updated, {report.unchanged} unchanged, "
        f"{report.duplicate} duplicate, {report.refused} refused, {report.pending} pending; "
        f"{report.passages} new passages in {report.seconds:.1f} s"
    )


if __name__ == "__main__":
    sys.exit(main())
