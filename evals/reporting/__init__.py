"""Runs as reports, tables and comparisons."""
