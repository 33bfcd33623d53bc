"""From raw inputs to the library: parse, match with what is stored, clean, store, index."""

from ingest.pipeline.outcomes import BLOCKED
from ingest.pipeline.run import Progress, ingest, ingest_inputs, resume

__all__ = ["BLOCKED", "Progress", "ingest", "ingest_inputs", "resume"]
