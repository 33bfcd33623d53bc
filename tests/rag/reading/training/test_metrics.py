import pytest

from rag.reading.training.metrics import area_under_roc, figures_of


def test_figures_of_readings() -> None:
    figures = figures_of([(2.0, (3, 4), (3, 4)), (0.5, (3, 6), (5, 6)), (1.0, (1, 1), (0, 0)), (-1.0, (1, 1), (0, 0))])
    assert figures.exact == 0.5
    assert figures.overlap == pytest.approx((1 + 2 * 2 / 6) / 2)
    assert figures.discrimination == 0.75


def test_ties_count_half() -> None:
    assert area_under_roc([1.0, 2.0], [1.0]) == 0.75
    assert area_under_roc([1.0], [1.0]) == 0.5


def test_figures_need_both_kinds() -> None:
    with pytest.raises(ValueError, match="with and without an answer"):
        figures_of([(1.0, (1, 1), (1, 1))])
