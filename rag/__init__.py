"""Finding, answering and citing: a library of articles and the engine that answers questions from it.

Names are imported when they are first used, since the engine takes seconds to load.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.engine import Dateline, open_dateline
    from rag.models import Answer, Filters
    from rag.settings import Settings, load_settings

# onnxruntime would tell Microsoft of every session; read when it is imported, which is after this.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

_MODULES = {
    "Answer": "rag.models",
    "Dateline": "rag.engine",
    "Filters": "rag.models",
    "Settings": "rag.settings",
    "load_settings": "rag.settings",
    "open_dateline": "rag.engine",
}

__all__ = ["Answer", "Dateline", "Filters", "Settings", "load_settings", "open_dateline"]


def __getattr__(name: str) -> Any:
    """Import a public name on first use."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
