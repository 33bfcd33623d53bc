"""What the report on the mixture's signals says."""

from dataclasses import replace

import pytest

from evals.signal_report import Judged, calibration_row, judged, signal_rows
from tests.evals.test_mixture_fit import read

MARGINS = (4.0, 3.0, 2.0, 3.5, 2.5, -3.0, -5.0, -4.0, -3.5, -4.5)


def test_each_choice_of_signals_has_a_row() -> None:
    rows = list(signal_rows([read(n, margin, answerable=margin > 0) for n, margin in enumerate(MARGINS)]))
    assert rows[0] == ("all signals", "1.000", "1.000", "1.000")
    assert {"the reader alone", "without the reader", "without margin"} < {row[0] for row in rows}


def test_questions_are_judged_by_weights_fitted_on_others() -> None:
    asked = [read(n, margin, answerable=margin > 0) for n, margin in enumerate(MARGINS)]
    questions = [replace(each, case=replace(each.case, question=f"Question {each.case.id}?")) for each in asked]
    of_questions, of_near_misses = judged([questions, []])
    assert len(of_questions) == len(questions)
    assert not of_near_misses
    assert all((each.confidence > 0.5) == each.answerable for each in of_questions)


def test_a_probability_is_measured() -> None:
    name, error, ranking, unknowable, known, half, most = calibration_row(
        "name",
        [Judged(0.95, True, True), Judged(0.95, True, True), Judged(0.85, True, False), Judged(0.15, False, False)],
        0.5,
    )
    assert (name, ranking, unknowable, known) == ("name", "1.000", "1.000", "0.000")
    assert float(error) == pytest.approx((2 * 0.05 + 0.15 + 0.15) / 4, abs=0.001)
    assert (half, most) == ("0.000", "0.333")
