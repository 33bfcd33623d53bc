"""Figures as tables for the terminal."""

from collections.abc import Iterable, Mapping, Sequence

from evals.metrics import Estimate

_LEFT = 1
"""Columns that are aligned to the left; the others hold figures."""


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows under headings, the first column to the left and the others to the right."""
    lines = [tuple(headings), *map(tuple, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    written = [_line(line, widths) for line in lines]
    return "\n".join([written[0], "-" * len(written[0]), *written[1:]])


def metrics_table(metrics: Mapping[str, Estimate]) -> str:
    """Metrics with their 95 % intervals and the number of cases behind each."""
    rows = ((name, figure(estimate.value), interval(estimate), str(estimate.n)) for name, estimate in metrics.items())
    return table(("metric", "value", "95 % interval", "cases"), rows)


def figure(value: float) -> str:
    """A figure with the digits that a reader can use."""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}"


def signed(value: float) -> str:
    """A difference, its sign always written."""
    return f"{'+' if value >= 0 else '-'}{figure(abs(value))}"


def interval(estimate: Estimate) -> str:
    """`low - high`."""
    return f"{figure(estimate.low)} - {figure(estimate.high)}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    parts = [
        cell.ljust(width) if column < _LEFT else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(parts).rstrip()
