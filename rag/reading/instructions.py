"""Recognising prompt injection: text that gives orders to a language model. Pure."""

import re

_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instructions?|prompts?|rules?|guidelines?|above|orders)\b|"
    r"\b(?:assistants?|AI models?|language models?|chatbots?|LLMs?)\b.{0,40}\b(?:must|should|shall|have to|need to|"
    r"ignore|disregard|answer|reply|respond|output|say|write)\b|\bsystem prompt\b|"
    r"\bwhen you (?:summari[sz]e|answer|read|cite|quote)\b.{0,40}\byou (?:must|should)\b|^\s*system:",
    re.IGNORECASE,
)


def gives_orders(text: str) -> bool:
    """Return whether a text gives orders to the machine that reads it."""
    return _ORDERS.search(text) is not None
