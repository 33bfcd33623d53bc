"""`python -m ingest SOURCE...`, and what else is done to a library: rebuild, check, withdraw, forget, back up."""

import argparse
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from threading import Event

from tqdm import tqdm

from ingest.backup import back_up, restore
from ingest.command_line import about_arguments, is_address, parser_of_arguments
from ingest.crawl.discovery import discover, discover_outlet
from ingest.crawl.fan_in import merge_streams
from ingest.crawl.session import CrawlSession, crawl_session
from ingest.crawl.watch import stopping, watch
from ingest.formats.files import raw_inputs
from ingest.maintenance import Findings, article_ids, check, forget, record_of
from ingest.models import RawInput
from ingest.pipeline import Progress, ingest_inputs, resume
from ingest.report import Report
from ingest.status import status_json, status_text
from rag.errors import DatelineError
from rag.library.integrity import DAMAGED, ensure_indexes, indexes_answer
from rag.library.library import Library, discard_indexes, make_library, open_library
from rag.outlets import load_outlets
from rag.settings import Settings, load_settings
from rag.store.token_ledger import USAGE_FILE, TokenLedger, TokenSum

_SHOWN_REMARKS = 20
_SHOWN_DAYS = 7
"""For which `status` tells what the language model cost."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit code: 0 all in or known, 1 refused or pending, 2 misuse."""
    parser = parser_of_arguments()
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    if problem := about_arguments(options, commands=_COMMANDS):
        parser.error(problem)
    if options.inputs and options.inputs[0] in _COMMANDS:
        run = _COMMANDS[options.inputs[0]]
    else:
        run = _watch if options.watch else _ingest
    try:
        return run(options)
    except DatelineError as error:
        print(f"ingest: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except KeyboardInterrupt:
        print("ingest: interrupted; run the same command again to go on", file=sys.stderr)  # noqa: T201
        return 130


def _ingest(options: argparse.Namespace) -> int:
    settings = load_settings(options.data)
    outlets = load_outlets(options.outlets_file) if options.outlets_file else ()
    ensure_indexes(settings)
    with (
        _opened(make_library(settings)) as (library, progress),
        crawl_session(
            library,
            settings,
            outlets,
            allow_private=options.allow_private,
            only_due=options.due,
            again=options.again,
        ) as how,
    ):
        given = (_inputs_of(name, how) for name in options.inputs)
        named = merge_streams([discover_outlet(outlet, how) for outlet in outlets], stop=Event())
        inputs = chain(chain.from_iterable(given), (raw for raw in named if raw is not None))
        obey = settings.opt_outs == "obey"
        report = ingest_inputs(inputs, library, progress=progress, again=options.again, obey_opt_outs=obey)
    if not (report.seen or report.warnings or options.json):
        print("nothing is due" if options.due else "the sources name nothing to read")  # noqa: T201
    return _reported(report, options)


def _watch(options: argparse.Namespace) -> int:
    settings = load_settings(options.data)
    outlets = load_outlets(options.outlets_file)
    ensure_indexes(settings)
    with (
        _opened(make_library(settings)) as (library, _),
        stopping() as stop,
        crawl_session(library, settings, outlets, allow_private=options.allow_private, only_due=True, stop=stop) as how,
    ):
        obey = settings.opt_outs == "obey"
        watch(outlets, library, how, stop=stop, report=lambda report: _say(report, options), obey_opt_outs=obey)
    return 0


def _inputs_of(name: str, how: CrawlSession) -> Iterator[RawInput]:
    if not is_address(name):
        return raw_inputs(Path(name))
    scheme, _, rest = name.partition(":")
    return discover(f"{scheme.lower()}:{rest}", how)


def _status(options: argparse.Namespace) -> int:
    settings, since = load_settings(options.data), datetime.now(UTC) - timedelta(days=1)
    with record_of(settings) as record:
        seeds = record.crawl_state.seed_statuses(since=since)
    tokens = _tokens(settings.data / USAGE_FILE)
    if options.json:
        print(json.dumps(status_json(seeds, since=since, tokens=tokens)))  # noqa: T201
    else:
        print(status_text(seeds, tokens=tokens))  # noqa: T201
    return 1 if any(seed.failing_since for seed in seeds) else 0


def _tokens(file: Path) -> tuple[TokenSum, ...]:
    """What the language model cost in the last days; nothing where it was never asked."""
    if not file.exists():
        return ()
    with closing(TokenLedger(file)) as ledger:
        return ledger.sums(since=datetime.now(UTC).date() - timedelta(days=_SHOWN_DAYS - 1))


def _rebuild(options: argparse.Namespace) -> int:
    settings = load_settings(options.data)
    discard_indexes(settings)
    return _said_derived("rebuilt", _derived(settings), settings, options)


def _check(options: argparse.Namespace) -> int:
    settings = load_settings(options.data)
    if not indexes_answer(settings.data):
        _mend(settings, DAMAGED)
    findings = _checked(settings)
    if findings.has_surplus:
        surplus = f"{findings.surplus_by_words} passages by words and {findings.surplus_by_vector} by vector"
        _mend(settings, f"the indexes hold what the record does not ({surplus}); they are rebuilt from the record")
        findings = _checked(settings)
    print(json.dumps(asdict(findings)) if options.json else _found(findings.whole, asdict(findings)))  # noqa: T201
    return 0 if findings.whole and not findings.pending else 1


def _mend(settings: Settings, reason: str) -> None:
    print(f"ingest: {reason}", file=sys.stderr)  # noqa: T201
    discard_indexes(settings)
    _derived(settings)


def _checked(settings: Settings) -> Findings:
    with _opened(open_library(settings)) as (library, progress):
        if library.record.journal.stands():
            resume(library, progress=progress)
        with library.writing():
            return check(library)


def _withdraw(options: argparse.Namespace) -> int:
    _check_named(options)
    with _opened(open_library(load_settings(options.data))) as (library, progress):
        with library.writing() as writer:
            ids = article_ids(library, names=options.inputs[1:], outlet=options.outlet)
            withdrawn = writer.withdraw(ids, for_good=True)
        print(f"{withdrawn} articles withdrawn; the record keeps them, marked")  # noqa: T201
        return _all_derived(library, progress)


def _forget(options: argparse.Namespace) -> int:
    _check_named(options)
    settings = load_settings(options.data)
    with _opened(open_library(settings)) as (library, progress):
        with library.writing() as writer:
            ids = article_ids(library, names=options.inputs[1:], outlet=options.outlet)
            if ids:
                forget(library, writer, ids, feedback_days=settings.feedback_days)
        print(f"{len(ids)} articles forgotten")  # noqa: T201
        return _all_derived(library, progress)


def _all_derived(library: Library, progress: Progress) -> int:
    """Derives what of the others' vectors is lacking, and says what cannot be."""
    report = resume(library, progress=progress)
    for warning in report.warnings:
        print(f"warning: {warning.origin}: {warning.reason}", file=sys.stderr)  # noqa: T201
    return 0 if report.complete else 1


def _backup(options: argparse.Namespace) -> int:
    settings, file = load_settings(options.data), _only_file(options)
    back_up(settings, file)
    with record_of(settings) as record:
        held = f"{record.article_count():,} articles"
    print(f"{held} of {settings.data} are in {file} ({file.stat().st_size / 1e6:.1f} MB)")  # noqa: T201
    return 0


def _restore(options: argparse.Namespace) -> int:
    settings = load_settings(options.data)
    restore(settings, _only_file(options))
    return _said_derived("restored", _derived(settings), settings, options)


_COMMANDS = {
    "status": _status,
    "rebuild": _rebuild,
    "check": _check,
    "withdraw": _withdraw,
    "forget": _forget,
    "backup": _backup,
    "restore": _restore,
}


def _check_named(options: argparse.Namespace) -> None:
    if not options.inputs[1:] and not options.outlet:
        raise DatelineError(
            f"{options.inputs[0]} takes the addresses or ids of articles, or --source NAME; none is given"
        )


def _only_file(options: argparse.Namespace) -> Path:
    if len(options.inputs) != 2:
        raise DatelineError(f"{options.inputs[0]} takes one FILE")
    return Path(options.inputs[1])


def _said_derived(done: str, report: Report, settings: Settings, options: argparse.Namespace) -> int:
    """Say what was rebuilt; returns the exit code."""
    if options.json:
        return _reported(report, options)
    for warning in report.warnings:
        print(f"warning: {warning.origin}: {warning.reason}", file=sys.stderr)  # noqa: T201
    with record_of(settings) as record:
        held = f"{record.article_count():,} articles in {record.passage_count():,} passages"
    pending = f", {report.pending} without vectors yet" if report.pending else ""
    print(f"{done}: {held} are in both indexes of {settings.data}{pending}; {report.seconds:.1f} s")  # noqa: T201
    return 0 if report.complete else 1


def _derived(settings: Settings) -> Report:
    with _opened(make_library(settings)) as (library, progress):
        return resume(library, progress=progress)


@contextmanager
def _opened(library: Library) -> Iterator[tuple[Library, Progress]]:
    try:
        with tqdm(unit="passage", desc="embedding", file=sys.stderr, disable=None, leave=False) as bar:
            yield library, _shown_on(bar)
    finally:
        library.close()


def _found(whole: bool, findings: dict[str, int]) -> str:
    counts = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in findings.items())
    return f"{'whole' if whole else 'DAMAGED, run `python -m ingest rebuild`'}: {counts}"


def _shown_on(bar: "tqdm[None]") -> Progress:
    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return show


def _reported(report: Report, options: argparse.Namespace) -> int:
    _say(report, options)
    return 0 if report.complete else 1


def _say(report: Report, options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps(report.as_json(), ensure_ascii=False), flush=True)  # noqa: T201
    else:
        _print(report)


def _print(report: Report) -> None:
    for title, remarks, number in (
        ("refused", report.refusals, report.refused),
        ("warning", report.warnings, report.warned),
    ):
        for remark in remarks[:_SHOWN_REMARKS]:
            print(f"{title}: {remark.origin}: {remark.reason}", file=sys.stderr)  # noqa: T201
        if number > _SHOWN_REMARKS:
            listed = "all" if number == len(remarks) else f"the first {len(remarks):,}"
            print(f"... and {number - _SHOWN_REMARKS} more; --json lists {listed}", file=sys.stderr)  # noqa: T201
    print(  # noqa: T201
        f"{report.seen} seen: {report.added} added, {report.updated} updated, {report.unchanged} unchanged, "
        f"{report.duplicate} duplicate, {report.refused} refused, {report.pending} pending; "
        f"{report.passages} new passages in {report.seconds:.1f} s",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
