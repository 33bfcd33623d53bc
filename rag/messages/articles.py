"""What every reader is told of articles: how many, who wrote one, and when. Pure."""

from collections.abc import Sequence

UNDATED = "undated"
UNTITLED = "untitled"
UNKNOWN_OUTLET = "unknown outlet"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, e.g. `1,204 articles`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def days_line(published: str | None, updated: str | None) -> str:
    """Return when an article was published, and when it was updated if that is later."""
    line = f"published {published}" if published else UNDATED
    return f"{line}, updated {updated}" if updated else line


def byline(authors: Sequence[str]) -> str:
    """Return who wrote an article."""
    return f"By {', '.join(authors)}"
