"""Suites: loaded, refused with every problem at once, described, imported."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals.__main__ import main
from evals.datasets import import_suite, load_suite
from evals.runs import read_predictions
from rag.errors import SuiteError
from tests.conftest import SAMPLE, SHARED


def write(folder: Path, questions: list[str], corpus: str | None = "corpus.jsonl") -> Path:
    folder.mkdir(exist_ok=True)
    toml = 'name = "s"\nquestions = "questions.jsonl"\n' + (f'corpus = "{corpus}"\n' if corpus else "")
    (folder / "suite.toml").write_text(toml, encoding="utf-8")
    (folder / "questions.jsonl").write_text("\n".join(questions), encoding="utf-8")
    (folder / "corpus.jsonl").write_text('{"text": "It rained."}\n', encoding="utf-8")
    return folder


def test_the_sample_suite_has_what_a_suite_needs() -> None:
    suite = load_suite(SAMPLE)
    tags = {tag for case in suite.cases for tag in case.tags}
    assert len(suite.cases) >= 24
    assert {"false-premise", "dated", "follow-up", "conflict", "correction", "broken-html"} <= tags
    assert sum(not case.answerable for case in suite.cases) >= 6


def test_all_problems_are_said_at_once_with_their_lines(tmp_path: Path) -> None:
    lines = ['{"id": "a", "question": "Q?"}', "{", '{"id": "a", "question": "Q?"}', '{"question": 3}']
    with pytest.raises(SuiteError) as raised:
        load_suite(write(tmp_path / "s", [*lines, '{"id": "b", "question": "Q?", "as_of": "soon"}']))
    message = str(raised.value)
    for place in ("line 2", "line 3", "line 4", "line 5"):
        assert place in message, message


def test_describe_counts_questions_and_articles(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", str(SAMPLE), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["articles"], facts["undated_articles"], facts["licence"]) == (18, 1, "Apache-2.0")
    assert facts["answer_string_in_corpus"] == facts["answerable"]


def imported(kind: str, out: Path, **files: Any) -> tuple[list[dict[str, Any]], Path]:
    source = out / "source"
    source.mkdir()
    for name, data in files.items():
        (source / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    import_suite(kind, [source], out / "suite")
    suite = load_suite(out / "suite")
    assert suite.corpus
    lines = (out / "suite" / "questions.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines], out / "suite"


def test_multihop_rag_is_imported(tmp_path: Path) -> None:
    article = {
        "title": "T",
        "author": None,
        "source": "S",
        "published_at": "2023-09-28T12:00:00+00:00",
        "category": "c",
    }
    evidence = [{"url": "https://a.example/1", "fact": "F"}, {"url": "https://a.example/2", "fact": "G"}]
    known = {"query": "Q?", "answer": "Yes", "question_type": "comparison_query", "evidence_list": evidence}
    unknown = {"query": "R?", "answer": "Insufficient information.", "question_type": "null_query", "evidence_list": []}
    questions, _ = imported(
        "multihop-rag",
        tmp_path,
        corpus=[article | {"url": "https://a.example/1", "body": "B"}],
        MultiHopRAG=[known, unknown],
    )
    assert questions[0]["evidence_urls"] == ["https://a.example/1", "https://a.example/2"]
    assert [one["answerable"] for one in questions] == [True, False]


def test_squad_is_imported(tmp_path: Path) -> None:
    qas = [
        {"id": "1", "question": "Q?", "answers": [{"text": "rain"}, {"text": "rain"}], "is_impossible": False},
        {"id": "2", "question": "R?", "answers": [], "is_impossible": True},
    ]
    data = {"data": [{"title": "Big_Rain", "paragraphs": [{"context": "It was rain.", "qas": qas}]}]}
    questions, suite = imported("squad2", tmp_path, dev=data)
    assert [(one["answers"], one["answerable"]) for one in questions] == [(["rain"], True), ([], False)]
    assert questions[0]["evidence_urls"] == ["Big_Rain-0"]
    assert main(["describe", str(suite)]) == 0


def test_a_labelled_rag_dataset_is_imported(tmp_path: Path) -> None:
    examples = [{"query": "Q?", "reference_answer": "rain", "reference_contexts": ["It was rain."]}] * 2
    questions, _ = imported("labelled-rag-dataset", tmp_path, set={"examples": examples})
    assert [one["evidence_urls"] for one in questions] == [["context-0"]] * 2


def test_real_time_qa_is_imported_as_its_suite_has_it(tmp_path: Path) -> None:
    raw = SHARED / "suites" / "samples" / "realtimeqa-raw"
    if not raw.exists():
        pytest.skip("the measuring suites are not on this machine (../shared/suites)")
    import_suite("realtimeqa", [raw], tmp_path / "week")
    expected = {case.id: case for case in load_suite(SHARED / "suites" / "realtimeqa-2022").cases}
    cases = load_suite(tmp_path / "week").cases
    assert len(cases) == 30
    for case in cases:
        known = expected[case.id]
        assert (case.question, case.answers, case.choices, case.as_of) == (
            known.question,
            known.answers,
            known.choices,
            known.as_of,
        )


def test_what_is_not_in_the_format_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]", encoding="utf-8")
    with pytest.raises(SuiteError, match="not in the format squad2"):
        import_suite("squad2", [tmp_path], tmp_path / "out")


def test_predictions_are_texts_or_choices(tmp_path: Path) -> None:
    file = tmp_path / "p.jsonl"
    file.write_text('{"question_id": "a", "prediction": "rain"}\n{"question_id": "b", "prediction": ["2"]}\n', "utf-8")
    assert read_predictions(file).predictions == {"a": "rain", "b": 2}
    file.write_text('{"question_id": "a"}\n', "utf-8")
    with pytest.raises(SuiteError, match="line 1"):
        read_predictions(file)


def table(folder: Path, name: str, content: str, columns: str = "") -> Path:
    write(folder, [])
    toml = f'name = "s"\ncorpus = "corpus.jsonl"\nquestions = "{name}"\n{columns}'
    (folder / "suite.toml").write_text(toml, encoding="utf-8")
    (folder / name).write_text(content, encoding="utf-8-sig")
    return folder


MAPPING = '[columns]\nquestion = "Prompt"\nanswers = "ground_truth"\n'


@pytest.mark.parametrize(
    ("name", "content", "columns"),
    [
        ("q.csv", "id,question,answers\n1,When?,1911\n2,Who?,\"['Ann', 'Bo']\"\n", ""),
        ("q.CSV", "id,question,answers\n1,When?,1911\n2,Who?,\"['Ann'\n 'Bo']\"\n", ""),
        ("q.csv", 'Prompt;ground_truth;id\nWhen?;1911;1\nWho?;"[""Ann"", ""Bo""]";2\n', MAPPING),
        ("q.csv", "sep=|\r\nid|question|answers\r\n1|When?|1911\r\n||\r\n2|Who?|\"['Ann', 'Bo']\"\r\n", ""),
        ("q.tsv", "id\tPrompt\tground_truth\tx\n1\tWhen?\t1911\t\n2\tWho?\t['Ann', 'Bo']\ty\n", MAPPING),
        (
            "q.json",
            '[{"Prompt": "When?", "ground_truth": 1911, "id": 1}, {"Prompt": "Who?", "ground_truth": ["Ann", "Bo"],'
            ' "id": 2}]',
            MAPPING,
        ),
        (
            "q.json",
            '{"n": 2, "data": [{"id": "1", "question": "When?", "answers": "1911"},'
            ' {"id": "2", "question": "Who?", "answers": ["Ann", "Bo"]}]}',
            "",
        ),
        (
            "q.jsonl",
            '{"id": 1, "Prompt": "When?", "ground_truth": "1911"}\n{"id": 2, "Prompt": "Who?", "ground_truth": '
            '["Ann", "Bo"]}\n',
            MAPPING,
        ),
    ],
)
def test_tables_are_read_by_their_columns(tmp_path: Path, name: str, content: str, columns: str) -> None:
    cases = load_suite(table(tmp_path / "s", name, content, columns)).cases
    assert [(case.id, case.question, case.answers) for case in cases] == [
        ("1", "When?", ("1911",)),
        ("2", "Who?", ("Ann", "Bo")),
    ]


@pytest.mark.parametrize("name", ["q.parquet", "q.csv", "q.json"])
def test_what_is_no_text_is_said_with_what_is_read(tmp_path: Path, name: str) -> None:
    suite = table(tmp_path / "s", name, "")
    (suite / name).write_bytes(b"PAR1\xff\x00")
    with pytest.raises(SuiteError, match=f"{name}: is no text in UTF-8; save it as CSV"):
        load_suite(suite)


@pytest.mark.parametrize("sign", ["\u2028", "\x85", "\x0b", "\x0c"])
def test_only_line_ends_end_a_row_of_a_table(tmp_path: Path, sign: str) -> None:
    (case,) = load_suite(table(tmp_path / "s", "q.csv", f"question,answers\nWhen{sign}did it rain?,1911\n")).cases
    assert case.question == f"When{sign}did it rain?"


def test_a_table_numbers_its_rows_and_reads_truth(tmp_path: Path) -> None:
    rows = "question,answers,answerable,as_of\nWhen?,1911,,2026-09-01\nWho?,,FALSE,\n"
    first, second = load_suite(table(tmp_path / "s", "q.csv", rows)).cases
    assert (first.id, first.answerable, second.id, second.answerable) == ("0002", True, "0003", False)
    assert first.as_of


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("q.csv", "question,answers\nWhat was found?,None\nWhich bread?,nan\nWhich?,\"['NULL', None]\"\n"),
        (
            "q.json",
            '[{"question": "What was found?", "answers": ["None", null, NaN]}, {"question": "Which bread?", "answers":'
            ' "nan", "required": null, "as_of": NaN}, {"question": "Which?", "answers": "NULL", "tags": NaN}]',
        ),
    ],
)
def test_what_is_missing_in_a_table_is_not_text_and_text_is_not_missing(
    tmp_path: Path, name: str, content: str
) -> None:
    cases = load_suite(table(tmp_path / "s", name, content)).cases
    assert [case.answers for case in cases] == [("None",), ("nan",), ("NULL",)]


@pytest.mark.parametrize(
    ("name", "content", "columns", "told"),
    [
        ("q.csv", "Q,A\nWhen?,1911\n", MAPPING, "q.csv line 2: there is no column 'Prompt'; there are Q, A"),
        ("q.csv", "question,answers\nWhen?,1911,more\n", "", "q.csv: line 2 has more cells than the header"),
        ("q.csv", 'question,answers\n"When?,1911\n', "", "q.csv: line 2"),
        ("q.csv", "question,answers,answerable\nWhen?,1911,maybe\n", "", "neither true nor false"),
        ("q.csv", "ID,Question,A\n1,When?,1911\n", "", "q.csv line 2: no `question`; there are ID, Question, A, id"),
        ("q.csv", "question,answers,answers\nWhen?,1911,1912\n", "", "q.csv: two columns are called 'answers'"),
        (
            "q.jsonl",
            '{"id": "a", "question": " ", "answers": ["x"]}',
            "",
            "line 1: question: String should have at least 1",
        ),
        ("q.csv", "question,answers\nWhen?,1911\n", '[columns]\nqestion = "Q"\n', "suite.toml: columns.qestion"),
        ("q.csv", "question,answers\nWhen?,1911\n", "[colums]\n", "colums is not of the format; did you mean columns?"),
        (
            "q.json",
            '{"question": {"0": "When?"}}',
            "",
            "q.json: this is not a list of objects (pandas: orient='records')",
        ),
        ("q.csv", 'sep=;\nquestion;answers\n"When?;1911\n', "", "q.csv: line 3"),
        ("q.json", "[", "", "q.json: invalid JSON"),
        (
            "q.jsonl",
            '{"id": "a", "question": "Q?", "answers": ["The.", "..."]}',
            "",
            "line 1: answers: 'The.' can match",
        ),
        ("q.jsonl", '{"id": "a", "question": "Q?", "answers": ["x"], "required": ["!"]}', "", "line 1: required: '!'"),
        ("q.jsonl", '{"id": "a\\ud83d", "question": "Q?", "answers": ["x"]}', "", "line 1: it holds half a character"),
    ],
)
def test_what_cannot_be_read_or_matched_is_refused_by_line(
    tmp_path: Path, name: str, content: str, columns: str, told: str
) -> None:
    with pytest.raises(SuiteError) as refused:
        load_suite(table(tmp_path / "s", name, content, columns))
    assert told in str(refused.value)
