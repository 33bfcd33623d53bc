"""What a reader sets above the question: outlets, kinds, dates, as-of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from rag.dates import parse_as_of, parse_iso
from rag.errors import QuestionError
from rag.models import Filters, Kind

KINDS: tuple[Kind, ...] = ("news", "opinion", "analysis", "live", "correction")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A reader's choice, read.

    Attributes:
        as_of: Up to when articles are considered; `None` for the library's newest.
    """

    filters: Filters
    as_of: datetime | None


def chosen(outlets: Sequence[str], kinds: Sequence[str], start: str, end: str, as_of: str) -> Chosen:
    """The form's values as filters; the days that a date names are whole, UTC.

    Raises:
        DatelineError: A date is none.
    """
    return Chosen(
        Filters(
            sources=tuple(outlets),
            start=_beginning(start.strip()) if start.strip() else None,
            end=parse_as_of(end.strip()) if end.strip() else None,
            kinds=tuple(cast(Kind, kind) for kind in kinds),
        ),
        parse_as_of(as_of.strip()) if as_of.strip() else None,
    )


def _beginning(text: str) -> datetime:
    try:
        return parse_iso(text).at
    except ValueError as error:
        raise QuestionError(f"the date {text!r} is not ISO 8601; write 2022-06-17") from error
