"""Suites of questions with gold answers, and what is measured on them."""
