"""Suites of questions with gold answers, and where they come from."""

from evals.datasets.conversations import Conversation, ConversationSuite, Turn, load_conversations
from evals.datasets.corpus import Corpus, article_line, article_name, article_of, names_of, path_digest, read_corpus
from evals.datasets.describe import describe
from evals.datasets.from_feedback import write_candidates
from evals.datasets.importers import FORMATS, import_suite
from evals.datasets.suite import Case, Suite, load_suite
from evals.datasets.time_travel import time_travel

__all__ = [
    "Case",
    "Conversation",
    "ConversationSuite",
    "Corpus",
    "FORMATS",
    "Suite",
    "Turn",
    "article_line",
    "article_name",
    "article_of",
    "describe",
    "import_suite",
    "load_conversations",
    "load_suite",
    "names_of",
    "path_digest",
    "read_corpus",
    "time_travel",
    "write_candidates",
]
