"""Answers that quote: which sentences, what stands before them, where outlets differ, lists and courses of events."""

from rag.answering.extractive.answerer import ExtractiveAnswerer

__all__ = ["ExtractiveAnswerer"]
