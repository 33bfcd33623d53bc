"""The JSON interfaces: Dateline's own under `/api`, and OpenAI's under `/v1`."""

from web.api.concurrency import ConcurrencyLimit
from web.api.disclosure import Disclosure
from web.api.feedback import MOST_FEEDBACK_BYTES, feedback_routes
from web.api.native import api_routes
from web.api.openai import misplaced_routes, openai_routes

__all__ = [
    "MOST_FEEDBACK_BYTES",
    "ConcurrencyLimit",
    "Disclosure",
    "api_routes",
    "feedback_routes",
    "misplaced_routes",
    "openai_routes",
]
