"""Runs: over the sample suite with the real parts, and of small suites with a target that a test scripts."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, expect

from evals.__main__ import main
from evals.ablation import WITHOUT
from evals.reporting import compare
from evals.datasets import read_corpus
from evals.runs import Options, Run, Selection, evaluate
from evals.gate import Floors, judge, raised, suite_digest
from evals.metrics.llm_judge import LLMJudge
from evals.targets import Remote
from evals.reporting import paired, reasons, write_report
from evals.predictions import FAILED, Cited, Evidence, Response
from evals.metrics import Estimate, LexicalJudge, citation_metrics
from evals.datasets import Case, Suite, load_suite
from evals.runs.summary import TIMED, read_summary
from evals.targets import Asked
from rag.engine import Dateline, dateline_over
from rag.models import Claim
from rag.errors import DatelineError, GenerationError, SuiteError
from rag.answering.generative.llm import LlamaIndexModel, chat_model_from
from rag.library.library import Library
from rag.retrieval.ranking import Weights
from rag.retrieval.hybrid import HybridRetriever
from rag.settings import Settings
from tests.conftest import SAMPLE
from tests.openai_server import openai_server


@dataclass
class Scripted:
    """Answers with what the test says; counts what it was asked."""

    reply: Callable[[Case], Response]
    name: str = "scripted"
    failed: Response = FAILED
    asked: list[str] = field(default_factory=list)

    def respond(self, case: Case) -> Response:
        self.asked.append(case.id)
        return self.reply(case)


def says(text: str) -> Response:
    return Response(status="answered", text=text, citations=None, hits=None, result={"answer": text})


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    folder = tmp_path / "suite"
    folder.mkdir()
    (folder / "suite.toml").write_text('name = "small"\ncorpus = "corpus.jsonl"\n', encoding="utf-8")
    articles = [
        {"title": "Rain", "text": "It rained on Monday.", "published_at": "2026-09-01"},
        {"title": "Snow", "text": "It snowed on Tuesday.", "published_at": "2026-09-20"},
    ]
    questions = [
        {"id": "1", "question": "When did it rain?", "answers": ["Monday"], "as_of": "2026-09-25"},
        {"id": "2", "question": "When did it snow?", "answers": ["Tuesday"], "as_of": "2026-09-25"},
        {"id": "3", "question": "When did it hail?", "answers": [], "answerable": False, "as_of": "2026-09-25"},
        {"id": "4", "question": "When was it dry?", "answers": ["Friday"], "as_of": "2026-09-25"},
    ]
    for name, records in (("corpus", articles), ("questions", questions)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    return load_suite(folder)


def run(suite: Suite, out: Path, reply: Callable[[Case], Response], **selection: Any) -> tuple[Run, Scripted]:
    target = Scripted(reply)
    options = Options(out, Selection(**selection), target=target, workers=1)
    return evaluate(suite, Settings(data=out / "data"), options), target


def test_a_failing_case_is_recorded_and_counts_as_wrong(suite: Suite, tmp_path: Path) -> None:
    def reply(case: Case) -> Response:
        if case.id == "2":
            raise DatelineError("the server is down")
        return says("On Monday.")

    made, _ = run(suite, tmp_path / "out", reply)
    lines = [json.loads(line) for line in (tmp_path / "out" / "cases.jsonl").read_text("utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["1", "2", "3", "4"]
    assert "the server is down" in lines[1]["error"]
    assert made.summary.metrics["failed"].value == 0.25
    assert (made.summary.metrics["correct"].value, made.summary.metrics["correct"].n) == (0.25, 4)


def test_a_run_that_was_cut_off_is_taken_up(suite: Suite, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(suite, out, lambda _case: says("On Monday."))
    lines = (out / "cases.jsonl").read_text("utf-8").splitlines()
    (out / "cases.jsonl").write_text("\n".join(lines[:2]) + "\n" + lines[2][:30], encoding="utf-8")
    made, target = run(suite, out, lambda _case: says("On Monday."))
    assert target.asked == ["3", "4"]
    assert len(made.records) == 4


def test_a_run_of_changed_questions_is_asked_anew_elsewhere(suite: Suite, tmp_path: Path) -> None:
    run(suite, tmp_path / "out", lambda _case: says("On Monday."))
    finished = (tmp_path / "out" / "cases.jsonl").read_bytes()
    questions = suite.folder / "questions.jsonl"
    questions.write_text(questions.read_text("utf-8").replace("Friday", "Monday"), "utf-8")
    changed = load_suite(suite.folder)
    with pytest.raises(SuiteError, match="4 finished cases of another run"):
        run(changed, tmp_path / "out", lambda _case: says("On Monday."))
    assert (tmp_path / "out" / "cases.jsonl").read_bytes() == finished
    made, target = run(changed, tmp_path / "b", lambda _case: says("On Monday."))
    assert len(target.asked) == 4
    assert made.summary.metrics["answer_contains"].value == pytest.approx(2 / 3)
    replacing = Options(tmp_path / "out", target=Scripted(lambda _case: says("On Monday.")), replaces=True)
    assert len(evaluate(changed, Settings(data=tmp_path), replacing).records) == 4


def test_a_smaller_selection_deletes_no_finished_case(suite: Suite, tmp_path: Path) -> None:
    run(suite, tmp_path / "out", lambda _case: says("On Monday."), limit=1)
    run(suite, tmp_path / "out", lambda _case: says("On Monday."))
    with pytest.raises(SuiteError, match="3 finished cases that are not asked for"):
        run(suite, tmp_path / "out", lambda _case: says("On Monday."), limit=1)


def test_a_case_that_fails_is_asked_again_by_the_next_run(suite: Suite, tmp_path: Path) -> None:
    def down(_case: Case) -> Response:
        raise DatelineError("the server is down")

    run(suite, tmp_path / "out", down)
    made, _ = run(suite, tmp_path / "out", lambda _case: says("On Monday."))
    assert made.summary.metrics["failed"].value == 0.0


def test_a_time_travel_run_takes_over_no_case_of_an_ordinary_one(suite: Suite, tmp_path: Path) -> None:
    run(suite, tmp_path / "out", lambda _case: says("On Monday."))
    with pytest.raises(SuiteError, match="another run"):
        run(suite, tmp_path / "out", lambda _case: says("On Monday."), time_travel=10)
    made, target = run(suite, tmp_path / "b", lambda _case: says("On Monday."), time_travel=10)
    assert len(target.asked) == 4
    assert made.summary.metrics["declined_answerable"].n == 2


def test_questions_are_selected(suite: Suite, tmp_path: Path) -> None:
    assert run(suite, tmp_path / "a", lambda _: says("x"), only=("3",))[1].asked == ["3"]
    assert run(suite, tmp_path / "b", lambda _: says("x"), limit=2)[1].asked == ["1", "2"]
    with pytest.raises(SuiteError, match="nine"):
        run(suite, tmp_path / "c", lambda _: says("x"), only=("nine",))


def test_time_travel_asks_what_was_unknowable_and_what_was_not(suite: Suite, tmp_path: Path) -> None:
    made, target = run(suite, tmp_path / "out", lambda _: says("x"), time_travel=10)
    # Rain was known ten days earlier, snow was not, a dry day never; hail has no answer to be known.
    assert target.asked == ["1", "2@-10d", "2", "4@-10d"]
    assert made.summary.run["time_travel"] == {
        "days": 10,
        "unknowable": 2,
        "answerable": 2,
        "known_by_then": 1,
        "unknown_by_now": 1,
        "undated": 0,
        "without_answer": 1,
    }
    assert made.summary.metrics["declined_unknowable"].value == 0.0


def test_two_runs_are_compared_case_by_case(suite: Suite, tmp_path: Path) -> None:
    run(suite, tmp_path / "a", lambda case: says("On Monday." if case.id == "1" else "No."))
    run(suite, tmp_path / "b", lambda case: says("On Tuesday." if case.id == "2" else "No."))
    found = compare(tmp_path / "a", tmp_path / "b")
    assert (found.better, found.worse) == (("2",), ("1",))
    assert found.changes["answer_contains"].by.value == 0.0
    assert main(["compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 0


def estimates(**values: float) -> dict[str, Estimate]:
    return {name: Estimate(value, value, value, 9) for name, value in values.items()}


FLOORS = Floors("d", 0.01, {"right": 0.8, "failed": 0.0})


@pytest.mark.parametrize(
    ("values", "digest", "is_open"),
    [
        ({"right": 0.8, "failed": 0.0}, "d", True),
        ({"right": 0.795, "failed": 0.0}, "d", True),
        ({"right": 0.7, "failed": 0.0}, "d", False),
        ({"right": 0.9, "failed": 0.1}, "d", False),
        ({"right": 0.9}, "d", False),
        ({"right": 0.9, "failed": 0.0}, "another", False),
    ],
)
def test_the_gate_is_open_only_above_every_floor(values: dict[str, float], digest: str, is_open: bool) -> None:
    assert judge(FLOORS, estimates(**values), digest).open is is_open


def test_a_floor_is_raised_freely_and_lowered_only_by_name() -> None:
    better, worse = estimates(right=0.9, failed=0.0), estimates(right=0.7, failed=0.0)
    assert raised(FLOORS, better, "d", tolerance=0.1, allow_lower=False).floors["right"] == 0.9
    with pytest.raises(SuiteError, match="lower right"):
        raised(FLOORS, worse, "d", tolerance=0.1, allow_lower=False)
    with pytest.raises(SuiteError, match="another suite"):
        raised(FLOORS, better, "e", tolerance=0.1, allow_lower=False)
    assert raised(FLOORS, worse, "d", tolerance=0.1, allow_lower=True).floors["right"] == 0.7


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> SimpleNamespace:
    """The sample suite, asked with the real parts, twice."""
    folder = tmp_path_factory.mktemp("runs")
    settings = Settings(data=folder / "data", cache=cache)
    runs = [evaluate(load_suite(SAMPLE), settings, Options(folder / name)) for name in ("a", "b")]
    for one in runs:
        write_report(one.out, one.cases, one.records, one.summary, one.scorer.corpus)
    return SimpleNamespace(first=runs[0], second=runs[1])


def test_the_sample_suite_holds_what_must_always_hold(sample_run: SimpleNamespace) -> None:
    metrics = sample_run.first.summary.metrics
    assert metrics["quotes_verbatim"].value == 1.0
    assert metrics["published_after_as_of"].value == 0.0
    assert metrics["failed"].value == 0.0
    assert metrics["gold_article_at_5"].value > 0.9


def test_two_runs_of_the_same_thing_are_the_same_but_for_times(sample_run: SimpleNamespace) -> None:
    def untimed(made: Run) -> list[Any]:
        return [
            (
                record.id,
                {name: value for name, value in record.metrics.items() if name not in TIMED},
                {name: value for name, value in record.result.items() if name != "timings_ms"},
            )
            for record in made.records
        ]

    assert untimed(sample_run.first) == untimed(sample_run.second)


def test_the_gate_is_red_on_a_worsened_setting(
    sample_run: SimpleNamespace, sample_library: Library, tmp_path: Path
) -> None:
    first = sample_run.first
    floors = raised(None, first.summary.metrics, suite_digest(first.suite), tolerance=0.005, allow_lower=False)
    assert judge(floors, first.summary.metrics, suite_digest(first.suite)).open
    # How new a passage is counts for more than whether it is about the question.
    weights = Weights(lexical=0.0, vector=1.0, newness=1.0, half_life=1.0)
    worse = replace(
        dateline_over(sample_library, Settings()), retriever=HybridRetriever(sample_library, weights=weights)
    )
    options = Options(tmp_path / "worse", target=Asked(worse), workers=1)
    worsened = evaluate(first.suite, Settings(data=tmp_path), options)
    verdict = judge(floors, worsened.summary.metrics, suite_digest(first.suite))
    assert not verdict.open
    assert not next(passed for name, _, _, passed in verdict.rows if name == "answer_string_at_5")
    assert next(passed for name, _, _, passed in verdict.rows if name == "quotes_verbatim")


def test_the_report_filters_its_cases_and_sends_nothing(
    sample_run: SimpleNamespace, browser: Browser
) -> None:
    report = sample_run.first.out / "report.html"
    with browser.new_page() as page:
        requests: list[str] = []
        problems: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.on("console", lambda message: problems.append(message.text))
        page.goto(report.as_uri())
        everything = len(sample_run.first.records)
        expect(page.locator(".case:visible")).to_have_count(everything)
        page.select_option("#outcome", "right")
        right = page.locator(".case:visible").count()
        assert 0 < right < everything
        expect(page.locator("#shown")).to_have_text(f"{right} of {everything} cases")
        page.select_option("#outcome", "")
        page.fill("#words", "tanbery judge")
        found = page.locator(".case:visible")
        assert 0 < found.count() < everything
        found.first.locator("summary").first.click()
        expect(found.first.locator("mark").first).to_be_visible()
    assert requests == [report.as_uri()]
    assert problems == []


def test_another_systems_answers_are_scored(suite: Suite, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    predictions = tmp_path / "peer.jsonl"
    lines = [{"question_id": "1", "prediction": "Monday"}, {"question_id": "2", "prediction": "Sunday"}]
    predictions.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert main(["score", str(predictions), str(suite.folder), "--out", str(tmp_path / "out"), "--json"]) == 0
    metrics = json.loads(capsys.readouterr().out)["metrics"]
    assert metrics["exact_match"]["value"] == pytest.approx(1 / 3, abs=1e-5)
    assert metrics["failed"]["value"] == 0.5
    assert (tmp_path / "out" / "junit.xml").read_text("utf-8").count("<error") == 2


def test_any_openai_compatible_endpoint_is_evaluated(suite: Suite, tmp_path: Path) -> None:
    with openai_server() as server:
        server.reply = "It was on Monday."
        made = evaluate(
            suite, Settings(data=tmp_path), Options(tmp_path / "out", target=Remote(server.url, "scripted"), workers=1)
        )
        assert [one["messages"][-1]["content"] for one in server.requests][0] == "When did it rain?"
        server.fault = "500"
        failed = evaluate(suite, Settings(data=tmp_path), Options(tmp_path / "b", target=Remote(server.url), workers=1))
    assert made.summary.metrics["answer_contains"].value == pytest.approx(1 / 3)
    assert made.summary.metrics["prompt_tokens"].value == 11
    assert failed.summary.metrics["failed"].value == 1.0


@pytest.mark.parametrize(
    "message",
    [
        {"content": "<think>Friday?</think>It was on Monday."},
        {"content": [{"type": "thinking", "thinking": "Friday?"}, {"type": "text", "text": "It was on Monday."}]},
        {"content": "It was on Monday.", "citations": ["https://a.example/rain"]},
        {"content": "It was on Monday \ud83d.", "citations": [{"url": "https://a.example/rain"}]},
    ],
)
def test_what_other_systems_answer_is_read_in_their_own_shapes(
    suite: Suite, tmp_path: Path, message: dict[str, Any]
) -> None:
    with openai_server() as server:
        server.message, server.counts = message, False
        options = Options(tmp_path / "out", Selection(only=("1",)), target=Remote(server.url))
        metrics = evaluate(suite, Settings(data=tmp_path), options).summary.metrics
    assert metrics["exact_match"].n == metrics["answer_contains"].value == 1.0
    assert not {"right", "claims_cited", "prompt_tokens"} & metrics.keys()
    assert metrics["answer_words"].value < 6


def test_a_target_that_is_busy_or_refuses_the_date_is_asked_again(suite: Suite, tmp_path: Path) -> None:
    with openai_server() as server:
        server.reply, server.fault, server.faults_left, server.refuses = "On Monday.", "429", 2, ["metadata"]
        options = Options(tmp_path / "out", Selection(only=("1",)), target=Remote(server.url), workers=1)
        made = evaluate(suite, Settings(data=tmp_path), options)
        assert ["metadata" in request for request in server.requests] == [True, True, True, False]
    assert made.summary.metrics["answer_contains"].value == 1.0


@pytest.mark.parametrize(
    ("fault", "path", "told"),
    [
        ("404", "", "answers 404: scripted fault; does --target end as it should, mostly in /v1?"),
        ("401", "/v1", "answers 401: scripted fault"),
        ("garbage", "/v1/", "answered without choices[0].message.content"),
    ],
)
def test_a_target_without_an_answer_ends_with_the_reason(
    suite: Suite, tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str, path: str, told: str
) -> None:
    options = ["run", str(suite.folder), "--data", str(tmp_path), "--out", str(tmp_path / "out")]
    with openai_server() as server:
        server.fault = fault
        assert main([*options, "--target", server.url.removesuffix("/v1") + path]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    capsys.readouterr()
    assert main([*options, "--target", server.url]) == 2
    assert "is the server running, and --target right?" in capsys.readouterr().err


def test_the_report_begins_with_what_went_wrong_and_the_results_are_a_table(suite: Suite, tmp_path: Path) -> None:
    def reply(case: Case) -> Response:
        if case.id == "2":
            raise DatelineError("the server is down, <b>said</b>; nobody\nknows why")
        return says("On Monday, “rain”, 🌧\n[1]")

    made, _ = run(suite, tmp_path / "out", reply)
    write_report(tmp_path / "out", made.cases, made.records, made.summary, made.scorer.corpus)
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    words = "1 of 4 cases are right, 1 failed without an answer, 1 are wrong, 1 were answered where the sources do not."
    assert page.index(words) < page.index("<h2>Figures</h2>")
    assert [reason.cases for reason in reasons(paired(made.cases, made.records))] == [(2,), (4,), (3,)]
    assert "&lt;b&gt;said" in page
    assert "<dt>answered</dt>" in page
    assert "<code>answer_contains</code>" in page
    with (tmp_path / "out" / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["outcome"] for row in rows] == ["right", "failed", "answered", "wrong"]
    assert rows[0]["answer"] == "On Monday, “rain”, 🌧\n[1]"
    assert float(rows[0]["answer_contains"]) == 1.0
    assert rows[2]["answer_contains"] == ""


def test_the_report_for_machines_holds_no_control_characters(suite: Suite, tmp_path: Path) -> None:
    def reply(_case: Case) -> Response:
        raise DatelineError("\x1b[31mbroken\x1b[0m \x00")

    case = replace(suite.cases[0], question="When did it\x07 rain?")
    made, _ = run(replace(suite, cases=(case,)), tmp_path / "out", reply)
    write_report(tmp_path / "out", made.cases, made.records, made.summary, made.scorer.corpus)
    (error,) = ElementTree.parse(tmp_path / "out" / "junit.xml").iter("error")
    assert error.text == "When did it\ufffd rain?"
    assert "broken" in error.attrib["message"]


@pytest.mark.parametrize(
    "options", [["--limit", "0"], ["--limit", "-1"], ["--workers", "0"], ["--time-travel", "-5"]]
)
def test_a_number_that_counts_nothing_is_misuse(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["run", str(SAMPLE), *options])
    assert f"argument {options[0]}: must be at least 1" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_said(suite: Suite, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", "utf-8")
    options = Options(tmp_path / "out", target=Scripted(lambda _case: says("x")))
    with pytest.raises(SuiteError, match="--out .*/out: File exists; name another folder"):
        evaluate(suite, Settings(data=tmp_path), options)


def test_a_right_decline_has_no_citation_recall() -> None:
    claim = Claim("The nearest thing.", (1,), "verified")
    declined = Response("not_found", "No. The nearest thing. [1]", citations=(), hits=None, claims=(claim,))
    known, unknown = Case("a", "Q?", answers=("x",)), Case("b", "Q?", answerable=False)
    assert "citation_recall" in citation_metrics(known, declined, LexicalJudge())
    assert "citation_recall" not in citation_metrics(unknown, declined, LexicalJudge())


def test_a_quote_that_a_server_made_up_is_found_out(suite: Suite, tmp_path: Path) -> None:
    articles = read_corpus(suite.corpus).articles if suite.corpus else ()
    rain = next(one for one in articles if one.title == "Rain")

    def cites(quote: str) -> Response:
        evidence = Evidence(rain.id, None, rain.title, None, None, quote)
        cited = Cited(1, quote, 7, 9, evidence)
        return Response(status="answered", text="On Monday. [1]", citations=(cited,), hits=None)

    true, _ = run(suite, tmp_path / "a", lambda _case: cites("It rained on Monday."), only=("1",))
    false, _ = run(suite, tmp_path / "b", lambda _case: cites("It rained all Monday."), only=("1",))
    assert true.summary.metrics["quotes_verbatim"].value == 1.0
    assert false.summary.metrics["quotes_verbatim"].value == 0.0


def test_choices_of_another_system_are_scored_as_choices(tmp_path: Path) -> None:
    predictions = tmp_path / "peer.jsonl"
    with_choices = [case for case in load_suite(SAMPLE).cases if case.choices]
    lines = [{"question_id": case.id, "prediction": ["0"]} for case in with_choices]
    predictions.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert main(["score", str(predictions), str(SAMPLE), "--out", str(tmp_path / "out")]) == 0
    metrics = read_summary(tmp_path / "out").metrics
    assert metrics["choice_accuracy"].n == len(with_choices)
    assert not {"answer_contains", "right", "gold_article_at_5"} & metrics.keys()


def test_a_language_model_judges_citations_and_its_silence_is_no_verdict() -> None:
    with openai_server() as server:
        model = chat_model_from(Settings(OPENAI_BASE_URL=server.url, chat_model="judge-1", request_seconds=5))
        judge = LLMJudge(LlamaIndexModel(model))
        verdicts = []
        for server.reply in ("Yes.", "no", "Perhaps"):
            try:
                verdicts.append(judge.supports("It rained.", "It rained."))
            except GenerationError:
                verdicts.append(None)
        assert judge.name == "language model judge-1"
    assert verdicts == [True, False, None]


def test_an_ablation_shows_what_each_part_is_worth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    monkeypatch.setenv("DATELINE_CACHE", str(cache))
    where = ["--data", str(tmp_path / "data"), "--out", str(tmp_path / "out")]
    assert main(["ablate", str(SAMPLE), "--limit", "12", *where]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert len(rows) == 2 + len(WITHOUT) + 1
    figures = {row.split("|")[1].strip(): row.split("|")[2:] for row in rows[2:]}
    assert figures["everything on"] != figures["no words (vectors only)"]
