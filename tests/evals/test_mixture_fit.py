"""Fitting the mixture of signals."""

import json
from pathlib import Path

import numpy as np
import pytest

from evals.datasets.suite import Case
from evals.mixture_fit import Read, conditional, fitted, held_out_of_written, logistic, read_held_out, write
from rag.reading.confidence import evidence_of
from rag.reading.coverage import asked
from rag.reading.evidence import candidates
from rag.reading.mixture import _FILE, weighed
from rag.settings import Settings
from tests.rag.hits import stems_of, told
from tests.rag.reading.readers import ToldReader

QUESTION = asked("How heavy is it?", "How heavy is it?", {"heavy": 1.0}, stems_of)


def read(number: int, margin: float, *, answerable: bool) -> Read:
    hits = [told("The satellite weighs 640 kilograms in all. It is new and round.", "Courier", "05", 1)]
    ranked = candidates(ToldReader({"640 kilograms": margin}), QUESTION, hits, stems_of)
    right = ["640" in each.text for each in ranked]
    case = Case(id=str(number), question=QUESTION.text, answers=("640",), answerable=answerable)
    return Read(case, answerable, ranked, right, 0.5)


def test_a_regression_finds_the_weights_that_made_its_labels() -> None:
    draw = np.random.default_rng(1)
    rows = draw.normal(size=(20_000, 2))
    labels = (draw.random(20_000) < 1 / (1 + np.exp(-(0.5 + 2 * rows[:, 0] - rows[:, 1])))).astype(float)
    assert np.allclose(logistic(rows, labels), [0.5, 2.0, -1.0], atol=0.12)


def test_an_example_may_count_as_several() -> None:
    rows, labels, counts = np.array([[0.0], [1.0], [2.0]]), np.array([0.0, 1.0, 1.0]), np.array([1, 3, 2])
    assert np.allclose(logistic(rows, labels, counts), logistic(rows.repeat(counts, axis=0), labels.repeat(counts)))


def test_a_conditional_regression_finds_the_weights_that_chose_the_right_rows() -> None:
    draw = np.random.default_rng(1)
    groups = []
    for _ in range(4_000):
        rows = draw.normal(size=(5, 2))
        chosen = int(np.argmax(rows @ [1.5, -0.5] + draw.gumbel(size=5)))
        groups.append((rows, np.arange(5) == chosen))
    assert np.allclose(conditional(groups), [1.5, -0.5], atol=0.1)


def test_a_penalty_keeps_weights_finite_where_a_signal_tells_all() -> None:
    assert np.all(np.abs(logistic(np.array([[0.0], [1.0]] * 5), np.array([0.0, 1.0] * 5))) < 20)


def test_weights_are_written_as_the_package_reads_them(tmp_path: Path) -> None:
    questions = [read(n, margin, answerable=margin > 0) for n, margin in enumerate((4.0, 3.0, 2.0, -3.0, -5.0, -4.0))]
    weights = fitted([questions])
    assert weights["sentence"]["margin"] > 0
    assert weights["answer"]["margin"] > 0
    write(weights, tmp_path / "mixture.json")
    written, shipped = json.loads((tmp_path / "mixture.json").read_text()), json.loads(_FILE.read_text())
    assert {name: set(regression) for name, regression in written.items()} == {
        name: set(regression) for name, regression in shipped.items()
    }


def test_questions_with_and_without_an_answer_count_alike_in_each_set() -> None:
    mixed, without = (
        [read(n, 3.0, answerable=n > 8) for n in range(10)],
        [read(n, 3.0, answerable=False) for n in range(40)],
    )
    evidence = evidence_of(mixed[0].ranked, mixed[0].coverage)
    assert weighed(fitted([mixed])["answer"], evidence) == pytest.approx(1 / 2, abs=0.02)
    assert weighed(fitted([mixed, without])["answer"], evidence) == pytest.approx(1 / 3, abs=0.02)


def test_written_questions_are_asked_of_their_passage_among_others(tmp_path: Path) -> None:
    block = """@ Mail | 3 May 2027 | Ferry {n}
The ferry {n} costs {n} crowns.
? What does ferry {n} cost? => {n} crowns
?- Who owns ferry {n}?"""
    file = tmp_path / "a.txt"
    file.write_text("\n\n".join(block.format(n=number) for number in range(100, 121)), encoding="utf-8")
    questions = held_out_of_written([file])
    assert [question.answers for question in questions[:2]] == [("100 crowns",), ()]
    read_ones = read_held_out(questions, Settings(data=tmp_path, cache=tmp_path / "cache"), seed=1, most=2)
    of_answer = [each for each in read_ones if each.case.answers]
    assert {each.answerable for each in of_answer} == {True, False}
    assert all(any(each.right) is each.answerable for each in of_answer)
    assert [each.answerable for each in read_ones if not each.case.answers] == [False, False]
