"""Systems that can be evaluated."""

from evals.targets.local import Asked, Searched, Target
from evals.targets.refusal import declines
from evals.targets.remote import Remote

__all__ = ["Asked", "Remote", "Searched", "Target", "declines"]
