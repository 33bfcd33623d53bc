"""`python -m evals run`, `describe`, `import`, `compare`, `ablate`, `gate`, `score`, `claims`, `conversations` ..."""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from importlib import import_module
from pathlib import Path

from evals.ablation import METRICS, ablation_row, ablations
from evals.conversations import conversation_metrics, run_conversations, write_outcomes
from evals.datasets import FORMATS, Suite, describe, import_suite, load_conversations, load_suite, write_candidates
from evals.gate import FLOORS_FILE, TOLERANCE, judge, raised, read_floors, suite_digest, verdict_table, write_floors
from evals.metrics import Judge, LexicalJudge
from evals.reporting import (
    REPORT_FILE,
    compare,
    comparison_table,
    in_words,
    metrics_table,
    paired,
    reasons,
    table,
    write_report,
)
from evals.runs import Options, Run, Selection, corpus_of, evaluate, read_predictions, read_prices
from evals.targets import Remote
from rag.errors import DatelineError, SettingsError, SuiteError
from rag.settings import Settings, at_least_one, load_settings, settings_help

SAMPLE_SUITE = Path(__file__).parent / "suites" / "sample"
CONVERSATIONS = Path(__file__).parent / "suites" / "conversations"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit code: 0 done, 1 the gate is red, 2 misuse, or no case got an answer."""
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
    parser = argparse.ArgumentParser(
        prog="python -m evals",
        description="Evaluates question answering over news.",
        epilog=settings_help(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True)
    _add_run(commands.add_parser("run", help="ask a suite's questions and score the answers"))
    _add_describe(commands.add_parser("describe", help="check a suite and say what it holds"))
    _add_import(commands.add_parser("import", help="write a known question set as a suite"))
    _add_from_feedback(commands.add_parser("from-feedback", help="write what readers said as suite candidates"))
    _add_score(commands.add_parser("score", help="score another system's answers"))
    _add_compare(commands.add_parser("compare", help="compare two runs, case by case"))
    _add_ablate(commands.add_parser("ablate", help="what each part of retrieval is worth"))
    _add_gate(commands.add_parser("gate", help="hold the sample suite's figures against their floors"))
    _add_fit(commands.add_parser("fit", help="fit what mixes the reader's signals with retrieval's"))
    _add_claims(commands.add_parser("claims", help="how well the reader judges claims by their evidence"))
    _add_disputes(commands.add_parser("disputes", help="whether outlets that answer differently are both named"))
    _add_conversations(commands.add_parser("conversations", help="hold conversations and score every turn"))
    _add_bench(commands)
    return parser


def _add_data(parser: argparse.ArgumentParser, what: str = "directory of the libraries") -> None:
    parser.add_argument("--data", type=Path, help=f"{what} (default: DATELINE_DATA, else ./data)")


def _add_fit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("suite", type=Path, metavar="SUITE_DIR", help="with dated questions")
    _add_data(parser)
    parser.add_argument("--before", type=date.fromisoformat, required=True, help="only questions of before this day")
    parser.add_argument(
        "--time-travel",
        type=at_least_one,
        metavar="DAYS",
        default=60,
        help="ask each DAYS earlier as well (default: %(default)s)",
    )
    parser.add_argument(
        "--squad", type=Path, nargs="+", required=True, metavar="FILE", help="as the reader's training had"
    )
    parser.add_argument(
        "--written", type=Path, nargs="*", default=[], metavar="FILE", help="the same, written passages"
    )
    parser.add_argument(
        "--near-misses",
        type=at_least_one,
        default=300,
        help="questions of the articles that training held out (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=1, help="the training's (default: %(default)s)")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="e.g. rag/reading/weights/mixture.json")
    parser.set_defaults(command=_fit)


def _fit(options: argparse.Namespace) -> int:
    from evals.mixture_fit import (  # noqa: PLC0415 - costs seconds
        fitted,
        held_out_of_squad,
        held_out_of_written,
        read_held_out,
        read_questions,
        write,
    )
    from evals.signal_report import calibration_row, judged, signal_rows  # noqa: PLC0415
    from rag.answering.extractive.composition import DECLINE_BELOW  # noqa: PLC0415

    before = datetime.combine(options.before, time.min, UTC)
    suite, settings = load_suite(options.suite), load_settings(options.data)
    questions = read_questions(suite, settings, before=before, days=options.time_travel)
    read = {suite.name: questions}
    of_squad, of_written = held_out_of_squad(options.squad), held_out_of_written(options.written)
    for name, held_out in (("SQuAD", of_squad), ("written passages", of_written)):
        if held_out:
            read[name] = read_held_out(held_out, settings, seed=options.seed, most=options.near_misses)
    write(fitted(list(read.values())), options.out)
    print(f"{', '.join(f'{name}: {len(each)}' for name, each in read.items())}; {options.out}\n")  # noqa: T201
    print(table(("sentences ranked by", "best", "best 2", "best 3"), signal_rows(questions)))  # noqa: T201
    headings = ("probability", "ECE", "AUC", "declined: unknowable", "known", "risk at 50 %", "80 %")
    rows = (
        calibration_row(name, of, DECLINE_BELOW) for name, of in zip(read, judged(list(read.values())), strict=True)
    )
    print(f"\n{table(headings, rows)}")  # noqa: T201
    return 0


def _add_claims(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="JSON lines with claims and their evidence")
    parser.add_argument("--json", action="store_true", help="print one object a file")
    parser.set_defaults(command=_claims)


def _claims(options: argparse.Namespace) -> int:
    from evals.claims import claims_json, judged  # noqa: PLC0415 - costs seconds
    from rag.answering.verification import EvidenceVerifier  # noqa: PLC0415
    from rag.reading.onnx_reader import span_reader  # noqa: PLC0415

    verifier = EvidenceVerifier(span_reader())
    for file in options.files:
        figures = claims_json(judged(file, verifier))
        if options.json:
            print(json.dumps(figures, ensure_ascii=False))  # noqa: T201
            continue
        low, high = figures["interval"] or (None, None)
        print(f"{file.name}: balanced accuracy {figures['balanced_accuracy']} ({low}-{high})")  # noqa: T201
        print(f"true refused {figures['true_refused']} of {figures['true']}", end=", ")  # noqa: T201
        print(f"false verified {figures['false_verified']} of {figures['false']}\n")  # noqa: T201
        rows = [(kind, str(of["claims"]), str(of["wrong"])) for kind, of in figures["by_kind"].items()]
        print(table(("kind", "claims", "wrong"), rows))  # noqa: T201
    return 0


def _add_disputes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--squad", type=Path, nargs="+", required=True, metavar="FILE", help="as the reader's training had"
    )
    parser.add_argument("--most", type=at_least_one, default=70, help="disputes of each kind (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of what is drawn (default: %(default)s)")
    parser.set_defaults(command=_disputes)


def _disputes(options: argparse.Namespace) -> int:
    from evals.disputes import asked, dispute_rows, disputes  # noqa: PLC0415 - costs seconds, and an extra

    drawn = disputes(options.squad, seed=options.seed, most=options.most)
    outcomes = list(asked(drawn, load_settings()))
    print(table(("second outlet", "questions", "both named", "said to differ", "declined"), dispute_rows(outcomes)))  # noqa: T201
    return 0


def _add_conversations(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "suite", type=Path, nargs="?", default=CONVERSATIONS, metavar="SUITE_DIR", help="(default: %(default)s)"
    )
    _add_data(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help="every turn with answer and verdict, as JSON lines")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.set_defaults(command=_conversations)


def _conversations(options: argparse.Namespace) -> int:
    outcomes = run_conversations(load_conversations(options.suite), load_settings(options.data))
    metrics = conversation_metrics(outcomes)
    if options.out:
        write_outcomes(options.out, outcomes)
    shown = json.dumps({name: asdict(share) for name, share in metrics.items()}) if options.json else None
    print(shown or metrics_table(metrics))  # noqa: T201
    return 0


def _add_bench(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("bench", help="time searches or ingests (their options: bench search --help)")
    parser.add_argument("what", choices=("search", "ingest"))
    parser.add_argument("options", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    parser.set_defaults(command=_bench)


def _bench(options: argparse.Namespace) -> int:
    module = import_module(f"evals.bench.{options.what}")
    code: int = module.main(options.options)
    return code


def _add_ablate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("suite", type=Path, metavar="SUITE_DIR")
    _add_data(parser, "where the suite's library is kept")
    parser.add_argument("--limit", type=at_least_one, help="only the first N questions (default: all)")
    parser.add_argument(
        "--out", type=Path, default=Path("runs") / "ablation", help="folder of the runs (default: %(default)s)"
    )
    parser.set_defaults(command=_ablate)


def _ablate(options: argparse.Namespace) -> int:
    suite = load_suite(options.suite)
    print(f"| switched off | {' | '.join(METRICS)} |\n|{'---|' * (len(METRICS) + 1)}")  # noqa: T201
    selection = Selection(limit=options.limit)
    for name, summary in ablations(suite, load_settings(options.data), options.out, selection):
        print(ablation_row(name, summary), flush=True)  # noqa: T201
    return 0


def _add_describe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("suite", type=Path, metavar="SUITE_DIR")
    _add_data(parser, "library of a suite without corpus")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(command=_describe)


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("format", choices=FORMATS)
    parser.add_argument("paths", nargs="+", type=Path, metavar="SOURCE", help="its files, or their folder")
    parser.add_argument("--out", type=Path, required=True, help="folder of the suite")
    parser.set_defaults(command=_import)


def _add_from_feedback(parser: argparse.ArgumentParser) -> None:
    _add_data(parser, "directory of the library that was asked")
    parser.add_argument("--out", type=Path, required=True, help="folder of the suite")
    parser.set_defaults(command=_from_feedback)


def _from_feedback(options: argparse.Namespace) -> int:
    settings = load_settings(options.data)
    count = write_candidates(settings.data, options.out, days=settings.feedback_days)
    print(f"{count} questions in {options.out}; fill in `answers` where it is empty, then `evals describe` checks them")  # noqa: T201
    return 0


def _add_score(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("predictions", type=Path, help="JSON lines with question_id and prediction")
    parser.add_argument("suite", type=Path, metavar="SUITE_DIR")
    _add_data(parser, "library of a suite without corpus")
    parser.add_argument("--out", type=Path, help="folder of the run (default: runs/NAME-TIME)")
    parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")
    parser.set_defaults(command=_score)


def _add_compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("first", type=Path, metavar="RUN_A", help="--out folder of a run")
    parser.add_argument("second", type=Path, metavar="RUN_B")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(command=_compare)


def _add_gate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--suite", type=Path, default=SAMPLE_SUITE, metavar="SUITE_DIR", help="(default: %(default)s)")
    parser.add_argument("--floors", type=Path, default=FLOORS_FILE, help="(default: %(default)s)")
    _add_data(parser)
    parser.add_argument("--out", type=Path, help="folder of the run (default: runs/gate)")
    parser.add_argument("--raise", dest="raise_floors", action="store_true", help="measure the floors again")
    parser.add_argument("--allow-lower", action="store_true", help="with --raise: let a floor sink")
    parser.set_defaults(command=_gate)


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("suite", type=Path, metavar="SUITE_DIR")
    _add_data(parser)
    parser.add_argument("--out", type=Path, help="folder of the run (default: runs/NAME-TIME)")
    parser.add_argument("--limit", type=at_least_one, help="only the first N questions (default: all)")
    parser.add_argument("--tag", action="append", default=[], help="only questions with this tag; may be repeated")
    parser.add_argument("--only", action="append", default=[], metavar="ID", help="only this question; may be repeated")
    parser.add_argument("--retrieval-only", action="store_true", help="search, and make no answers")
    parser.add_argument(
        "--time-travel", type=at_least_one, metavar="DAYS", help="ask each question DAYS earlier as well"
    )
    parser.add_argument("--target", metavar="URL", help="evaluate an OpenAI-compatible endpoint (.../v1) instead")
    parser.add_argument(
        "--model", default="dateline", help="model that is asked for at --target (default: %(default)s)"
    )
    parser.add_argument(
        "--judge", metavar="MODEL", help="language model that judges citations (needs a key or a server)"
    )
    parser.add_argument("--prices", type=Path, help="TOML table of prices per million tokens, by model")
    parser.add_argument(
        "--workers", type=at_least_one, help="questions asked at the same time (default: what suits the target)"
    )
    parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")
    parser.set_defaults(command=_run)


def _run(options: argparse.Namespace) -> int:
    suite = load_suite(options.suite)
    selection = Selection(options.limit, tuple(options.tag), tuple(options.only), options.time_travel)
    settings = load_settings(options.data)
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    run = _evaluated(
        suite,
        settings,
        Options(
            options.out or _new_out(suite.name),
            selection,
            retrieval_only=options.retrieval_only,
            target=Remote(options.target, options.model, key) if options.target else None,
            judge=_judge(options.judge, settings),
            prices=read_prices(options.prices) if options.prices else None,
            workers=options.workers,
        ),
    )
    _print(run, as_json=options.json)
    return _code(run)


def _judge(model: str | None, settings: Settings) -> Judge:
    if model is None:
        return LexicalJudge()
    if not settings.generates:
        raise SettingsError("--judge needs OPENAI_API_KEY or OPENAI_BASE_URL")
    from evals.metrics.llm_judge import LLMJudge  # noqa: PLC0415 - costs seconds
    from rag.answering.generative.llm import LlamaIndexModel, chat_model_from  # noqa: PLC0415

    return LLMJudge(LlamaIndexModel(chat_model_from(settings.model_copy(update={"chat_model": model}))))


def _evaluated(suite: Suite, settings: Settings, options: Options) -> Run:
    run = evaluate(suite, settings, options)
    write_report(options.out, run.cases, run.records, run.summary, run.scorer.corpus)
    return run


def _describe(options: argparse.Namespace) -> int:
    suite = load_suite(options.suite)
    corpus, _ = corpus_of(suite, load_settings(options.data))
    facts = describe(suite, corpus)
    if options.json:
        print(json.dumps(facts, ensure_ascii=False))  # noqa: T201
        return 0
    for name, fact in facts.items():
        shown = ", ".join(f"{name} {count}" for name, count in fact.items()) if isinstance(fact, dict) else fact
        print(f"{name.replace('_', ' ')}: {shown}")  # noqa: T201
    return 0


def _import(options: argparse.Namespace) -> int:
    imported = import_suite(options.format, options.paths, options.out)
    load_suite(options.out)
    print(f"{len(imported.questions)} questions and {len(imported.articles)} articles in {options.out}")  # noqa: T201
    return 0


def _score(options: argparse.Namespace) -> int:
    suite = load_suite(options.suite)
    predicted = read_predictions(options.predictions)
    out = options.out or _new_out(predicted.name)
    run = _evaluated(suite, load_settings(options.data), Options(out, target=predicted))
    _print(run, as_json=options.json)
    return _code(run)


def _compare(options: argparse.Namespace) -> int:
    comparison = compare(options.first, options.second)
    print(json.dumps(comparison.as_json(), ensure_ascii=False) if options.json else comparison_table(comparison))  # noqa: T201
    return 0


def _gate(options: argparse.Namespace) -> int:
    suite = load_suite(options.suite)
    floors = read_floors(options.floors) if options.floors.exists() else None
    # The gate measures what this code does by itself: a key must not change its figures.
    settings = load_settings(options.data).model_copy(update={"openai_api_key": None, "openai_base_url": None})
    run = _evaluated(suite, settings, Options(options.out or Path("runs") / "gate", replaces=not options.out))
    metrics, digest = run.summary.metrics, suite_digest(suite)
    if options.raise_floors:
        new = raised(floors, metrics, digest, tolerance=TOLERANCE, allow_lower=options.allow_lower)
        write_floors(options.floors, new)
        floors = new
    if floors is None:
        raise SuiteError(f"no floors at {options.floors}; measure them with `python -m evals gate --raise`")
    verdict = judge(floors, metrics, digest)
    print(verdict_table(verdict))  # noqa: T201
    return 0 if verdict.open else 1


def _new_out(name: str) -> Path:
    return Path("runs") / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


def _code(run: Run) -> int:
    """The exit code: 2 if no case got an answer, which is no measurement."""
    if any(record.error is None for record in run.records):
        return 0
    print(f"evals: no case got an answer: {run.records[0].error}", file=sys.stderr)  # noqa: T201
    return 2


def _print(run: Run, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(run.summary.as_json(), ensure_ascii=False))  # noqa: T201
        return
    pairs = paired(run.cases, run.records)
    print(in_words(pairs))  # noqa: T201
    for reason in reasons(pairs):
        print(f"  {len(reason.cases)}: {reason.text} {', '.join(reason.ids[:5])}")  # noqa: T201
    print(f"\n{metrics_table(run.summary.metrics)}")  # noqa: T201
    print(f"\n{len(run.records)} cases; report: {run.out / REPORT_FILE}")  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
