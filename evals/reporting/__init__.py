"""Runs as reports, tables and comparisons."""

from evals.reporting.compare import compare, comparison_table
from evals.reporting.html import REPORT_FILE, write_report
from evals.reporting.terminal import figure, metrics_table, table

__all__ = ["REPORT_FILE", "compare", "comparison_table", "figure", "metrics_table", "table", "write_report"]
