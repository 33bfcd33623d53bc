"""Suites of questions with gold answers, and where they come from."""
