"""Whether the parts of an open library answer now: record, lexical index, Chroma, embedding model."""

import logging
from collections.abc import Callable

from chromadb.errors import ChromaError

from rag.errors import DatelineError
from rag.library.base import ReadableLibrary

log = logging.getLogger(__name__)

_FAILURES = (DatelineError, ChromaError, ValueError)
"""What the parts raise; a bare `ValueError` is Tantivy's."""


def answering(library: ReadableLibrary) -> dict[str, bool]:
    """The parts by name, and whether each answers a real question; why not is logged.

    No language model is among them: without it, answers are quoted.
    """
    checks = {"record": _record, "lexical": _lexical, "vectors": _vectors, "model": _model}
    return {name: _answers(name, check, library) for name, check in checks.items()}


def _answers(name: str, check: Callable[[ReadableLibrary], bool], library: ReadableLibrary) -> bool:
    try:
        answers = check(library)
    except _FAILURES as error:
        log.warning("health: %s: %s", name, error)
        return False
    if not answers:
        log.warning("health: %s does not find what the record says it holds", name)
    return answers


def _record(library: ReadableLibrary) -> bool:
    return library.record.article_count() >= 0 and library.record.passage_count() >= 0


def _lexical(library: ReadableLibrary) -> bool:
    # A search sees what another process has written meanwhile; a bare look does not.
    library.lexical.search(["news"], before=None, limit=1)
    return not library.lexical.missing_ids(library.record.some_passage_ids(index="lexical", count=1))


def _vectors(library: ReadableLibrary) -> bool:
    library.refresh()
    if not library.record.some_passage_ids(index="vectors", count=1):
        return True
    return library.vectors.finds_itself()


def _model(library: ReadableLibrary) -> bool:
    return bool(library.embedding.get_query_embedding("news"))
