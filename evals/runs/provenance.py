"""What made a run: code, settings, models, corpus, machine."""

import hashlib
import json
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from rag.settings import Settings
from rag.errors import SuiteError
from rag.settings import read_toml

_ROOT = Path(__file__).resolve().parents[2]
_INDEXING = tuple(
    f"rag/indexes/{name}.py" for name in ("embedding", "embedding_cache", "lexical", "chunking", "vector")
)
"""Code that, with all of ingest, decides what a library holds for a corpus."""
_PROMPTS = ("rag/answering/generative/prompts.py", "rag/answering/generative/answerer.py")
_PLACES = {"data", "cache"}


def version() -> str:
    """Dateline's version, as `pyproject.toml` has it."""
    try:
        return str(read_toml(_ROOT / "pyproject.toml", error=SuiteError)["project"]["version"])
    except (SuiteError, KeyError):
        return "unknown"


def code_digest() -> str:
    """SHA-256 over the code that answers and the code that scores."""
    return _digest(
        *(file for package in ("evals", "ingest", "rag") for file in sorted((_ROOT / package).rglob("*.py")))
    )


def library_digest(corpus_digest: str, settings: Settings) -> str:
    """What a suite's library is named by: it changes when its articles, passages or vectors would."""
    code = _digest(*sorted((_ROOT / "ingest").rglob("*.py")), *(_ROOT / name for name in _INDEXING))
    embedding = {"model": settings.embedding_model, "base_url": settings.embedding_base_url}
    return fingerprint({"corpus": corpus_digest, "code": code, "embedding": embedding})


def shown_settings(settings: Settings) -> dict[str, Any]:
    """The settings without secrets; a secret that is set says only that."""
    values = settings.model_dump()
    return {
        name: "set" if isinstance(value, SecretStr) else str(value) if isinstance(value, Path) else value
        for name, value in values.items()
    }


def deciding_settings(settings: Settings) -> dict[str, Any]:
    """The settings that can change an answer: all but where things are kept."""
    return {name: value for name, value in shown_settings(settings).items() if name not in _PLACES}


def prompt_digest() -> str:
    """SHA-256 of the modules that hold the prompts and what is done with the reply to them."""
    return _digest(*(_ROOT / name for name in _PROMPTS))


def machine() -> dict[str, Any]:
    """Where the run was made."""
    return {
        "system": platform.system(),
        "release": platform.release(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def fingerprint(facts: Mapping[str, Any]) -> str:
    """SHA-256 of facts, whatever their order."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()


def _digest(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0".encode() + file.read_bytes())
    return digest.hexdigest()
