"""Runs as reports, tables and comparisons."""

from evals.reporting.compare import compare, comparison_table
from evals.reporting.html import REPORT_FILE, write_report
from evals.reporting.results import RESULTS_FILE, in_words, paired, reasons
from evals.reporting.terminal import figure, metrics_table, table

__all__ = [
    "REPORT_FILE",
    "RESULTS_FILE",
    "compare",
    "comparison_table",
    "figure",
    "in_words",
    "metrics_table",
    "paired",
    "reasons",
    "table",
    "write_report",
]
